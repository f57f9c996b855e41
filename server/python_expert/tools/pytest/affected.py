"""Which tests an edit can affect, by what each ran when it last ran."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.analysis.error_recovery import BrokenError, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence


class _Ran(NamedTuple):
    """What a test ran when it last ran.

    Attributes:
        lines: The lines of each file, 0-based.
        loaded: The files that had been imported in that run.
    """

    lines: Mapping[Path, set[int]]
    loaded: frozenset[Path]


class Affected:
    """Knows what tests ran, and so which of them an edit can affect.

    A test is affected if a function that it ran has changed, or anything outside of functions in a
    file that it imported. Without coverage.py, whatever changes in such a file counts.
    """

    def __init__(self) -> None:
        self._ran: dict[str, _Ran] = {}
        self._texts: dict[Path, str] = {}

    def learn(
        self,
        wanted: Sequence[str],
        ran: Collection[str],
        params: Mapping[str, Any],
        texts: Mapping[Path, str],
    ) -> None:
        """Take what the worker says of a run.

        Args:
            wanted: What was to run. A test of these that did not run, because its file or what that
                imports cannot be imported, is affected by each change of an open file.
            ran: The tests that ran.
            params: What the worker says: the lines by test and file, and the files imported;
                nothing if the process died.
            texts: The texts that ran; of other files those on disk did.
        """
        lines: defaultdict[str, defaultdict[Path, set[int]]] = defaultdict(lambda: defaultdict(set))
        for test, files in params["lines"].items():
            for file, numbers in files.items():
                lines[without_parameters(test)][Path(file)].update(numbers)
        loaded = frozenset(map(Path, params["loaded"]))
        done = dict.fromkeys(map(without_parameters, ran if loaded else ()))
        left = [test for test in self._ran if _is_wanted(test, wanted)]
        for test in dict.fromkeys((*done, *left, *(each for each in wanted if "::" in each))):
            if test in done:
                self._ran[test] = _Ran(lines[test], loaded)
            else:
                before = self._ran[test].loaded if test in self._ran else frozenset()
                self._ran[test] = _Ran({}, frozenset({*before, *loaded, *texts, _file(test)}))
        for file in {file for ran in self._ran.values() for file in ran.loaded}:
            if file in texts or file in loaded:
                self._texts[file] = texts[file] if file in texts else _on_disk(file)

    def by(self, file: Path, text: str, tests: Sequence[str]) -> list[str] | None:
        """The tests that a text in a file's place can affect, and those that have never run.

        Args:
            file: The file.
            text: Its text.
            tests: The tests that the text has.

        Returns:
            The tests, without parameters; None if the text does not parse, so that nothing can be
            said yet.
        """
        new = [test for test in tests if test not in self._ran]
        before = self._texts.get(file)
        if before is None or before == text:
            return new
        try:
            changed = changed_lines(before, text)
        except BrokenError:
            return None
        gone = {test for test in self._ran if test.startswith(f"{file}::")}.difference(tests)
        affected = [test for test, ran in [*self._ran.items()] if _is_affected(ran, file, changed)]
        return [*new, *(test for test in affected if test not in gone)]


def _file(test: str) -> Path:
    return Path(test.partition("::")[0])


def _is_wanted(test: str, wanted: Sequence[str]) -> bool:
    """Whether a test is one of those that files and folders stand for."""
    return any(test.startswith((f"{each}::", f"{each}/")) for each in wanted if "::" not in each)


def without_parameters(test: str) -> str:
    """A test's id without its parameters, which may hold any text."""
    file, mark, inner = test.partition("::")
    return file + mark + inner.partition("[")[0]


def _on_disk(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _is_affected(ran: _Ran, file: Path, changed: frozenset[int] | None) -> bool:
    if file not in ran.loaded:
        return False
    if changed is None or not ran.lines:
        return True
    return not changed.isdisjoint(ran.lines.get(file, ()))


def changed_lines(before: str, after: str) -> frozenset[int] | None:
    """The lines of the functions in a text that another has changed or lacks, 0-based.

    Comments and layout do not count, nor do tests that only one of the texts has. Of functions in
    functions the outermost counts.

    Returns:
        The lines; None if anything else has changed, such as what runs when a module is imported.

    Raises:
        BrokenError: One of the texts does not parse.
    """
    old, new = parse(before), parse(after)
    _leave_out(old, _names(new))
    _leave_out(new, _names(old))
    bodies = {name: ast.dump(node) for name, node in _functions(new.body, "")}
    lines: set[int] = set()
    for name, node in _functions(old.body, ""):
        if bodies.get(name) != ast.dump(node):
            lines.update(range(node.body[0].lineno - 1, node.end_lineno or node.lineno))
    if ast.dump(_without_bodies(old)) != ast.dump(_without_bodies(new)):
        return None
    return frozenset(lines)


def _names(tree: ast.Module) -> set[str]:
    return {node.name for _, node in _functions(tree.body, "")}


def _leave_out(tree: ast.AST, known: set[str]) -> None:
    """Take out the tests that another text lacks: no other test depends on them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef):
            node.body = [each for each in node.body if not _is_new_test(each, known)]


def _is_new_test(node: ast.stmt, known: set[str]) -> bool:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name.startswith("test") and name not in known
    return False


def _functions(
    body: list[ast.stmt], outer: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The functions and methods of a text, but not those in functions, with names that differ."""
    for number, node in enumerate(body):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield f"{outer}{number}.{node.name}", node
            case ast.ClassDef():
                yield from _functions(node.body, f"{outer}{number}.{node.name}.")
            case ast.If() | ast.Try() | ast.TryStar() | ast.With() | ast.AsyncWith():
                yield from _functions(node.body, f"{outer}{number}.")


def _without_bodies(tree: ast.Module) -> ast.Module:
    """A text without what is in its functions: what is left runs when it is imported."""
    for _, node in _functions(tree.body, ""):
        node.body = [ast.Pass()]
    return tree
