"""How ruff is called to find excluded documents."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from python_expert.processes.command import Command, ToolError
from python_expert.project.exclusions import AT_ONCE, Exclusions
from python_expert.text.paths import to_uri
from python_expert.tools.ruff import files
from python_expert.tools.ruff.files import RuffFiles
from tests.conftest import write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import ProgramFactory

pytestmark = pytest.mark.one_python


def test_many_documents_opened_together_start_few_concurrent_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"x{number}.py" for number in range(20)]
    folder = write(tmp_path, dict.fromkeys(names, ""))
    running, most, calls = 0, 0, 0

    async def run(command: Command, *, deadline_s: float) -> tuple[int, bytes, bytes]:
        nonlocal running, most, calls
        assert deadline_s == files.DEADLINE_S
        running, calls = running + 1, calls + 1
        most = max(most, running)
        for _ in range(10):
            await asyncio.sleep(0)
        running -= 1
        return 0, b"" if "--force-exclude" in command.argv else b"x.py", b""

    monkeypatch.setattr(files, "run", run)

    async def scenario() -> None:
        resolver = Exclusions(RuffFiles(), folder / "ruff", folder)
        uris = [to_uri(folder / name) for name in names]
        assert all(await asyncio.gather(*map(resolver.is_excluded, uris + uris)))

    asyncio.run(scenario())
    assert (calls, most) == (40, AT_ONCE)


def test_exclusions_are_resolved_again_after_ruff_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path, {"x.py": ""})
    answers: list[Exception | tuple[int, bytes, bytes]] = [
        ToolError("cannot start ruff: Too many open files"),
        (0, b"", b""),
        (0, b"x.py", b""),
    ]

    async def run(_command: Command, *, deadline_s: float) -> tuple[int, bytes, bytes]:
        assert deadline_s == files.DEADLINE_S
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(files, "run", run)

    async def scenario() -> list[bool]:
        resolver = Exclusions(RuffFiles(), folder / "ruff", folder)
        return [await resolver.is_excluded(to_uri(folder / "x.py")) for _ in range(3)]

    assert asyncio.run(scenario()) == [False, True, True]


def test_a_ruff_that_lists_no_file_at_all_excludes_none(
    tmp_path: Path, program: ProgramFactory
) -> None:
    folder = write(tmp_path / "project", {"x.py": ""})
    for code in ("", "sys.exit(2)", "print('nonsense')"):
        resolver = Exclusions(RuffFiles(), program(code, "ruff"), folder)
        assert not asyncio.run(resolver.is_excluded(to_uri(folder / "x.py")))
