"""No comment and no configuration of a project lets a wrong edit through."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from python_expert.gate.floor import unsilenced
from python_expert.gate.verdict import Meaning, Status
from python_expert.text.document import Document
from python_expert.tools.ruff.commands import RuffCommands
from python_expert.tools.ruff.invocation import RuffLaunch
from tests.actions import ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.conftest import write
from tests.gate import folders
from tests.tools import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from python_expert.actions.base import Action
    from python_expert.cli.judged import Judged

pytestmark = pytest.mark.one_python


class Edit(NamedTuple):
    """A wrong edit with a valid structure, which only a tool can detect."""

    action: Action
    before: str
    after: str


TRIM = "def trim(text):\n    return text.strip()\n"
# The proof itself reports the blocking calls that it knows, so this must be another one.
CALL = "import os\nimport time\n\n\ndef load(path):\n    time.sleep(1)\n    return os.wait3(path)\n"
CONTRADICTED = "a hint that the body contradicts"
BLOCKING = "a call that blocks the event loop"
EDITS = {
    CONTRADICTED: Edit(ADD_TYPE_HINTS, TRIM, TRIM.replace("(text)", "(text: int)")),
    BLOCKING: Edit(
        CONVERT_TO_ASYNC,
        CALL,
        CALL.replace("import os\nimport time", "import asyncio\nimport os")
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
    "ruff's codes": "# ruff: noqa: F821, ASYNC222, ASYNC251\n",
    "flake8": "# flake8: noqa\n",
    "a range": "# ruff: disable[F821, ASYNC222]\n",
    "all of them": "# mypy: ignore-errors\n# ruff: noqa\n# type: ignore\n",
    "after a form feed": "\f# type: ignore\n",
    "after a joined line": "\\\n# type: ignore\n",
    "with other blanks": "#\xa0type:\u2003ignore\n",
    "before a carriage return": "# type: ignore\r",
    "behind another comment": "# a # ruff: noqa\n",
    "another line's": "import nothing  # type: ignore\n",
}
NOQA = {"every rule's": "  # noqa\n", "the rule's": "  # noqa: ASYNC222\n"}
"""Comments on the line of the blocking call."""

VARIANTS: dict[str, Callable[[str], str]] = {
    **{name: comment.__add__ for name, comment in COMMENTS.items()},
    **{name: partial(re.compile("\n$").sub, comment) for name, comment in NOQA.items()},
}
RUFF = {
    "ignored": CONFIG.format(
        "ignore = ['F821', 'ASYNC']\n[tool.ruff.lint.per-file-ignores]\n'*' = ['F', 'ASYNC']"
    ),
    "excluded": (
        "[tool.ruff]\nexclude = ['*.py']\nlint.select = ['W']\n"
        "[tool.python-expert.tools.ruff]\nseverity = 'hint'\n"
    ),
    "off": "[tool.python-expert.tools.ruff]\nenabled = false\n",
}
MYPY = {
    "off": "[tool.python-expert.tools.mypy]\nenabled = false\n",
    "off, and not strict": "[tool.python-expert.tools.mypy]\nenabled = false\n[tool.mypy]\n",
    "off, and silent": (
        "[tool.python-expert.tools.mypy]\nenabled = false\n[tool.mypy]\nignore_errors = true\n"
    ),
    "a silent module": (
        "[tool.mypy]\nstrict = true\n"
        "[[tool.mypy.overrides]]\nmodule = 'mod'\nignore_errors = true\n"
    ),
    "excluded": "[tool.mypy]\nexclude = ['mod']\n",
    "a severity": "[tool.python-expert.tools.mypy]\nseverity = {attr-defined = 'hint'}\n",
}


def judged(
    folder: Path, edit: Edit, variants: Mapping[str, Callable[[str], str]], config: str
) -> dict[str, Judged]:
    """Return the gate's verdicts on an edit, in one file for each variant of its text."""
    before, after = (
        {f"m{number}.py": variant(text) for number, variant in enumerate(variants.values())}
        for text in (edit.before, edit.after)
    )
    verdicts = folders.judged(folder, edit.action, before, after, config)
    return dict(zip(variants, (verdicts[name] for name in before), strict=True))


def in_projects(folder: Path, edit: Edit, configs: Mapping[str, str]) -> dict[str, Judged]:
    """Return the gate's verdicts on an edit, in one project for each configuration."""
    before, after = (
        {
            f"{number}/{name}": content
            for number, config in enumerate(configs.values())
            for name, content in (("mod.py", text), ("pyproject.toml", config))
        }
        for text in (edit.before, edit.after)
    )
    verdicts = folders.judged(folder, edit.action, before, after, "")
    return {name: verdicts[f"{number}/mod.py"] for number, name in enumerate(configs)}


def refused(verdicts: Mapping[str, Judged]) -> dict[str, bool]:
    """Return for each edit whether a finding refuses it although its meaning is proven."""
    return {
        name: (each.status, each.meaning) == (Status.REFUSED, Meaning.PROVEN)
        for name, each in verdicts.items()
    }


@pytest.mark.parametrize("edit", EDITS)
def test_no_comment_lets_a_wrong_edit_through(tmp_path: Path, edit: str) -> None:
    verdicts = judged(tmp_path, EDITS[edit], VARIANTS, CONFIG.format(""))
    assert refused(verdicts) == dict.fromkeys(VARIANTS, True)


@pytest.mark.parametrize(("edit", "configs"), [(BLOCKING, RUFF), (CONTRADICTED, MYPY)])
def test_no_configuration_lets_a_wrong_edit_through(
    tmp_path: Path, edit: str, configs: Mapping[str, str]
) -> None:
    verdicts = in_projects(tmp_path, EDITS[edit], configs)
    assert refused(verdicts) == dict.fromkeys(configs, True)


def test_a_right_edit_is_accepted_where_tools_are_off_or_silent(tmp_path: Path) -> None:
    right = TRIM.replace("(text)", "(text: str)")
    off = "".join(f"[tool.python-expert.tools.{name}]\nenabled = false\n" for name in NAMES)
    configs = {"off": off, "silent": MYPY["a silent module"]}
    verdicts = in_projects(tmp_path, Edit(ADD_TYPE_HINTS, TRIM, right), configs)
    assert {each.status for each in verdicts.values()} == {Status.ACCEPTED}, verdicts
    assert {each.findings for each in verdicts.values()} == {()}


def test_a_tool_that_is_off_and_fails_leaves_the_edit_to_the_user(tmp_path: Path) -> None:
    configs = {"broken": MYPY["off, and not strict"] + "plugins = ['nowhere']\n"}
    verdicts = in_projects(tmp_path, EDITS[CONTRADICTED], configs)["broken"]
    assert (verdicts.status, verdicts.meaning) == (Status.CONFIRM, Meaning.UNPROVEN)
    assert verdicts.reasons[0].message.startswith("mypy could not check it: ")


LINES = st.sampled_from(
    [
        "x = 1\n", "  # ruff: noqa\r\n", "# mypy: ignore-errors\n", "y  # ruff: noqa\n", "\f# a\n",
        "# type: ignore\n", "'''\n", "#ruff:noqa: F401", "\n", "z = '# mypy: x'\n",
    ]
)  # fmt: skip


@given(st.lists(LINES, max_size=6).map("".join))
@example("'''\n#ruff:noqa: F401'''\n# type: ignore\n")
def test_removing_silencing_comments_moves_no_code(text: str) -> None:
    plain = unsilenced(text)
    assert [len(line) for line in plain.split("\n")] == [len(line) for line in text.split("\n")]
    assert [line for line in plain.splitlines() if not line.strip().startswith("#")] == [
        line for line in text.splitlines() if not line.strip().startswith("#")
    ]
    assert unsilenced(plain) == plain


def test_a_comment_for_one_line_is_kept() -> None:
    text = "import a  # noqa: F401\nb()  # type: ignore[name-defined]\n# note\n"
    assert unsilenced(text) == text


def test_a_ruff_older_than_the_code_s_python_is_used(tmp_path: Path) -> None:
    old = tmp_path / "ruff"
    new = Path(sys.executable).with_name("ruff")
    refuse = 'case "$*" in *py314*) echo "error: invalid value \'py314\'" >&2; exit 2;; esac'
    old.write_text(f'#!/bin/sh\n{refuse}\nexec "{new}" "$@"\n')
    old.chmod(0o755)
    commands = RuffCommands(RuffLaunch(old, tmp_path), lambda _path: None)
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
