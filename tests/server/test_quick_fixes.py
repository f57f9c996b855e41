"""Our own quick fixes: exact on hard texts, confirmed by the real tools, and in the menu."""

from __future__ import annotations

import ast
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_expert.actions.base import Options
from python_expert.diagnostics.finding import Finding, Severity
from python_expert.quick_fixes.base import FixContext
from python_expert.quick_fixes.registry import quick_fixes
from python_expert.text.document import Document, Position, Range, splice
from python_expert.text.paths import to_uri
from python_expert.tools.bandit.launch import BanditLaunch
from python_expert.tools.bandit.tool import Bandit
from python_expert.tools.mypy.launch import MypyLaunch
from python_expert.tools.mypy.spec import MYPY
from python_expert.tools.mypy.tool import Mypy
from python_expert.tools.ruff.spec import RUFF
from tests.conftest import write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.quick_fixes.base import QuickFix
    from tests.conftest import ClientFactory, ProjectFactory

PYTHON = Path(sys.executable)

COMMENTS = st.sampled_from(
    [
        "",
        "  ",
        "\t# é",
        "  # noqa: E501",
        "  # type: ignore[misc]",
        "  #type:ignore [ misc ,]  # é",
        "  # nosec B101",
        "  # nosec",
        "# pragma: no cover  # noqa",
        "  # words, then # nosec B101 # more",
    ]
)

STATEMENTS = [
    "v{i}: int = ''{c}",
    "v{i}: int = '''é{{\nb'''{c}",
    "v{i}: int = (\n\t'a'{c}\n    'é'\n)",
    "é = '\\\n'; v{i}: int = len(\\\n    1{c})",
    "v{i} = len(1) + \\\n    len(''){c}",
    "s{i}: str = len(1){c}",
    "v{i} = 1  # type: str{c}",
    "if 1:\n\tprint(f'''{{len(1)}}\n'''){c}\n",
    "def f{i}(a):{c}\n\treturn a",
    "async def f{i}(\n    a,{c}\n):\n    return '''\n    '''",
    "@len(1){c}\ndef d{i}() -> None: ...",
    "def k{i}() -> int:\n    return '''a\nb'''{c}",
    "class C{i}(int):{c}\n\n    def __add__(self, o: str) -> str:{c}\n        return '#'",
    "\x0cv{i} = 1  # type: ignore[misc, arg-type]  # é",
    "import subprocess{c}\nsubprocess.call(\n    '''ls\n    é''' + str(1), shell=True{c}\n)",
    "assert 1, '''é{{\n'''{c}",
    "assert \\\n    1{c}",
    "eval('1'); eval(\n    '2'){c}\nexec('''\n'''){c}",
    "def g{i}(password='hunter2'{c}\n):{c}\n    pass",
]
"""Statements with a finding of mypy, of bandit, or of both."""


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Draw programs with errors, in any mix of line ends and comments."""
    drawn = draw(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=3))
    pieces = [each.format(i=i, c=draw(COMMENTS)) for i, each in enumerate(drawn)]
    text = "\n".join(pieces) + draw(st.sampled_from(["", "\n"]))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"])))


class Tools:
    """The real tools, one process of each for all tests."""

    def __init__(self, runner: asyncio.Runner, root: Path) -> None:
        self._runner, self.root, self._version = runner, root, 0
        arguments = ("--config-file", "", "--strict", "--python-executable", str(PYTHON))
        self._tools = (
            Mypy(MypyLaunch(PYTHON, root, arguments)),
            Bandit(BanditLaunch(PYTHON, root)),
        )

    def findings(self, text: str) -> tuple[Document, list[Finding]]:
        """Return the findings of both tools."""
        self._version += 1
        document = Document.of(to_uri(self.root / "a.py"), self._version, text)
        found: list[Finding] = []
        for tool in self._tools:
            (report,) = self._runner.run(tool.check([document]))
            found += report.findings
        return document, found

    def stop(self) -> None:
        for tool in self._tools:
            self._runner.run(tool.stop())


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    with asyncio.Runner() as runner:
        made = Tools(runner, tmp_path_factory.mktemp("project"))
        yield made
        made.stop()


def fixes(document: Document, *findings: Finding, **options: Any) -> list[QuickFix]:  # noqa: ANN401 - of Options
    return quick_fixes(FixContext(document, Options(**options)), findings)


def applied(document: Document, fix: QuickFix) -> str:
    lines = list(document.lines)
    for edit in reversed(fix.edits):
        splice(lines, edit)
    return "".join(lines)


def tree(text: str) -> str:
    return ast.dump(ast.parse(text))


@given(texts())
@settings(max_examples=40)
def test_a_suppression_fix_removes_the_finding_and_keeps_the_code(tools: Tools, text: str) -> None:
    document, found = tools.findings(text)
    while offered := [
        (finding, fix)
        for finding in found
        for fix in fixes(document, finding)
        if "Disable" in fix.title or "Remove" in fix.title
    ]:
        finding, fix = offered[0]
        fixed = applied(document, fix)
        assert tree(fixed) == tree(text)
        document, remaining = tools.findings(fixed)
        place = (finding.tool, finding.code, finding.range.start, finding.message)
        assert place not in [
            (each.tool, each.code, each.range.start, each.message) for each in remaining
        ]
        assert len(remaining) < len(found)
        found = remaining


def test_no_comment_is_offered_if_no_line_can_have_one(tools: Tools) -> None:
    document, found = tools.findings('def f() -> int:\n    return "a" \\\n        """b\n"""\n\n')
    assert [each.code for each in found] == ["return-value"]
    (fix,) = fixes(document, *found)
    assert applied(document, fix).endswith('"""  # type: ignore[return-value]\n\n')
    document, found = tools.findings("assert (1, \\\n  2), \\\n  3; \\\nx: int = ''\n")
    offered = {each.title: applied(document, each) for each in fixes(document, *found)}
    assert (
        "x: int = ''  # type: ignore[assignment]"
        in offered["Mypy (assignment): Disable for this line"]
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f():\n    pass\n", "def f() -> None:\n    pass\n"),
        ("async def f(\n) :  # (\n    pass\n", "async def f(\n)  -> None:  # (\n    pass\n"),
        ("class É:\r\n\tdef é(self): pass\r\n", "class É:\r\n\tdef é(self) -> None: pass\r\n"),
        ("def f(*, a: str = f'{1:2}'): ...\n", None),
        ("def f():\n    return 1\n", None),
        ("def f(a):\n    pass\n", None),
    ],
)
def test_a_function_without_result_gets_the_hint_none(
    tools: Tools, before: str, after: str | None
) -> None:
    document, found = tools.findings(before)
    made = [applied(document, fix) for fix in fixes(document, *found) if "None" in fix.title]
    assert made == ([] if after is None else [after])
    if after:
        assert "no-untyped-def" not in [each.code for each in tools.findings(after)[1]]


def undefined(text: str, name: str) -> tuple[Document, Finding]:
    document = Document.of("untitled:a", 1, text)
    line = next(n for n, each in enumerate(document.lines) if name in each)
    column = document.lines[line].index(name)
    where = Range(Position(line, column), Position(line, column + len(name)))
    return document, Finding(RUFF, where, "F821", "", Severity.ERROR)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Path", "from pathlib import Path"),
        ("Counter", "from collections import Counter"),
        ("os", "import os"),
        ("dataclass", "from dataclasses import dataclass"),
        ("Any", "from typing import Any"),
        ("Iterable", "from collections.abc import Iterable"),
        ("partial", "from functools import partial"),
        ("Load", "from app.store import Load"),
        ("helpers", "from app import helpers"),
        ("sp", "import subprocess as sp"),
        ("Anything", None),
    ],
)
def test_an_undefined_name_is_imported_from_its_best_known_module(
    tmp_path: Path, name: str, first: str | None
) -> None:
    files = {
        "app/__init__.py": "",
        "app/store.py": "class Load:\n    pass\n",
        "app/helpers.py": "import subprocess as sp\n",
        "app/a.py": "",
        ".venv/pyvenv.cfg": "",
        ".venv/anything.py": "class Anything: ...\n",
    }
    write(tmp_path, files)
    document, finding = undefined(f'"""Doc."""\r\n\r\nimport re\r\n\r\n{name}, re\r\n', name)
    where = {"root": str(tmp_path), "path": str(tmp_path / "app" / "a.py")}
    made = [applied(document, fix) for fix in fixes(document, finding, **where)]
    assert len(set(made)) == len(made)
    if first is None:
        assert not made
    else:
        assert f"\r\n{first}\r\n" in made[0]
        assert made[0].count("\r\n") == made[0].count("\n")
        assert isinstance(ast.parse(made[0]).body[1], ast.Import | ast.ImportFrom)


def test_imports_used_elsewhere_in_the_project_come_first(tmp_path: Path) -> None:
    write(tmp_path, {"b.py": "from secrets import (\n    choice,  # as here\n)\n", "a.py": ""})
    document, finding = undefined("choice([1])\n", "choice")
    titles = [fix.title for fix in fixes(document, finding, root=str(tmp_path))]
    assert titles[:2] == ["Import `choice` from `secrets`", "Import `choice` from `random`"]


def test_two_findings_that_one_comment_suppresses_have_one_action() -> None:
    document = Document.of("untitled:a", 1, "f(1, 2)\n")
    found = [
        Finding(MYPY, Range(Position(0, at), Position(0, at + 1)), "arg-type", "", Severity.ERROR)
        for at in (2, 5)
    ]
    (fix,) = fixes(document, *found)
    assert fix.findings == tuple(found)


SCRIPT = """\
def hello():
    print(undefined_name)


def add(a, b):
    return a + b


x: int = ""
add(1, 2)
"""


def shown(items: Sequence[dict[str, Any]], code: str) -> dict[str, Any]:
    return next(each for each in items if each["code"] == code)


def test_missing_hints_are_information_and_can_be_added(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": ""})
    editor = client()
    editor.initialize([folder])
    document = editor.open(folder / "x.py", SCRIPT)
    items = editor.wait_diagnostics(
        document, lambda items: {"assignment", "F821"} <= {each["code"] for each in items}
    )

    def menu(code: str, **context: object) -> list[dict[str, Any]]:
        found = shown(items, code)
        params = {
            "textDocument": {"uri": document},
            "range": found["range"],
            "context": {"diagnostics": [found], **context},
        }
        actions: list[dict[str, Any]] = editor.request("textDocument/codeAction", params)
        return actions

    found = menu("no-untyped-def")
    titles = [each["title"] for each in found]
    assert titles[:3] == [
        "Mypy: Add `-> None` to `hello`",
        "Add type hints to `hello` (offline)",
        "Mypy (no-untyped-def): Disable for this line",
    ]
    assert len(set(titles)) == len(titles)
    assert "Add type hints (offline)" not in titles
    assert found[1]["command"]["command"] == "pythonExpert.rewrite"
    assert [shown(found[n]["diagnostics"], "no-untyped-def") for n in (0, 1, 2)]
    only = [each["title"] for each in menu("no-untyped-def", only=["quickfix"])]
    assert only == titles[:3]
    assert editor.request("codeAction/resolve", found[0]) == found[0]
    (fix,) = menu("assignment", only=["quickfix"])
    (change,) = fix["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": document, "version": 1}
    assert change["edits"][0]["newText"] == "  # type: ignore[assignment]"
    # An edit for an earlier text is not applied: the client compares the version.
    editor.change(document, 2, "\n" + SCRIPT)
    assert editor.request("codeAction/resolve", fix) == fix

    # An untyped script does not get an error per line.
    untyped = [each for each in items if each["code"].startswith("no-untyped")]
    assert {each["severity"] for each in untyped} == {Severity.INFORMATION}
    names = [
        (each["range"]["start"]["character"], each["range"]["end"]["character"])
        for each in untyped
        if each["code"] == "no-untyped-def"
    ]
    assert names == [(4, 9), (4, 7)]
    assert shown(items, "assignment")["severity"] == Severity.ERROR


def test_the_expert_profile_has_errors_for_missing_hints(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": "[tool.python-expert]\nprofile = 'expert'\n"})
    editor = client()
    editor.initialize([folder])
    document = editor.open(folder / "x.py", SCRIPT)
    items = editor.wait_diagnostics(
        document, lambda items: "no-untyped-def" in {each["code"] for each in items}
    )
    assert shown(items, "no-untyped-def")["severity"] == Severity.ERROR
