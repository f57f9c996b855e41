"""Packages with their authors' hints, and the same packages with stripped function headers."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.nodes import arguments
from python_expert.analysis.source import Source
from python_expert.text.document import Edit, Position, Range
from tests.bench.hints.normal import normal

if TYPE_CHECKING:
    from collections.abc import Collection

SETS = {
    "known": {
        "httpx": "httpx==0.28.1",
        "click": "click==8.5.1",
        "starlette": "starlette==1.10.0",
        "structlog": "structlog==26.1.0",
        "pydantic_settings": "pydantic-settings==2.16.3",
        "packaging": "packaging==26.3",
    },
    "other": {
        "werkzeug": "werkzeug==3.1.3",
        "anyio": "anyio==4.9.0",
        "tomlkit": "tomlkit==0.13.2",
        "jinja2": "jinja2==3.1.6",
        "hatchling": "hatchling==1.27.0",
        "itsdangerous": "itsdangerous==2.2.0",
    },
    "third": {
        "flask": "flask==3.1.3",
        "httpcore": "httpcore==1.0.9",
        "websockets": "websockets==17.4",
        "arrow": "arrow==1.4.0",
        "nox": "nox==2026.10.20",
        "cattrs": "cattrs==26.2.1",
    },
    "fourth": {
        "platformdirs": "platformdirs==4.14.8",
        "h2": "h2==4.4.1",
        "wsproto": "wsproto==1.3.2",
        "humanize": "humanize==4.17.0",
        "hypercorn": "hypercorn==0.18.0",
    },
    "fifth": {
        "typeguard": "typeguard==4.6.1",
        "asgiref": "asgiref==3.13.0",
        "markdown_it": "markdown-it-py==4.3.0",
        "pathspec": "pathspec==1.1.1",
        "aiosmtplib": "aiosmtplib==5.1.3",
        "build": "build==1.6.1",
    },
    "tuned": {
        "rich": "rich==15.0.0",
        "httpx": "httpx==0.28.1",
        "click": "click==8.5.1",
        "structlog": "structlog==26.1.0",
        "marshmallow": "marshmallow==4.4.0",
    },
    "held-out": {
        "urllib3": "urllib3==2.8.0",
        "uvicorn": "uvicorn==0.54.0",
        "itsdangerous": "itsdangerous==2.2.0",
        "tenacity": "tenacity==9.2.1",
    },
    "fresh": {
        "werkzeug": "werkzeug==3.1.3",
        "jsonschema": "jsonschema==4.26.0",
        "tinydb": "tinydb==4.9.0",
    },
}
"""The sets of requirements by package name.

In order: the packages used to tune the engine; those of which only the figures by source were read;
those measured three times without reading the hints; two sets measured before and after a piece of
work; and for ``wrong_hints`` those whose wrong hints were read, and those whose were not.
"""

TOOLS = ("pyrefly==1.4.1", "autotyping==24.9.0", "libcst==1.9.0", "jedi==0.20.1", "mypy==2.4.1")

CACHE = Path(tempfile.gettempdir()) / "python-expert-bench-hints"


class Spot(NamedTuple):
    """One place for a hint.

    Attributes:
        module: The file, relative to the folder of packages.
        key: The function's key.
        name: The parameter, or ``return``.
    """

    module: str
    key: str
    name: str


class Corpus(NamedTuple):
    """The packages of a set.

    Attributes:
        python: The interpreter of the environment with the packages.
        original: The folder of the unchanged packages.
        stripped: The folder of the packages without hints.
        truth: The authors' hints, normalised, without bare Any.
    """

    python: Path
    original: Path
    stripped: Path
    truth: dict[Spot, str]


def prepare(cache: Path = CACHE, group: str = "known") -> Corpus:
    """Install the packages of a set once, and strip their hints."""
    packages, cache = SETS[group], cache / group
    home = cache / "env"
    python = home / "bin" / "python"
    if not (cache / "ready").exists():
        venv.create(home, with_pip=True)
        wanted = [*packages.values(), *TOOLS]
        subprocess.run([python, "-m", "pip", "install", "-q", *wanted], check=True)
        (cache / "ready").touch()
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    original = home / "lib" / version / "site-packages"
    stripped = cache / "stripped"
    shutil.rmtree(stripped, ignore_errors=True)
    truth: dict[Spot, str] = {}
    for package in packages:
        shutil.copytree(
            original / package, stripped / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    for module in modules(stripped):
        source = Source.of((stripped / module).read_text(encoding="utf-8"))
        truth.update(hints_of(source, module))
        bare = source.with_edits(strip(source))
        (stripped / module).write_text(bare.text, encoding="utf-8")
    return Corpus(python, original, stripped, truth)


def modules(folder: Path) -> list[str]:
    """Return the modules of the packages in a folder, relative to it."""
    return [path.relative_to(folder).as_posix() for path in sorted(folder.glob("*/**/*.py"))]


def hints_of(source: Source, module: str) -> dict[Spot, str]:
    """Return the hints of a text without those of overloads, self and cls, and bare Any."""
    found = {}
    for definition in source.definitions:
        node = definition.node
        if isinstance(node, ast.ClassDef) or _is_overload(node):
            continue
        hints = {arg.arg: arg.annotation for arg in arguments(node)}
        if definition.is_method:
            hints = {name: hint for name, hint in hints.items() if name not in {"self", "cls"}}
        for name, hint in {**hints, "return": node.returns}.items():
            if hint is not None and (text := normal(hint)) != "Any":
                found[Spot(module, definition.key, name)] = text
    return found


def _is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("overload" in ast.unparse(each) for each in node.decorator_list)


def strip(source: Source, kept: Collection[str] = ()) -> list[Edit]:
    """Return the edits that remove the hints of all functions except those with some keys."""
    edits = []
    for definition in source.definitions:
        node = definition.node
        if isinstance(node, ast.ClassDef) or definition.key in kept:
            continue
        for arg in arguments(node):
            if arg.annotation is not None:
                start = source.position(arg.lineno, arg.col_offset)
                start = Position(start.line, start.column + len(arg.arg))
                edits.append(Edit(Range(start, _end(source, start, arg.annotation)), ""))
        if node.returns is not None:
            end = source.range(node.returns).end
            arrow = max(
                token.start
                for token in source.tokens
                if token.string == "->" and token.start < (end.line + 1, end.column)
            )
            ahead = source.lines[arrow[0] - 1][: arrow[1]].rstrip()
            start = Position(arrow[0] - 1, len(ahead))
            edits.append(Edit(Range(start, _end(source, start, node.returns)), ""))
    return edits


def _end(source: Source, start: Position, hint: ast.expr) -> Position:
    """Return the end of a hint with the brackets around it."""
    where = source.range(hint)
    opened = source.slice(Range(start, where.start)).count("(")
    end = where.end
    for token in source.tokens:
        if opened and token.string == ")" and token.start >= (end.line + 1, end.column):
            opened -= 1
            end = Position(token.end[0] - 1, token.end[1])
    return end
