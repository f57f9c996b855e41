"""Programs that read docstrings, or their own source, while they run."""

from __future__ import annotations

import ast
import re
import tokenize
from typing import TYPE_CHECKING

from python_expert.gate.verdict import Reason
from python_expert.rewrites.docstrings.shape import decorators, docstring_node

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.rewrites.source import Definition, Source


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LIBRARIES = _words(
    "aiohttp_apispec apispec argh arguably baker begin cleo clize cyclopts defopt docopt "
    "docopt_ng docstring_parser drf_spectacular drf_yasg dspy fastmcp fire flasgger "
    "flask_openapi3 flask_restplus flask_restx graphene langchain langchain_core llama_index "
    "marvin mcp numpydoc phidata plac pydantic_ai pydoc rest_framework rply simple_parsing "
    "sly smolagents spark_parser spyne strawberry tyro xmlrpc"
)
"""Packages that make help, schemas, prompts or grammars of docstrings."""

_DECORATORS = _words(
    "action api_route asset callback command cron dag delete endpoint flow get group head "
    "keyword mutation op operation options patch post prompt put resource route session "
    "subcommand subscription task tool trace webhook websocket"
)
"""Decorators that commonly show a function's docstring to users."""

_SOURCE_READERS = _words(
    "f_lineno co_firstlineno co_consts co_code getsource getsourcelines getsourcefile "
    "linecache findsource"
)
_DOC_READERS = frozenset({"__doc__", "getdoc", "use_attribute_docstrings", "finddoc"})
_GRAMMAR = re.compile(r"[pt]_\w+")


def readers(before: Source, added: Sequence[Definition]) -> list[Reason]:
    """Why the user is to confirm docstrings.

    Args:
        before: The text before.
        added: The definitions, in the text after, that got a docstring, or whose docstring grew.
    """
    imported = _imported(before.tree)
    return [*_of_file(before, imported), *_of_definitions(imported, added)]


def _of_file(before: Source, imported: set[str]) -> Iterator[Reason]:
    names = _names(before)
    lines = before.text.count("\n")
    for name in sorted(_DOC_READERS & names.keys()):
        line = min(names[name], lines)
        yield Reason(f"the program reads docstrings while it runs ({name})", line)
    for name in sorted(_SOURCE_READERS & names.keys()):
        line = min(names[name], lines)
        yield Reason(f"the program reads its own source or line numbers ({name})", line)
    for name in sorted(imported & _LIBRARIES):
        yield Reason(f"{name} makes use of docstrings while the program runs")


def _of_definitions(imported: set[str], added: Sequence[Definition]) -> Iterator[Reason]:
    for definition in added:
        node = definition.node
        line = node.lineno - 1
        for decorator in decorators(node):
            last = decorator.rpartition(".")[2]
            if last in _DECORATORS:
                text = f"@{decorator} may show the docstring to the program's users"
                yield Reason(text, line, definition.key)
        if (
            isinstance(node, ast.FunctionDef)
            and _GRAMMAR.fullmatch(node.name)
            and (imported & {"ply", "yacc", "lex"} or not imported)
        ):
            text = "parser generators read grammars from docstrings of functions so named"
            yield Reason(text, line, definition.key)


def _names(source: Source) -> dict[str, int]:
    """All names in the code and in its strings, docstrings and comments apart, with lines."""
    documented = set()
    for definition in source.definitions:
        if statement := docstring_node(definition.node):
            documented.add((statement.lineno, source.range(statement).start.column))
    names: dict[str, int] = {}
    for token in source.tokens:
        if token.type == tokenize.NAME:
            names.setdefault(token.string, token.start[0] - 1)
        elif token.type == tokenize.STRING and token.start not in documented:
            for name in _DOC_READERS | _SOURCE_READERS:
                if name in token.string:
                    names.setdefault(name, token.start[0] - 1)
    return names


def _imported(tree: ast.Module) -> set[str]:
    """The top-level packages that a text imports anywhere."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found
