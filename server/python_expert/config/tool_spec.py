"""The description of a quality tool as plain data, for settings, searches and reports."""

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
"""A range of versions: the first version, and the second one, which is excluded."""


class Role(Enum):
    """The role of a tool in the judgement of a rewrite."""

    FINDINGS = auto()
    """A new finding of the tool counts against the rewrite."""
    EVIDENCE = auto()
    """The tool provides evidence, and only runs if an action requests that."""
    NONE = auto()


class Trigger(Enum):
    """The occasions on which a tool checks open documents."""

    TYPING = auto()
    SAVING = auto()
    """When a document is opened and when it is saved."""
    COMMAND = auto()
    """Never; only the command line and the check of the workspace run the tool."""


@dataclass(frozen=True)
class ConfigSearch:
    """The places of a tool's configuration.

    A file with one of the names counts if it configures the tool: in pyproject.toml, setup.cfg and
    tox.ini there must be a table or section with the tool's name.

    Attributes:
        names: The names of its files, in its own order of preference.
        user: The user's files that count if a project has no configuration; ``{config}`` stands for
            the folder of configuration files.
        in_repository: Whether the search ends at the root of the repository, rather than of the
            disk.
        names_code: Whether a configuration can name code to run. If so, a file that another user
            could have put above the project does not count.
    """

    names: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    in_repository: bool = False
    names_code: bool = False


class CodeArguments(NamedTuple):
    """The command-line arguments that select a tool's rules.

    Attributes:
        codes: Matches a rule's code, or as much of a code as may be given.
        select: The argument before the codes.
        together: Whether one argument takes several codes, separated by commas.
    """

    codes: re.Pattern[str]
    select: str
    together: bool = True

    def arguments(self, selected: Sequence[str]) -> tuple[str, ...]:
        """Return the arguments that select the requested rules, as far as the tool has them."""
        own = [code for code in selected if self.codes.fullmatch(code)]
        values = [",".join(own)] if self.together and own else own
        return tuple(part for value in values for part in (self.select, value))


@dataclass(frozen=True, eq=False)
class ToolSpec:
    """The description of one quality tool.

    Attributes:
        name: Its name in settings and commands, with the title that users see.
        home: The address of its documentation; empty if it is in the package.
        rule_page: The address of a rule's page, with ``{}`` for its code, if the findings of the
            tool do not contain it.
        module: Whether it is run as a module of a Python that has it, rather than as an executable.
        bundled: Whether it is installed with the server; if not, it is the project's own.
        versions: The supported versions in a project's environment; None if the bundled one always
            runs.
        config: The places of its configuration.
        settings: The schema of its settings, and their defaults.
        rules: The arguments that select its rules, if there are any.
        merging: The rules for merging its findings with those of other tools.
        role: Its role in the judgement of a rewrite.
        needs_trust: Whether it runs only in folders that are trusted.
        when: The occasion on which it checks open documents.
        instant: Whether it answers while the user types. A client that requests findings, and can
            be told to request them again, gets its answer when all instant tools have answered.
        python_key: The key of the project's oldest Python in its table in pyproject.toml, or empty.
        docstring_key: The key of the docstring style in its configuration, or empty.
        length_key: The key of the line length in its configuration, or empty.
        optional: The codes of findings that are only information unless the project enables them:
            ``check`` counts them instead of listing them, and does not fail.
        optional_about: The subject of that information.
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
        """Whether checks run it by default: not if it runs the project's code."""
        return self.role is not Role.EVIDENCE
