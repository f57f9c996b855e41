"""No option of a project hides from the gate what mypy finds by default."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from python_expert.text.document import Document
from python_expert.text.paths import to_uri
from python_expert.tools.mypy.launch import MypyLaunch
from python_expert.tools.mypy.mypy_worker import options as configuration
from python_expert.tools.mypy.mypy_worker.floor import is_lowered
from python_expert.tools.mypy.mypy_worker.overlay import Overlay
from python_expert.tools.mypy.tool import Mypy
from tests.conftest import write
from tests.mypy_client import Worker, codes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mypy.options import Options

    from python_expert.diagnostics.finding import Report

pytestmark = pytest.mark.one_python

LOWERED = {
    "errors": "ignore_errors = True",
    "a code": "disable_error_code = attr-defined",
    "many codes": "disable_error_code = import, misc",
    "none": "strict_optional = False",
    "defaults of none": "implicit_optional = True",
    "no return": "warn_no_return = False",
    "empty bodies": "allow_empty_bodies = True",
    "bytes": "strict_bytes = False",
    "unreached": "always_false = DEBUG",
    "reached": "always_true = PRODUCTION",
    "skipped imports": "follow_imports = skip",
    "refused imports": "follow_imports = error",
    "no checks": "semantic_analysis_only = True",
    "another library": "custom_typeshed_dir = typeshed",
    "few errors": "many_errors_threshold = 0",
    "in the module": "[mypy-app.mod]\nignore_errors = True",
    "in the package": "[mypy-app.*]\ndisable_error_code = arg-type",
    "by a glob": "[mypy-*.mod]\nstrict_optional = False",
    "imports of the project": "[mypy-app.other]\nfollow_imports = skip",
}
KEPT = {
    "nothing": "",
    "strict": "strict = True",
    "not so strict": "check_untyped_defs = False\nwarn_return_any = False",
    "names used again": "allow_redefinition = True",
    "what is not found": "ignore_missing_imports = True\ndisable_error_code = import-untyped",
    "codes of options": "strict = True\ndisable_error_code = type-arg, unused-ignore",
    "quiet imports": "follow_imports = silent",
    "another module": "[mypy-other]\nignore_errors = True",
    "a library": "[mypy-numpy.*]\nfollow_imports = skip",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a package."""
    files = dict.fromkeys(("app/__init__.py", "app/mod.py", "app/other.py"), "")
    write(tmp_path, files | {"typeshed/stdlib/VERSIONS": ""})
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYPY_CONFIG_FILE_DIR", raising=False)
    return tmp_path


def options(folder: Path, config: str, *, floor: bool = False) -> Options:
    """Return mypy's options for a configuration."""
    write(folder, {"mypy.ini": f"[mypy]\n{config}\n"})
    args = ["--config-file", "mypy.ini"]
    overlay = Overlay(lambda _path: None)
    return configuration.load(args, overlay, plugins=False, floor=floor)[0]


@pytest.mark.parametrize("config", LOWERED)
def test_the_gate_ignores_an_option_that_silences_mypy(folder: Path, config: str) -> None:
    assert is_lowered(options(folder, LOWERED[config]), "app.mod")
    assert not is_lowered(options(folder, LOWERED[config], floor=True), "app.mod")


@pytest.mark.parametrize("config", KEPT)
def test_options_that_silence_nothing_are_kept(folder: Path, config: str) -> None:
    assert not is_lowered(options(folder, KEPT[config]), "app.mod")


@pytest.mark.usefixtures("folder")
def test_arguments_cannot_circumvent_the_minimum() -> None:
    args = ["--config-file=", "--no-strict-optional", "--disable-error-code=name-defined"]
    for floor in (True, False):
        overlay = Overlay(lambda _path: None)
        found, _ = configuration.load(args, overlay, plugins=False, floor=floor)
        assert is_lowered(found, "app.mod") is not floor


def test_strict_options_are_kept(folder: Path) -> None:
    config = "strict = True\n[mypy-app.mod]\nignore_errors = True"
    own = options(folder, config, floor=True).clone_for_module("app.mod")
    assert (own.disallow_any_generics, own.warn_return_any, own.check_untyped_defs) == (True,) * 3
    # Findings of these options stop no edit, and would be new wherever they were ignored.
    assert (own.disallow_untyped_defs, own.warn_unused_ignores) == (False, False)


MODULES = {
    "ignored.py": "ignore_errors = True",
    "codes.py": "disable_error_code = attr-defined",
    "optional.py": "strict_optional = False",
    "user.py": "",
    "skipped.py": "follow_imports = skip",
}
CONFIG = "[mypy]\nexclude = excluded\n" + "".join(
    f"[mypy-{name[:-3]}]\n{config}\n" for name, config in MODULES.items() if config
)
TRIM = "def trim(text{}):\n    return text.strip()\n"
WRONG = {name: TRIM.format(": int") for name in ("ignored.py", "codes.py", "excluded.py")} | {
    "optional.py": "def half(n: int) -> int:\n    return n\n\n\nhalf(None)\n",
    "user.py": "import skipped\n\n\ndef double(n: str) -> int:\n    return skipped.f(n)\n",
}
FOUND = {
    **{name: ["1:attr-defined"] for name in ("ignored.py", "codes.py", "excluded.py")},
    "optional.py": ["4:arg-type"],
    "user.py": ["4:arg-type"],
}


@pytest.fixture
def silenced(tmp_path: Path) -> Path:
    """A project that silences mypy in each module in a different way."""
    files = dict.fromkeys(WRONG, "") | {"skipped.py": "def f(n: int) -> int:\n    return n\n"}
    return write(tmp_path, files | {"mypy.ini": CONFIG})


@pytest.fixture
def workers() -> Iterator[tuple[Worker, Worker]]:
    """A normal worker, and one that applies the minimum."""
    pair = Worker(), Worker()
    yield pair
    for worker in pair:
        worker.end()


def test_the_gate_s_worker_reports_findings_that_the_project_silences(
    silenced: Path, workers: tuple[Worker, Worker]
) -> None:
    live, gate = workers
    args = {"root": str(silenced), "args": ["--config-file", "mypy.ini"], "plugins": True}
    live.request("start", **args)
    gate.request("start", **args, floor=True)
    for name in WRONG:
        for worker in workers:
            worker.show(silenced / name, "")
    for name, text in WRONG.items():
        question = {"path": str(silenced / name), "text": text}
        assert live.request("what_if", **question) == {"lowered": True}
        assert codes(gate.what_if(silenced / name, text))[name] == FOUND[name]
    for name, text in WRONG.items():
        live.show(silenced / name, text, 2)
    assert live.codes() == {name: [] for name in WRONG}


def test_the_command_applies_the_minimum_if_the_worker_cannot_run_mypy(silenced: Path) -> None:
    async def run() -> list[Report]:
        args = ("--config-file", str(silenced / "mypy.ini"))
        mypy = Mypy(MypyLaunch(sys.executable, silenced, args))  # type: ignore[arg-type]
        mypy.variant = "batch"
        document = Document.of(to_uri(silenced / "ignored.py"), 1, "")
        try:
            return await mypy.what_if([document], document, WRONG["ignored.py"])
        finally:
            await mypy.stop()

    (report,) = asyncio.run(run())
    assert [each.code for each in report.findings] == ["attr-defined"]
