"""One run of ``check``: its output, its progress bar and its exit status."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.cli import output, rules
from python_expert.cli.check_options import CheckOptions, OutputFormat
from python_expert.processes.command import ToolError
from python_expert.project.files import FileChecker
from python_expert.project.known_findings import KnownFindings
from python_expert.text.decoding import readable
from python_expert.tools import registry
from python_expert.tools.coverage import MeasuresCoverage
from python_expert.tools.tests import RunsTests, counted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from python_expert.diagnostics.finding import Finding, Severity, ToolName
    from python_expert.project.files import NewFindings

CLEAN, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130

_BY_FILE = {kind.spec.name for kind in registry.TOOLS if kind.spec.runs_unnamed}
"""The tools whose failure can concern single files."""

MANY = 300
"""The number of findings from which on `check` mentions the baseline."""


class Checking:
    """One run of ``check``.

    Args:
        options: The options.
    """

    def __init__(self, options: CheckOptions) -> None:
        self._options = options
        self._errors = output.terminal(sys.stderr)
        self._is_colored = output.terminal(sys.stdout) is not None
        # Without a terminal, findings are sorted instead of written as they arrive.
        format_ = options.output_format
        on_terminal = format_ is OutputFormat.TEXT and self._is_colored
        self._streams = not options.statistics and (format_ is OutputFormat.GITHUB or on_terminal)
        self._known = KnownFindings(rules.MERGING, self._warn) if options.baseline else None
        self._checker = FileChecker(
            registry.TOOLS,
            options.rules.tools,
            self._tell,
            arguments=options.rules.arguments,
            known=self._known,
            selects=options.rules.selects,
        )
        self._found: list[tuple[Path, Finding]] = []
        self._failures: list[tuple[ToolName, str]] = []
        self._places: dict[str, list[ToolName]] = {}
        self._counts: Counter[ToolName] = Counter()
        self._fixed = 0

    async def run(self, paths: Sequence[Path], stdin_filename: Path | None) -> int:
        """Check, print the results, and return the exit status."""
        try:
            if Path("-") in paths:
                path = Path.cwd() / stdin_filename if stdin_filename else None
                text = readable(sys.stdin.buffer.read())
                await self._consume(self._checker.check_text(path, text), 1)
            else:
                files = await self._checker.files(paths)
                if not files:
                    self._warn(f"there are no Python files to check{self._notebooks()}")
                    self._options = self._options._replace(quiet=True)
                elif self._options.fix:
                    self._fixed = await self._checker.fix(files)
                await self._consume(self._checker.check(files), len(files))
                self._miss_tests()
            await self._finish(paths)
        except ToolError as error:
            self._warn(str(error))
            return FAILED
        finally:
            await self._checker.stop()
        if self._failures or self._checker.misconfigured:
            return FAILED
        failed = any(not self._options.only_counts(finding) for _, finding in self._found)
        return FOUND if failed and not self._options.exit_zero else CLEAN

    def _notebooks(self) -> str:
        """Return a note on how to check the notebooks of a folder; empty if it has none."""
        found = len(self._checker.notebooks)
        named = output.count(found, "notebook")
        return f", but {named}; name notebooks to check them" if found else ""

    async def _consume(self, batches: AsyncIterator[NewFindings], files: int) -> None:
        shown_on = None if self._options.quiet else self._errors
        with output.tool_progress(shown_on, self._options.rules.tools, files) as advance:
            async for batch in batches:
                shown = {path: output.shown(path) for path in {path for path, _ in batch.found}}
                found = [
                    (shown[path], finding)
                    for path, finding in batch.found
                    if self._options.reports(finding)
                ]
                self._found += found
                # A problem of several projects is reported once.
                if batch.error and (batch.tool, batch.error) not in self._failures:
                    self._fail(batch.tool, batch.error)
                self._counts[batch.tool] += batch.files
                for path, finding in self._listed(found) if self._streams else ():
                    self._write(path, finding)
                advance(batch.tool, batch.files)

    def _fail(self, tool: ToolName, error: str) -> None:
        self._failures.append((tool, error))
        place = error.partition(" ")[0]
        if place in self._places:  # the place has already been reported
            self._places[place].append(tool)
            return
        is_partly = tool in _BY_FILE and self._counts[tool] > 0
        what = "could not check all files" if is_partly else "could not run"
        for line in filter(str.strip, error.splitlines()):
            self._warn(f"{tool} {what}: {line}")

    def _miss_tests(self) -> None:
        """Report that no project has tests; among several, a project without tests is no error."""
        failed = {tool for tool, _ in self._failures}
        for spec in (kind.spec for kind in registry.TOOLS if not kind.spec.runs_unnamed):
            if spec.name in {*self._options.rules.tools} - failed and not self._counts[spec.name]:
                self._fail(spec.name, "there are no tests here")

    def _write(self, path: Path, finding: Finding) -> None:
        if self._options.output_format is OutputFormat.GITHUB:
            _print(output.github_line(path, finding))
        else:
            _print(output.text_line(path, finding, color=self._is_colored))

    async def _finish(self, paths: Sequence[Path]) -> None:
        """Print the end of the output."""
        for place, tools in self._places.items():
            if tools:
                self._warn(f"{', '.join(tools)} could not run because of {place.rstrip(':')}")
        ordered = sorted(self._found, key=lambda each: (output.place(each), each[1].tool))
        if self._options.statistics:
            for line in output.statistics(self._listed(ordered)):
                _print(line)
        elif not self._streams:
            await self._write_all(ordered)
        if self._options.output_format is OutputFormat.TEXT and not self._options.quiet:
            listed = self._listed(ordered)
            if ordered or not self._failures:
                hidden = self._known.hidden if self._known else 0
                found = {"fixed": self._fixed, "hidden": hidden}
                unlisted = self._unlisted(ordered)
                output.tell(self._errors, output.summary(listed, **found, unlisted=unlisted))
            for line in (*self._baselines(paths), *self._tests(), *self._coverage()):
                output.tell(self._errors, line)
        self._advise(ordered)

    def _advise(self, found: Sequence[tuple[Path, Finding]]) -> None:
        """Explain once for each Python how to resolve imports that were not found there."""
        searched = dict.fromkeys(finding.searched for _, finding in found if finding.searched)
        for python in () if self._options.quiet else searched:
            output.tell(self._errors, output.missing(python))

    def _unlisted(self, found: Sequence[tuple[Path, Finding]]) -> list[output.Unlisted]:
        """Return the findings that are only counted, by tool."""
        severities: dict[ToolName, list[Severity]] = {}
        for _, finding in found:
            if self._options.only_counts(finding):
                severities.setdefault(finding.tool, []).append(finding.severity)
        about = {kind.spec.name: kind.spec.optional_about for kind in registry.TOOLS}
        return [
            output.Unlisted(len(each), about[name], max(each)) for name, each in severities.items()
        ]

    def _baselines(self, paths: Sequence[Path]) -> Iterator[str]:
        """Yield the numbers of hidden findings and, if all tools ran, of obsolete known ones."""
        is_full = self._options.rules.is_full and not self._failures
        # A syntax error hides other findings, also in other files.
        is_full &= all(finding.code not in rules.SYNTAX for _, finding in self._found)
        for run in self._known.runs if self._known else ():
            # mypy's findings in a file can depend on which other files are checked.
            gone = run.left(paths).total() if is_full and run.is_covered(paths) else 0
            yield from output.known(run.path, run.known.total(), gone)
        has_none = self._known is not None and not any(run.entries for run in self._known.runs)
        if has_none and is_full and len(self._found) >= MANY:
            yield "To see only what is new from now on, run `python-expert baseline write`."

    def _tests(self) -> Iterator[str]:
        """Yield the number of tests and their outcomes."""
        tools = (tool for project in self._checker.projects for tool in project.tools.values())
        runners = (tool for tool in tools if isinstance(tool, RunsTests))
        counts = Counter(each.outcome for runner in runners for each in runner.ran)
        if counts:
            yield f"{counted(counts)}."

    def _coverage(self) -> Iterator[str]:
        """Yield the coverage of each project by the tests that have run, if it is known."""
        for project in self._checker.projects:
            for tool in project.tools.values():
                if tool.name in self._options.rules.tools and isinstance(tool, MeasuresCoverage):
                    yield from output.coverage(tool.coverage_total())

    async def _write_all(self, ordered: Sequence[tuple[Path, Finding]]) -> None:
        match self._options.output_format:
            case OutputFormat.JSON:
                _print(output.json_array(ordered))
            case OutputFormat.GITLAB | OutputFormat.JUNIT:
                from python_expert.cli.output import ci  # noqa: PLC0415 - only for these

                is_junit = self._options.output_format is OutputFormat.JUNIT
                _print(
                    ci.junit_xml(ordered, self._failures) if is_junit else ci.gitlab_json(ordered)
                )
            case OutputFormat.SARIF:
                _print(json.dumps(await self._sarif(ordered), indent=2))
            case _:
                for path, finding in self._listed(ordered):
                    self._write(path, finding)

    def _listed(self, found: Sequence[tuple[Path, Finding]]) -> Sequence[tuple[Path, Finding]]:
        """Return the findings that are listed; for machine-readable formats, all of them."""
        if self._options.output_format is not OutputFormat.TEXT:
            return found
        return [each for each in found if not self._options.only_counts(each[1])]

    async def _sarif(self, ordered: Sequence[tuple[Path, Finding]]) -> dict[str, object]:
        from python_expert.cli.doctor import version_of  # noqa: PLC0415 - only for this

        versions = dict.fromkeys(self._options.rules.tools, "")
        explained: dict[ToolName, Mapping[str, str]] = {}
        for name in versions:
            for project in self._checker.projects[:1]:
                try:
                    versions[name] = await version_of(project, name)
                    if tool := project.tools.get(name):
                        explained[name] = await tool.explanations()
                except ToolError:
                    continue
        return output.sarif_log(
            ordered,
            versions,
            self._failures,
            specs=[kind.spec for kind in registry.TOOLS],
            explained=explained,
        )

    def _tell(self, fault: str) -> None:
        """Report a fault of a configuration; tools that fail for the same reason are only named."""
        self._places.setdefault(fault.partition(" ")[0], [])
        self._warn(fault)

    def _warn(self, message: str) -> None:
        output.warn(self._errors, message)


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command's output


def check_paths(paths: Sequence[Path]) -> int:
    """Check files and folders with default options; return the exit status."""
    everything = rules.read(rules.ALL, "", "")
    try:
        return asyncio.run(Checking(CheckOptions(everything)).run(paths or [Path()], None))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader needs no more output
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND
