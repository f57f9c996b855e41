"""Docstrings by rule: from signatures, bodies and the words of names.

Nothing is said that the code does not show; where it shows little, little is said.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from python_expert.providers.offline.words import (
    DUNDERS,
    EXCEPTIONS,
    NO_ARTICLE,
    OPERATORS,
    PARAMETERS,
    imperative,
    is_verb,
    one,
    phrase,
    split,
)
from python_expert.rewrites.base import Style
from python_expert.rewrites.docstrings.shape import (
    Function,
    annotation_name,
    arguments,
    decorators,
    is_property,
    own_nodes,
    shape_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.rewrites.base import Options
    from python_expert.rewrites.source import Definition, Source

_PREDICATES = {"is", "has", "can", "should", "was", "are", "does", "needs", "supports", "allows"}
_LONGEST_CONDITION = 48
_PREPOSITIONS = NO_ARTICLE - {"all", "any", "each", "every", "no"}


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
    shape = shape_of(source, definition, Style.GOOGLE)
    if isinstance(node, ast.ClassDef):
        made = [each for each in node.body if getattr(each, "name", "") == "__init__"]
        body = made[-1] if made and isinstance(made[-1], Function) else None
        summary = _class_summary(node)
        result = ""
        fields = {
            each.target.id: each.annotation
            for each in node.body
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        }
    else:
        body = node
        summary = _summary(definition, node)
        result = _result(definition, node, summary)
        fields = {}
    said: dict[str, ast.expr | None] = {}
    if body is not None:
        is_method = definition.is_method or isinstance(node, ast.ClassDef)
        said = {arg.arg: arg.annotation for arg in arguments(body, is_method=is_method)}
    return {
        "summary": summary,
        "args": {name: _parameter(name, hint) for name, hint in said.items()},
        "returns": result,
        "yields": _yielded(node) if shape.yields is not None else "",
        "raises": {name: _raised(name, body) for name in (*shape.raises, *shape.passes)},
        "attributes": {name: _attribute(name, fields.get(name)) for name in shape.attributes},
    }


def _class_summary(node: ast.ClassDef) -> str:
    words = split(node.name)
    bases = {annotation_name(base) for base in node.bases}
    rest = " ".join(words[1:])
    if words[-1] in {"error", "exception"} or any(
        base.endswith(("Error", "Exception", "Warning")) for base in bases
    ):
        kind = [*words[:-1], "error"] if words[-1] in {"error", "exception"} else words
        return _capital(f"{one(kind)}.")
    if rest and words[0] in {"base", "abstract"}:
        return f"Base class of {rest} classes."
    if rest and words[0] == "test":
        return f"Tests of {rest}."
    if len(words) > 1 and words[-1] == "mixin":
        return f"Mixin for {' '.join(words[:-1])}."
    if "Protocol" in bases and words[-1] != "protocol":
        return f"Protocol of {one(words)}."
    if bases & {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"}:
        return f"Enumeration of {' '.join(words)} values."
    return _capital(f"{one(words)}.")


def _summary(definition: Definition, node: Function) -> str:
    name = node.name
    if name in DUNDERS:
        return DUNDERS[name][0]
    operator = name.strip("_")
    if name.startswith("__") and name.endswith("__"):
        for stem in (operator, operator[1:]):
            if stem in OPERATORS:
                return (
                    f"{OPERATORS[stem]}{' in place' * (stem != operator and operator[0] == 'i')}."
                )
    words = split(name)
    if is_property(node):
        return _property(words)
    subject = _subject(definition, node)
    first, rest = words[0], words[1:]
    if first in _PREDICATES and rest:
        return f"Return whether {subject} {' '.join(words)}."
    if first == "test" and rest:
        return f"Test {' '.join(rest)}."
    if first == "from" and rest:
        made = split(definition.parents[-1].name) if definition.is_method else ["object"]
        return f"Create {one(made)} from {' '.join(rest)}."
    if first in {"to", "as"} and rest:
        return f"Convert {subject} to {' '.join(rest)}."
    if first == "on" and rest:
        return f"Handle {phrase(rest)} event."
    if first == "main" and not rest:
        return "Run the program."
    if first.startswith("a") and is_verb(first[1:]) and not is_verb(first):
        first = first[1:] if isinstance(node, ast.AsyncFunctionDef) else first
    if is_verb(first):
        object_ = phrase(rest) if rest else subject
        return f"{imperative(first)} {object_}."
    return _by_result(node, words)


def _property(words: list[str]) -> str:
    if words[0] in _PREDICATES and len(words) > 1:
        return f"Whether it {' '.join(words)}."
    return _capital(f"{phrase(words)}.")


def _subject(definition: Definition, node: Function) -> str:
    """What a function without an object in its name works on."""
    if definition.is_method:
        return phrase(split(definition.parents[-1].name))
    args = arguments(node, is_method=False)
    if args and args[0] not in {node.args.vararg, node.args.kwarg} and args[0].arg.strip("_"):
        return f"``{args[0].arg}``"
    return "it"


def _by_result(node: Function, words: list[str]) -> str:
    """The summary of a function whose name begins with no verb."""
    kinds = {name.rpartition(".")[2] for name in decorators(node)}
    text = phrase(words)
    if words[0] in _PREPOSITIONS:
        text = f"the result of ``{node.name}``"
    if kinds & {"contextmanager", "asynccontextmanager"}:
        return f"Provide {text} as a context."
    inside = list(own_nodes(node))
    if any(isinstance(each, ast.Yield | ast.YieldFrom) for each in inside):
        return f"Iterate over {text}."
    is_none = isinstance(node.returns, ast.Constant) and node.returns.value is None
    returns = any(isinstance(each, ast.Return) and each.value is not None for each in inside)
    if not is_none and (returns or node.returns is not None):
        return f"Return {text}."
    return f"Run {text}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _result(definition: Definition, node: Function, summary: str) -> str:
    if node.name in DUNDERS:
        return DUNDERS[node.name][1]
    words = split(node.name)
    text = "The result."
    if summary.startswith("Return "):
        text = summary.removeprefix("Return ")
    elif words[0] in {"from", "create", "make", "build"} and definition.is_method:
        text = f"The new {' '.join(words[1:]) or 'object'}."
        if words[0] == "from":
            text = f"The new {' '.join(split(definition.parents[-1].name))}."
    elif words[0] in {"to", "as"} and len(words) > 1:
        text = f"The {' '.join(words[1:])}."
    elif words[0] in {"get", "find", "fetch", "load", "read", "compute", "create", "make", "build"}:
        rest = words[1:]
        if rest and not _PREPOSITIONS & set(rest):
            text = f"{phrase(rest)}."
    values = [each.value for each in own_nodes(node) if isinstance(each, ast.Return)]
    if values and all(isinstance(each, ast.Name) and each.id == "self" for each in values):
        text = "The object itself."
    elif text == "The result." and annotation_name(node.returns) == "bool":
        text = "True or false, as the case may be."
    if _may_be_none(node.returns) and text != "The object itself.":
        text = f"{text.rstrip('.')}, or None."
    return _capital(text)


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


def _parameter(name: str, hint: ast.expr | None) -> str:
    if name in PARAMETERS:
        return PARAMETERS[name]
    words = split(name)
    first, rest = words[0], words[1:]
    is_flag = annotation_name(hint) == "bool"
    if is_flag and first in _PREDICATES and rest:
        return f"Whether it {' '.join(words)}."
    if is_flag:
        return (
            f"Whether to {' '.join(words)}." if is_verb(first) else f"Flag for {' '.join(words)}."
        )
    patterns = {
        "max": "The largest {}.", "min": "The smallest {}.",
        "num": "How many {} there are.", "n": "How many {} there are.",
    }  # fmt: skip
    if rest and first in patterns:
        return patterns[first].format(" ".join(rest))
    last = words[-1]
    if rest and last in {"path", "name", "ID", "type"}:
        return f"{_capital(last)} of {phrase(words[:-1])}."
    if rest and last in {"dir", "directory"}:
        return f"Path of {phrase([*words[:-1], 'directory'])}."
    if rest and last in {"fn", "func", "function", "callback"}:
        return f"Function for {phrase(words[:-1])}."
    if annotation_name(hint) == "Callable":
        return f"Function to call as {phrase(words)}."
    return _capital(f"{phrase(words)}.")


def _attribute(name: str, hint: ast.expr | None) -> str:
    text = _parameter(name.lower() if name.isupper() else name, hint)
    known = PARAMETERS.get(name.lower(), "")
    return _capital(f"{phrase(split(name))}.") if text == known else text


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
    words = split(last)
    if words[-1] in {"error", "exception"}:
        words = words[:-1] or words
    return f"On {one(words)}."


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
