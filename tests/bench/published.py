"""Published packages, with and without their docstrings or hints.

Each package is a project: the folder of its source distribution with its own pyproject.toml, and an
environment in which the package and its dependencies are installed.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.add_type_hints import AddTypeHints
from python_expert.analysis.signatures import docstring_node
from python_expert.analysis.source import Source, apply_edits
from python_expert.text.decoding import decode
from python_expert.text.document import Edit
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS
from tests.bench.hints.corpus import hints_of
from tests.bench.hints.corpus import strip as hints_in
from tests.bench.offline_docstrings import lines_of

if TYPE_CHECKING:
    import random
    from collections.abc import Collection, Iterable

    from python_expert.actions.base import Action

TUNING = {
    "httpx": "0.28.1",
    "h11": "0.16.0",
    "idna": "3.20",
    "anyio": "4.16.0",
    "requests": "2.34.2",
    "packaging": "26.4",
}
"""The packages whose refusals were read while the gate was developed."""

ACTIONS = {"docstrings": ADD_DOCSTRINGS, "hints": ADD_TYPE_HINTS}

CACHE = Path(tempfile.gettempdir()) / "python-expert-bench-published"

NOT_SOURCES = {"tests", "test", "testing", "docs", "doc", "examples", "scripts", "benchmarks"}
"""Folders of a source distribution that do not belong to the package."""


class Published(NamedTuple):
    """A published package.

    Attributes:
        name: The package's name in the index.
        root: The project's folder.
        environment: The virtual environment in which it is installed.
        modules: The package's modules, relative to the root.
    """

    name: str
    root: Path
    environment: Path
    modules: tuple[Path, ...]


def fetch(name: str, version: str, cache: Path = CACHE) -> Published:
    """Fetch a package from the index into a cache once."""
    home = cache / f"{name}-{version}"
    environment, root = home / "environment", home / "project"
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        venv.create(environment, with_pip=True)
        pip: list[str | Path] = [environment / "bin" / "python", "-m", "pip", "-q"]
        subprocess.run([*pip, "install", f"{name}=={version}"], check=True)
        wanted = ["--no-deps", "--no-binary", ":all:", f"{name}=={version}"]
        subprocess.run([*pip, "download", *wanted, "-d", home], check=True)
        (archive,) = home.glob("*.tar.gz")
        shutil.unpack_archive(archive, home / "unpacked", filter="data")
        (unpacked,) = (home / "unpacked").iterdir()
        unpacked.rename(root)
        (home / "ready").touch()
    modules = tuple(_modules(root)) or tuple(_single(root, name))
    if not modules:
        raise RuntimeError(f"{name} has no modules in {root}")
    return Published(name, root, environment, modules)


def _modules(root: Path) -> Iterable[Path]:
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root)
        is_packaged = (path.parent / "__init__.py").exists()
        if is_packaged and not NOT_SOURCES & set(relative.parts[:-1]):
            yield relative


def _single(root: Path, name: str) -> Iterable[Path]:
    """Return the module of a package that consists of one module."""
    module = Path(f"{name}.py")
    return [module] if (root / module).exists() else []


def parser(description: str | None, packages: str, modules: int) -> argparse.ArgumentParser:
    """Return a parser with the options that all measurements share.

    Args:
        description: The measurement's description.
        packages: The help text about the packages to choose.
        modules: The default maximum number of modules of a package.
    """
    made = argparse.ArgumentParser(description=description)
    made.add_argument("packages", nargs="*", help=packages)
    made.add_argument("--kind", choices=ACTIONS, help="only docstrings, or only hints")
    made.add_argument("--modules", type=int, default=modules, help="most modules of a package")
    made.add_argument("--seed", type=int, default=0, help="chooses the sample")
    made.add_argument("--cache", type=Path, default=CACHE, help="where packages are kept")
    made.add_argument("--json", type=Path, help="a file for all that was found")
    return made


def some_modules(
    package: Published, action: Action, most: int, chance: random.Random
) -> dict[Path, Source]:
    """Return random modules of a package that have hints or docstrings, sorted by name."""
    sources = {module: Source.of(text_of(package.root / module)) for module in package.modules}
    fitting = [
        module for module, each in sources.items() if not each.masked and units(action, each)
    ]
    chosen = sorted(chance.sample(fitting, min(most, len(fitting))))
    return {module: sources[module] for module in chosen}


def text_of(path: Path) -> str:
    """Return the text of a module."""
    return decode(path.read_bytes())


def units(action: Action, source: Source) -> dict[str, frozenset[str]]:
    """Return the definitions with hints or docstrings by qualified name.

    Definitions with one name belong together: a property and its setter, a function and its
    overloads.
    """
    hinted = {spot.key for spot in hints_of(source, "")}
    found: dict[str, set[str]] = {}
    for each in source.definitions:
        found.setdefault(each.qualname, set()).add(each.key)
    return {
        name: frozenset(keys)
        for name, keys in found.items()
        if any(_has(action, source, key, hinted) for key in keys)
    }


def _has(action: Action, source: Source, key: str, hinted: Collection[str]) -> bool:
    if action.name == AddTypeHints.name:
        return key in hinted
    definition = source.definition(key)
    return definition is not None and docstring_node(definition.node) is not None


def without(action: Action, source: Source, kept: Collection[str] = ()) -> str:
    """Return a text without the hints or docstrings that an action adds.

    Args:
        action: The action.
        source: The authors' text.
        kept: The keys of definitions that stay unchanged.
    """
    if action.name == ADD_DOCSTRINGS.name:
        edits = _docstrings(source, kept)
    else:
        edits = hints_in(source, kept)
    return apply_edits(source.text, edits)


def _docstrings(source: Source, kept: Collection[str]) -> list[Edit]:
    edits = []
    for each in source.definitions:
        statement = docstring_node(each.node)
        if statement is not None and each.key not in kept:
            only = "..." if len(each.node.body) == 1 else ""
            edits.append(Edit(*lines_of(source, statement, only)))
    return edits
