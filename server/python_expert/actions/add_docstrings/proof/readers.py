"""Finds programs that read docstrings or their own source at run time."""

from __future__ import annotations

import ast
import re
import tokenize
from typing import TYPE_CHECKING

from python_expert.analysis.nodes import ASSIGNMENTS, named, targets
from python_expert.analysis.signatures import decorators, docstring_node
from python_expert.analysis.words import words
from python_expert.gate.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.analysis.source import Definition, DefinitionNode, Source


_LIBRARIES = words(
    "aiohttp_apispec aiohttp_swagger apispec argh arguably baker begin cleo clize cyclopts "
    "defopt docopt docopt_ng docstring_parser drf_spectacular drf_yasg dspy fastmcp fire "
    "flasgger flask_apispec flask_openapi3 flask_restplus flask_restx flask_smorest graphene "
    "langchain langchain_core llama_index luigi marvin mcp numpydoc phidata plac pydantic_ai "
    "pydoc rest_framework rply sanic_ext sanic_openapi simple_parsing sly smolagents "
    "spark_parser spyne strawberry tyro xmlrpc"
)
"""Packages that create help texts, schemas, prompts or grammars from docstrings."""

_DECORATORS = words(
    "action api_route asset callback command cron dag delete endpoint flow function_tool get "
    "group head hybrid_command hybrid_group kernel_function keyword mutation op operation "
    "options patch post prompt put resource route session slash_command subcommand "
    "subscription task tool trace webhook websocket"
)
"""Decorators that commonly show a function's docstring to users."""

_SOURCE_READERS = words(
    "f_lineno co_firstlineno co_consts co_code getsource getsourcelines getsourcefile "
    "linecache findsource"
)
_DOC_READERS = frozenset(
    {"__doc__", "getdoc", "use_attribute_docstrings", "finddoc", "get_docstring"}
    | {"shortDescription"}
)
_BEFORE_NAMES = 3
"""The number of parameters of a metaclass's ``__new__`` before the namespace of the class."""

_HELPERS = frozenset({"click", "fastapi", "rich_click", "typer"})
"""Packages that show the docstrings of functions that are passed to them."""

_MODELS = frozenset({"BaseModel", "BaseSettings", "RootModel", "SQLModel"})
_GRAMMAR = re.compile(r"[pt]_\w+")


def readers(before: Source, added: Sequence[Definition]) -> list[Reason]:
    """Find the reasons why docstrings need the user's consent.

    Args:
        before: The old text.
        added: The definitions in the new text with an added or completed docstring.
    """
    imported = _imported(before)
    given = _given(before, imported)
    counting = _counting(before)
    return [
        *_of_file(before, imported),
        *(
            Reason(text, definition.node.lineno - 1, definition.key)
            for definition in added
            for text in _of_definition(definition.node, imported, given, counting)
        ),
    ]


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
        yield Reason(f"{name} uses docstrings while the program runs")


def _of_definition(
    node: DefinitionNode, imported: set[str], given: set[str], counting: set[str]
) -> Iterator[str]:
    """Yield the reasons why a definition's own docstring may be read."""
    for decorator in decorators(node):
        if decorator.rpartition(".")[2] in _DECORATORS:
            yield f"@{decorator} may show the docstring to the program's users"
    if node.name in given:
        yield f"{node.name} is passed to something that shows its docstring to users or models"
    if isinstance(node, ast.ClassDef):
        yield from _of_class(node, counting)
    elif _GRAMMAR.fullmatch(node.name) and (imported & {"ply", "yacc", "lex"} or not imported):
        yield "parser generators read grammars from docstrings of functions with this name"
    elif node.name.startswith("do_") and imported & {"cmd", "cmd2"}:
        yield f"cmd shows the docstring of {node.name} as help"


def _of_class(node: ast.ClassDef, counting: set[str]) -> Iterator[str]:
    if node.name in counting:
        yield f"the metaclass of {node.name} iterates over its names, and __doc__ is a new one"
    if any(ast.unparse(base).rpartition(".")[2] in _MODELS for base in node.bases):
        yield f"pydantic puts the docstring of {node.name} into its JSON schema"
    for each in ast.walk(node):
        if isinstance(each, ASSIGNMENTS) and "__slots__" in map(ast.unparse, targets(each)):
            try:
                ast.literal_eval(each.value or ast.Tuple([]))
            except (TypeError, ValueError):
                yield "it is not known here whether the class has a slot for __doc__"


def _given(before: Source, imported: set[str]) -> set[str]:
    """Return functions that are passed to calls which show docstrings as help or as tools."""
    found: set[str] = set()
    for node in before.nodes:
        if not isinstance(node, ast.Call):
            continue
        values = [each.value for each in node.keywords if each.arg == "tools"]
        if imported & _HELPERS or (isinstance(node.func, ast.Name) and node.func.id == "help"):
            values += [*node.args, *(each.value for each in node.keywords)]
        for value in values:
            names = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
            found.update(each.id for each in names if isinstance(each, ast.Name))
    return found


def _counting(before: Source) -> set[str]:
    """Return classes whose metaclass iterates over the names of the class body.

    The metaclass may be inherited.
    """
    classes = [each for each in before.nodes if isinstance(each, ast.ClassDef)]
    above = {
        node.name: {ast.unparse(each) for each in (*node.bases, *(k.value for k in node.keywords))}
        for node in classes
    }
    used = {ast.unparse(k.value) for node in classes for k in node.keywords if k.arg == "metaclass"}
    found = {
        node.name
        for node in classes
        if (node.name in used or "type" in above[node.name]) and _goes_through(node)
    }
    for _ in classes:
        found |= {name for name, names in above.items() if names & found}
    return found


def _goes_through(node: ast.ClassDef) -> bool:
    """Return whether a metaclass uses the names of a class body so that a new name may matter.

    Passing the namespace on and looking up literal names is allowed.
    """
    for method in node.body:
        if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if method.name not in {"__new__", "__init__"}:
            continue
        names = [each.arg for each in method.args.args][_BEFORE_NAMES:]
        inside = list(ast.walk(method))
        harmless = [each for outer in inside for each in _harmless(outer, method.name, inside)]
        if any(isinstance(e, ast.Name) and e.id in names and e not in harmless for e in inside):
            return True
    return False


def _harmless(node: ast.AST, method: str, inside: Sequence[ast.AST]) -> Sequence[ast.AST]:
    """Return the namespaces that a node passes to the base's method, or looks up a literal in."""
    match node:
        case ast.Call(func=func) if ast.unparse(func).endswith(f".{method}"):
            return node.args
        case (
            ast.Call(
                func=ast.Attribute(value=value, attr="get" | "setdefault" | "pop"), args=[key, *_]
            )
            | ast.Subscript(value=value, slice=key)
            | ast.Compare(left=key, ops=[ast.In() | ast.NotIn()], comparators=[value])
        ) if _is_literal_key(key, node, inside):
            return [value]
        case _:
            return ()


def _is_literal_key(key: ast.expr, where: ast.AST, inside: Sequence[ast.AST]) -> bool:
    """Return whether a key is a string literal other than ``__doc__`` and ``__slots__``.

    Args:
        key: The key.
        where: The expression that uses the key.
        inside: All nodes of the function around the key.
    """
    values: Sequence[ast.expr] = [key]
    if isinstance(key, ast.Name):
        loops = [
            each.iter.elts
            for each in inside
            if isinstance(each, ast.For | ast.AsyncFor)
            and isinstance(each.target, ast.Name)
            and each.target.id == key.id
            and isinstance(each.iter, ast.Tuple | ast.List)
            and any(where in ast.walk(statement) for statement in each.body)
        ]
        bound = [
            each
            for each in inside
            if key.id in named(each)
            and not (isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load))
        ]
        values = loops[0] if len(loops) == len(bound) == 1 else []
    return bool(values) and all(
        isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and each.value not in {"__doc__", "__slots__"}
        for each in values
    )


def _names(source: Source) -> dict[str, int]:
    """Return the names in the code and in strings other than docstrings, with their lines.

    Empty if the text contains no name that reads docstrings or the source.
    """
    if not any(name in source.text for name in _DOC_READERS | _SOURCE_READERS):
        return {}
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


def _imported(source: Source) -> set[str]:
    """Return the top-level packages that a text imports anywhere."""
    found: set[str] = set()
    for node in source.nodes:
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found
