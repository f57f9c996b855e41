"""Edits that claim to be those of an action, and their sources."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.base import Action, Options
from python_expert.actions.registry import ACTIONS
from python_expert.analysis.signatures import docstring_node
from python_expert.analysis.source import Source, apply_edits
from python_expert.gate.verdict import Status
from python_expert.text.document import Edit as TextEdit
from python_expert.text.document import Position, Range
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.bench.hints.corpus import strip as without_hints
from tests.gate import contradicted, docstrings, to_async, type_hints

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

INSTALLED = Options(packages=("httpx", "aiofiles", "anyio"))
"""The packages of the environment that runs the tests."""

PREFIXES = {
    "docstrings_": ADD_DOCSTRINGS,
    "type_hints_": ADD_TYPE_HINTS,
    "to_async_": CONVERT_TO_ASYNC,
}
"""The prefixes of the names of files with cases."""

assert set(PREFIXES.values()) == set(ACTIONS)


class Edit(NamedTuple):
    """An edit of one text.

    Attributes:
        source: The edit's source: the corpora, a mutation, or a file of cases.
        name: The edit's name.
        action: The action that the edit claims to be.
        before: The text before.
        after: The text after.
        why: Why the edit is wrong; empty if the name says so.
        options: The context of the edit.
    """

    source: str
    name: str
    action: Action
    before: str
    after: str
    why: str = ""
    options: Options = INSTALLED

    @property
    def is_claim(self) -> bool:
        """Whether only a docstring's statement is wrong, which no proof checks."""
        return self.why.startswith("claim:")


def corpus_edits() -> list[Edit]:
    """Return the wrong edits that the authors of the gate wrote by hand."""
    found = [
        Edit("corpus", each.name, ADD_DOCSTRINGS, each.before, each.after, options=Options())
        for each in docstrings.cases()
        if each.expected is Status.REFUSED
    ]
    found += [
        Edit("corpus", each.name, ADD_TYPE_HINTS, each.before, each.after, options=each.options)
        for each in type_hints.wrong()
    ]
    found += [
        Edit("corpus", f"contradicted {number}", ADD_TYPE_HINTS, each.before, each.after)
        for number, each in enumerate(contradicted.CASES)
    ]
    found += [
        Edit("corpus", each.name, CONVERT_TO_ASYNC, each.before, each.after, options=each.options)
        for each in to_async.wrong()
    ]
    return found


def right(folders: Iterable[Path]) -> list[Edit]:
    """Return right edits: those of the corpora, and those of the actions in folders' modules."""
    found = [
        Edit("corpus", each.name, ADD_DOCSTRINGS, each.before, each.after, options=Options())
        for each in docstrings.cases()
        if each.expected is not Status.REFUSED and each.before != each.after
    ]
    found += [
        Edit("corpus", each.name, ADD_TYPE_HINTS, each.before, each.after, options=each.options)
        for each in type_hints.RIGHT
    ]
    found += [
        Edit("corpus", each.name, CONVERT_TO_ASYNC, each.before, each.after, options=each.options)
        for each in to_async.right()
    ]
    paths = sorted(path for folder in folders for path in folder.rglob("*.py"))
    for path in paths:
        text = path.read_text(encoding="utf-8")
        name = f"{path.parent.name}/{path.name}"
        found += (each for each in _of_module(name, text) if each.before != each.after)
    return found


def edits_of_file(path: Path) -> list[Edit]:
    """Return the cases of a TOML file, whose name starts with one of `PREFIXES`."""
    action = next(each for prefix, each in PREFIXES.items() if path.name.startswith(prefix))
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    return [
        Edit(path.stem, row["name"], action, row["before"], row["after"], row["why"])
        for row in rows
    ]


def edits_of_folder(folder: Path) -> list[Edit]:
    """Return the cases of all TOML files in a folder."""
    return [each for path in sorted(folder.glob("*.toml")) for each in edits_of_file(path)]


def _of_module(name: str, text: str) -> Iterator[Edit]:
    """Yield the authors' docstrings and hints as edits, or else those of the offline engines."""
    source = Source.of(text)
    bare = _without_docstrings(source)
    written = text if bare != text else _offline(ADD_DOCSTRINGS, text)
    yield Edit(name, name, ADD_DOCSTRINGS, bare, written)
    plain = source.with_edits(without_hints(source)).text
    yield Edit(name, name, ADD_TYPE_HINTS, plain, text)
    yield Edit(name, name, CONVERT_TO_ASYNC, text, to_async.offline(text, INSTALLED))


def _without_docstrings(source: Source) -> str:
    """Return a text without docstrings, except where one is all of a body."""
    cuts = []
    for definition in source.definitions:
        statement = docstring_node(definition.node)
        if statement is not None and len(definition.node.body) > 1:
            end = source.range(statement).end.line + 1
            while not source.lines[end].strip():
                end += 1
            start = source.range(statement).start.line
            cuts.append(TextEdit(Range(Position(start, 0), Position(end, 0)), ""))
    return apply_edits(source.text, cuts)


def _offline(action: Action, text: str) -> str:
    source = Source.of(text)
    targets, _ = action.targets(source, None, INSTALLED)
    assert action.offline is not None
    facts = dict(action.offline(source, [each.key for each in targets], INSTALLED))
    return source.with_edits(action.write(source, facts, INSTALLED).edits).text
