"""A quality tool as plain data, for settings, searches and reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from python_expert.config.settings import ToolSettings
from python_expert.diagnostics.deduplication import MergeRules

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from python_expert.diagnostics.finding import ToolName

Versions = tuple[tuple[int, ...], tuple[int, ...]]
"""From the first version up to, not including, the second."""


class Role(Enum):
    """What a tool's word means for a rewrite."""

    FINDINGS = auto()
    """A new finding of it counts against the rewrite."""
    EVIDENCE = auto()
    """It is run for what it shows, and only where an action asks for that."""
    NONE = auto()


class Trigger(Enum):
    """When a tool checks the documents that are open."""

    TYPING = auto()
    SAVING = auto()
    """When a document is opened and when it is saved."""
    COMMAND = auto()
    """Never; only the command line and the check of the workspace run it."""


@dataclass(frozen=True)
class ConfigSearch:
    """Where a tool keeps its configuration.

    A file of the names counts if it configures the tool: in pyproject.toml, setup.cfg and
    tox.ini there must be a table or section with the tool's name.

    Attributes:
        names: The names of its files, in its own order of preference.
        user: The user's files that count where a project has none; ``{config}`` stands for the
            folder of configuration files.
        in_repository: Whether the search ends at the root of the repository, rather than of the
            disk.
        names_code: Whether a configuration can name code to run, so that one that another user
            could have put above the project does not count.
    """

    names: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    in_repository: bool = False
    names_code: bool = False


class CodeArguments(NamedTuple):
    """How a tool is told on its command line which rules are wanted.

    Attributes:
        codes: Matches a rule's code, or as much of one as may be given.
        select: The argument before them.
        together: Whether one argument takes several codes with commas between them.
    """

    codes: re.Pattern[str]
    select: str
    together: bool = True

    def arguments(self, selected: Sequence[str]) -> tuple[str, ...]:
        """The arguments for the rules that are wanted, of those that the tool has."""
        own = [code for code in selected if self.codes.fullmatch(code)]
        values = [",".join(own)] if self.together and own else own
        return tuple(part for value in values for part in (self.select, value))


@dataclass(frozen=True, eq=False)
class ToolSpec:
    """One quality tool.

    Attributes:
        name: Its name, as settings and commands spell it, with the title that users see.
        home: The address of its documentation; empty if it is in the package.
        rule_page: The address of a rule's page, with ``{}`` for its code, if the tool does not
            tell it with each finding.
        module: Whether it is run as a module of a Python that has it, rather than as an executable.
        bundled: Whether it is installed with the server; if not, it is the project's own.
        versions: Those that are accepted in a project's environment; None if the bundled one is
            run whatever the project has.
        config: Where it keeps its configuration.
        settings: The schema of its settings, and their defaults.
        rules: How it is told which rules to use, if it can be.
        merging: How its findings are merged with those of the others.
        role: What its word means for a rewrite.
        needs_trust: Whether it runs only in folders that are trusted.
        when: When it checks the documents that are open.
        instant: Whether it answers while one types. A client that asks for findings, and can be
            told to ask again, is answered once the tools that do have answered.
        python_key: Where its table in pyproject.toml has the Python that the project's code must
            run on, or empty.
        docstring_key: Where its configuration has the style of docstrings, or empty.
        length_key: Where its configuration has the length of lines, or empty.
        optional: The codes of what is only information where the project does not ask for it: that
            fails no run of ``check``, which counts it instead of listing it.
        optional_about: What that information is about.
    """

    name: ToolName
    home: str
    rule_page: str = ""
    module: bool = False
    bundled: bool = True
    versions: Versions | None = None
    config: ConfigSearch = ConfigSearch()
    settings: type[ToolSettings] = ToolSettings
    rules: CodeArguments | None = None
    merging: MergeRules = field(default_factory=MergeRules)
    role: Role = Role.FINDINGS
    needs_trust: bool = False
    when: Trigger = Trigger.TYPING
    instant: bool = False
    python_key: str = ""
    docstring_key: tuple[str, ...] = ()
    length_key: str = ""
    optional: frozenset[str] = frozenset()
    optional_about: str = ""

    @property
    def runs_unnamed(self) -> bool:
        """Whether checks run it unless others are named: not if it runs the project's code."""
        return self.role is not Role.EVIDENCE
