"""Prompts that need a project on disk: their full text, and the search for their contents.

The prompts are kept in tests/prompts; ``pytest --renew-prompts`` writes them again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from python_expert.actions.base import Action, Options
from python_expert.actions.questions import neighbours
from python_expert.actions.questions.prompts import correction
from python_expert.actions.registry import ACTIONS
from python_expert.analysis.source import Source
from python_expert.pipeline.questions import Questions
from tests.unit.test_questions import HINTS, _ask, _keys

KEPT = Path(__file__).parents[1] / "prompts"

SHOP = Path(__file__).parents[1] / "examples" / "shop"


def _options(path: Path, root: Path, *ignore: str) -> Options:
    return Options(path=str(path), root=str(root), packages=("httpx",), ignore=ignore)


def _asking(path: Path, root: Path, action: Action, *ignore: str) -> Questions:
    source = Source.of(path.read_text(encoding="utf-8"))
    return Questions(source, action, _options(path, root, *ignore))


@pytest.mark.parametrize("action", ACTIONS, ids=str)
def test_each_prompt_has_the_recorded_text(action: Action, pytestconfig: pytest.Config) -> None:
    asking = _asking(SHOP / "orders.py", SHOP.parent, action)
    questions = [_ask(asking, key).text for key in _keys(asking, action)]
    faults = correction(["mypy: Incompatible types in assignment [assignment]", "not\na sentence"])
    schema = json.dumps(action.form, indent=1)
    parts = {"System prompt": asking.brief, "Answer schema": schema}
    parts |= {f"Question {number}": text for number, text in enumerate(questions, 1)}
    parts["Correction"] = faults
    prompt = "\n".join(f"{title.upper():=^99}\n{text}\n" for title, text in parts.items())
    recorded = KEPT / f"{action}.txt"
    print(prompt)  # noqa: T201 - the test's output
    if pytestconfig.getoption("renew_prompts"):
        recorded.write_text(prompt, encoding="utf-8")
    assert prompt == recorded.read_text(encoding="utf-8"), "pytest --renew-prompts writes it again"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with various files next to the one that the question is about."""
    files = {
        "app/__init__.py": "from app.models import User\n",
        "app/models.py": "class User:\n    def __init__(self, name: str) -> None: ...\n",
        "app/keys.py": "def secret_of(hidden: int) -> str: ...\n",
        "app/local.py": "def ignored_here(hidden: int) -> str: ...\n",
        "vendor/site-packages/inner.py": "def installed(hidden: int) -> str: ...\n",
        "vendor/site-packages/__init__.py": "",
        "vendor/__init__.py": "",
        ".gitignore": "keys.py\n",
        "app/main.py": """
            import json

            import httpx
            from app import User
            from app import models
            from app.keys import secret_of
            from app.local import ignored_here
            from .models import User as Person

            class Base:
                def load(self, key: int) -> str:
                    return self.find(key)

                def find(self, key):
                    return here(key)

            def here(key: int, *, deep: bool = False) -> str: ...

            def work(a, b, c):
                client = httpx.Client()
                json.loads("1")
                return User(a), models.User, Person(b), secret_of(c), ignored_here(c), here(a)

            work(1, "2", b"3")
            """,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def test_used_signatures_of_other_project_files_are_shown(
    project: Path,
) -> None:
    text = _ask(_asking(project / "app" / "main.py", project, HINTS), "work").text
    assert "def here(key: int, *, deep: bool=False) -> str: ..." in text
    assert text.count("class User:\n    def __init__(self, name: str) -> None: ...") == 1
    assert "work(1, '2', b'3')" in text
    find = _ask(_asking(project / "app" / "main.py", project, HINTS), "Base.find").text
    assert find.startswith("Function: `Base.find`\n\n```python\nclass Base:\n    def find(")


def test_prompts_omit_ignored_files_and_installed_packages(project: Path) -> None:
    asking = _asking(project / "app" / "main.py", project, HINTS, "local.py")
    text = _ask(asking, "work").text
    assert "User" in text
    assert "hidden" not in text
    assert "class Client" not in text
    shown = _ask(_asking(project / "app" / "main.py", project, HINTS), "work").text
    assert "def ignored_here(hidden: int)" in shown
    assert "secret_of(hidden" not in shown
    (project / "vendor" / "site-packages" / "user.py").write_text(
        "from .inner import installed\ndef f(a):\n    return installed(a)\n", encoding="utf-8"
    )
    asking = _asking(project / "vendor" / "site-packages" / "user.py", project, HINTS)
    assert "hidden" not in _ask(asking, "f").text


def test_names_of_the_same_file_need_no_search() -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from python_expert.pipeline.questions import Questions;"
        "from python_expert.actions.add_type_hints import AddTypeHints;"
        "from python_expert.actions.base import Options;"
        "from python_expert.analysis.source import Source;"
        "p = Path(sys.argv[1]);"
        "o = Options(path=str(p), root=str(p.parent));"
        "s = Source.of('def g(x: int): ...\\ndef f(a):\\n    return g(a)\\n');"
        "t = Questions(s, AddTypeHints(), o).about('f').text;"
        "assert 'def g(x: int): ...' in t;"
        "assert 'jedi' not in sys.modules and 'anthropic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, __file__], check=True)


def test_the_search_in_other_files_is_limited(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "LONGEST_SEARCH", 0.0)
    text = _ask(_asking(project / "app" / "main.py", project, HINTS), "work").text
    assert "class User" not in text
    assert "def here(" in text
