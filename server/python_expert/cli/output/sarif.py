"""Findings as a SARIF log."""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from python_expert.cli.output.lines import shown
from python_expert.diagnostics.finding import Severity
from python_expert.text.paths import to_path, to_uri
from python_expert.tools.explanations import summary_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from python_expert.cli.output.lines import Located
    from python_expert.config.tool_spec import ToolSpec
    from python_expert.diagnostics.finding import Finding, Note, ToolName
    from python_expert.text.document import Range

SARIF_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}


def sarif_log(
    findings: Iterable[Located],
    versions: Mapping[ToolName, str],
    failures: Sequence[tuple[ToolName, str]] = (),
    *,
    specs: Iterable[ToolSpec],
    explained: Mapping[ToolName, Mapping[str, str]] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return a SARIF 2.1.0 log with a run for each tool.

    Serialize it with ``json.dumps``, which escapes lone surrogates.

    Args:
        findings: The findings of all tools.
        versions: The versions of the tools that ran, with or without findings.
        failures: The tools that could not do their work, with the reasons.
        specs: All available tools.
        explained: The explanations of the tools' rules; see `Tool.explanations`.
    """
    located: dict[ToolName, list[Located]] = {tool: [] for tool in versions}
    problems: dict[ToolName, list[str]] = {}
    for tool, reason in failures:
        located.setdefault(tool, [])
        problems.setdefault(tool, []).append(reason)
    for path, finding in findings:
        located.setdefault(finding.tool, []).append((path, finding))
    runs = [
        _run(
            spec,
            versions.get(spec.name, ""),
            located[spec.name],
            problems.get(spec.name, []),
            explained.get(spec.name, {}),
        )
        for spec in specs
        if spec.name in located
    ]
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": runs}


def _run(
    spec: ToolSpec,
    version: str,
    located: Sequence[Located],
    problems: Sequence[str],
    explained: Mapping[str, str],
) -> dict[str, Any]:
    urls: dict[str, str] = {}
    for _, finding in located:
        rule = _rule_id(finding)
        urls[rule] = urls.get(rule) or finding.url
    indices = {rule: index for index, rule in enumerate(urls)}
    driver: dict[str, Any] = {
        "name": spec.name.title,
        **({"informationUri": spec.home} if spec.home else {}),
        "rules": [
            _rule(spec.name, rule, url, explained.get(rule, "")) for rule, url in urls.items()
        ],
    }
    if version:
        driver["version"] = version
    # The run is marked as unsuccessful; otherwise GitHub would treat the missing results as fixed.
    invocation: dict[str, Any] = {"executionSuccessful": not problems}
    if problems:
        invocation["toolExecutionNotifications"] = [
            {"level": "error", "message": {"text": problem}} for problem in problems
        ]
    return {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        # Required even if empty: without it, GitHub's upload rejects the whole log.
        "results": [_result(path, finding, indices) for path, finding in located],
    }


def _rule_id(finding: Finding) -> str:
    """SARIF requires a rule for every result; one without a code gets its tool's name."""
    return finding.code or str(finding.tool)


def _rule(tool: ToolName, rule: str, url: str, explained: str) -> dict[str, Any]:
    # GitHub requires all three descriptions, shows the help and ignores helpUri.
    name, sentence = summary_of(explained)
    text = {"text": sentence or f"{tool.title}: {rule}"}
    described = {"id": rule, "shortDescription": text, "fullDescription": text, "help": text}
    described |= {"name": name} if name else {}
    return described | ({"help": {"text": f"See {url}"}, "helpUri": url} if url else {})


def _result(path: Path, finding: Finding, indices: Mapping[str, int]) -> dict[str, Any]:
    rule = _rule_id(finding)
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": indices[rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(_artifact(path), finding.range)],
    }
    if finding.notes:
        result["relatedLocations"] = [
            {**_location(_note_artifact(note), note.range), "message": {"text": note.message}}
            for note in dict.fromkeys(finding.notes)
        ]
    return result


def _location(artifact: dict[str, str], where: Range) -> dict[str, Any]:
    (line, column), (end_line, end_column) = where
    region = {
        "startLine": line + 1,
        "startColumn": column + 1,
        "endLine": end_line + 1,
        "endColumn": end_column + 1,
    }
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def _artifact(path: Path) -> dict[str, str]:
    if path.is_absolute() or ".." in path.parts:
        return {"uri": to_uri(path)}
    return {"uri": quote(os.fsencode(path.as_posix())), "uriBaseId": "%SRCROOT%"}


def _note_artifact(note: Note) -> dict[str, str]:
    path = to_path(note.uri)
    return {"uri": note.uri} if path is None else _artifact(shown(path))
