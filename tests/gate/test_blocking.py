"""New style findings are reported and do not stop an edit; a harmful edit is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import pytest
from typer.testing import CliRunner

from python_expert.cli.app import app
from python_expert.diagnostics.finding import Finding, Severity, ToolName
from python_expert.gate.blocking import TABLE, is_blocking, is_listed
from python_expert.gate.verdict import Meaning, Reason, Status
from python_expert.text.document import Position, Range
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.conftest import write
from tests.gate import folders
from tests.tools import MYPY, RUFF

if TYPE_CHECKING:
    from pathlib import Path

    from python_expert.actions.base import Action
    from python_expert.cli.judged import Judged

PYPROJECT = """\
[project]
name = "x"
version = "1"
requires-python = ">=3.11"
[tool.ruff]
line-length = 79
preview = true
[tool.ruff.lint]
select = ["ALL"]
ignore = ["D203", "D213", "CPY001", "INP001", "DOC"]
[tool.ruff.per-file-target-version]
"FA100.py" = "py38"
[tool.mypy]
strict = true
"""

PACKAGE = {
    "lib/__init__.py": '"""A package."""\n',
    "lib/inner/__init__.py": '"""A package in it."""\n',
    "lib/shapes.py": '"""Shapes."""\n\n\nclass Shape:\n    """A shape."""\n',
}
PLACES = {"TID252": "lib/inner/TID252.py"}
"""The path of a code's file, if it is not in the project's folder."""


class Edit(NamedTuple):
    """A right edit that causes a style finding, and a wrong edit that causes the same.

    Attributes:
        action: The action that both claim to be.
        before: The text before.
        after: The text after the right edit.
        harm: The replacement that makes the wrong edit: old and new text.
    """

    action: Action
    before: str
    after: str
    harm: tuple[str, str]


HEAD = '"""Sums."""\n\n\n'
PLAIN = f"{HEAD}def double(n: int) -> int:\n    return 2 * n\n"
LONG = "word " * 20 + "end"
MINUS = ("return 2", "return -2")


def documented(docstring: str) -> Edit:
    """An edit that adds a docstring."""
    after = PLAIN.replace("    return", f"    {docstring}\n    return")
    return Edit(ADD_DOCSTRINGS, PLAIN, after, MINUS)


SHOW = '\n\ndef show(x) -> str:\n    """Show it."""\n    return f"{x!r}"\n'


def typed(hint: str, imports: str = "", imported: str | None = None) -> Edit:
    """An edit that adds the type of a parameter.

    Args:
        hint: The type.
        imports: The imports of the module.
        imported: The imports after the edit, if they change.
    """
    head = HEAD.removesuffix("\n")
    after = head + (imports if imported is None else imported) + SHOW
    return Edit(
        ADD_TYPE_HINTS, head + imports + SHOW, after.replace("(x)", f"(x: {hint})"), ("!r", "!s")
    )


FUTURE = "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n"
COUNTED = PLAIN.replace("    return", "    n += 1\n" * 50 + "    return")

EDITS = {
    "E501": documented(f'"""Double it.\n\n    {LONG}\n    """'),
    "W291": documented('"""Double it.\n\n    More. \n    """'),
    "Q002": documented("'''Double it.'''"),
    "D400": documented('"""Double it"""'),
    "RUF002": documented('"""Double it \N{MULTIPLICATION SIGN} 2."""'),
    "PIE790": Edit(
        ADD_DOCSTRINGS,
        f"{HEAD}class OddError(Exception):\n    pass\n",
        f'{HEAD}class OddError(Exception):\n    """It is odd."""\n\n    pass\n',
        ("Exception", "BaseException"),
    ),
    "PLR0915": Edit(
        ADD_DOCSTRINGS,
        COUNTED,
        COUNTED.replace("    n += 1", '    """Double the fiftieth."""\n    n += 1', 1),
        MINUS,
    ),
    "RUF100": Edit(
        ADD_DOCSTRINGS,
        PLAIN.replace("int:", "int:  # noqa: D103"),
        PLAIN.replace("int:", 'int:  # noqa: D103\n    """Double it."""'),
        MINUS,
    ),
    "TID252": typed(
        "Shape",
        FUTURE + "\nif TYPE_CHECKING:\n    from decimal import Decimal\n\nN: Decimal\n",
        FUTURE + "\nif TYPE_CHECKING:\n    from decimal import Decimal\n\n"
        "    from ..shapes import Shape\n\nN: Decimal\n",
    ),
    "FA100": typed("Optional[int]", "", "from typing import Optional\n"),
    "TC003": typed("Path", "from __future__ import annotations\n\nfrom pathlib import Path\n"),
    "I001": typed(
        "Sequence[int]",
        "import sys\n\nprint(sys)\n",
        "from collections.abc import Sequence\nimport sys\n\nprint(sys)\n",
    ),
    "UP045": typed("Optional[int]", "", "from typing import Optional\n"),
    "UP007": typed("Union[int, str]", "", "from typing import Union\n"),
    "UP006": typed("List[int]", "", "from typing import List\n"),
    "UP035": typed("List[int]", "", "from typing import List\n"),
    "UP037": typed('"int"', "from __future__ import annotations\n"),
    "RUF036": typed("None | int"),
    "FBT001": typed("bool"),
    "PYI041": typed("float | int"),
    "no-any-return": Edit(
        ADD_TYPE_HINTS,
        f"{HEAD}import json\n\n\ndef load(text: str):\n    return json.loads(text)\n",
        f"{HEAD}import json\n\n\ndef load(text: str) -> list[int]:\n    return json.loads(text)\n",
        ("loads(text)", "loads(text + text)"),
    ),
    "ASYNC109": Edit(
        CONVERT_TO_ASYNC,
        f"{HEAD}import time\n\n\ndef wait(timeout: float) -> None:\n    time.sleep(timeout)\n",
        f"{HEAD}import asyncio\n\n\nasync def wait(timeout: float) -> None:\n"
        "    await asyncio.sleep(timeout)\n",
        ("await asyncio.sleep(timeout)", "await asyncio.sleep(-timeout)"),
    ),
    "RET504": Edit(
        CONVERT_TO_ASYNC,
        f'{HEAD}def load() -> str:\n    with open("a") as file:\n        text = file.read()\n'
        "    return text\n",
        f"{HEAD}import asyncio\n\n\nasync def load() -> str:\n    def work():\n"
        '        with open("a") as file:\n            text = file.read()\n        return text\n\n'
        "    text = await asyncio.to_thread(work)\n    return text\n",
        ("return text\n\n", "return text + text\n\n"),
    ),
}


def all_judged(factory: pytest.TempPathFactory, *, wrong: bool) -> dict[str, Judged]:
    """Return the gate's verdicts on all right edits, or on all wrong ones."""
    found: dict[str, Judged] = {}
    for action in {edit.action for edit in EDITS.values()}:
        edits = {code: edit for code, edit in EDITS.items() if edit.action is action}
        places = {code: PLACES.get(code, f"{code}.py") for code in edits}
        before = PACKAGE | {places[code]: edit.before for code, edit in edits.items()}
        after = PACKAGE | {
            places[code]: edit.after.replace(*edit.harm) if wrong else edit.after
            for code, edit in edits.items()
        }
        answers = folders.judged(factory.mktemp(action.name), action, before, after, PYPROJECT)
        found |= {code: answers[place] for code, place in places.items()}
    return found


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Judged]:
    """The gate's verdicts on the right edits."""
    return all_judged(tmp_path_factory, wrong=False)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Judged]:
    """The gate's verdicts on the wrong edits."""
    return all_judged(tmp_path_factory, wrong=True)


@pytest.mark.parametrize("code", EDITS)
def test_a_style_finding_is_reported_and_does_not_stop_an_edit(
    right: dict[str, Judged], code: str
) -> None:
    found = right[code]
    assert found.status is Status.ACCEPTED, found.reasons
    assert found.meaning is Meaning.PROVEN
    assert code in [finding.code for _, finding in found.findings]


@pytest.mark.parametrize("code", EDITS)
def test_a_wrong_edit_with_the_same_finding_is_refused(wrong: dict[str, Judged], code: str) -> None:
    edit = EDITS[code]
    assert edit.harm[0] in edit.after
    assert wrong[code].status is Status.REFUSED
    assert wrong[code].meaning is Meaning.CHANGED


NAPS = """import time


def nap(names: list[str]) -> list[str]:
    time.sleep(1)
    time.sleep(2)
    return sorted(names, key=lambda name: open(name).read())
"""


def test_a_call_that_still_blocks_is_listed_and_does_not_stop_the_edit(tmp_path: Path) -> None:
    after = NAPS.replace("import time", "import asyncio\nimport time").replace("def", "async def")
    after = after.replace("time.sleep(1)", "await asyncio.sleep(1)")
    swapped = after.replace("(2)", "(0)").replace("(1)", "(2)").replace("(0)", "(1)")
    before = {"left.py": NAPS, "swapped.py": NAPS, "more.py": after, "longer.py": NAPS}
    later = {
        "left.py": after,
        "swapped.py": swapped,
        "more.py": after.replace("    return", "    time.sleep(3)\n    return"),
        "longer.py": after.replace("(2)", "(3)"),
    }
    found = folders.judged(tmp_path, CONVERT_TO_ASYNC, before, later, PYPROJECT)
    assert found["left.py"][1:3] == (
        Status.CONFIRM,
        (
            Reason("`time.sleep(2)` still blocks the event loop", 6, listed_at=4),
            Reason("`open(name).read()` still blocks the event loop", 7, listed_at=42),
            Reason("`open(name)` still blocks the event loop", 7, listed_at=42),
        ),
    )
    assert {found[name].status for name in before if name != "left.py"} == {Status.REFUSED}


@pytest.mark.parametrize(
    ("tool", "code", "column", "listed"),
    [
        (RUFF, "ASYNC210", 4, True),
        (RUFF, "ASYNC251", 4, True),
        (RUFF, "ASYNC210", 5, False),
        (RUFF, "ASYNC100", 4, False),
        (RUFF, "F401", 4, True),
        (RUFF, "F401", 5, False),
        (RUFF, "F821", 4, False),
        (MYPY, "ASYNC210", 4, False),
    ],
)
def test_only_blocking_findings_are_listed(
    tool: ToolName, code: str, column: int, *, listed: bool
) -> None:
    where = Range(Position(3, column), Position(3, 9))
    reasons = [Reason("`f()` still blocks", 3, listed_at=4), Reason("something else", 3)]
    assert is_listed(Finding(tool, where, code, "", Severity.ERROR), reasons) is listed


def test_any_finding_fails_if_requested(tmp_path: Path) -> None:
    edit = EDITS["E501"]
    for name, text in (("before", edit.before), ("after", edit.after)):
        write(tmp_path / name, {"pyproject.toml": PYPROJECT, "mod.py": text})
    words = ["gate", "--action", "add-docstrings", "--output-format", "json"]
    words += [str(tmp_path / "before"), str(tmp_path / "after")]
    statuses = []
    for more in ([], ["--fail-on", "blocking"], ["--fail-on", "any"]):
        done = CliRunner().invoke(app, words + more)
        statuses.append(done.exit_code)
        row = next(each for each in json.loads(done.stdout) if each["path"] == "mod.py")
        assert (row["status"], row["meaning"], row["evidence"]) == ("accepted", "proven", [])
        assert [(each["code"], each["blocking"]) for each in row["findings"]] == [("E501", False)]
    assert statuses == [0, 0, 1]


@pytest.mark.parametrize(
    ("tool", "code", "blocks"),
    [
        (RUFF, "D413", False),
        (RUFF, "DOC201", False),
        (RUFF, "DTZ001", True),
        (RUFF, "E722", True),
        (RUFF, "E501", False),
        (RUFF, "F401", True),
        (RUFF, "F821", True),
        (RUFF, "ASYNC210", True),
        (RUFF, "S602", True),
        (RUFF, "B006", True),
        (MYPY, "no-untyped-def", False),
        (MYPY, "no-any-return", False),
        (MYPY, "arg-type", True),
        (MYPY, "E501", True),
    ],
)
def test_a_rule_stops_an_edit_unless_it_is_in_the_table(
    tool: ToolName, code: str, *, blocks: bool
) -> None:
    where = Range(Position(0, 0), Position(0, 1))
    assert is_blocking(Finding(tool, where, code, "", Severity.ERROR)) is blocks


def test_each_entry_of_the_table_says_why() -> None:
    assert all(len(entry.reason) > 20 and entry.rules for entry in TABLE)
