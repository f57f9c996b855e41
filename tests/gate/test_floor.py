"""No comment and no configuration of a project lets a wrong edit through."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_expert.gate.floor import unsilenced
from python_expert.gate.verdict import Meaning, Status
from python_expert.text.document import Document
from python_expert.tools.ruff.commands import RuffCommands
from python_expert.tools.ruff.invocation import RuffLaunch
from tests.actions import ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.conftest import write
from tests.gate import folders

if TYPE_CHECKING:
    from python_expert.actions.base import Action
    from python_expert.cli.gate_files import Judged


class Edit(NamedTuple):
    """A wrong edit whose structure is fine: only a tool finds it out."""

    action: Action
    before: str
    after: str


TRIM = "def trim(text):\n    return text.strip()\n"
CALL = "import time\n\n\ndef load(path):\n    time.sleep(1)\n    return open(path).read()\n"
EDITS = {
    "a hint that the body contradicts": Edit(
        ADD_TYPE_HINTS, TRIM, TRIM.replace("(text)", "(text: int)")
    ),
    "a call that blocks the event loop": Edit(
        CONVERT_TO_ASYNC,
        CALL,
        CALL.replace("import time", "import asyncio")
        .replace("def load", "async def load")
        .replace("time.sleep", "await asyncio.sleep"),
    ),
}
CONFIG = "[tool.ruff.lint]\nselect = ['F', 'ASYNC']\n{}\n[tool.mypy]\nstrict = true\n"
COMMENTS = {
    "none": "",
    "mypy": "# mypy: ignore-errors\n",
    "mypy's codes": '# mypy: disable-error-code="attr-defined,name-defined"\n',
    "the whole file": "# type: ignore\n",
    "below a shebang": "#!/usr/bin/env python\n\n# type: ignore[attr-defined]\n",
    "ruff": "# ruff: noqa\n",
    "ruff's codes": "# ruff: noqa: F821, ASYNC230, ASYNC251\n",
    "flake8": "# flake8: noqa\n",
    "a range": "# ruff: disable[F821, ASYNC230]\n",
    "all of them": "# mypy: ignore-errors\n# ruff: noqa\n# type: ignore\n",
}
CONFIGS = {
    "ignored rules": "ignore = ['F821', 'ASYNC']",
    "ignored in files": "[tool.ruff.lint.per-file-ignores]\n'*' = ['F', 'ASYNC']",
    "no rules": "[tool.ruff]\nlint.select = ['W']",
    "excluded": "[tool.ruff]\nexclude = ['*.py']",
    "severities": "[tool.python-expert.tools.mypy]\nseverity = {attr-defined = 'hint'}",
}


def judged(folder: Path, edit: Edit, comment: str, config: str) -> Judged:
    """What the gate says of an edit in a project that silences its tools."""
    if config.startswith("[tool.ruff]"):
        config = CONFIG.format("").replace("[tool.ruff.lint]\nselect = ['F', 'ASYNC']\n", config)
    else:
        config = CONFIG.format(config)
    before, after = ({"mod.py": comment + text} for text in (edit.before, edit.after))
    return folders.judged(folder, edit.action, before, after, config)["mod.py"]


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("comment", COMMENTS)
def test_no_comment_lets_a_wrong_edit_through(tmp_path: Path, edit: str, comment: str) -> None:
    found = judged(tmp_path, EDITS[edit], COMMENTS[comment], "")
    assert (found.status, found.meaning) == (Status.REFUSED, Meaning.PROVEN), found.reasons


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("config", CONFIGS)
def test_no_configuration_lets_a_wrong_edit_through(tmp_path: Path, edit: str, config: str) -> None:
    found = judged(tmp_path, EDITS[edit], "", CONFIGS[config])
    assert (found.status, found.meaning) == (Status.REFUSED, Meaning.PROVEN), found.reasons


LINES = st.sampled_from(
    [
        "x = 1\n", "  # ruff: noqa\r\n", "# mypy: ignore-errors\n", "y  # ruff: noqa\n", "\f# a\n",
        "# type: ignore\n", "'''\n", "#ruff:noqa: F401", "\n", "z = '# mypy: x'\n",
    ]
)  # fmt: skip


@given(st.lists(LINES, max_size=6).map("".join))
def test_no_place_of_a_text_moves(text: str) -> None:
    plain = unsilenced(text)
    assert [len(line) for line in plain.split("\n")] == [len(line) for line in text.split("\n")]
    assert [line for line in plain.splitlines() if not line.strip().startswith("#")] == [
        line for line in text.splitlines() if not line.strip().startswith("#")
    ]
    assert unsilenced(plain) == plain


def test_a_comment_for_one_line_stays() -> None:
    text = "import a  # noqa: F401\nb()  # type: ignore[name-defined]\n# note\n"
    assert unsilenced(text) == text


def test_a_ruff_that_is_older_than_the_code_s_python_is_asked_all_the_same(tmp_path: Path) -> None:
    old = tmp_path / "ruff"
    new = Path(sys.executable).with_name("ruff")
    refuse = 'case "$*" in *py314*) echo "error: invalid value \'py314\'" >&2; exit 2;; esac'
    old.write_text(f'#!/bin/sh\n{refuse}\nexec "{new}" "$@"\n')
    old.chmod(0o755)
    commands = RuffCommands(RuffLaunch(old, tmp_path), lambda _path: False)
    document = Document.of("untitled:a", 1, "nowhere\n")
    report = asyncio.run(commands.floor(document, document.text, (3, 14)))
    assert [each.code for each in report.findings] == ["F821"]


def test_a_project_is_set_up_without_looking_for_its_python(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[project]\nname = 'x'\nrequires-python = '>=3.12'\n"})
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from python_expert.project.events import Events\n"
        "from python_expert.project.project import Project\nfrom tests.tools import SCHEMA, TOOLS\n"
        "Project(Path(sys.argv[1]), SCHEMA(), Events(print, print), TOOLS)\n"
        "assert 'packaging.specifiers' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
