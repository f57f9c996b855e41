"""What an action is."""

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
    from python_expert.actions.questions.parts import Part, Wanted
    from python_expert.actions.questions.signatures import Signatures
    from python_expert.analysis.call_arguments import CallArguments
    from python_expert.analysis.source import Definition, Source
    from python_expert.gate.verdict import Verdict
    from python_expert.text.changes import NewDocument
    from python_expert.text.document import Edit, Range
    from python_expert.tools.types import About

Facts: TypeAlias = Mapping[str, Any]
"""What is proposed: for each definition's key, plain JSON of the action's schema."""

Offline: TypeAlias = Callable[
    ["Source", Sequence[str], "Options"], Iterator[tuple[str, dict[str, Any]]]
]
"""Proposes facts by rule: of a text, the keys of definitions, and the context of the rewrite."""

Inquire: TypeAlias = Callable[["Source", "Options"], str | None]
"""Names the text whose types a type checker should tell next, given those in the options."""

Elsewhere: TypeAlias = Callable[["Source", Sequence[str], "Options"], list[Reason]]
"""Looks at other files: of a text, the keys of what is changed, and the context of the rewrite."""


class ActionScope(StrEnum):
    """What an action can be asked for."""

    DEFINITION = "definition"
    """The function or class at the cursor, or those of a selection."""
    FILE = "file"
    """The whole document."""


@dataclass(frozen=True)
class Options(Circumstances):
    """The context of a rewrite besides the text. Plain data, as it is sent to the worker.

    Attributes:
        interpreter: The interpreter whose packages the project uses, or empty.
        style: How docstrings are written.
        line_length: Columns that the project's lines may fill, or 0 if its files do not say.
        complete: Whether docstrings that exist get the sections they lack.
        callers: Whether callers in other files of the project are changed, too.
        demanded: What the project's linters demand of docstrings; see `docstring_demands`.
        ignore: Patterns, as in a .gitignore, of files of which nothing may leave the machine.
        redact: Whether secrets are replaced in what leaves the machine.
        kept: What the tools have left of what the offline engine proposed; None at first.
        contradicted: What they have left out, each as a definition's key and what of it.
        given: What calls in other files of the project give to the functions of the text.
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
        range: All of it; 0-based, in code points.
    """

    key: str
    range: Range


class Skipped(NamedTuple):
    """Something that was left out.

    Attributes:
        key: The definition's key, or empty for the text as a whole.
        reason: The reason, for the user.
        agree: Whether it would be written if the user agreed to it.
        extra: Whether it was too much, so that nothing lacks for it.
    """

    key: str
    reason: str
    agree: bool = False
    extra: bool = False

    @property
    def text(self) -> str:
        """What it says, with the definition's name."""
        return f"{self.key.partition('#')[0]}: {self.reason}" if self.key else self.reason


class Unanswered(NamedTuple):
    """Stands in place of facts where there are none.

    Attributes:
        reason: The reason, for the user.
    """

    reason: str


class Candidate(NamedTuple):
    """A rewrite's outcome, before the gate has seen it.

    Attributes:
        edits: Disjoint edits in the coordinates of the source, ascending.
        changed: The keys of the definitions changed.
        left: What was left out, and why.
        confirm: What the user is to agree to, as sentences; editors that can show a preview then.
        created: New files of the project.
    """

    edits: tuple[Edit, ...]
    changed: tuple[str, ...] = ()
    left: tuple[Skipped, ...] = ()
    confirm: tuple[str, ...] = ()
    created: tuple[NewDocument, ...] = ()


class Action(ABC):
    """One expert action: the interface that the rest of the program uses.

    There is an instance before the server answers anything, so the module of an action's class
    imports nothing heavy; its methods import the other modules of the action's folder when they
    are called. The server calls only `targets` and `read`, the worker process calls all of them.

    The task, as a model is told it, is the file ``prompt.md`` in the folder of that module.

    Attributes:
        name: How commands spell it, for example ``add-docstrings``.
        title: What menus and reports call it.
        done: How the line begins that tells the result; it goes on with "2 of 3 definitions".
        kinds: The kind of its code action, for each scope in which it can be asked for.
        completes: The title of its other form, which completes what exists; empty without one.
        whole: Whether all that was proposed stands or falls together.
        independent: Whether no tool notices it in other files, so that several are done at once.
        proven: What the proof shows, as the report says it.
        form: The JSON schema of a model's answer about one definition; see `form`.
        quotes: Whether what is proposed may repeat secrets that the code shows, as a `Literal` type
            does; words about the code may not.
        usual: The facts that a model most often answers with, written while it thinks, or None.
        offline: Proposes facts by rule, by key, in the worker; None where only a model can.
        inquire: What its offline engine wants to know of types, in the worker; None for nothing.
        wants_tests: Whether the gate runs the tests that an edit affects; without one that passes
            it is unproven.
        about: What it inquires about; about calls before its targets are found, for all providers.
        arguments: What its offline engine wants to know of calls in other files; None for nothing.
        engines: The packages that it works with beside those that the whole program needs.
        elsewhere: Finds what some changed definitions break in other files, in the worker: the
            edit cannot be proven for these reasons. None where other files do not matter.
        callers: Changes those in other files that use what it has changed, if the user wishes it.
        with_callers: The title of the form that does so; empty without one.
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
    inquire: Inquire | None = None
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
        """What may be proposed for one definition."""

    @abstractmethod
    def targets(
        self, source: Source, where: Range | None, options: Options
    ) -> tuple[list[Target], list[Skipped]]:
        """What could be changed at a place, and what could not, with the reason.

        Args:
            source: The text.
            where: The cursor, the selection, or None for all of it.
            options: The context of the rewrite.
        """

    def entry(self, title: str, name: str) -> str:
        """What a menu says where a form of it, by its title, is offered for one definition."""
        return f"{title} to `{name}`"

    def is_offered(self, source: Source, where: Range | None, options: Options) -> bool:
        """Whether a menu offers it at a place; what needs time to find may turn out not to be."""
        return bool(self.targets(source, where, options)[0])

    @abstractmethod
    def write(self, source: Source, facts: Facts, options: Options) -> Candidate:
        """Write what was proposed.

        Args:
            source: The text.
            facts: What was proposed; it may be wrong in every way (other functions, invalid values,
                types that do not parse), and what is wrong is left out with a reason.
            options: The context of the rewrite.
        """

    @abstractmethod
    def prove(self, before: Source, after: Source, options: Options) -> Verdict:
        """Judge the structure of an edit, whoever made it."""

    def baseline(self, before: Source, after: Source) -> str:
        """The code whose findings those of a candidate are compared with."""
        del after
        return before.code

    @abstractmethod
    def attribute(
        self, after: Source, facts: Facts, faults: Sequence[Fault], left: int
    ) -> Attribution:
        """Take out of the facts what has caused new findings.

        Args:
            after: The text after the rewrite.
            facts: What was written.
            faults: The findings that were not there before.
            left: How often what is left can still be judged, at least once. While there are
                several, only what is most often wrong need go.
        """

    def settle(self, source: Source, options: Options) -> Options:
        """The options with what the text itself decides, before a model is asked about it."""
        del source
        return options

    @abstractmethod
    def question(
        self, source: Source, definition: Definition, options: Options, signatures: Signatures
    ) -> Wanted:
        """What a model is asked about one definition.

        Args:
            source: The text.
            definition: The definition.
            options: The context of the rewrite.
            signatures: Finds the signatures of what it uses.

        Raises:
            UnaskableError: There is nothing to ask.
        """

    def about_file(self, source: Source) -> tuple[Part, ...]:
        """What a model is told about the file, in addition to what every action tells it."""
        del source
        return ()

    @abstractmethod
    def read(self, answer: Mapping[str, Any], question: Question) -> dict[str, Any]:
        """The facts that a model's answer gives for one definition.

        Args:
            answer: It has the form asked for.
            question: What was asked.

        Raises:
            AnswerError: The answer is not one to the question.
        """
