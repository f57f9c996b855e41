"""Docstrings by rule: from signatures, bodies and the words of names.

Nothing is said that the code does not show; where it shows little, little is said.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from python_expert.actions.add_docstrings.offline.summaries import (
    PREDICATES,
    PREPOSITIONS,
    capital,
    class_summary,
    summary_of,
)
from python_expert.actions.add_docstrings.offline.words import (
    DUNDERS,
    EXCEPTIONS,
    PARAMETERS,
    is_verb,
    one,
    phrase,
    split,
)
from python_expert.analysis.scopes import Function
from python_expert.analysis.signatures import (
    annotation_name,
    arguments,
    decorators,
    nodes_in_order,
    shape_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.actions.base import Options
    from python_expert.analysis.source import Definition, Source

_GETTERS = {
    "as",
    "build",
    "compute",
    "create",
    "fetch",
    "find",
    "get",
    "load",
    "make",
    "read",
    "to",
}
_LONGEST_CONDITION = 48


def propose(
    source: Source, keys: Sequence[str], options: Options
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Propose the words of docstrings.

    Args:
        source: The text.
        keys: The definitions that get one; unknown ones are passed over.
        options: What is known and wished; nothing of it matters here.

    Yields:
        Each definition's key and the JSON of its ``DocstringFacts``.
    """
    del options
    for key in keys:
        definition = source.definition(key)
        if definition is not None:
            yield key, _facts(source, definition)


def _facts(source: Source, definition: Definition) -> dict[str, Any]:
    node = definition.node
    shape = shape_of(source, definition, only_pydoclint=False)
    if isinstance(node, ast.ClassDef):
        made = [each for each in node.body if getattr(each, "name", "") == "__init__"]
        body = made[-1] if made and isinstance(made[-1], Function) else None
        summary = class_summary(node)
        result = ""
        fields = {
            each.target.id: each.annotation
            for each in node.body
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        }
    else:
        body = node
        summary = summary_of(definition, node)
        result = _result(definition, node, summary)
        fields = {}
    said: dict[str, ast.expr | None] = {}
    if body is not None:
        is_method = definition.is_method or isinstance(node, ast.ClassDef)
        said = {arg.arg: arg.annotation for arg in arguments(body, is_method=is_method)}
    names = [name.lstrip("*") for name in shape.parameters]
    return {
        "summary": summary,
        "args": {name: _parameter(name, said[name]) for name in names},
        "returns": result,
        "yields": _yielded(node) if shape.yields is not None else "",
        "raises": {name: _raised(name, body) for name in (*shape.raises, *shape.passes)},
        "attributes": {name: _attribute(name, fields.get(name)) for name in shape.attributes},
    }


def _result(definition: Definition, node: Function, summary: str) -> str:
    if node.name in DUNDERS:
        return DUNDERS[node.name][1]
    values = [each.value for each in nodes_in_order(node) if isinstance(each, ast.Return)]
    if values and all(isinstance(each, ast.Name) and each.id == "self" for each in values):
        return "The object itself."
    text = _result_by_name(definition, split(node.name), summary)
    if not text:
        is_bool = annotation_name(node.returns) == "bool"
        text = "True or false, as the case may be." if is_bool else "The result."
    if _may_be_none(node.returns):
        text = f"{text.rstrip('.')}, or None."
    return capital(text)


def _result_by_name(definition: Definition, words: list[str], summary: str) -> str:
    """What is returned, if the name tells."""
    first, rest = words[0], words[1:]
    if summary.startswith("Return "):
        return summary.removeprefix("Return ")
    if first == "from" and definition.is_method:
        return f"The new {' '.join(split(definition.parents[-1].name))}."
    if not rest or PREPOSITIONS & set(rest):
        return ""
    return f"{phrase(rest)}." if first in _GETTERS else ""


def _may_be_none(hint: ast.expr | None) -> bool:
    if isinstance(hint, ast.BinOp):
        return _may_be_none(hint.left) or _may_be_none(hint.right)
    is_none = isinstance(hint, ast.Constant) and hint.value is None
    return is_none or annotation_name(hint) == "Optional"


def _yielded(node: ast.AST) -> str:
    kinds: set[str] = set()
    if isinstance(node, Function):
        kinds = {name.rpartition(".")[2] for name in decorators(node)}
    if kinds & {"contextmanager", "asynccontextmanager", "fixture"}:
        return "What the context provides."
    return "Each item in turn."


_FIRST_WORDS = {
    "max": "the largest {}", "min": "the smallest {}", "num": "how many {} there are",
    "n": "how many {} there are",
}  # fmt: skip
_LAST_WORDS = {
    "path": "path of {}", "name": "name of {}", "ID": "ID of {}", "type": "type of {}",
    "dir": "path of {} directory", "directory": "path of {} directory", "fn": "function for {}",
    "func": "function for {}", "function": "function for {}", "callback": "function for {}",
}  # fmt: skip


def _parameter(name: str, hint: ast.expr | None) -> str:
    if name in PARAMETERS:
        return PARAMETERS[name]
    words = split(name)
    first, rest = words[0], words[1:]
    if annotation_name(hint) == "bool":
        text = _flag(words)
    elif rest and first in _FIRST_WORDS:
        text = _FIRST_WORDS[first].format(" ".join(rest))
    elif rest and words[-1] in _LAST_WORDS:
        text = _LAST_WORDS[words[-1]].format(phrase(words[:-1]))
    elif annotation_name(hint) == "Callable":
        text = f"function to call as {phrase(words)}"
    else:
        text = phrase(words)
    return capital(f"{text}.")


def _flag(words: list[str]) -> str:
    """What a parameter that is true or false means."""
    text = " ".join(words)
    if words[0] in PREDICATES and len(words) > 1:
        return f"whether it {text}"
    return f"whether to {text}" if is_verb(words[0]) else f"flag for {text}"


def _attribute(name: str, hint: ast.expr | None) -> str:
    text = _parameter(name.lower() if name.isupper() else name, hint)
    known = PARAMETERS.get(name.lower(), "")
    return capital(f"{phrase(split(name))}.") if text == known else text


def _raised(name: str, body: Function | None) -> str:
    """When an exception is raised: the condition in the code, if it is short."""
    if body is None:
        return ""
    for statement in body.body:
        if found := _condition(statement, name):
            return found
    last = name.rpartition(".")[2]
    if last in {"BaseException", "Exception"}:
        return "If anything fails on the way."
    if last.islower():
        return f"The exception that ``{name}`` stands for."
    if last in EXCEPTIONS:
        return EXCEPTIONS[last]
    return f"On {one(split(last))}."


def _condition(node: ast.AST, name: str) -> str:
    """The condition under which a statement raises, or an empty text."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        return ""
    if isinstance(node, ast.If) and any(_raises(each, name) for each in node.body):
        test = ast.unparse(node.test)
        if len(test) <= _LONGEST_CONDITION and not set(test) & set("\\`\n"):
            return f"If ``{test}``."
        return ""
    for child in ast.iter_child_nodes(node):
        if found := _condition(child, name):
            return found
    return ""


def _raises(node: ast.AST, name: str) -> bool:
    if not isinstance(node, ast.Raise) or node.exc is None:
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return ast.unparse(raised) == name
