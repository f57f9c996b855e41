"""Compare conversions of sync code with the async code that its authors wrote.

``python -m tests.bench.async_twins`` measures packages with a sync and an async version of the same
code. It converts each sync module as a whole, with the offline provider's proposals that the proof
accepts. It then compares the syntax trees of the functions and methods with those of the authors'
async version. Layout, comments and docstrings do not count, and async names are mapped to the sync
ones as the authors' own generator does (``AsyncConnection``, ``aclose``, ``__aenter__``).

Such modules make blocking calls through other modules, so few blocking calls are found. With
``--told`` each function that the authors made async starts with a ``time.sleep(0)``, which is
removed after the conversion. This measures the conversion when it is known which functions wait.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.source import Source
from python_expert.text.document import Edit, Range
from tests.bench.async_yield import proven
from tests.bench.authors import generalised
from tests.bench.published import CACHE, fetch, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.async_yield import Converted
    from tests.bench.published import Published


class Twins(NamedTuple):
    """A package with two versions of its code.

    Attributes:
        version: The version of the package.
        is_sync: Returns whether a module is a sync version.
        other: The replacements that turn its path into that of the async version.
    """

    version: str
    is_sync: re.Pattern[str]
    other: tuple[str, str]


PACKAGES = {
    "httpcore": Twins("1.0.9", re.compile(r"/_sync/"), ("/_sync/", "/_async/")),
    "psycopg": Twins("3.2.9", re.compile(r"/\w+\.py$"), (".py", "_async.py")),
    "elasticsearch": Twins("9.0.2", re.compile(r"/_sync/"), ("/_sync/", "/_async/")),
}

_SAME = {
    "StopAsyncIteration": "StopIteration", "aclosing": "closing", "AutoBackend": "SyncBackend",
    "asynccontextmanager": "contextmanager", "AsyncExitStack": "ExitStack",
    "AsyncGenerator": "Generator", "aclose": "close", "anext": "next", "aiter": "iter",
    "aread": "read", "current_async_library": "current_library",
}  # fmt: skip
"""Names in async code, and the corresponding names in sync code."""

_WAIT = "time.sleep(0)"

_ASYNC = re.compile(r"Async(?=[A-Z])|(?<=_)async_|_async\b|^a(?=iter_|sync_)")
_SPECIAL = re.compile(r"^__a(enter|exit|iter|next)__$")


def main() -> None:
    """Convert, compare, and print the results."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("packages", nargs="*", help="only these packages")
    options.add_argument("--cache", type=Path, default=CACHE, help="where packages are kept")
    options.add_argument("--differences", action="store_true", help="show both where they differ")
    options.add_argument("--told", action="store_true", help="tell which functions wait")
    given = options.parse_args()
    for name, twins in PACKAGES.items():
        if not given.packages or name in given.packages:
            package = fetch(name, twins.version, given.cache)
            _show(name, package, twins, is_told=given.told, shows=given.differences)


def _show(name: str, package: Published, twins: Twins, *, is_told: bool, shows: bool) -> None:
    modules = dict(_modules(package, twins))
    sources = {module: Source.of(text_of(package.root / module)) for module in modules}
    if is_told:
        sources = {
            module: _with_waits(source, functions(text_of(package.root / modules[module])))
            for module, source in sources.items()
        }
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for module, converted in proven(package, sources):
        theirs = functions(text_of(package.root / modules[module]))
        ours = functions(converted.after)
        for key in functions(sources[module].text):
            kind, why = compare(key, ours.get(key), theirs.get(key), converted)
            counts[kind] += 1
            if why:
                reasons[why] += 1
            if shows and kind == "async, differs" and key in ours:
                print(f"--- {module} {key}\n{ours[key]}\n+++\n{theirs[key]}\n")  # noqa: T201
    print(name, twins.version, f"{len(modules)} modules", dict(counts))  # noqa: T201
    for why, count in reasons.most_common(15):
        print(f"  {count:5}  {why}")  # noqa: T201


def _modules(package: Published, twins: Twins) -> Iterator[tuple[str, str]]:
    """Yield the sync modules that have an async version, with its path."""
    for module in map(str, package.modules):
        other = re.sub(rf"{re.escape(twins.other[0])}(?!.*{re.escape(twins.other[0])})",
                       twins.other[1], f"/{module}")[1:]  # fmt: skip
        if (
            twins.is_sync.search(f"/{module}")
            and other != module
            and (package.root / other).exists()
        ):
            yield module, other


def _with_waits(source: Source, theirs: dict[str, str]) -> Source:
    """Return a module in which each function that is async in the other version waits."""
    edits = []
    for each in source.definitions:
        key = ".".join(_name(part.name) for part in (*each.parents, each.node))
        start = source.range(each.node.body[0]).start
        indent = source.lines[start.line][: start.column]
        is_async = re.search(r"^async def", theirs.get(key, ""), re.MULTILINE)
        if is_async and not indent.strip():
            edits.append(Edit(Range(start, start), f"{_WAIT}\n{indent}"))
    if not edits:
        return source
    first = source.range(source.tree.body[_after_imports(source.tree)]).start
    return source.with_edits([Edit(Range(first, first), "import time\n\n"), *edits])


def _after_imports(tree: ast.Module) -> int:
    """Return the index of the first statement that is neither a docstring nor a future import."""
    for number, each in enumerate(tree.body):
        is_future = isinstance(each, ast.ImportFrom) and each.module == "__future__"
        if not is_future and not isinstance(each, ast.Expr):
            return number
    return len(tree.body) - 1


def compare(
    key: str, ours: str | None, theirs: str | None, converted: Converted
) -> tuple[str, str]:
    """Return how a converted function relates to its async version, and why it differs.

    Args:
        key: The function.
        ours: Its normalised code, or None if the result has no function of that name.
        theirs: The authors' normalised code.
        converted: The result for the module.
    """
    if theirs is None:
        return "no async version", ""
    if not _waits(theirs):
        return ("the same in both" if ours == theirs else "sync in both, differs"), ""
    if ours == theirs:
        return "async, equal", ""
    if ours is not None and _waits(ours):
        return "async, differs", _difference(ours, theirs)
    reason = converted.reasons.get(key) or converted.reasons.get("") or "not offered"
    return "async, stays sync", re.sub(r"(decorated with _)\(.*\)", r"\1(...)", generalised(reason))


def _waits(code: str) -> bool:
    return re.search(r"\b(async|await)\b", code) is not None


def _difference(ours: str, theirs: str) -> str:
    if "to_thread" in ours:
        return "runs in a thread"
    plain = [re.sub(r"\b(async|await) ", "", each) for each in (ours, theirs)]
    return "awaits other calls" if plain[0] == plain[1] else "calls something else"


def functions(text: str) -> dict[str, str]:
    """Return the normalised code of a text's functions and methods by their normalised keys."""
    source = Source.of(text)
    found = {}
    for each in source.definitions:
        is_inner = any(not isinstance(outer, ast.ClassDef) for outer in each.parents)
        if not isinstance(each.node, ast.ClassDef) and not is_inner:
            key = ".".join(_name(part.name) for part in (*each.parents, each.node))
            found[key] = _words(ast.unparse(_Bare().visit(each.node)))
    return found


class _Bare(ast.NodeTransformer):
    """Removes docstrings, the added waits, and psycopg's ``if True:``."""

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        """Keep what psycopg's generator keeps of a part for async code."""
        self.generic_visit(node)
        return node.body if ast.unparse(node.test) == "True" else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Remove a docstring or an added wait; keep other statements."""
        is_wait = ast.unparse(node) in {_WAIT, "await asyncio.sleep(0)"}
        return None if is_wait or isinstance(node.value, ast.Constant) else node


def _words(code: str) -> str:
    return re.sub(r"\w+", lambda each: _name(each.group()), code)


def _name(name: str) -> str:
    """Return the sync form of a name."""
    if name in {"async", "await"}:
        return name
    return _SAME.get(name) or _ASYNC.sub("", _SPECIAL.sub(r"__\1__", name))


if __name__ == "__main__":
    main()
