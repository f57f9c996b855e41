"""Add docstrings: a proposal contains only text; the code decides which sections there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from python_expert.actions.base import Action, ActionScope
from python_expert.actions.questions.forms import TEXT, TEXTS, form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import BaseModel

    from python_expert.actions.attribution import Attribution, Fault
    from python_expert.actions.base import Candidate, Facts, Options, Skipped, Target
    from python_expert.actions.questions.forms import Question
    from python_expert.actions.questions.parts import QuestionParts
    from python_expert.actions.questions.signatures import Signatures
    from python_expert.analysis.source import Definition, Source
    from python_expert.gate.verdict import Verdict
    from python_expert.text.document import Range


class AddDocstrings(Action):
    """Adds missing docstrings to functions and classes."""

    name = "add-docstrings"
    title = "Add docstrings"
    done = "Docstrings added to"
    completes = "Complete docstrings"
    kinds: ClassVar[Mapping[ActionScope, str]] = {
        ActionScope.DEFINITION: "refactor.rewrite.pythonExpert.addDocstrings",
        ActionScope.FILE: "source.addDocstrings.pythonExpert",
    }
    proven = "Without the docstrings, tree and tokens are the same as before."
    form: ClassVar[Mapping[str, Any]] = form(
        "summary",
        summary=TEXT,
        details=TEXT,
        args=TEXTS,
        returns=TEXT,
        yields=TEXT,
        raises=TEXTS,
        attributes=TEXTS,
    )
    quotes = False
    independent = True

    @property
    def schema(self) -> type[BaseModel]:
        """See `DocstringFacts`."""
        from python_expert.actions.add_docstrings.facts import DocstringFacts

        return DocstringFacts

    def entry(self, title: str, name: str) -> str:
        """Return the menu entry for one definition."""
        return f"{title} of `{name}`" if title == self.completes else super().entry(title, name)

    def targets(
        self, source: Source, where: Range | None, options: Options
    ) -> tuple[list[Target], list[Skipped]]:
        """Return the definitions at a place that lack a docstring, or sections of one."""
        from python_expert.actions.add_docstrings.targets import targets

        return targets(source, where, options)

    def write(self, source: Source, facts: Facts, options: Options) -> Candidate:
        """Write docstrings with the proposed text and the sections that the code requires."""
        from python_expert.actions.add_docstrings.writer import write

        return write(source, facts, options)

    def prove(self, before: Source, after: Source, options: Options) -> Verdict:
        """Accept an edit that adds docstrings and nothing else."""
        from python_expert.actions.add_docstrings.proof import prove

        return prove(before, after, options)

    def attribute(
        self, after: Source, facts: Facts, faults: Sequence[Fault], left: int
    ) -> Attribution:
        """Leave out the docstrings that contain a new finding."""
        del left
        from python_expert.actions.add_docstrings.writer import attribute

        return attribute(after, facts, faults)

    @staticmethod
    def offline(
        source: Source, keys: Sequence[str], options: Options
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Propose text derived from names, hints and bodies."""
        from python_expert.actions.add_docstrings.offline import propose

        return propose(source, keys, options)

    def settle(self, source: Source, options: Options) -> Options:
        """Choose the style of the text's docstrings."""
        from python_expert.actions.add_docstrings.writer import style_for

        return replace(options, style=style_for(source, options))

    def question(
        self, source: Source, definition: Definition, options: Options, signatures: Signatures
    ) -> QuestionParts:
        """Ask for the text of one docstring."""
        from python_expert.actions.add_docstrings.question import wanted

        return wanted(source, definition, options, signatures)

    def read(self, answer: Mapping[str, Any], question: Question) -> dict[str, Any]:
        """Read the text of one docstring."""
        del question
        from python_expert.actions.add_docstrings.answer import facts_of

        return facts_of(answer)
