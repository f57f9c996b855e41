"""Compare the tokens of a model's answers with whole functions, and measure those of questions.

``python -m tests.bench.model_tokens`` takes 100 functions with all type hints and docstrings evenly
from installed packages. It removes each function's hints and docstring, and makes the question for
a model. The ideal answer is the authors' text in the form of an answer. It is compared with the
authors' whole function, which a model that rewrites code would have to write. For hints, every name
of a typing module counts as an import in the answer. Tokens are estimated by the provider's own
fixed rule.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import shutil
import tempfile
import textwrap
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import docstring_parser

from python_expert.actions.add_docstrings.targets import is_public
from python_expert.actions.add_type_hints.slots import SlotError, receiver, slots_of
from python_expert.actions.base import Action, Options
from python_expert.actions.questions.forms import Question
from python_expert.actions.questions.tokens import tokens
from python_expert.analysis.signatures import decorators, docstring_node
from python_expert.analysis.source import Definition, Source
from python_expert.pipeline.questions import Questions
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS
from tests.bench.hints.corpus import strip
from tests.bench.offline_docstrings import strip as without_docstrings

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGES = ("httpx", "packaging", "pydantic", "rich", "typer")
COUNT = 100
LARGEST = 150_000
"""The maximum size of a module in bytes."""

_LEAST_STATEMENTS = 3


class Cost(NamedTuple):
    """The tokens of a function, its question and its answer.

    Attributes:
        name: The function's module and key.
        answer: The ideal answer.
        whole: The authors' whole function.
        beside: What is sent in addition to the function's own code.
    """

    name: str
    answer: int
    whole: int
    beside: int

    @property
    def share(self) -> float:
        """The ratio of the answer to the whole function."""
        return self.answer / self.whole


class Real(NamedTuple):
    """A function in its file.

    Attributes:
        path: The file.
        source: Its text.
        definition: The function.
    """

    path: Path
    source: Source
    definition: Definition


def functions(folder: Path, count: int = COUNT) -> list[Real]:
    """Return functions with parameters, all hints and docstrings; always the same ones.

    Args:
        folder: The folder to copy their packages to, because installed files are never rewritten.
        count: The number of functions.
    """
    found: list[Real] = []
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        ignored = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd")
        copied = shutil.copytree(Path(spec.origin).parent, folder / package, ignore=ignored)
        all_here = [
            each
            for path in sorted(copied.rglob("*.py"))
            if path.stat().st_size <= LARGEST
            for each in _complete(path)
        ]
        share = count // len(PACKAGES)
        found += [all_here[index * len(all_here) // share] for index in range(share)]
    return found


def costs(action: Action, found: Sequence[Real], root: Path) -> list[Cost]:
    """Return the tokens of each function.

    Args:
        action: The rewrite.
        found: The functions.
        root: The folder of their packages.
    """
    asking = cache(lambda path: _asking(action, path, root))
    return [_cost(action, each, *asking(each.path)) for each in found]


def _complete(path: Path) -> list[Real]:
    source = Source.of(path.read_text(encoding="utf-8"))
    return [Real(path, source, each) for each in source.definitions if _is_complete(source, each)]


def _is_complete(source: Source, definition: Definition) -> bool:
    node = definition.node
    if isinstance(node, ast.ClassDef) or len(node.body) < _LEAST_STATEMENTS:
        return False
    if not docstring_node(node) or not is_public(definition) or node.name == "__init__":
        return False
    if "#" in definition.key or {"overload", "typing.overload"} & set(decorators(node)):
        return False
    try:
        has_all = not slots_of(source, definition)
    except SlotError:
        return False
    named = {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
    return has_all and bool(named - {receiver(definition)})


def _asking(action: Action, path: Path, root: Path) -> tuple[Source, Questions]:
    """Return a file without its hints or docstrings, and the questions about it."""
    source = Source.of(path.read_text(encoding="utf-8"))
    if action is ADD_TYPE_HINTS:
        stripped = Source.of(source.with_edits(strip(source)).code)
    else:
        stripped = Source.of(without_docstrings(source.code))
    return stripped, Questions(stripped, action, Options(path=str(path), root=str(root)))


def _cost(action: Action, real: Real, stripped: Source, asking: Questions) -> Cost:
    answer = _hints(real) if action is ADD_TYPE_HINTS else _docstring(real)
    question = asking.about(real.definition.key)
    assert isinstance(question, Question), (real.path, real.definition.key, question)
    definition = stripped.definition(real.definition.key)
    assert definition is not None
    sent = tokens(asking.brief) + tokens(question.text) + tokens(json.dumps(action.form))
    return Cost(
        f"{real.path.name}:{real.definition.key}",
        tokens(json.dumps(answer, ensure_ascii=False)),
        tokens(_code(real.source, real.definition)),
        sent - tokens(_code(stripped, definition)),
    )


def _code(source: Source, definition: Definition) -> str:
    (first, _), (last, _) = definition.range
    return textwrap.dedent("".join(source.lines[first : last + 1]))


def _hints(real: Real) -> dict[str, Any]:
    """Return the authors' hints in the form of a model's answer."""
    node = real.definition.node
    assert not isinstance(node, ast.ClassDef)
    arguments = [arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)]
    hints = {arg.arg: arg.annotation for arg in arguments} | {"return": node.returns}
    types = [f"{name}: {ast.unparse(hint)}" for name, hint in hints.items() if hint]
    names = [each for hint in hints.values() if hint for each in ast.walk(hint)]
    used = {each.id for each in names if isinstance(each, ast.Name)}
    imports = [
        f"from {statement.module} import {alias.name}"
        for statement in ast.walk(real.source.tree)
        if isinstance(statement, ast.ImportFrom)
        and statement.module in {"typing", "typing_extensions", "collections.abc", "types"}
        for alias in statement.names
        if (alias.asname or alias.name) in used
    ]
    answer: dict[str, Any] = {"function": real.definition.key, "types": types}
    return {**answer, "imports": imports} if imports else answer


def _docstring(real: Real) -> dict[str, Any]:
    """Return the authors' docstring in the form of a model's answer."""
    text = ast.get_docstring(real.definition.node) or ""
    parsed = docstring_parser.parse(text)
    found = {
        "function": real.definition.key,
        "summary": parsed.short_description or "",
        "details": parsed.long_description,
        "args": [f"{each.arg_name}: {each.description}" for each in parsed.params],
        "raises": [f"{each.type_name}: {each.description}" for each in parsed.raises],
    }
    if parsed.returns:
        kind = "yields" if parsed.returns.is_generator else "returns"
        found[kind] = parsed.returns.description
    return {name: value for name, value in found.items() if value}


def main() -> None:
    """Print the table."""
    print("| | answer / function, all | median | most | beside the function, median | most |")  # noqa: T201
    print("|---|---|---|---|---|---|")  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        found = functions(Path(folder))
        for action in (ADD_TYPE_HINTS, ADD_DOCSTRINGS):
            print(_row(action, costs(action, found, Path(folder))))  # noqa: T201


def _row(action: Action, found: Sequence[Cost]) -> str:
    shares, beside = [each.share for each in found], [each.beside for each in found]
    return (
        f"| {action.title}, {len(found)} functions | {total_share(found):.0%} "
        f"| {median(shares):.0%} | {max(shares):.0%} "
        f"| {median(beside):,.0f} tokens | {max(beside):,} |"
    )


def total_share(found: Sequence[Cost]) -> float:
    """Return the ratio of all answers to all functions."""
    return sum(each.answer for each in found) / sum(each.whole for each in found)


if __name__ == "__main__":
    main()
