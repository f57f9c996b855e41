"""Strings and unparsed lines that name definitions converted in other files."""

from __future__ import annotations

import ast
import re
import textwrap
from typing import TYPE_CHECKING

from python_expert.analysis.nodes import last_name
from python_expert.analysis.source import all_nodes
from python_expert.analysis.text_uses import is_docstring, may_be_run
from python_expert.text.parsing import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from python_expert.analysis.call_graph import Program

_PATH = re.compile(r"[\w.:]+")
_WORD = re.compile(r"\w+")
_PROMPTS = (">>>", "...")
_LONGEST = 20_000
_EVALUATE = frozenset({"eval", "exec"})
_LOOKUPS = frozenset({"getattr", "attrgetter", "methodcaller"})


def cross_file_strings(
    program: Program, known: AbstractSet[str], *, is_passed: bool
) -> Iterator[tuple[ast.AST, str]]:
    """Yield places that may use a definition by a string, each with the reason it is unconvertible.

    Args:
        program: The text.
        known: The last names of the converted definitions.
        is_passed: Whether a class with converted methods is passed on as a value.
    """
    for line, text in program.source.masked_lines:
        for name in sorted(known & {*_WORD.findall(text)}):
            yield ast.Pass(lineno=line + 1), f"{name} is in a part that does not parse"
    anywhere = is_passed or any(map(_is_computed, all_nodes(program.source.tree)))
    for node in all_nodes(program.source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for name, why in _named(program, node, node.value, known, anywhere=anywhere):
                yield node, why.format(name)


def _is_computed(node: ast.AST) -> bool:
    """Return whether a node looks up a name that the text does not contain."""
    if not isinstance(node, ast.Call) or last_name(node.func) not in _LOOKUPS:
        return False
    given = node.args[1:2] if last_name(node.func) == "getattr" else node.args[:1]
    return not all(isinstance(each, ast.Constant) for each in given)


def _named(
    program: Program, node: ast.Constant, text: str, known: AbstractSet[str], *, anywhere: bool
) -> Iterator[tuple[str, str]]:
    parents = program.names.parents
    if _PATH.fullmatch(text):
        is_given = isinstance(parents.get(node), ast.Call | ast.keyword)
        last = {text.replace(":", ".").rpartition(".")[2]} if is_given else set[str]()
        words = {*text.split(".")} if anywhere else last
        for name in sorted(known & (words | last)):
            yield name, "{} may be looked up by its name, and not awaited"
    elif not is_docstring(node, parents):
        part = bool(_EVALUATE & program.source.words) and "(" in text
        found = known & {*_WORD.findall(text)}
        for name in sorted(found if part or not found else found & _called_in(text)):
            yield name, "code in a string may call {}, and does not await it"
    examples = _PROMPTS[0] in text and may_be_run(node, program.source, program.names)
    for line in text.splitlines() if examples else ():
        if line.lstrip().startswith(_PROMPTS):
            for name in sorted(known & {*_WORD.findall(line)}):
                yield name, "an example (>>>) may use {}, and does not await it"


def _called_in(text: str) -> set[str]:
    """Return the last names of the functions that a string calls, if it is Python code."""
    if "(" not in text or len(text) > _LONGEST:
        return set()
    try:
        tree = syntax_tree(textwrap.dedent(text).strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    calls = (each for each in ast.walk(tree) if isinstance(each, ast.Call))
    return {last_name(each.func) or "" for each in calls}
