"""The summary of all findings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from python_expert.cli.output.lines import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.cli.output.lines import Located


def summary(findings: Sequence[Located], *, fixable: int, fixed: int, unlisted: int = 0) -> str:
    """One line on a run: how many findings, in how many files, of which tools.

    Args:
        findings: The findings that are shown.
        fixable: How many of them ``--fix`` would fix.
        fixed: How many it has fixed.
        unlisted: The number of further findings that are only counted.
    """
    rest = ""
    if unlisted:
        more = _count(unlisted, "finding")
        rest = f" {more} about missing type hints not shown; --severity information shows them."
    done = f"Fixed {_count(fixed, 'finding')}. " if fixed else ""
    if not findings:
        return f"{done}All checks passed.{rest}"
    tools = Counter(finding.tool for _, finding in findings)
    by_tool = ", ".join(f"{tool} {count}" for tool, count in tools.most_common())
    can_be = f" ({fixable} fixable with --fix)" if fixable else ""
    files = _count(len({path for path, _ in findings}), "file")
    return f"{done}Found {_count(len(findings), 'finding')}{can_be} in {files}: {by_tool}.{rest}"


def statistics(findings: Sequence[Located]) -> Iterator[str]:
    """A line for each rule: the number of findings, its code and its tool."""
    counts = Counter((finding.code, finding.tool.title) for _, finding in findings)
    width = max((len(str(count)) for count in counts.values()), default=0)
    for (code, tool), count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        yield f"{count:>{width}}  {printable(code) or '-'}  [{tool}]"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
