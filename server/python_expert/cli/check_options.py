"""The options of ``check``."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from python_expert.diagnostics.finding import Severity
from python_expert.tools import registry

if TYPE_CHECKING:
    from python_expert.cli.rules import RuleChoice
    from python_expert.diagnostics.finding import Finding


class OutputFormat(StrEnum):
    """The output format."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"


class CheckOptions(NamedTuple):
    """The options of ``check``.

    Attributes:
        rules: The selected tools and rules.
        output_format: The output format.
        fix: Whether safe fixes are written into the files first.
        statistics: Whether findings are counted by rule instead of listed.
        quiet: Whether only findings are printed.
        exit_zero: Whether the status is 0 even with findings.
        severity: The lowest severity that is reported. With None, findings of rules that the
            project has not enabled are only counted; see `ToolSpec.optional`.
        baseline: Whether the findings in the baseline are hidden.
    """

    rules: RuleChoice
    output_format: OutputFormat = OutputFormat.TEXT
    fix: bool = False
    statistics: bool = False
    quiet: bool = False
    exit_zero: bool = False
    severity: Severity | None = None
    baseline: bool = True

    def reports(self, finding: Finding) -> bool:
        """Return whether a finding is reported."""
        if self.severity is not None and finding.severity > self.severity:
            return False
        return not self.rules.ignores(finding)

    def only_counts(self, finding: Finding) -> bool:
        """Return whether a finding is only counted: not listed, without effect on the status."""
        optional = _OPTIONAL.get(finding.tool, frozenset())
        is_information = finding.severity >= Severity.INFORMATION
        return self.severity is None and is_information and finding.code in optional


_OPTIONAL = {kind.spec.name: kind.spec.optional for kind in registry.TOOLS}
