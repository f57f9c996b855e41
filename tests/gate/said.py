"""Turn edits of the corpora into the answers of a model that would make them."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any, TypeAlias

import docstring_parser

from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.source import Source
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.actions.base import Action
    from python_expert.analysis.source import Definition

Answers: TypeAlias = dict[str, dict[str, Any]]
"""The fields of an answer by the key of the definition that it is about."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_CALL = re.compile(r"^(\d+): .* -> (.*)$", re.MULTILINE)


def facts(action: Action, before: str, after: str) -> Answers:
    """Return the facts that an edit adds, for each definition that both texts have.

    A call's replacement depends on what the question offers; see `with_choices`.
    """
    try:
        old, new = Source.of(before), Source.of(after)
    except BrokenError:
        return {}
    found: Answers = {}
    for definition in new.definitions:
        same = old.definition(definition.key)
        if same is None:
            continue
        if action is ADD_DOCSTRINGS:
            answer_fields = _docstring_fields(same, definition)
        elif action is ADD_TYPE_HINTS:
            answer_fields = _type_fields(same, definition, _new_imports(old, new))
        else:
            answer_fields = _conversion_fields(same, definition)
        if answer_fields:
            found[definition.key] = answer_fields
    return found


def with_choices(question: str, answer: dict[str, Any], after: str) -> dict[str, Any]:
    """Return an answer about async with a choice for each numbered call.

    Args:
        question: The question.
        answer: The answer without its calls.
        after: The function after the edit.
    """
    calls = []
    for number, offers in _CALL.findall(question):
        used = [each for each in offers.split(", ") if each in after]
        calls += [f"{number}: {used[0]}"] if used else []
    return {**answer, "calls": calls}


def reply_with_code(action: Action, key: str, after: str, number: int) -> str:
    """Return a reply with a whole program in a wrong place.

    Args:
        action: The rewrite.
        key: The definition of the question.
        after: The text.
        number: The number of the place.
    """
    name = key.rpartition(".")[2].partition("#")[0]
    code = f"```python\n{after}\n```"
    quoted = f'.\n"""\n{after}\n"""'
    places: dict[Action, list[dict[str, Any]]] = {
        ADD_DOCSTRINGS: [
            {"summary": after},
            {"summary": f"Do it{quoted}"},
            {"summary": "Do it.", "details": after},
            {"summary": "Do it.", "details": quoted, "returns": after, "yields": after},
            {"summary": "Do it.", "args": [f"{each}: {after}" for each in ("a", "values", "x")]},
            {"summary": "Do it.", "raises": [f"ValueError: {quoted}", f"{after}: It is."]},
            {"summary": "A thing.", "attributes": [f"retries: {after}", f"name: {quoted}"]},
        ],
        ADD_TYPE_HINTS: [
            {"types": [f"return: {after}"]},
            {"types": [f"a: {after}", "return: int"]},
            {"types": [f"a: int):\n{after}\n#", f"return: int:\n{after}"]},
            {"types": [f"a: {after!r}", f"return: {json.dumps(after)}"]},
            {"types": ["a: int", "return: int"], "imports": [after]},
            {"types": ["a: X"], "imports": [f"from x import X\n{after}"]},
            {
                "types": [f"a: Annotated[int, {after!r}]"],
                "imports": ["from typing import Annotated"],
            },
        ],
        CONVERT_TO_ASYNC: [
            {"convert": True, "calls": [f"1: {after}"]},
            {"convert": True, "calls": [after]},
            {"convert": True, "calls": [f"{after}: asyncio.sleep"]},
            {"convert": True, "calls": [f"1: asyncio.sleep\n{after}"]},
            {"convert": after, "calls": []},
        ],
    }
    replies = [json.dumps({"function": key, **each}) for each in places[action]]
    replies += [
        after,
        code,
        f"Here it is:\n{code}",
        json.dumps({"function": key, "code": after, "summary": name}),
        json.dumps({"function": after, **places[action][0]}),
        f"{replies[0]}\n{code}",
        f"```json\n{replies[0]}\n```",
    ]
    return replies[number % len(replies)]


def _docstring_fields(old: Definition, new: Definition) -> dict[str, Any]:
    """Return the fields of a docstring that is new or changed."""
    text = ast.get_docstring(new.node)
    if not text or text == ast.get_docstring(old.node):
        return {}
    try:
        read = docstring_parser.parse(text)
    except docstring_parser.ParseError:
        return {"summary": text}
    summary, details = read.short_description or "", read.long_description or ""
    if not read.blank_after_short_description:
        more, _, details = details.partition("\n\n")
        summary = f"{summary} {more}".strip()
    is_class = isinstance(new.node, ast.ClassDef)
    args = [f"{each.arg_name}: {each.description or ''}" for each in read.params]
    result = read.returns.description if read.returns else ""
    is_generator = bool(read.returns and read.returns.is_generator)
    return {
        "summary": summary,
        "details": details,
        "attributes" if is_class else "args": args,
        "yields" if is_generator else "returns": result or "",
        "raises": [f"{each.type_name or 'Exception'}: {each.description}" for each in read.raises],
    }


def _type_fields(old: Definition, new: Definition, imports: list[ast.stmt]) -> dict[str, Any]:
    """Return the annotations that are new or changed, and the imports for them."""
    before = dict(_annotations(old))
    types = {
        name: text for name, text in dict(_annotations(new)).items() if before.get(name) != text
    }
    if not types:
        return {}
    names = set(re.findall(r"\w+", " ".join(types.values())))
    return {
        "types": [f"{name}: {text}" for name, text in types.items()],
        "imports": [ast.unparse(each) for each in imports if _may_be_needed(each, names)],
    }


def _may_be_needed(statement: ast.stmt, names: set[str]) -> bool:
    """Return whether the types may need an import."""
    assert isinstance(statement, ast.Import | ast.ImportFrom)
    bound = {each.asname or each.name.partition(".")[0] for each in statement.names}
    return bool(bound & names) or "*" in bound


def _annotations(definition: Definition) -> Iterator[tuple[str, str]]:
    node = definition.node
    if isinstance(node, _FUNCTIONS):
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [each for each in (arguments.vararg, arguments.kwarg) if each]
        for each in every:
            if each.annotation:
                yield each.arg, _source_of(each.annotation)
        if node.returns:
            yield "return", _source_of(node.returns)
        return
    for inner in ast.walk(node):
        if isinstance(inner, ast.AnnAssign):
            yield ast.unparse(inner.target).removeprefix("self."), _source_of(inner.annotation)


def _source_of(annotation: ast.expr) -> str:
    return ast.unparse(annotation)


def _new_imports(old: Source, new: Source) -> list[ast.stmt]:
    old_imports = {
        ast.dump(each) for each in old.nodes if isinstance(each, ast.Import | ast.ImportFrom)
    }
    return [
        each
        for each in new.nodes
        if isinstance(each, ast.Import | ast.ImportFrom) and ast.dump(each) not in old_imports
    ]


def _conversion_fields(old: Definition, new: Definition) -> dict[str, Any]:
    """Return the fields of a conversion, if the function is async and has changed."""
    if not isinstance(new.node, ast.AsyncFunctionDef):
        return {}
    return {"convert": True} if ast.dump(old.node) != ast.dump(new.node) else {}
