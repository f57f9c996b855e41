"""The interface of actions, with the data that they use."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

from python_expert.config.settings import Style
from python_expert.gate.verdict import Circumstances, Reason

if TYPE_CHECKING:
    from pydantic import BaseModel

    from python_expert.actions.attribution import Attribution, Fault
    from python_expert.actions.callers import ArgumentsElsewhere, CallersElsewhere
    from python_expert.actions.engines import Engine
    from python_expert.actions.questions.forms import Question
    from python_expert.actions.questions.parts import Part, QuestionParts
    from python_expert.actions.questions.signatures import Signatures
    from python_expert.analysis.call_arguments import CallArguments
    from python_expert.analysis.source import Definition, Source
    from python_expert.gate.verdict import Verdict
    from python_expert.text.changes import NewDocument
    from python_expert.text.document import Edit, Range
    from python_expert.tools.types import About

Facts: TypeAlias = Mapping[str, Any]
"""Proposals: for each definition's key, plain JSON of the action's schema."""

Offline: TypeAlias = Callable[
    ["Source", Sequence[str], "Options"], Iterator[tuple[str, dict[str, Any]]]
]
"""Proposes facts by rule, from a text, the keys of definitions, and the context."""

TypesWanted: TypeAlias = Callable[["Source", "Options"], str | None]
"""Returns the text whose types a type checker should report next, given the known types."""

Elsewhere: TypeAlias = Callable[["Source", Sequence[str], "Options"], list[Reason]]
"""Checks other files, given a text, the keys of the changed definitions, and the context."""


class ActionScope(StrEnum):
    """What an action can be applied to."""

    DEFINITION = "definition"
    """The function or class at the cursor, or the functions and classes in a selection."""
    FILE = "file"
    """The whole document."""


@dataclass(frozen=True)
class Options(Circumstances):
    """The context of a rewrite, without the text. Plain data, as it is sent to the worker.

    Attributes:
        interpreter: The interpreter whose packages the project uses, or empty.
        style: The style of docstrings.
        line_length: The project's line length in columns, or 0 if it is not configured.
        complete: Whether docstrings that exist get the sections they lack.
        callers: Whether callers in other files of the project are changed as well.
        demanded: What the project's linters require of docstrings; see `docstring_demands`.
        ignore: Patterns, as in a .gitignore, of files whose content must not leave the machine.
        redact: Whether secrets are replaced in all data that leaves the machine.
        kept: The offline engine's proposals that the tools have not contradicted; None at first.
        contradicted: Contradicted proposals, each as a definition's key and a part of it.
        given: The arguments that other files of the project pass to the functions of the text.
    """

    interpreter: str = ""
    style: Style = Style.AUTO
    line_length: int = 0
    complete: bool = False
    callers: bool = False
    demanded: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    redact: bool = True
    kept: Facts | None = None
    contradicted: tuple[tuple[str, str], ...] = ()
    given: tuple[CallArguments, ...] = ()


class Target(NamedTuple):
    """A definition that a rewrite could change.

    Attributes:
        key: The definition's key.
        range: The definition's range; 0-based, in code points.
    """

    key: str
    range: Range


class Skipped(NamedTuple):
    """Something that was left out.

    Attributes:
        key: The definition's key, or empty for the text as a whole.
        reason: The reason, for the user.
        agree: Whether the part would be written with the user's consent.
        extra: Whether the part was superfluous, so that nothing is missing without it.
        notable: Whether the user sees the reason although the rest is written.
    """

    key: str
    reason: str
    agree: bool = False
    extra: bool = False
    notable: bool = False

    @property
    def text(self) -> str:
        """The reason with the definition's name."""
        return f"{self.key.partition('#')[0]}: {self.reason}" if self.key else self.reason


class Unanswered(NamedTuple):
    """The reason, for the user, why a provider has no facts; it replaces the facts."""

    reason: str


class Candidate(NamedTuple):
    """The result of a rewrite before the gate has judged it.

    Attributes:
        edits: Disjoint edits in the coordinates of the source, ascending.
        changed: The keys of the changed definitions.
        left: What was left out, and why.
        confirm: What the user must agree to, as sentences; editors show a preview if they can.
        created: New files of the project.
    """

    edits: tuple[Edit, ...]
    changed: tuple[str, ...] = ()
    left: tuple[Skipped, ...] = ()
    confirm: tuple[str, ...] = ()
    created: tuple[NewDocument, ...] = ()


class Action(ABC):
    """One expert action: the interface that the rest of the program uses.

    Instances are created before the server answers its first request, so the module of an
    action's class must not import heavy modules; its methods import the other modules of the
    action's folder when they are called. The server calls only `targets` and `read`; the worker
    process calls all methods.

    The task for a model is the file ``prompt.md`` in the folder of that module.

    Attributes:
        name: The name in commands, for example ``add-docstrings``.
        title: The title in menus and reports.
        done: The beginning of the result line, which continues with "2 of 3 definitions".
        kinds: The kind of the action's code action, by scope.
        completes: The title of the form that completes existing code; empty if there is none.
        whole: Whether all proposals must be applied together.
        independent: Whether the edits of a file cannot affect findings in other files, so that
            several files can be rewritten at once.
        proven: The property that the proof shows, for the report.
        form: The JSON schema of a model's answer about one definition; see `form`.
        quotes: Whether proposals may repeat secrets in the code, as a `Literal` type does.
        usual: The most frequent facts, which are written while the model works, or None.
        offline: Proposes facts by rules, by key, in the worker; None if only a model can.
        types_wanted: Returns the text whose types the offline engine needs, in the worker; None for
            nothing.
        about: The subject of the types request. For calls, it is sent before targets are found.
        wants_tests: Whether an edit is proven only if the affected tests pass.
        arguments: Asks for the calls in other files that the offline engine needs, or None.
        engines: The packages that only this action needs.
        elsewhere: Finds what changed definitions break in other files, in the worker; these are
            reasons why the edit is unproven. None if other files do not matter.
        callers: Changes callers in other files on request.
        with_callers: The title of the form that changes callers; empty if there is none.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    done: ClassVar[str]
    kinds: ClassVar[Mapping[ActionScope, str]]
    completes: ClassVar[str] = ""
    whole: ClassVar[bool] = False
    independent: ClassVar[bool] = False
    proven: ClassVar[str]
    form: ClassVar[Mapping[str, Any]]
    quotes: ClassVar[bool] = True
    usual: ClassVar[Facts | None] = None
    engines: ClassVar[tuple[Engine, ...]] = ()
    offline: Offline | None = None
    types_wanted: TypesWanted | None = None
    wants_tests: ClassVar[bool] = False
    about: ClassVar[About] = "functions"
    arguments: ClassVar[ArgumentsElsewhere | None] = None
    elsewhere: Elsewhere | None = None
    callers: ClassVar[CallersElsewhere | None] = None
    with_callers: ClassVar[str] = ""

    def __str__(self) -> str:
        return self.name

    @property
    @abstractmethod
    def schema(self) -> type[BaseModel]:
        """The schema of a proposal for one definition."""

    @abstractmethod
    def targets(
        self, source: Source, where: Range | None, options: Options
    ) -> tuple[list[Target], list[Skipped]]:
        """Return the definitions at a place that can be changed, and the others with the reason.

        Args:
            source: The text.
            where: The cursor, the selection, or None for the whole text.
            options: The context of the rewrite.
        """

    def entry(self, title: str, name: str) -> str:
        """Return the menu entry for one definition, given the title of a form."""
        return f"{title} to `{name}`"

    def is_offered(self, source: Source, where: Range | None, options: Options) -> bool:
        """Return whether a menu offers the action at a place. Must be fast, so it may be wrong."""
        return bool(self.targets(source, where, options)[0])

    @abstractmethod
    def write(self, source: Source, facts: Facts, options: Options) -> Candidate:
        """Write the proposed facts.

        Args:
            source: The text.
            facts: The proposals. They may be wrong in every way (other functions, invalid values,
                types that do not parse); wrong ones are left out with a reason.
            options: The context of the rewrite.
        """

    @abstractmethod
    def prove(self, before: Source, after: Source, options: Options) -> Verdict:
        """Judge the structure of an edit from any source."""

    def baseline(self, before: Source, after: Source) -> str:
        """Return the code whose findings a candidate's findings are compared with."""
        del after
        return before.code

    @abstractmethod
    def attribute(
        self, after: Source, facts: Facts, faults: Sequence[Fault], left: int
    ) -> Attribution:
        """Remove the facts that have caused new findings.

        Args:
            after: The text after the rewrite.
            facts: The facts that were written.
            faults: The new findings.
            left: The number of further judgements, at least 1. If it is more than 1, only the facts
                that are most often wrong need to be removed.
        """

    def settle(self, source: Source, options: Options) -> Options:
        """Return the options, with settings that the text itself determines, for a model."""
        del source
        return options

    @abstractmethod
    def question(
        self, source: Source, definition: Definition, options: Options, signatures: Signatures
    ) -> QuestionParts:
        """Return the question for a model about one definition.

        Args:
            source: The text.
            definition: The definition.
            options: The context of the rewrite.
            signatures: Finds the signatures that the definition uses.

        Raises:
            UnaskableError: There is nothing to ask.
        """

    def about_file(self, source: Source) -> tuple[Part, ...]:
        """Return an action's facts about the file for a model, in addition to the common facts."""
        del source
        return ()

    @abstractmethod
    def read(self, answer: Mapping[str, Any], question: Question) -> dict[str, Any]:
        """Read the facts for one definition from a model's answer.

        Args:
            answer: The answer, which matches `form`.
            question: The question.

        Raises:
            AnswerError: The answer does not fit the question.
        """
