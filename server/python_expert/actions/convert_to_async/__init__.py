"""Convert to async: converts blocking functions and their callers, and replaces calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from python_expert.actions.base import Action, ActionScope
from python_expert.actions.callers import CallersElsewhere
from python_expert.actions.engines import Engine
from python_expert.actions.questions.forms import TEXTS, form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import BaseModel

    from python_expert.actions.attribution import Attribution, Fault
    from python_expert.actions.base import Candidate, Facts, Options, Skipped, Target
    from python_expert.actions.callers import UsesElsewhere
    from python_expert.actions.questions.forms import Question
    from python_expert.actions.questions.parts import QuestionParts
    from python_expert.actions.questions.signatures import Signatures
    from python_expert.analysis.elsewhere import Converted
    from python_expert.analysis.source import Definition, Source
    from python_expert.gate.verdict import Reason, Verdict
    from python_expert.text.document import Range


def _jedi() -> str:
    from importlib.metadata import version

    return version("jedi")


class _Callers(CallersElsewhere):
    """The callers in other files; see `callers`."""

    def converted(self, before: Source, after: Source, options: Options) -> list[Converted]:
        """Return the functions that an edit makes async, and other changes that affect callers."""
        from python_expert.actions.convert_to_async.callers import converted

        return converted(before, after, options)

    def uses(self, source: Source, options: Options) -> UsesElsewhere:
        """Return the calls in a text of functions that are async elsewhere."""
        from python_expert.actions.convert_to_async.callers import uses

        return uses(source, options)


class ConvertToAsync(Action):
    """Converts functions that block to async, with their callers in the document."""

    name = "convert-to-async"
    title = "Convert to async"
    done = "Converted to async:"
    kinds: ClassVar[Mapping[ActionScope, str]] = {
        ActionScope.DEFINITION: "refactor.rewrite.pythonExpert.convertToAsync",
    }
    whole = True
    proven = (
        "Without async and await, and with the replacements undone, tree and tokens are the same "
        "as before, and every call of a converted function is awaited."
    )
    form: ClassVar[Mapping[str, Any]] = form("convert", convert={"type": "boolean"}, calls=TEXTS)
    usual: ClassVar[Facts] = {"convert": True, "calls": []}
    engines = (Engine("jedi", _jedi),)
    about = "calls"
    callers: ClassVar[CallersElsewhere] = _Callers()
    with_callers = "Convert to async, with callers in other files"

    @property
    def schema(self) -> type[BaseModel]:
        """See `Conversion`."""
        from python_expert.actions.convert_to_async.action import Conversion

        return Conversion

    def targets(
        self, source: Source, where: Range | None, options: Options
    ) -> tuple[list[Target], list[Skipped]]:
        """Return the functions at a place that block, directly or through functions they call."""
        from python_expert.actions.convert_to_async.targets import targets

        return targets(source, where, options)

    def entry(self, title: str, name: str) -> str:
        """Return the menu entry for one function."""
        return title.replace("Convert", f"Convert `{name}`", 1)

    def is_offered(self, source: Source, where: Range | None, options: Options) -> bool:
        """Return whether a menu offers it.

        This is also the case if only types can show whether something blocks.
        """
        from python_expert.actions.convert_to_async.targets import may_block

        if super().is_offered(source, where, options):
            return True
        return not options.is_stub and may_block(source, where)

    def write(self, source: Source, facts: Facts, options: Options) -> Candidate:
        """Convert the proposed functions as far as possible, each with its dependents."""
        from python_expert.actions.convert_to_async.action import write

        return write(source, facts, options)

    def prove(self, before: Source, after: Source, options: Options) -> Verdict:
        """Accept an edit that makes functions async and awaits every call of them."""
        from python_expert.actions.convert_to_async.action import proven

        return proven(before, after, options)

    def attribute(
        self, after: Source, facts: Facts, faults: Sequence[Fault], left: int
    ) -> Attribution:
        """Leave out the functions that have findings."""
        from python_expert.actions.convert_to_async.attribution import attribute

        del left
        return attribute(after, facts, faults)

    @staticmethod
    def offline(
        source: Source, keys: Sequence[str], options: Options
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Propose to convert each function that blocks."""
        from python_expert.actions.convert_to_async.offline import propose

        return propose(source, keys, options)

    @staticmethod
    def types_wanted(source: Source, options: Options) -> str | None:
        """Return the text whose calls a type checker should resolve."""
        from python_expert.actions.convert_to_async.offline import types_wanted

        return types_wanted(source, options)

    @staticmethod
    def elsewhere(source: Source, keys: Sequence[str], options: Options) -> list[Reason]:
        """Find where other files of the project use functions that become async."""
        from python_expert.actions.convert_to_async.offline import uses_elsewhere

        return uses_elsewhere(source, keys, options)

    def question(
        self, source: Source, definition: Definition, options: Options, signatures: Signatures
    ) -> QuestionParts:
        """Ask whether one function becomes async, and what replaces its calls."""
        from python_expert.actions.convert_to_async.question import wanted

        return wanted(source, definition, options, signatures)

    def read(self, answer: Mapping[str, Any], question: Question) -> dict[str, Any]:
        """Read whether one function becomes async, and what replaces its calls."""
        from python_expert.actions.convert_to_async.answer import facts_of

        return facts_of(answer, question)
