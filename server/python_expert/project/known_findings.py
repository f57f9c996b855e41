"""Decides which findings are known, for files on disk and for documents."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.baseline.file import BaselineError, total
from python_expert.baseline.identity import identity
from python_expert.baseline.match import Matcher
from python_expert.diagnostics.deduplication import equivalents
from python_expert.project.baseline_files import find, load
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from python_expert.baseline.file import Entries
    from python_expert.baseline.identity import Identity
    from python_expert.diagnostics.deduplication import MergeRules
    from python_expert.diagnostics.finding import Finding
    from python_expert.text.document import Document


def name_in(folder: Path, uri: str) -> str | None:
    """Return the name of a document in a baseline; None if it is not in the baseline's folder."""
    path = to_path(uri)
    if path is None or not path.is_relative_to(folder):
        return None
    return path.relative_to(folder).as_posix()


def are_known(
    matcher: Matcher,
    findings: Sequence[Finding],
    document: Document,
    name: str,
    rules: Mapping[str, MergeRules],
) -> list[bool]:
    """Return for each of some findings in a document whether it is known.

    If another tool has an equivalent of a finding, the baseline may contain the equivalent: it has
    the findings that are shown when all tools have reported.
    """
    found = []
    for finding in findings:
        own = identity(finding, document, name)
        others = equivalents(finding, rules)
        found.append([own, *(own._replace(tool=tool, rule=code) for tool, code in others)])
    return matcher.known(found)


@dataclass
class BaselineRun:
    """A baseline, and the findings of a run over files.

    Attributes:
        path: The file.
        entries: Its entries; None if there is no file, or it cannot be read.
        error: The reason why it cannot be read.
        known: The known findings.
        new: The other findings in files below its folder.
        found: All findings with their current identities.
    """

    path: Path
    entries: Entries | None = None
    error: BaselineError | None = None
    known: Counter[Identity] = field(default_factory=Counter)
    new: Counter[Identity] = field(default_factory=Counter)
    found: list[Finding] = field(default_factory=list)
    _matchers: dict[str, Matcher] = field(default_factory=dict)

    def matcher(self, name: str) -> Matcher:
        """Return the matcher for the entries of a file that have no finding yet."""
        if name not in self._matchers:
            self._matchers[name] = Matcher((self.entries or {}).get(name, {}))
        return self._matchers[name]

    def is_covered(self, paths: Iterable[Path]) -> bool:
        """Return whether some files and folders include all files with entries."""
        names = _Names(self.path.parent, paths)
        return all(map(names.cover, self.entries or {}))

    def is_about(self, paths: Iterable[Path]) -> bool:
        """Return whether some files and folders include all files that the baseline can contain."""
        return _Names(self.path.parent, paths).has_all

    def left(self, paths: Iterable[Path]) -> Counter[Identity]:
        """Return the entries without a finding in some files and folders; they are obsolete."""
        names = _Names(self.path.parent, paths)
        gone: Counter[Identity] = Counter()
        for name in filter(names.cover, self.entries or {}):
            gone.update(+self.matcher(name).left)
        return gone

    def kept(self, paths: Iterable[Path], *, with_new: bool) -> Entries:
        """Return the entries after a run over some files and folders, without those that are gone.

        Args:
            paths: The files and folders; the entries of other files stay.
            with_new: Whether to add the new findings.
        """
        names = _Names(self.path.parent, paths)
        entries = self.entries or {}
        kept = {name: dict(entries[name]) for name in entries if not names.cover(name)}
        for each, number in (self.known + self.new if with_new else self.known).items():
            kept.setdefault(each.file, {})[each] = number
        return kept

    @cached_property
    def total(self) -> int:
        """The number of known findings in the file."""
        return total(self.entries or {})


class _Names:
    """Some files and folders, by their names in a baseline."""

    def __init__(self, folder: Path, paths: Iterable[Path]) -> None:
        absolute = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - not resolved
        self.has_all = any(folder.is_relative_to(path) for path in absolute)
        self._names = {
            path.relative_to(folder).as_posix() for path in absolute if path.is_relative_to(folder)
        }

    def cover(self, name: str) -> bool:
        """Return whether a file is one of them or is in one of them."""
        parts = name.split("/")
        return self.has_all or any(
            "/".join(parts[:end]) in self._names for end in range(1, len(parts) + 1)
        )


class KnownFindings:
    """The baselines for a run over files.

    Args:
        rules: The rules for duplicates.
        warn: Called once for each baseline that cannot be read, with the reason.
        always: Whether findings are recorded if there is no baseline.
    """

    def __init__(
        self,
        rules: Mapping[str, MergeRules],
        warn: Callable[[str], None],
        *,
        always: bool = False,
    ) -> None:
        self._rules = rules
        self._warn = warn
        self._always = always
        self._places: dict[Path, Path] = {}
        self._runs: dict[Path, BaselineRun] = {}

    @property
    def runs(self) -> list[BaselineRun]:
        """The baselines that were used."""
        return [*self._runs.values()]

    @property
    def hidden(self) -> int:
        """The number of known findings so far."""
        return sum(run.known.total() for run in self._runs.values())

    def run(self, root: Path) -> BaselineRun:
        """Return the run for the baseline of a project."""
        if root not in self._places:
            self._places[root] = find(root, self._runs)
        path = self._places[root]
        if path not in self._runs:
            run = self._runs[path] = BaselineRun(path)
            try:
                run.entries = load(path)
            except BaselineError as error:
                run.error = error
                # The message differs when a baseline is written, because then no findings are
                # shown.
                self._warn(broken(path, error, shows=not self._always))
        return self._runs[path]

    def new(self, root: Path, document: Document, findings: list[Finding]) -> list[Finding]:
        """Return the findings of a document that are not known.

        Args:
            root: The root of the document's project.
            document: The document.
            findings: Findings of the document, including all those of each tool.
        """
        run = self.run(root)
        name = name_in(run.path.parent, document.uri)
        if name is None or (run.entries is None and not self._always):
            return findings
        known = are_known(run.matcher(name), findings, document, name, self._rules)
        new = []
        for finding, is_known in zip(findings, known, strict=True):
            (run.known if is_known else run.new)[identity(finding, document, name)] += 1
            if not is_known:
                new.append(finding)
        run.found += new
        return new


def broken(path: Path, error: BaselineError, *, shows: bool = True) -> str:
    """Return the message about a baseline that cannot be read.

    Args:
        path: The file.
        error: The reason.
        shows: Whether findings are shown.
    """
    return f"{path}:{error.line + 1}: {error.message}." + " All findings are shown." * shows
