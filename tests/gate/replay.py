"""Make edits of the corpora through a model that answers at a loopback endpoint."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.actions.registry import action_of
from python_expert.cli.gate_files import FileGate
from python_expert.cli.rewrite_files import FileRewriter
from python_expert.config.settings import ProviderName
from python_expert.gate.verdict import Status
from python_expert.llm.usage import Usage
from python_expert.text.decoding import encoding_of
from python_expert.tools import registry
from python_expert.tools.ruff.tool import Ruff
from tests.actions import CONVERT_TO_ASYNC
from tests.conftest import write
from tests.gate.said import facts, reply_with_code, with_choices
from tests.messages import PROXIES, MessagesServer, reply
from tests.model import asked_for, says
from tests.tools import TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from python_expert.actions.base import Action
    from tests.gate.said import Answers
    from tests.messages import Behaviour, Request

EVIL = "open(__file__ + '.ran', 'w').close()\n\n\nclass Thing:\n    pass\n"
"""A module next to texts with prompt injections: it runs code when it is imported."""

BATCH = 40
"""The number of files in a project, whose rewrites run in one process."""

PROCESSES = 2

LINT = """
[tool.ruff.lint]
select = ["E9", "F", "ASYNC"]
[tool.mypy]
strict = true
"""
MODEL = """
[tool.python-expert]
llm.repair-attempts = 0
"""
"""Without repair attempts, because the model would give the same answer again."""


@dataclass(frozen=True)
class ModelEdit:
    """An edit that a model is to make.

    Attributes:
        kind: The name of the action that the edit claims to be. It is a name because edits are sent
        to other processes.
        name: The edit's name.
        before: The text before.
        after: The text after.
        suffix: The file's suffix.
        python: The oldest Python that the text must run on.
        packages: The packages that the project has.
        tools: Whether all tools check it, or only ruff.
        complete: Whether to complete existing docstrings.
        place: The number of the place in the answer for a model that puts the whole text after
        there; None for a model that answers with facts.
        obeys: A definition, and the model's answer about it.
    """

    kind: str
    name: str
    before: str
    after: str
    suffix: str = ".py"
    python: tuple[int, int] = (3, 11)
    packages: tuple[str, ...] = ()
    tools: bool = False
    complete: bool = False
    place: int | None = None
    obeys: tuple[str, str] | None = None

    @property
    def action(self) -> Action:
        """The action that the edit claims to be."""
        return action_of(self.kind)

    @property
    def setting(self) -> tuple[object, ...]:
        """The properties that must be equal for all edits in one project."""
        return self.kind, self.python, self.packages, self.tools, self.complete


@dataclass(frozen=True)
class ModelEditResult:
    """The result of a model's edit.

    Attributes:
        result: ``changed``, ``unchanged`` or ``refused``.
        text: The text after the rewrite.
        reason: What was left out, and why.
        unproven: Whether the edit needs a confirmation.
        judged: The gate's status for the text, as an edit by any author.
        ran: Whether the module that runs code on import was imported.
    """

    result: str
    text: str
    reason: str
    unproven: bool
    judged: Status
    ran: bool


def make_edits(edits: Sequence[ModelEdit]) -> list[ModelEditResult]:
    """Let a model make the edits, and judge the results; equal edits run once."""
    groups: dict[tuple[object, ...], dict[str, list[ModelEdit]]] = {}
    for each in edits:
        groups.setdefault(each.setting, {}).setdefault(_cache_key(each), []).append(each)
    jobs = [
        [same[0] for same in list(group.values())[start : start + BATCH]]
        for group in groups.values()
        for start in range(0, len(group), BATCH)
    ]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(PROCESSES, len(jobs)), mp_context=spawn) as pool:
        found = {
            (first.setting, _cache_key(first)): result
            for job, results in zip(jobs, pool.map(_run, jobs), strict=True)
            for first, result in zip(job, results, strict=True)
        }
    return [found[each.setting, _cache_key(each)] for each in edits]


def _cache_key(make_edits: ModelEdit) -> str:
    """Return what determines an edit's result; many edits of the corpora have the same facts."""
    if make_edits.place is not None or make_edits.obeys is not None:
        answers: object = [make_edits.after, make_edits.place, make_edits.obeys]
    elif make_edits.action is CONVERT_TO_ASYNC:
        answers = {
            key: [name for name in _NAMES if name in _lines_of(make_edits.after, key)]
            for key in facts(make_edits.action, make_edits.before, make_edits.after)
        }
    else:
        answers = facts(make_edits.action, make_edits.before, make_edits.after)
    return json.dumps([make_edits.before, make_edits.suffix, answers])


_NAMES = (
    "asyncio.sleep", "asyncio.to_thread", "asyncio.create_subprocess_exec", "aiofiles.open",
    "asyncio.Lock", "asyncio.Semaphore", "asyncio.BoundedSemaphore", "asyncio.Condition",
    "asyncio.Event", "asyncio.Queue", "asyncio.LifoQueue", "asyncio.PriorityQueue",
    "anyio.open_file", "httpx.AsyncClient",
)  # fmt: skip


def _lines_of(text: str, key: str) -> str:
    """Return a definition's lines."""
    from python_expert.analysis.source import Source  # noqa: PLC0415 - only needed here

    source = Source.of(text)
    definition = source.definition(key)
    return source.slice(definition.range) if definition else ""


def _run(job: Sequence[ModelEdit]) -> list[ModelEditResult]:
    """Let a model make the edits of one project, in a separate process."""
    registry.TOOLS = TOOLS if job[0].tools else (Ruff,)
    with MessagesServer() as server, tempfile.TemporaryDirectory() as folder:
        for name in PROXIES:
            os.environ.pop(name, None)
        os.environ.update(server.variables)
        os.environ["VIRTUAL_ENV"] = _environment(Path(folder) / "venv", job[0].packages)
        return asyncio.run(_make_all(job, Path(folder), server))


def _environment(folder: Path, packages: Iterable[str]) -> str:
    """Create a virtual environment with stand-ins for some packages; return its path."""
    site = f"lib/python3.{sys.version_info[1]}/site-packages"
    files = {
        f"{site}/{name}/{file}": "" for name in packages for file in ("__init__.py", "py.typed")
    }
    write(folder, {"pyvenv.cfg": "version = 3.11.0\n", f"{site}/none.py": "", **files})
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(sys.executable)
    return str(folder)


async def _make_all(
    job: Sequence[ModelEdit], folder: Path, server: MessagesServer
) -> list[ModelEditResult]:
    first = job[0]
    python = f'\n[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.{first.python[1]}"\n'
    files = {"pyproject.toml": LINT + python + MODEL}
    names = {f"case_{number:04}{each.suffix}": each for number, each in enumerate(job)}
    for side in ("before", "result"):
        write(folder / side, files)
    for name, one in names.items():
        if one.obeys is not None:
            write(folder / "before", {"evil.py": EVIL})
            write(folder / "result", {"evil.py": EVIL})
        (folder / "before" / name).write_bytes(_bytes(one.before))
    # Not at each request, because Python 3.11 may fail to parse in two threads at once.
    answers = {
        name: facts(one.action, one.before, one.after)
        for name, one in names.items()
        if one.obeys is None and one.place is None
    }
    paths_in_progress: list[str] = []
    server.answer = lambda request: _answer(
        names[paths_in_progress[-1]], answers.get(paths_in_progress[-1], {}), request
    )
    rewriter = FileRewriter(
        first.action,
        key="",
        line=None,
        complete=first.complete,
        confirmed=False,
        provider=ProviderName.ANTHROPIC,
        warn=lambda _text: None,
        progress=lambda path, *_: paths_in_progress.append(path.name),
    )
    found = []
    try:
        async for each in rewriter.rewrite([folder / "before" / name for name in names]):
            found.append(each)
            data = (folder / "before" / each.path.name).read_bytes()
            if each.before != each.after:
                data = _bytes(each.after)
            (folder / "result" / each.path.name).write_bytes(data)
    finally:
        await rewriter.stop()
    judged = await _judged(first.action, folder)
    return [
        ModelEditResult(
            each.outcome.result,
            each.after if each.before != each.after else names[each.path.name].before,
            each.outcome.reason,
            bool(each.outcome.unproven),
            judged.get(each.path.name, Status.ACCEPTED),
            (folder / "before" / "evil.py.ran").exists(),
        )
        for each in found
    ]


def _bytes(text: str) -> bytes:
    """Return a text as the bytes of a file."""
    plain = text.encode("utf-8", "surrogatepass")
    try:
        return text.encode(encoding_of(plain))
    except ValueError:
        return plain


async def _judged(action: Action, folder: Path) -> dict[str, Status]:
    """Return the gate's status for each result, as an edit by any author.

    The gate judges each result by itself, because it would treat them together as one change.
    """
    gate = FileGate(action, lambda _text: None)
    try:
        return {
            each.path.name: each.status
            for path in sorted((folder / "result").glob("case_*"))
            async for each in gate.judge(folder / "before" / path.name, path)
        }
    finally:
        await gate.stop()


def _answer(make_edits: ModelEdit, answers: Answers, request: Request) -> Behaviour:
    """Return the model's response to one question about an edit."""
    key = asked_for(request)
    if make_edits.obeys is not None:
        text = make_edits.obeys[1] if key == make_edits.obeys[0] else says(key)
    elif make_edits.place is not None:
        number = make_edits.place + len(key)
        text = reply_with_code(make_edits.action, key, make_edits.after, number)
    else:
        answer = answers.get(key, {})
        if make_edits.action is CONVERT_TO_ASYNC and answer:
            answer = with_choices(request.question, answer, _lines_of(make_edits.after, key))
        text = says(key, **answer)
    return reply(text, usage=Usage(1, 1), piece=10_000)
