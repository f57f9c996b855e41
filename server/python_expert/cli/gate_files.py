"""Judging edits that anybody made, file by file."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.analysis.error_recovery import UnreadableError
from python_expert.gate.comparison import sentence
from python_expert.gate.examples import run_examples
from python_expert.gate.judgement import Baseline, Judge
from python_expert.gate.verdict import Meaning, Reason, Status, Verdict
from python_expert.pipeline.client import Worker
from python_expert.pipeline.context import options_for
from python_expert.pipeline.known_types import Inquirer, with_types
from python_expert.processes.command import ToolError
from python_expert.project.files import FileChecker, root_of
from python_expert.text.decoding import decode, encoding_of
from python_expert.text.document import Document
from python_expert.text.paths import PYTHON_SUFFIXES, to_uri
from python_expert.tools import registry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from python_expert.actions.base import Action
    from python_expert.gate.comparison import Found
    from python_expert.gate.examples import Evidence
    from python_expert.project.project import Project
    from python_expert.tools.newer_syntax import Unreadable

SKIPPED = frozenset({"__pycache__", "node_modules"})
"""Folders that are not compared, beside hidden ones."""


class Judged(NamedTuple):
    """The gate's answer for one file.

    Attributes:
        path: The file, relative to the folders compared; its name if two files are.
        status: The answer.
        reasons: Why it is not simply accepted.
        meaning: What the proof shows.
        findings: What is found in the new text and was not found in the old one.
        evidence: What was run.
    """

    path: Path
    status: Status
    reasons: tuple[Reason, ...] = ()
    meaning: Meaning = Meaning.CHANGED
    findings: tuple[Found, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class FileGate:
    """One judgement of two files, or of two folders paired by relative path.

    Args:
        action: What the edit claims to be.
        warn: Called with what the user should know.

    Attributes:
        action: What the next edit claims to be.
    """

    def __init__(self, action: Action, warn: Callable[[str], None]) -> None:
        self.action = action
        self._checker = FileChecker(registry.TOOLS, (), warn)
        self._worker = Worker()

    async def judge(self, before: Path, after: Path) -> AsyncIterator[Judged]:
        """Judge each file that differs; for two files, those two.

        Raises:
            ToolError: The two cannot be compared.
        """
        pairs = await asyncio.to_thread(_pairs, before, after)
        # What an edit means for the other files is seen only while these are open.
        documents = await asyncio.to_thread(_documents, [old for _, old, _ in pairs])
        for name, old, new in pairs:
            yield await self._judge(name, old, new, documents)

    async def stop(self) -> None:
        """End the processes."""
        await asyncio.gather(self._worker.stop(), self._checker.stop())

    async def _judge(
        self, name: Path, before: Path, after: Path, documents: dict[Path, Document]
    ) -> Judged:
        shown = name if name.parts else Path(after.name)
        old, new = await asyncio.to_thread(_read, before), await asyncio.to_thread(_read, after)
        if old == new:
            return Judged(shown, Status.ACCEPTED, meaning=Meaning.PROVEN)
        if old is None or new is None:
            return _refused(shown, f"the file was {'added' if old is None else 'removed'}")
        if before.suffix not in PYTHON_SUFFIXES:
            return _refused(shown, "only Python files may be changed")
        try:
            document = Document.of(to_uri(before), 0, decode(old))
            text = decode(new)
            if encoding_of(old) != encoding_of(new):
                return _refused(shown, "its encoding, or its byte order mark, is another one")
        except ValueError as error:
            return _refused(shown, f"it cannot be decoded: {error}")
        project = self._checker.project(root_of(before))
        others = [each for path, each in documents.items() if root_of(path) == project.root]
        judged = await self._judge_texts(shown, document, text, project, others)
        if judged.status is not Status.REFUSED:
            documents[before] = Document.of(document.uri, 1, text)
        return judged

    async def _judge_texts(
        self, shown: Path, document: Document, text: str, project: Project, others: list[Document]
    ) -> Judged:
        options = await asyncio.to_thread(options_for, project, document)
        inquirer = Inquirer(self.action, project, lambda: others)
        try:
            options = await with_types(
                self._worker, inquirer, "calls", document, options=options, left=[]
            )
            written = await self._worker.prove(self.action, document.text, text, options)
        except UnreadableError as error:
            fault = await self._worker.fault(text) or await self._worker.fault(document.text)
            return _unreadable(shown, fault) if fault else _refused(shown, str(error))
        if written.verdict.status is Status.REFUSED:
            fault = await self._worker.fault(text)
            if fault and not (fault.is_error and await self._worker.fault(document.text)):
                return _unreadable(shown, fault)
            return Judged(shown, *written.verdict)
        judge = Judge(project, document, others)
        baseline = partial(self._worker.baseline, self.action, written)
        judgement = await judge.judge(
            written.after,
            Baseline(written.code, written.steps),
            baseline,
            written.verdict.reasons,
        )
        unchecked = tuple(
            Reason(f"{name} could not check it: {why}") for name, why in judgement.silent.items()
        )
        findings = (*judgement.news, *judgement.noted)
        if judgement.news:
            reasons = tuple(_reason(each, document.uri) for each in judgement.news)
            return Judged(shown, Status.REFUSED, reasons, written.verdict.meaning, findings)
        verdict, evidence = await run_examples(
            project, document, written.code, written.after, written.verdict
        )
        if unchecked and verdict.status is not Status.REFUSED:
            verdict = Verdict.of([], [*verdict.reasons, *unchecked])
        return Judged(shown, *verdict, verdict.meaning, findings, evidence)


def _reason(found: Found, uri: str) -> Reason:
    finding = found.finding
    where = "" if found.uri == uri else f" in {found.uri}"
    message = sentence(finding.tool, finding.code, finding.message, where)
    return Reason(message, finding.range.start.line)


def _pairs(before: Path, after: Path) -> list[tuple[Path, Path, Path]]:
    """The files to compare, each after its path relative to both folders.

    Raises:
        ToolError: The two cannot be compared.
    """
    for path in (before, after):
        if not path.exists():
            raise ToolError(f"{path} does not exist")
    if before.is_dir() != after.is_dir():
        raise ToolError("a file can be compared with a file, a folder with a folder")
    names = sorted({*_files(before), *_files(after)}) if before.is_dir() else [Path()]
    return [(name, before.absolute() / name, after.absolute() / name) for name in names]


def _documents(paths: Iterable[Path]) -> dict[Path, Document]:
    """The texts of Python files; those that cannot be read are left out."""
    found = {}
    for path in paths:
        data = _read(path) if path.suffix in PYTHON_SUFFIXES else None
        if data is not None:
            with contextlib.suppress(ValueError):
                found[path] = Document.of(to_uri(path), 0, decode(data))
    return found


def _refused(path: Path, reason: str) -> Judged:
    return Judged(path, Status.REFUSED, (Reason(reason),))


def _unreadable(path: Path, fault: Unreadable) -> Judged:
    return Judged(path, Status.REFUSED, (Reason(fault.reason, fault.line),))


def _files(folder: Path) -> list[Path]:
    """All files below a folder, relative to it, but for those that are hidden or caches."""
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return [
        path
        for path in found
        if not any(part.startswith(".") or part in SKIPPED for part in path.parts)
    ]


def _read(path: Path) -> bytes | None:
    """What is in a file, or None if there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ToolError(f"{path} cannot be read: {error.strerror or error}") from error
