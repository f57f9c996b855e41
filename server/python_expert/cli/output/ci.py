"""Findings in formats for continuous integration: JUnit's XML and GitLab's Code Quality JSON."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET  # nosec B405 - it only writes

from python_expert.cli.output.lines import printable, text_line
from python_expert.diagnostics.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.cli.output.lines import Located

_GITLAB = {
    Severity.ERROR: "major",
    Severity.WARNING: "minor",
    Severity.INFORMATION: "info",
    Severity.HINT: "info",
}


def gitlab_json(findings: Iterable[Located]) -> str:
    """Return a Code Quality report, see https://docs.gitlab.com/ci/testing/code_quality/.

    Fingerprints do not depend on line numbers. They are computed from the file, the rule, the
    message and the number of equal findings before.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    issues = []
    for path, finding in findings:
        rule = finding.code or str(finding.tool)
        key = (path.as_posix(), rule, finding.message)
        text = "\0".join((*key, str(seen[key])))
        seen[key] += 1
        issues.append(
            {
                "description": finding.message,
                "check_name": f"{finding.tool}/{rule}",
                "fingerprint": hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
                "severity": _GITLAB[finding.severity],
                "location": {
                    "path": path.as_posix(),
                    "lines": {
                        "begin": finding.range.start.line + 1,
                        "end": finding.range.end.line + 1,
                    },
                },
            }
        )
    return json.dumps(issues, indent=2)


def junit_xml(findings: Iterable[Located], failures: Iterable[tuple[str, str]]) -> str:
    """Return a JUnit report: a test suite for each file, a failed test for each finding.

    Args:
        findings: The findings.
        failures: The tools that could not do their work, with the reasons.
    """
    root = ET.Element("testsuites", name="python-expert")
    suites: dict[str, list[ET.Element]] = {}
    for path, finding in findings:
        name = f"{finding.tool.title} {finding.code}".strip()
        line = str(finding.range.start.line + 1)
        case = ET.Element("testcase", name=printable(name), line=line)
        case.set("classname", printable(path.as_posix()))
        failure = ET.SubElement(case, "failure", message=printable(finding.message))
        failure.text = text_line(path, finding)
        suites.setdefault(printable(path.as_posix()), []).append(case)
    for tool, reason in failures:
        case = ET.Element("testcase", name=f"{tool} could not run", classname="python-expert")
        ET.SubElement(case, "error", message=printable(reason))
        suites.setdefault("python-expert", []).append(case)
    # A report without a suite counts as missing.
    for name, cases in (
        suites or {"python-expert": [ET.Element("testcase", name="check")]}
    ).items():
        errors = sum(case.find("error") is not None for case in cases)
        failed = sum(case.find("failure") is not None for case in cases)
        suite = ET.SubElement(
            root, "testsuite", name=name, tests=str(len(cases)), failures=str(failed)
        )
        suite.set("errors", str(errors))
        suite.extend(cases)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)
