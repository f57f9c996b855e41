"""New examples in docstrings run as the project's own tests would run them."""

from __future__ import annotations

import ast
import asyncio
import json
import sys
from textwrap import indent
from typing import TYPE_CHECKING, Any, cast

import pytest
from typer.testing import CliRunner

from python_expert.actions.add_docstrings.proof import prove
from python_expert.actions.base import Options
from python_expert.analysis.source import Source
from python_expert.cli.app import app
from python_expert.gate import examples
from python_expert.gate.doctest_worker.limits import defined_in, forbidden
from python_expert.gate.examples import Evidence, run_examples
from python_expert.gate.verdict import Status
from python_expert.pipeline import service
from python_expert.pipeline.client import Worker
from python_expert.pipeline.refine import EXAMPLE_FAILS, Attempt
from python_expert.pipeline.request import Request
from python_expert.project.files import FileChecker
from python_expert.text.document import Document
from python_expert.text.paths import to_uri
from python_expert.tools import registry
from tests.actions import ADD_DOCSTRINGS
from tests.conftest import RUFF_ONLY, write
from tests.tools import NAMES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from python_expert.actions.base import Action
    from python_expert.gate.verdict import Verdict
    from python_expert.llm.provider import Provider
    from python_expert.pipeline.written import Written
    from python_expert.project.project import Project

PYTEST = "[tool.pytest.ini_options]\naddopts = '--doctest-modules'\n"
HEAD = "import os\nimport subprocess\n\n\n"
DOUBLE = "def double(n):\n    return 2 * n\n"
TWICE = DOUBLE.replace("double", "twice")
TWO = f"{DOUBLE}\n\n{TWICE}"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Extend the deadline, because runs are slow while other tests run."""
    monkeypatch.setattr(examples, "DEADLINE_S", 100.0)


def documented(function: str, *blocks: str) -> str:
    """Return a function whose docstring has examples."""
    header, body = function.split("\n", 1)
    text = "\n\n".join(("Do it.", *blocks))
    return f'{header}\n    """{indent(text, "    ").strip()}\n    """\n{body}'


def project_of(root: Path, **settings: object) -> Project:
    """A project with some settings; its interpreter is the one that runs the tests."""
    own = SCHEMA.read({"interpreter": sys.executable, **settings})
    return FileChecker(registry.TOOLS, (), pytest.fail, settings=lambda _root: own).project(root)


def judged(
    root: Path, before: str, after: str, path: str = "mod.py", *, trusted: bool = True
) -> tuple[Verdict, tuple[Evidence, ...]]:
    """Return the gate's verdict on an edit of a file after its examples have run."""
    write(root, {path: before})
    if not (root / "pyproject.toml").exists():
        write(root, {"pyproject.toml": PYTEST})
    old, new = Source.of(before), Source.of(after)
    verdict = prove(old, new, Options(path=str(root / path), root=str(root)))
    project = project_of(root, trusted=trusted)
    document = Document.of(to_uri(root / path), 0, before)
    return asyncio.run(run_examples(project, document, old.code, new.code, verdict))


def why(verdict: Verdict) -> str:
    """Return the only reason of a verdict that asks the user about an example."""
    assert verdict.status is Status.CONFIRM
    (reason,) = verdict.reasons
    return reason.message


def test_examples_that_pass_are_proven(tmp_path: Path) -> None:
    after = documented(DOUBLE, ">>> double(2)\n4\n>>> double('a')\n'aa'")
    verdict, evidence = judged(tmp_path, DOUBLE, after)
    assert verdict.status is Status.ACCEPTED
    assert evidence == (Evidence("doctest", 2, 0),)
    assert evidence[0].message == "2 of 2 new examples in docstrings pass"
    assert {each.name for each in tmp_path.iterdir()} == {"mod.py", "pyproject.toml"}


def test_an_example_that_fails_refuses_its_docstring(tmp_path: Path) -> None:
    wrong = documented(DOUBLE, ">>> double(2)\n4\n>>> double(3)\n5")
    after = f"{wrong}\n\n" + documented(TWICE, ">>> twice(2)\n4")
    verdict, evidence = judged(tmp_path, TWO, after)
    assert verdict.status is Status.REFUSED
    (reason,) = verdict.reasons
    assert reason.message == "the example in `double` fails: expected '5', got '6'"
    assert (reason.key, after.split("\n")[reason.line].strip()) == ("double", ">>> double(3)")
    assert evidence == (Evidence("doctest", 2, 1),)


def test_a_failing_example_with_sphinx_setup_needs_confirmation(
    tmp_path: Path,
) -> None:
    after = documented(DOUBLE, ">>> double(2)\n5")
    write(tmp_path, {"docs/conf.py": "extensions = ['sphinx.ext.doctest']\n"})
    assert judged(tmp_path, DOUBLE, after)[0].status is Status.REFUSED
    write(tmp_path, {"docs/index.rst": ".. testsetup:: *\n\n    n = 1\n"})
    verdict, evidence = judged(tmp_path, DOUBLE, after)
    assert why(verdict) == "the example in `double` fails: expected '5', got '4'"
    assert evidence == (Evidence("doctest", 0, 1),)


def test_only_examples_that_the_edit_added_are_run(tmp_path: Path) -> None:
    before = documented(DOUBLE, ">>> double(1)\n'broken'\n>>> x = 5")
    after = documented(DOUBLE, ">>> double(1)\n'broken'\n>>> x = 5", "More.\n\n>>> double(2)\n4")
    verdict, evidence = judged(tmp_path, before, after)
    assert verdict.status is Status.ACCEPTED, verdict
    assert evidence == (Evidence("doctest", 1, 0),)


def test_a_package_below_src_is_imported_as_its_tests_import_it(tmp_path: Path) -> None:
    function = "def double(n):\n    return FACTOR * n\n"
    head = "from . import FACTOR\nfrom .other import NAME\n\n\n"
    files = {
        "src/pkg/__init__.py": "FACTOR = 2\nfrom .mod import double\n",
        "src/pkg/other.py": "from . import mod\n\nNAME = mod.__name__\n",
        "pyproject.toml": f"{PYTEST}doctest_optionflags = ['ELLIPSIS', 'NORMALIZE_WHITESPACE']\n",
    }
    write(tmp_path, files)
    after = documented(function, ">>> from pkg import double\n>>> [double('abc')]\n[ 'abc...' ]")
    verdict, _ = judged(tmp_path, head + function, head + after, "src/pkg/mod.py")
    assert verdict.status is Status.REFUSED  # because blanks are significant
    after = documented(function, ">>> from pkg import double\n>>> [double('abc')]\n['abc...']")
    verdict, _ = judged(tmp_path, head + function, head + after, "src/pkg/mod.py")
    assert verdict.status is Status.ACCEPTED, verdict
    assert not list(tmp_path.rglob("__pycache__"))


STUCK = "def stuck(n):\n    while n:\n        pass\n"


def test_examples_that_cannot_run_need_confirmation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = "the docstring has new examples (>>>), and pyproject.toml runs doctests"
    after = documented(DOUBLE, ">>> double(2)\n4")
    verdict, evidence = judged(tmp_path, f"import nothing\n{DOUBLE}", f"import nothing\n{after}")
    assert why(verdict).startswith(f"{runs}; they were not run: importing mod raises ModuleNot")
    assert not evidence
    monkeypatch.setattr(examples, "DEADLINE_S", 1.0)
    verdict, _ = judged(tmp_path, STUCK, documented(STUCK, ">>> stuck(1)"))
    assert why(verdict).endswith("; they were not run: they did not end within 1 s")


def test_nothing_runs_if_that_is_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "run", pytest.fail)
    after = documented(DOUBLE, ">>> double(2)\n5")
    verdict, _ = judged(tmp_path, DOUBLE, after, trusted=False)
    assert why(verdict).endswith("; they were not run: the folder is not trusted")
    verdict, _ = judged(tmp_path, f"{DOUBLE}x = (\n", f"{after}x = (\n")
    assert why(verdict).endswith("; they were not run: a part of the file does not parse")
    write(tmp_path, {"pyproject.toml": ""})
    assert judged(tmp_path, DOUBLE, after)[0].status is Status.ACCEPTED  # the output is not read


@pytest.mark.parametrize(
    "code",
    [
        "open('left', 'w').close()",
        "os.system('touch left')",
        "subprocess.run(['touch', 'left'])",
        "try:\n        os.remove('pyproject.toml')\n    except Exception:\n        pass",
    ],
)
def test_examples_have_no_effect_outside_their_process(tmp_path: Path, code: str) -> None:
    function = f"{HEAD}def harm():\n    {code}\n"
    if "subprocess" in code:  # and neither has importing the module
        function += "\n\nharm()\n"
    # After the first failure doctest still runs the examples but does not report them.
    examples = ">>> 1  # doctest: +REPORT_ONLY_FIRST_FAILURE\n    2\n    >>> harm()"
    docstring = f'    """Do it.\n\n    {examples}\n    """\n'
    after = function.replace("harm():\n", f"harm():\n{docstring}", 1)
    verdict, _ = judged(tmp_path, function, after)
    assert "running them has effects outside the process" in why(verdict)
    assert {each.name for each in tmp_path.iterdir()} == {"mod.py", "pyproject.toml"}


class LocalWorker(Worker):
    """Answers in this process; its facts are functions with docstrings."""

    async def _ask(self, method: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        return json.loads(json.dumps(service.METHODS[method](dict(params)), default=tuple))

    async def apply(
        self, action: Action, text: str, facts: Mapping[str, Any], options: Options
    ) -> Written:
        """Return the text with the proposed functions in place of the old ones."""
        source, after = Source.of(text), text
        for key, function in facts.items():
            definition = source.definition(key)
            assert definition is not None
            after = after.replace(source.slice(definition.range), function.rstrip())
        written = await self.prove(action, text, after, options)
        return written._replace(changed=tuple(facts))


def test_a_failing_example_is_dropped_and_its_output_not_sent(
    tmp_path: Path,
) -> None:
    write(tmp_path, {"pyproject.toml": PYTEST, "mod.py": TWO})
    off = {name: {"enabled": False} for name in NAMES}
    project = project_of(tmp_path, tools=off)
    document = Document.of(to_uri(tmp_path / "mod.py"), 0, TWO)
    provider = cast("Provider", None)  # there is no proposal
    request = Request(ADD_DOCSTRINGS, project, lambda: document, None, provider)
    facts = {
        "double": documented(DOUBLE, ">>> double(2)\n4"),
        "twice": documented(TWICE, ">>> twice(2)\n5"),
    }
    options = Options(path=str(tmp_path / "mod.py"), root=str(tmp_path))
    attempt = Attempt(LocalWorker(), request, document, facts, options)

    async def work() -> None:
        try:
            await attempt.run(may_ask=False)
        finally:
            await project.stop()

    asyncio.run(work())
    assert attempt.written is not None
    assert attempt.written.after == f"{facts['double']}\n\n{TWICE}"
    assert attempt.written.verdict.status is Status.ACCEPTED
    (left,) = attempt.out.left
    assert left.text.endswith("the example in `twice` fails: expected '5', got '4'")
    assert attempt.out.faults == {"twice": (EXAMPLE_FAILS,)}
    assert attempt.evidence == (Evidence("doctest", 1, 0),)


def test_the_command_lists_the_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    after = documented(DOUBLE, ">>> double(2)\n4")
    write(tmp_path, {"mod.py": DOUBLE, "new/mod.py": after, "pyproject.toml": PYTEST + RUFF_ONLY})
    files = [str(tmp_path / "mod.py"), str(tmp_path / "new" / "mod.py")]
    words = ["gate", "--action", "add-docstrings", *files, "--output-format", "json"]
    done = CliRunner().invoke(app, words)
    (row,) = json.loads(done.stdout)
    message = "1 of 1 new examples in docstrings pass"
    assert row["status"] == "accepted", row
    assert row["evidence"] == [{"kind": "doctest", "passed": 1, "failed": 0, "message": message}]


def refusal(code: str) -> str:
    """Return why a module's examples are not run, one after the other."""
    sources = [f"{each}\n" for each in code.split("; ")]
    return forbidden(sources, "pkg.mod", defined_in(ast.parse(MODULE)))


MODULE = "import os\nfrom datetime import date\n\ndef f(x): ...\nclass A: ...\n"


@pytest.mark.parametrize(
    "code",
    [
        "f(1)",
        "x = f([1, -2.5]); x.y[0] == {'a': (date(2020, 1, 2),)}",
        "from pkg.mod import f as g; g(sorted(A(), key=f))",
        "from pkg import A; for each in A(): print(each.name)",
        "import math, decimal; f(math.pi + decimal.Decimal(1))",
        "def even(x): return x % 2 == 0; f(even, key=lambda y: -y) if A else [f(z) for z in A()]",
        "a = A(); a['x'] = 1",
        "y: int = (z := f(1)); f(z)",
    ],
)
def test_an_example_may_call_functions_of_its_module(code: str) -> None:
    assert not refusal(code)


@pytest.mark.parametrize(
    "code",
    [
        "os.system('id')",
        "import os",
        "from pkg.mod import os",
        "from pkg.other import f",
        "from datetime import sys",
        "import datetime; datetime.sys.modules['os'].system('id')",
        "__import__('os').system('id')",
        "f.__globals__['os'].system('id')",
        "A().g.gi_frame.f_builtins",
        "def g(): return os",
        "f(key=lambda x, y=os: y)",
        "[f(os) for x in A()]",
        "f'{os.sep}'",
        "import operator; operator.attrgetter('__globals__')(f)",
        "from operator import methodcaller",
        "f.x = 1",
        "del A.x",
        "class B(A): ...",
        "while f(): ...",
        "try:\n  f()\nfinally:\n  f()",
        "f(",
        "eval('1')",
        "getattr(f, 'x')",
        "open('x')",
    ],
)
def test_an_example_that_does_more_is_not_run(code: str) -> None:
    assert refusal(code)
