"""The parts of a text: its functions, and the statements that run when it is imported."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.error_recovery import parse

if TYPE_CHECKING:
    from collections.abc import Iterator


class OutlinedFunction(NamedTuple):
    """A function or a method that is not nested in another function.

    Attributes:
        name: Its dotted name; later functions with the same name have a number appended.
        line: The 0-based line of its definition.
        body: The lines of its body, 0-based.
        content: The hash of its code; comments and layout do not count.
    """

    name: str
    line: int
    body: range
    content: int


class _Part(NamedTuple):
    """A statement that runs at import.

    Attributes:
        content: The hash of its code, without the bodies of functions in it.
        test: The name of the function that it defines if the function may be a test, else empty.
    """

    content: int
    test: str = ""


class Outline(NamedTuple):
    """The parts of a text.

    Attributes:
        functions: Its functions, by their names.
        parts: The statements that run at import, in the order of the text.
    """

    functions: dict[str, OutlinedFunction]
    parts: tuple[_Part, ...]

    @classmethod
    def of(cls, text: str) -> Outline:
        """Read a text.

        Raises:
            BrokenError: It does not parse.
        """
        functions: dict[str, OutlinedFunction] = {}
        return cls(functions, tuple(_parts(parse(text).body, "", functions)))

    def changed_lines(self, after: Outline) -> frozenset[int] | None:
        """Return the 0-based lines of the functions here that another text has changed or lacks.

        Tests that only one of the texts has do not count: no other test depends on them.

        Returns:
            The lines; None if any other code has changed, such as statements that run at import.
        """
        if self._without_tests_new_to(after) != after._without_tests_new_to(self):
            return None
        lines: set[int] = set()
        for name, function in self.functions.items():
            other = after.functions.get(name)
            if other is None or other.content != function.content:
                lines.update(function.body)
        return frozenset(lines)

    def _without_tests_new_to(self, other: Outline) -> list[int]:
        known = {part.test for part in other.parts}
        return [part.content for part in self.parts if part.test in known or not part.test]


def _parts(
    body: list[ast.stmt], outer: str, functions: dict[str, OutlinedFunction]
) -> Iterator[_Part]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                content, lines = _hash(node), range(node.body[0].lineno - 1, node.end_lineno or 0)
                node.body = []
                name = _free(f"{outer}{node.name}", functions)
                functions[name] = OutlinedFunction(name, node.lineno - 1, lines, content)
                test = node.name if node.name.startswith("test") else ""
                yield _Part(_hash(node), test and name)
            case ast.ClassDef(body=inner, name=name):
                yield from _around(node, _parts(inner, f"{outer}{name}.", functions))
            case ast.If(body=inner) | ast.Try(body=inner) | ast.TryStar(body=inner):
                yield from _around(node, _parts(inner, outer, functions))
            case ast.With(body=inner) | ast.AsyncWith(body=inner):
                yield from _around(node, _parts(inner, outer, functions))
            case _:
                yield _Part(_hash(node))


def _around(
    node: ast.ClassDef | ast.If | ast.Try | ast.TryStar | ast.With | ast.AsyncWith,
    inner: Iterator[_Part],
) -> Iterator[_Part]:
    """Yield the parts of a statement: its header, then its body."""
    node.body = []
    yield _Part(_hash(node))
    yield from inner
    yield _Part(0)


def _free(name: str, taken: dict[str, OutlinedFunction]) -> str:
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}#{number}", number + 1
    return free


def _hash(node: ast.stmt) -> int:
    return hash(ast.dump(node))
