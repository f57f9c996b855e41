"""The tools that ``check`` runs, and their selected rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from python_expert.tools import registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from python_expert.diagnostics.finding import Finding, ToolName

ALL = ",".join(kind.spec.name for kind in registry.TOOLS if kind.spec.runs_unnamed)
"""The tools that run by default: all except those that run the project's code."""

MERGING = {str(kind.spec.name): kind.spec.merging for kind in registry.TOOLS}
"""The rules for merging the findings of each tool with those of others."""

SYNTAX = ("syntax", "invalid-syntax")
"""The codes of syntax errors."""

_ALWAYS = ("", *SYNTAX)
"""The codes of problems that prevent the check of a file; no selection of rules hides them."""


class RuleChoice(NamedTuple):
    """The selected tools and rules.

    Attributes:
        tools: The tools to run.
        arguments: The command-line arguments of each tool.
        selected: The prefixes of the codes that are shown; if empty, all are.
        ignored: The prefixes of codes that are not shown. Their tools report them nevertheless, so
            that no duplicate of another tool is shown instead.
    """

    tools: Sequence[ToolName]
    arguments: Mapping[str, tuple[str, ...]]
    selected: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def is_full(self) -> bool:
        """Whether all default tools run with all their rules."""
        return not self.selected and {*ALL.split(",")} <= {*self.tools}

    def selects(self, finding: Finding) -> bool:
        """Return whether a finding is selected; it may be ignored nevertheless."""
        if not self.selected or finding.code in _ALWAYS:
            return True
        return "ALL" in self.selected or self._matches(finding, self.selected)

    def ignores(self, finding: Finding) -> bool:
        """Return whether a finding is not shown even if it is selected."""
        return finding.code not in _ALWAYS and self._matches(finding, self.ignored)

    def _matches(self, finding: Finding, codes: tuple[str, ...]) -> bool:
        """Return whether a code is listed, or has a listed prefix that belongs to its tool."""
        return any(
            finding.code == code or (code.isupper() and finding.code.startswith(code))
            for code in codes
            if finding.tool in _owners(code)
        )


def read(tools: str, select: str, ignore: str) -> RuleChoice:
    """Read the options ``--tools``, ``--select`` and ``--ignore``: names separated by commas.

    Raises:
        BadParameter: There is no such tool, or no tool has such a rule.
    """
    names = _tools(tools)
    selected, ignored = _codes(select, "--select"), _codes(ignore, "--ignore")
    if selected:
        owners = {owner for code in selected for owner in _owners(code)}
        names = [name for name in names if name in owners]
        if not names:
            raise _wrong(f"none of the tools {tools} has the rules {select}", "--select")
    arguments = {
        str(spec.name): spec.rules.arguments(selected)
        for spec in (kind.spec for kind in registry.TOOLS)
        if spec.rules
    }
    return RuleChoice(names, arguments, tuple(selected), tuple(ignored))


def _tools(text: str) -> list[ToolName]:
    names: dict[ToolName, None] = {}
    known = {str(kind.spec.name): kind.spec.name for kind in registry.TOOLS}
    for word in text.split(","):
        name = known.get(word.strip().lower())
        if name is None:
            raise _wrong(
                f"there is no tool {word.strip()!r}; choose from {', '.join(known)}", "--tools"
            )
        names[name] = None
    return list(names)


def _codes(text: str, option: str) -> list[str]:
    codes = list(filter(None, map(str.strip, text.split(","))))
    for code in codes:
        if not _owners(code):
            raise _wrong(f"no tool has a rule {code!r}", option)
    return codes


def _owners(code: str) -> list[ToolName]:
    """Return the tools that have a rule, or rules with a prefix."""
    specs = (kind.spec for kind in registry.TOOLS)
    return [spec.name for spec in specs if spec.rules and spec.rules.codes.fullmatch(code)]


def _wrong(message: str, option: str) -> Exception:
    from typer import BadParameter  # noqa: PLC0415 - only for this

    return BadParameter(message, param_hint=option)
