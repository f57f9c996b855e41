"""Add type hints: writes proposed types for the project's Python, with their imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from python_expert.actions.base import Action, ActionScope
from python_expert.actions.callers import ArgumentsElsewhere
from python_expert.actions.questions.forms import TEXTS, form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import BaseModel

    from python_expert.actions.attribution import Attribution, Fault
    from python_expert.actions.base import Candidate, Facts, Options, Skipped, Target
    from python_expert.actions.questions.forms import Question
    from python_expert.actions.questions.parts import Part, QuestionParts
    from python_expert.actions.questions.signatures import Signatures
    from python_expert.analysis.call_arguments import CallArguments
    from python_expert.analysis.elsewhere import Converted
    from python_expert.analysis.source import Definition, Source
    from python_expert.gate.verdict import Verdict
    from python_expert.text.document import Range


class _Arguments(ArgumentsElsewhere):
    """The arguments of calls in other files; see `offline.callers`."""

    def called_functions(self, source: Source, options: Options) -> list[Converted]:
        """Return the public functions and classes at the top of a text."""
        from python_expert.actions.add_type_hints.offline.callers import called_functions

        return called_functions(source, options)

    def given(
        self, source: Source, options: Options
    ) -> tuple[list[CallArguments], list[Converted]]:
        """Return the arguments that another text passes to these functions, and its re-exports."""
        from python_expert.actions.add_type_hints.offline.callers import given_in

        return given_in(source, options)


class AddTypeHints(Action):
    """Adds missing type hints; existing hints are kept."""

    name = "add-type-hints"
    title = "Add type hints"
    done = "Hints added to"
    kinds: ClassVar[Mapping[ActionScope, str]] = {
        ActionScope.DEFINITION: "refactor.rewrite.pythonExpert.addTypeHints",
        ActionScope.FILE: "source.addTypeHints.pythonExpert",
    }
    proven = "Without the annotations and their imports, tree and tokens are the same as before."
    arguments: ClassVar[ArgumentsElsewhere] = _Arguments()
    form: ClassVar[Mapping[str, Any]] = form("types", types=TEXTS, imports=TEXTS)

    @property
    def schema(self) -> type[BaseModel]:
        """See `TypeHints`."""
        from python_expert.actions.add_type_hints.schema import TypeHints

        return TypeHints

    def targets(
        self, source: Source, where: Range | None, options: Options
    ) -> tuple[list[Target], list[Skipped]]:
        """Return the functions with missing hints, and the classes with untyped attributes."""
        from python_expert.actions.add_type_hints.action import targets

        return targets(source, where, options)

    def write(self, source: Source, facts: Facts, options: Options) -> Candidate:
        """Write the proposed types that are valid and whose names can be imported."""
        from python_expert.actions.add_type_hints.action import write

        return write(source, facts, options)

    def prove(self, before: Source, after: Source, options: Options) -> Verdict:
        """Accept an edit that adds only imports and hints that nothing reads at run time."""
        from python_expert.actions.add_type_hints.proof import prove

        return prove(before, after, options)

    def baseline(self, before: Source, after: Source) -> str:
        """Return the code with ``Any`` in place of the new hints.

        Compared with this code, only wrong types cause findings.
        """
        from python_expert.actions.add_type_hints.proof.any_hints import with_any

        return with_any(before, after)

    def attribute(
        self, after: Source, facts: Facts, faults: Sequence[Fault], left: int
    ) -> Attribution:
        """Weaken or remove the least trusted hints that could have caused new findings."""
        from python_expert.actions.add_type_hints.attribution import attribute

        return attribute(after, facts, faults, left)

    @staticmethod
    def offline(
        source: Source, keys: Sequence[str], options: Options
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Propose types by rules and inference."""
        from python_expert.actions.add_type_hints.offline import propose

        return propose(source, keys, options)

    @staticmethod
    def types_wanted(source: Source, options: Options) -> str | None:
        """Return the text whose types are needed next, with the hints that are known so far."""
        from python_expert.actions.add_type_hints.offline import types_wanted

        return types_wanted(source, options)

    def about_file(self, source: Source) -> tuple[Part, ...]:
        """Return the types that the file defines."""
        from python_expert.actions.add_type_hints.question import about_file

        return about_file(source)

    def question(
        self, source: Source, definition: Definition, options: Options, signatures: Signatures
    ) -> QuestionParts:
        """Ask for the missing types of one definition."""
        from python_expert.actions.add_type_hints.question import wanted

        return wanted(source, definition, options, signatures)

    def read(self, answer: Mapping[str, Any], question: Question) -> dict[str, Any]:
        """Read the types of one definition."""
        from python_expert.actions.add_type_hints.answer import facts_of

        return facts_of(answer, question)
