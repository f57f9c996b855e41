"""Converts a model's answer to facts: type hints and their imports."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Final

from python_expert.actions.questions.forms import AnswerError, entries, short
from python_expert.text.parsing import no_warnings, syntax_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from python_expert.actions.questions.forms import Question


_LONGEST_IMPORT: Final = 200


def facts_of(answer: Mapping[str, Any], question: Question) -> dict[str, Any]:
    """Return the facts in an answer; see `Action.read`."""
    types = entries(answer, "types")
    if not types:
        raise AnswerError("the model's answer is empty: it has no types")
    imports: dict[str, dict[str, str]] = {}
    for line in answer.get("imports", ()):
        for each in _imports(line.strip()):
            bound = each.get("alias") or each["name"] or each["module"]
            known = imports.setdefault(bound, each)
            # Code for several Python versions imports a name from both; the writer chooses one.
            if known != each and not _same_form(known, each):
                raise AnswerError(f"the model's answer imports two things as {short(bound)}")
    found = list(imports.values())
    if question.is_class:
        return {"attributes": types, "imports": found}
    returns = types.pop("return", None)
    return {"params": types, "returns": returns, "imports": found}


def _same_form(one: dict[str, str], other: dict[str, str]) -> bool:
    modules = {one["module"], other["module"]}
    return one["name"] == other["name"] and modules == {"typing", "typing_extensions"}


def _imports(line: str) -> list[dict[str, str]]:
    """Read the names that a line imports.

    Raises:
        AnswerError: The line is not an import statement, or it imports ``*``.
    """
    try:
        with no_warnings():
            body = _parsed(line).body if len(line) <= _LONGEST_IMPORT else []
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        body = []
    found = []
    match body:
        case [ast.ImportFrom(module=module, names=names, level=level)]:
            found = [_imported("." * level + (module or ""), each.name, each) for each in names]
        case [ast.Import(names=names)]:  # the types show which of its names are needed
            found = [_imported(each.name, "", each) for each in names]
    if not found or any(each["name"] == "*" for each in found):
        text = 'the model\'s answer has an import that is not "from module import Name"'
        raise AnswerError(f"{text}: {short(line)}")
    return found


def _parsed(line: str) -> ast.Module:
    # Before Python 3.14, `ast.parse` accepts unknown names from `__future__`.
    compile(line, "<import>", "exec", dont_inherit=True)
    return syntax_tree(line)


def _imported(module: str, name: str, alias: ast.alias) -> dict[str, str]:
    renamed = {"alias": alias.asname} if alias.asname and alias.asname != name else {}
    return {"module": module, "name": name, **renamed}
