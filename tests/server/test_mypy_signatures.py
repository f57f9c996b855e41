"""Edits of signatures: after each, other open files have the same findings as in a mypy run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.mypy_client import Worker, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.one_python

CORE = """\
from collections.abc import Callable
from typing import Protocol


def scale(value: int) -> int:
    return value * 2


def wrap(function: Callable[[int], int]) -> Callable[[int], int]:
    return function


class Base:
    def weigh(self, by: int) -> int:
        return by


class Weighs(Protocol):
    def weigh(self, by: int) -> int: ...
"""

USERS = {
    "body": """\
        from .core import scale


        def whole(items: list[int]) -> list[int]:
            return [scale(each) for each in items]


        def nested(value: int) -> int:
            def inner(by: int = scale(2)) -> int:
                return scale(by)

            return inner(value) + sum(map(scale, [1]))


        def untouched(value: int) -> str:
            return value
        """,
    "alias": "from .core import scale as grow\n\n\ndef f() -> int:\n    return grow(1) + grow(2)\n",
    "second": "from .alias import grow as third\n\nLIMIT: int = third(3)\n",
    "attribute": "from . import core\n\n\nclass Kept:\n    def __init__(self) -> None:\n"
    "        self.kept = core.scale(1)\n\n    def get(self) -> int:\n        return self.kept\n",
    "user": "from .attribute import Kept\n\n\ndef f() -> int:\n    return Kept().kept\n",
    "default": "from . import core\n\n\ndef f(by: int = core.scale(1)) -> int:\n    return by\n",
    "decorated": "from .core import *\n\n\n@wrap\ndef f(by: int) -> int:\n    return by\n",
    "star": "from .core import *\nimport nothing\n\n\ndef f(by: int) -> int:\n    return by\n",
    "twice": "try:\n    from .core import scale\nexcept ImportError:\n"
    "    from .alias import f as scale\n",
    "child": """\
        from .core import Base, Weighs


        class Child(Base):
            def weigh(self, by: int) -> int:
                return super().weigh(by)


        class Duck:
            def weigh(self, by: int) -> int:
                return by


        class Both(Duck, Base):
            pass


        def use(it: Weighs) -> int:
            return it.weigh(1)


        def call() -> int:
            return use(Base()) + use(Duck()) + use(Child()) + Both().weigh(1)
        """,
    "final": "from typing import Final\n\nfrom .core import scale\n\n\nclass Kept:\n"
    "    kept: Final[int]\n\n    def __init__(self) -> None:\n        self.kept = scale(1)\n",
    "ignoring": "from .core import scale\n\n\ndef f() -> int:\n"
    "    return scale('')  # type: ignore[arg-type]\n",
}

EDITS = (
    ("scale(value: int) -> int", "scale(value: str) -> int"),
    ("scale(value: int) -> int", "scale(value: int) -> str"),
    ("scale(value: int) -> int", "scale(value: int) -> None"),
    ("scale(value: int) -> int", "scale(value: int, by: int) -> int"),
    ("scale(value: int) -> int", "scale(value: int, by: int = 1) -> int"),
    ("wrap(function: Callable[[int], int])", "wrap(function: Callable[[str], int])"),
    (") -> Callable[[int], int]", ") -> Callable[[str], int]"),
    ("class Base:\n    def weigh(self, by: int)", "class Base:\n    def weigh(self, by: str)"),
    ("(self, by: int) -> int: ...", "(self, by: str) -> int: ..."),
)


def test_an_edit_of_a_signature_affects_all_open_files(worker: Worker, tmp_path: Path) -> None:
    cores = [CORE, *(CORE.replace(*edit) for edit in EDITS)]
    assert len({*cores}) == len(cores)
    expected = _run(tmp_path / "saved", cores)
    assert len({str(sorted(map(str, each.items()))) for each in expected}) > len(EDITS) * 0.8

    folder = tmp_path / "open" / "p0"
    write(folder, {"__init__.py": "", "core.py": CORE})
    worker.start(folder.parent, "--strict")
    for name, text in USERS.items():
        worker.show(folder / f"{name}.py", text)
    wrong, version = {}, 0
    for number in range(1, len(cores)):
        for which in (0, number):  # an edit and its reversal
            version += 1
            worker.show(folder / "core.py", cores[which], version)
            shown = worker.check()
            for name in USERS:
                found = {_fact(each) for each in shown[f"{folder}/{name}.py"]["findings"]}
                if found != expected[which][name]:
                    wrong[version, name] = found ^ expected[which][name]
    assert wrong == {}
    assert worker.variant == "d2"


def _run(folder: Path, cores: list[str]) -> list[dict[str, set[str]]]:
    """Return the findings of a mypy run in the users of each text; each text is a package."""
    expected: list[dict[str, set[str]]] = [{name: set() for name in USERS} for _ in cores]
    users = {f"{name}.py": text for name, text in USERS.items()}
    for number, core in enumerate(cores):
        write(folder / f"p{number}", {"__init__.py": "", "core.py": core, **users})
    argv = [sys.executable, "-m", "mypy", "--strict", "-O", "json", "--cache-dir", os.devnull, "."]
    run = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    for each in map(json.loads, run.stdout.splitlines()):
        package, name = each["file"].removesuffix(".py").split("/")
        if name in USERS and each["severity"] == "error":
            fact = _fact({**each, "line": each["line"] - 1})
            expected[int(package[1:])][name].add(fact.replace(f"{package}.", "p0."))
    return expected


def _fact(finding: Mapping[str, object]) -> str:
    return f"{finding['line']}: {finding['code']} {finding['message']}"


def test_an_edit_in_a_function_does_not_hide_the_effect_of_a_signature(
    worker: Worker, tmp_path: Path
) -> None:
    core, user = tmp_path / "core.py", tmp_path / "user.py"
    old = "def scale(value: int) -> int:\n    return 2 * value\n"
    text = "from core import scale\n\n\ndef f() -> int:\n    return scale(1)\n\n\n"
    text += "def g() -> int:\n    value = {}\n    return value\n"
    worker.start(tmp_path, "--strict")
    worker.show(core, old)
    worker.show(user, text.format(1))
    assert worker.codes() == {"core.py": [], "user.py": []}
    worker.show(user, text.format(12), 2)
    assert worker.codes() == {"core.py": [], "user.py": []}
    worker.show(core, old.replace("int)", "str)").replace("2 * value", "len(value)"), 2)
    worker.send("check", {}, id="early")  # its effects on the user are not checked yet
    worker.show(user, text.format(123), 3)
    while worker.receive().get("id") != "early":
        pass
    assert worker.codes() == {"core.py": [], "user.py": ["4:arg-type"]}
