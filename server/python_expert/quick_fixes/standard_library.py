"""The modules of the standard library that define a name, according to mypy's bundled stubs."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.analysis.scopes import Scopes
from python_expert.quick_fixes.imports_found import Origin, imports_of, of_module
from python_expert.text.parsing import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@lru_cache(maxsize=64)
def of_standard_library(
    name: str, python: tuple[int, int]
) -> tuple[frozenset[Origin], Counter[Origin]]:
    """Return the standard library's definitions of a name, and the number of imports in stubs."""
    found: set[Origin] = set()
    uses: Counter[Origin] = Counter()
    stubs = _stubs()
    word = re.compile(rf"\b{re.escape(name)}\b")
    for module, path in stubs.items():
        parts = module.split(".")
        is_public = parts[0] in sys.stdlib_module_names and not module.startswith("_")
        is_public = is_public and "._" not in module
        if is_public and module.rpartition(".")[2] == name and _is_there(module, python):
            found.add(of_module(module))
        text = _stub(path)
        if name in text and word.search(text):
            uses.update(imports_of(name, text))
        elif "import *" not in text:
            continue
        if is_public and _is_there(module, python) and _binds(module, name, python):
            found.add(Origin(module, name))
    # A name that a package re-exports is not also offered from its submodules.
    inner = {each for each in found if Origin(each.module.rpartition(".")[0], each.name) in found}
    # A deprecated alias in `typing` of something defined elsewhere is not offered either.
    old = {each for each in found if f"\n{name} = _Alias()" in _stub(stubs[each.module])}
    return frozenset(found - inner - old or found - inner), uses


@lru_cache(maxsize=1)
def _stubs() -> dict[str, Path]:
    """Return the stubs of the standard library, by module."""
    spec = importlib.util.find_spec("mypy")
    if spec is None or spec.origin is None:
        return {}  # mypy is bundled together with its stubs
    folder = Path(spec.origin).parent / "typeshed" / "stdlib"
    found = {}
    for path in sorted(folder.rglob("*.pyi")):
        parts = [*path.relative_to(folder).with_suffix("").parts]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@lru_cache(maxsize=1024)
def _stub(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _versions() -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
    """Return the first and last Python version that has each module, according to the stubs."""
    stubs = _stubs()
    text = _stub(next(iter(stubs.values())).parent / "VERSIONS") if stubs else ""
    return {
        match[1]: (
            (int(match[2]), int(match[3])),
            (int(match[4] or 3), int(match[5] or 999)),
        )
        for match in re.finditer(
            r"^([\w.]+): (\d)\.(\d+)-(?:(\d)\.(\d+))?", text, flags=re.MULTILINE
        )
    }


def _is_there(module: str, python: tuple[int, int]) -> bool:
    """Return whether a Python version has a module."""
    while module:
        if module in _versions():
            first, last = _versions()[module]
            return first <= python <= last
        module = module.rpartition(".")[0]
    return True


def _binds(module: str, name: str, python: tuple[int, int]) -> bool:
    """Return whether a stub has a top-level name in a Python version, also by a star import."""
    text = _stub(_stubs()[module]) if module in _stubs() else ""
    quoted = re.escape(name)
    if re.search(
        rf"\b(?:class|def)[ \t]+{quoted}\b|^[ \t]*{quoted}[ \t]*[:=]|\bas[ \t]+{quoted}\b",
        text,
        re.MULTILINE,
    ) and name in _bound(syntax_tree(text).body, python):
        return True
    package = (
        module if _stubs().get(module, Path()).stem == "__init__" else module.rpartition(".")[0]
    )
    return any(
        _binds(package + star if star.startswith(".") else star, name, python)
        for star in re.findall(r"^from (\S+) import \*", text, re.MULTILINE)
    )


def _bound(body: Iterable[ast.stmt], python: tuple[int, int]) -> Iterator[str]:
    """Yield the names that a stub exports; imports count only as ``X as X``."""
    there = [*_there(body, python)]
    for name, nodes in Scopes(ast.Module(there, [])).module.bound.items():
        for node in nodes:
            same = any(each.asname == each.name == name for each in getattr(node, "names", ()))
            if same or not isinstance(node, ast.Import | ast.ImportFrom):
                yield name


def _there(body: Iterable[ast.stmt], python: tuple[int, int]) -> Iterator[ast.stmt]:
    """Yield the top-level statements that apply to a Python version."""
    for node in body:
        if not isinstance(node, ast.If):
            yield node
            continue
        holds = _holds(node.test, python)
        yield from () if holds is False else _there(node.body, python)
        yield from () if holds is True else _there(node.orelse, python)


def _holds(test: ast.expr, python: tuple[int, int]) -> bool | None:
    """Return whether a condition on the version of Python holds; None for other conditions."""
    match test:
        case ast.Compare(
            left=ast.Attribute(attr="version_info"),
            ops=[op],
            comparators=[ast.Tuple(elts=[ast.Constant(value=int(major)), *rest])],
        ):
            minor = next((each.value for each in rest if isinstance(each, ast.Constant)), 0)
            version = (major, minor if isinstance(minor, int) else 0)
            if isinstance(op, ast.GtE):
                return python >= version
            if isinstance(op, ast.Lt):
                return python < version
    return None
