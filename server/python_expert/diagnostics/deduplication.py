"""Findings of two tools about the same problem; each problem is shown once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from python_expert.diagnostics.noqa import NoqaComments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from python_expert.diagnostics.finding import Finding, ToolName
    from python_expert.text.document import Document, Range

_HEAD_END = re.compile(r":\s*(?:#.*)?$")


@dataclass(frozen=True)
class MergeRules:
    """The rules for merging the findings of a tool with those of other tools.

    Attributes:
        preferred: The tool whose finding is shown if both report the same problem, or empty.
        codes: For codes of this tool, the rules of the preferred tool that report the same problem,
            separated by spaces.
        messages: Such rules by code and start of the message, for codes that cover many problems.
        better: The codes of this tool whose finding is nevertheless shown in place of the preferred
            tool's, if it is inside the range of the preferred tool's finding.
        anywhere: For codes whose position is not meaningful, the rule of the preferred tool that
            reports the same problem anywhere.
        heads: Whether a finding on a whole definition is about its header only.
        comment: The keyword of this tool's own comments that suppress its findings, or empty.
        noqa: Whether ``# noqa`` and ``# ruff: ignore[...]`` suppress its rules, and with them the
            same findings of other tools.
        kept_on_syntax_error: A pattern of the codes whose findings are kept while the text has a
            syntax error.
    """

    preferred: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    better: frozenset[str] = frozenset()
    anywhere: Mapping[str, str] = field(default_factory=dict)
    heads: bool = False
    comment: str = ""
    noqa: bool = False
    kept_on_syntax_error: str = ""

    def better_than(self, code: str) -> list[str]:
        """Return this tool's codes that may be shown in place of a code of the preferred tool."""
        return [own for own in sorted(self.better) if code in self._by_code[own]]

    def duplicates(self, finding: Finding) -> frozenset[str]:
        """Return the rules of the preferred tool that report the same problem as a finding."""
        if finding.code in self._by_message:
            found = (
                rules
                for start, rules in self._by_message[finding.code].items()
                if finding.message.startswith(start)
            )
            return next(found, _NONE)
        return self._by_code.get(finding.code, _NONE)

    @cached_property
    def _by_code(self) -> dict[str, frozenset[str]]:
        return _sets(self.codes)

    @cached_property
    def _by_message(self) -> dict[str, dict[str, frozenset[str]]]:
        return {code: _sets(starts) for code, starts in self.messages.items()}


def _sets(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {key: frozenset(rules.split()) for key, rules in table.items()}


_NONE: frozenset[str] = frozenset()

ALONE = MergeRules()
"""The rules for a tool whose findings no other tool reports."""


def equivalents(finding: Finding, rules: Mapping[str, MergeRules]) -> list[tuple[str, str]]:
    """Return the tools and rules whose finding may be shown in place of a finding."""
    own = rules.get(finding.tool, ALONE)
    found = [(own.preferred, code) for code in sorted(own.duplicates(finding))]
    for tool, other in rules.items():
        if other.preferred == finding.tool:
            found += [(tool, code) for code in other.better_than(finding.code)]
    return found


def merge(
    reports: Mapping[ToolName, Sequence[Finding]],
    silenced: Sequence[Finding],
    document: Document,
    rules: Mapping[str, MergeRules],
) -> list[Finding]:
    """Merge the findings of all tools into one list without duplicates.

    If two tools report the same problem, the preferred tool's finding is kept, unless the other is
    better. A comment that suppresses one suppresses the other: comments of the preferred tool, and
    of the other (``# nosec``).

    Args:
        reports: The findings of each tool, with ranges that refer to the document.
        silenced: Findings that are suppressed by their own tool's comments.
        document: The document.
        rules: How each tool's findings are merged.

    Returns:
        First the findings of the tools without a preferred tool, then the rest.
    """
    merging = _Merge(document, rules)
    merging.note_suppressed(silenced)
    known: dict[str, list[Finding]] = {
        tool: merging.unsuppressed(_distinct(found)) for tool, found in reports.items()
    }
    known = merging.without_worse(known)
    merged: list[Finding] = []
    # False sorts before True, and the order is otherwise kept.
    for tool in sorted(known, key=lambda each: bool(merging.rules(each).preferred)):
        preferred = known.get(merging.rules(tool).preferred, ())
        merged += merging.without_duplicates(known[tool], preferred)
    return merged


class _Merge:
    """One merge of the findings of a document."""

    def __init__(self, document: Document, rules: Mapping[str, MergeRules]) -> None:
        self._document = document
        self._rules = rules
        self._comments = NoqaComments(document)
        self._suppressed: dict[tuple[str, str], set[int]] = {}

    def rules(self, tool: str) -> MergeRules:
        """Return the merge rules of a tool."""
        return self._rules.get(tool, ALONE)

    def note_suppressed(self, findings: Iterable[Finding]) -> None:
        """Record which rules of preferred tools are suppressed, and on which lines."""
        for finding in findings:
            rules = self.rules(finding.tool)
            for code in rules.duplicates(finding):
                lines = self._suppressed.setdefault((rules.preferred, code), set())
                lines.update(self._lines(finding))

    def unsuppressed(self, findings: list[Finding]) -> list[Finding]:
        """Return the findings that no comment of another tool suppresses."""
        if not self._suppressed:
            return findings
        return [
            finding
            for finding in findings
            if self._suppressed.get((finding.tool, finding.code), _NONE).isdisjoint(
                self._lines(finding)
            )
        ]

    def without_worse(self, known: dict[str, list[Finding]]) -> dict[str, list[Finding]]:
        """Remove the findings of preferred tools if another tool has a better one."""
        better: dict[tuple[str, str], list[Range]] = {}
        for tool, findings in known.items():
            rules = self.rules(tool)
            for finding in findings if rules.better else ():
                for code in rules.duplicates(finding) if finding.code in rules.better else ():
                    better.setdefault((rules.preferred, code), []).append(finding.range)
        if not better:
            return known

        def is_worse(finding: Finding) -> bool:
            return any(
                where.start <= finding.range.start and finding.range.end <= where.end
                for where in better.get((finding.tool, finding.code), ())
            )

        return {
            tool: [each for each in findings if not is_worse(each)]
            for tool, findings in known.items()
        }

    def without_duplicates(
        self, findings: Sequence[Finding], preferred: Sequence[Finding]
    ) -> list[Finding]:
        """Remove findings that the preferred tool reports, or would report without a comment."""
        if not findings or not (rules := self.rules(findings[0].tool)).preferred:
            return list(findings)
        noqa = self.rules(rules.preferred).noqa
        duplicates = [rules.duplicates(finding) for finding in findings]
        lines_of: dict[str, set[int]] = {code: set() for codes in duplicates for code in codes}
        for finding in preferred if lines_of else ():
            if finding.code in lines_of:
                lines_of[finding.code].update(self._lines(finding))
        left = []
        for finding, codes in zip(findings, duplicates, strict=True):
            if not codes:
                left.append(finding)
                continue
            lines = self._lines(finding)
            known = finding.code not in rules.better and any(
                not lines_of[code].isdisjoint(lines) for code in codes
            )
            known = known or bool(lines_of.get(rules.anywhere.get(finding.code, "")))
            if not known and not (noqa and self._comments.silence(codes, lines)):
                left.append(finding)
        return left

    def _lines(self, finding: Finding) -> range:
        """Return the lines of a finding; for a finding on a whole definition, only the header."""
        (first, _), (last, column) = finding.range
        most = len(self._document.lines) - 1  # the file may be shorter than when it was checked
        if first == last or first >= most:
            first = min(first, most)
            return range(first, first + 1)
        last = min(last - (column == 0), most)
        if self.rules(finding.tool).heads:
            lines = self._document.lines
            last = next((n for n in range(first, last) if _HEAD_END.search(lines[n])), last)
        return range(first, last + 1)


def _distinct(findings: Sequence[Finding]) -> list[Finding]:
    """Return one tool's findings without duplicates of range, code and message."""
    first: dict[object, Finding] = {}
    for finding in findings:
        first.setdefault(finding[1:4], finding)
    return list(first.values())
