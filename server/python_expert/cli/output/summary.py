"""The summary of all findings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from python_expert.cli.output.lines import printable, shown
from python_expert.tools.coverage import FULL, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from python_expert.cli.output.lines import Located
    from python_expert.diagnostics.finding import Severity
    from python_expert.tools.coverage import CoverageTotal


LEAST_COVERED = 5
"""The maximum number of files with the lowest coverage that are named."""


class Unlisted(NamedTuple):
    """Findings of a tool that are only counted.

    Attributes:
        number: The number of findings.
        about: Their subject.
        severity: The severity of the least severe finding.
    """

    number: int
    about: str
    severity: Severity


def summary(
    findings: Sequence[Located],
    *,
    fixed: int,
    unlisted: Iterable[Unlisted] = (),
    hidden: int = 0,
) -> str:
    """Summarize a run in one line: the number of findings, their files and their tools.

    Args:
        findings: The findings that are shown.
        fixed: The number of fixed findings.
        unlisted: The findings that are only counted.
        hidden: The number of known findings that are not shown.
    """
    rest = "".join(
        f" {count(each.number, 'finding')} about {each.about} not shown; "
        f"--severity {each.severity.name.lower()} shows them."
        for each in unlisted
    )
    done = f"Fixed {count(fixed, 'finding')}. " if fixed else ""
    if not findings:
        return f"{done}{'No new findings.' if hidden else 'All checks passed.'}{rest}"
    tools = Counter(finding.tool for _, finding in findings)
    by_tool = ", ".join(f"{tool} {count}" for tool, count in tools.most_common())
    fixable = sum(finding.fixable for _, finding in findings)
    can_be = f" ({fixable} fixable with --fix)" if fixable else ""
    files = count(len({path for path, _ in findings}), "file")
    return f"{done}Found {count(len(findings), 'finding')}{can_be} in {files}: {by_tool}.{rest}"


def known(baseline: Path, hidden: int, gone: int) -> Iterator[str]:
    """Yield the messages about a baseline after a run.

    Args:
        baseline: The file.
        hidden: The number of known findings that are not shown.
        gone: The number of known findings that no longer exist.
    """
    name = shown(baseline)
    if hidden:
        yield f"{count(hidden, 'known finding')} hidden ({name})."
    if gone:
        are = "is" if gone == 1 else "are"
        yield f"{count(gone, 'known finding')} {are} gone; run `python-expert baseline update`."


def missing(searched: str) -> str:
    """Return advice on imports that were not found.

    Args:
        searched: The Python in whose packages they were searched.
    """
    return (
        f"Missing imports were searched in the packages of {searched}; install them there, "
        "or activate the environment that has them."
    )


def statistics(findings: Sequence[Located]) -> Iterator[str]:
    """Yield a line for each rule: the number of findings, its code and its tool."""
    counts = Counter((finding.code, finding.tool.title) for _, finding in findings)
    width = max((len(str(count)) for count in counts.values()), default=0)
    for (code, tool), count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        yield f"{count:>{width}}  {printable(code) or '-'}  [{tool}]"


def coverage(total: CoverageTotal | None) -> Iterator[str]:
    """Yield one line on a project's coverage, with the files that have the lowest coverage."""
    if total is None:
        return
    least = sorted((each for each in total.files.items() if each[1] < FULL), key=lambda it: it[1])
    named = [
        f"{shown(path)} {rounded(value, total.precision)} %"
        for path, value in least[:LEAST_COVERED]
    ]
    if len(least) > LEAST_COVERED:
        named.append(f"{len(least) - LEAST_COVERED} more below 100 %")
    rest = f" ({', '.join(named)})" if named else ""
    yield f"Tests cover {rounded(total.percent, total.precision)} %{rest}."


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless the number is one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
