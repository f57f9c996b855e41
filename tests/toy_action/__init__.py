"""Complete actions, as a contributor would add them. docs/architecture.md shows `MarkAsRead`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ValidationError

from python_expert.actions.attribution import Attribution
from python_expert.actions.base import Action, ActionScope, Candidate, Skipped, Target
from python_expert.actions.questions.forms import TEXT, AnswerError, form
from python_expert.actions.questions.parts import Part, QuestionParts
from python_expert.gate.verdict import Reason, Verdict
from python_expert.text.changes import NewDocument
from python_expert.text.document import Edit, Position, Range
from python_expert.text.paths import to_uri

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from python_expert.actions.attribution import Fault
    from python_expert.actions.base import Facts, Options
    from python_expert.actions.questions.forms import Question
    from python_expert.actions.questions.signatures import Signatures
    from python_expert.analysis.source import Definition, Source

_MARK = re.compile(r"^[ \t]*# Read by .*\n", re.MULTILINE)


class Reader(BaseModel):
    """What is proposed for one definition: the name of a reader."""

    by: str


class MarkAsRead(Action):
    """Writes the comment "Read by" above each definition that has none."""

    name = "mark-as-read"
    title = "Mark as read"
    done = "Marked as read:"
    kinds: ClassVar[Mapping[ActionScope, str]] = {
        ActionScope.DEFINITION: "refactor.rewrite.pythonExpert.markAsRead",
        ActionScope.FILE: "source.markAsRead.pythonExpert",
    }
    proven = "Without the comments, the text is the same as before."
    form: ClassVar[Mapping[str, Any]] = form("by", by=TEXT)
    schema = Reader

    def targets(
        self, source: Source, where: Range | None, options: Options
    ) -> tuple[list[Target], list[Skipped]]:
        """Return the definitions without the comment."""
        del options
        found = [each for each in source.selected(where) if not _is_marked(source, each)]
        return [Target(each.key, each.range) for each in found], []

    def write(self, source: Source, facts: Facts, options: Options) -> Candidate:
        """Write the comments."""
        del options
        edits, changed, left = [], [], []
        for key, fact in facts.items():
            definition = source.definition(key)
            try:
                reader = Reader.model_validate(fact)
            except ValidationError:
                definition = None
            if definition is None:
                left.append(Skipped(key, "it cannot be marked"))
                continue
            line, column = definition.range.start
            at = Position(line, 0)
            edits.append(Edit(Range(at, at), f"{' ' * column}# Read by {reader.by}.\n"))
            changed.append(key)
        return Candidate(tuple(sorted(edits)), tuple(changed), tuple(left))

    def prove(self, before: Source, after: Source, options: Options) -> Verdict:
        """Accept an edit that changes nothing but these comments."""
        del options
        same = _MARK.sub("", before.text) == _MARK.sub("", after.text)
        return Verdict.of([] if same else [Reason("something beside comments changed")], [])

    def attribute(
        self, after: Source, facts: Facts, faults: Sequence[Fault], left: int
    ) -> Attribution:
        """Blame no proposal: a comment causes no findings."""
        del after, faults, left
        return Attribution(facts, {})

    @staticmethod
    def offline(
        source: Source, keys: Sequence[str], options: Options
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Propose the same reader for each definition, without a model."""
        del source, options
        return ((key, {"by": "a machine"}) for key in keys)

    def question(
        self, source: Source, definition: Definition, options: Options, signatures: Signatures
    ) -> QuestionParts:
        """Ask a model for a name."""
        del options, signatures
        code = source.slice(definition.range)
        return QuestionParts(code, Part("QuestionParts", ("your name",), is_code=False))

    def read(self, answer: Mapping[str, Any], question: Question) -> dict[str, Any]:
        """Return the name in the model's answer."""
        del question
        if not answer["by"].strip():
            raise AnswerError("the model's answer is empty: it has no name")
        return {"by": answer["by"].strip()}


class ChangeAsTested(MarkAsRead):
    """Accepts any edit, as far as the project's tests do."""

    name = "change-as-tested"
    title = "Change as tested"
    kinds: ClassVar[Mapping[ActionScope, str]] = {}
    wants_tests = True

    def prove(self, before: Source, after: Source, options: Options) -> Verdict:
        """Accept everything."""
        del before, after, options
        return Verdict.of([], [])


class KeepReaders(MarkAsRead):
    """Also creates a file with the names of the readers."""

    name = "keep-readers"
    title = "Keep readers"
    kinds: ClassVar[Mapping[ActionScope, str]] = {
        ActionScope.DEFINITION: "refactor.rewrite.pythonExpert.keepReaders",
    }

    def write(self, source: Source, facts: Facts, options: Options) -> Candidate:
        """Write the comments and the file."""
        names = sorted({fact["by"] for fact in facts.values()})
        text = f'"""Who has read what."""\n\nREADERS: list[str] = {json.dumps(names)}\n'
        new = NewDocument(to_uri(Path(options.path).with_name("readers.py")), text)
        return super().write(source, facts, options)._replace(created=(new,))


class Sign(MarkAsRead):
    """Does the same, but only with a model."""

    name = "sign"
    title = "Sign"
    kinds: ClassVar[Mapping[ActionScope, str]] = {
        ActionScope.DEFINITION: "refactor.rewrite.pythonExpert.sign",
    }
    offline = None  # type: ignore[assignment]  # its base class has an engine


def _is_marked(source: Source, definition: Definition) -> bool:
    line = definition.range.start.line
    return line > 0 and bool(_MARK.match(source.lines[line - 1]))
