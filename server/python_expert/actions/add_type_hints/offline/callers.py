"""Arguments that other files, and examples in docstrings, pass to a text's functions."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.actions.add_type_hints.slots import receiver
from python_expert.analysis.call_arguments import arguments_of, examples_in, is_wrong_on_purpose
from python_expert.analysis.call_graph import program_of
from python_expert.analysis.elsewhere import Converted
from python_expert.analysis.nodes import arguments
from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from python_expert.actions.base import Options
    from python_expert.analysis.call_arguments import CallArguments
    from python_expert.analysis.source import Definition, Source

CONSTRUCTOR = "__init__"


def called_functions(source: Source, options: Options) -> list[Converted]:
    """Return the public functions and classes whose calls in other files are collected."""
    return [Converted(options.path, each) for each in sorted(_public(source))]


def given_in(source: Source, options: Options) -> tuple[list[CallArguments], list[Converted]]:
    """Find the arguments that a text passes to called functions, and the text's re-exports.

    Args:
        source: The text.
        options: The circumstances; ``converted`` has the called functions.
    """
    if not _may_import(source, options.converted):
        return [], []
    program = program_of(source, (), options.elsewhere)
    parents, cross_file = program.names.parents, program.cross_file
    found = [
        arguments_of(call, each.name)
        for call, each in cross_file.calls.items()
        if not is_wrong_on_purpose(call, parents) and "type: ignore" not in _line(source, call)
    ]
    return found, [each for each in cross_file.reexported if not each.why]


def _may_import(source: Source, called_functions: Sequence[Converted]) -> bool:
    """Return whether a text may import any of some functions, judged by names of imports.

    Resolving all names of a text takes several times as long as parsing the text.
    """
    names = {each.last for each in called_functions} | {"*"}
    for path in {each.path for each in called_functions}:
        names.update(Path(path).with_suffix("").parts)
    return any(
        not names.isdisjoint(alias.name.split("."))
        for node in all_nodes(source.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    )


def given_to(source: Source, calls: Iterable[CallArguments]) -> Iterator[tuple[str, str, str]]:
    """Find the classes of the arguments that a text's functions get, also in its examples.

    Args:
        source: The text.
        calls: The known calls in other files.

    Yields:
        A function's key, a parameter, and the class of an argument.
    """
    called = _callable_by_name(source)
    texts = (ast.get_docstring(each) for each in _documented(source))
    names = frozenset(called)
    examples = [one for text in texts if text for one in examples_in(text, names)]
    for call in (*calls, *examples):
        if definition := called.get(call.function):
            yield from bound(definition, call)


def bound(definition: Definition, call: CallArguments) -> Iterator[tuple[str, str, str]]:
    """Match a call with a function.

    Yields the function's key, a parameter, and the class of its argument.
    """
    node = definition.node
    if isinstance(node, ast.ClassDef):
        return
    own = receiver(definition)
    positional = [each.arg for each in (*node.args.posonlyargs, *node.args.args) if each.arg != own]
    rest = node.args.vararg.arg if node.args.vararg else ""
    for at, kind in enumerate(call.positional):
        if name := positional[at] if at < len(positional) else rest:
            yield definition.key, name, kind
    named = {each.arg for each in arguments(node)} - {rest, own}
    more = node.args.kwarg.arg if node.args.kwarg else ""
    for name, kind in call.named:
        if slot := name if name in named else more:
            yield definition.key, slot, kind


def _public(source: Source) -> list[str]:
    """Return the names of public top-level functions and of public classes with constructors."""
    return [name for name in _callable_by_name(source) if not name.startswith("_")]


def _callable_by_name(source: Source) -> dict[str, Definition]:
    """Return the top-level functions, and the constructors of classes by class name."""
    found = {}
    for each in source.definitions:
        if isinstance(each.node, ast.ClassDef):
            continue
        if not each.parents:
            found[each.qualname] = each
        elif len(each.parents) == 1 and each.node.name == CONSTRUCTOR and each.is_method:
            found[each.parents[0].name] = each
    return found


def _documented(source: Source) -> Iterator[ast.Module | ast.ClassDef | ast.FunctionDef]:
    yield source.tree
    for each in source.definitions:
        yield each.node  # type: ignore[misc] # ast.get_docstring takes async functions too


def _line(source: Source, call: ast.Call) -> str:
    return source.lines[(call.end_lineno or call.lineno) - 1]
