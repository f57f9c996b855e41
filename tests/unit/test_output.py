"""Findings as text, JSON, SARIF and GitHub annotations."""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from functools import partial
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator  # type: ignore[import-untyped]

from python_expert.cli.output import (
    coverage,
    github_line,
    json_array,
    printable,
    sarif_log,
    shown,
    text_line,
)
from python_expert.cli.output.sarif import SARIF_SCHEMA
from python_expert.diagnostics.finding import Finding, Note, Severity, ToolName
from python_expert.text.document import Position, Range
from python_expert.text.paths import to_uri
from python_expert.tools.coverage import CoverageTotal
from tests.tools import BANDIT, MYPY, NAMES, RUFF, SPECS

sarif = partial(sarif_log, specs=SPECS)

VERSIONS = {RUFF: "0.17.6", MYPY: "2.4.1", BANDIT: "1.9.4"}

UNUSED = Finding(
    tool=RUFF,
    range=Range(Position(0, 7), Position(0, 9)),
    code="F401",
    message="`os` imported but unused",
    severity=Severity.WARNING,
    url="https://docs.astral.sh/ruff/rules/unused-import",
)
REDEFINED = Finding(
    tool=MYPY,
    range=Range(Position(4, 0), Position(6, 4)),
    code="no-redef",
    message='Name "f" already defined',
    severity=Severity.ERROR,
    notes=(Note(to_uri(Path("a.py")), Range(Position(1, 4), Position(1, 5)), "First here"),),
)
BARE = Finding(
    tool=MYPY,
    range=Range(Position(2, 3), Position(2, 3)),
    code="",
    message="Something odd",
    severity=Severity.INFORMATION,
)
HOSTILE = "\x1b]0;owned\x07\n\x9b2J\u202e\udcff.py"


# Arbitrary input.


def any_text() -> st.SearchStrategy[str]:
    """Draw text with control characters, line ends and lone surrogates."""
    return st.text(st.characters(exclude_categories=()))


def any_path() -> st.SearchStrategy[Path]:
    """Draw a path below the working directory with any bytes in its name."""
    name = st.binary(min_size=1, max_size=8).filter(lambda raw: not set(raw) & {0, ord("/")})
    names = st.lists(name, min_size=1, max_size=3)
    return names.map(lambda parts: Path(*map(os.fsdecode, parts))).filter(
        lambda path: path.parts and ".." not in path.parts
    )


def any_range() -> st.SearchStrategy[Range]:
    """Draw a range whose start is not after its end."""
    position = st.builds(Position, st.integers(0, 9), st.integers(0, 9))
    return st.tuples(position, position).map(lambda ends: Range(*sorted(ends)))


def any_note() -> st.SearchStrategy[Note]:
    """Draw a note about a file inside or outside, or about a document that is not a file."""
    near = any_path().map(lambda path: to_uri(Path.cwd() / path))
    uri = near | st.sampled_from(["file:///elsewhere/a%20b.py", "untitled:Untitled-1"])
    return st.builds(Note, uri, any_range(), any_text())


def any_finding() -> st.SearchStrategy[Finding]:
    """Draw a finding of any tool; few codes, so that rules recur with and without their page."""
    return st.builds(
        Finding,
        tool=st.sampled_from(NAMES),
        range=any_range(),
        code=st.sampled_from(["", "F401", "no-redef", "B602"]) | any_text(),
        message=any_text(),
        severity=st.sampled_from(Severity),
        url=st.sampled_from(["", "https://example.org/rule"]),
        notes=st.lists(any_note(), max_size=3).map(tuple),
    )


def is_inert(text: str) -> bool:
    """Return whether a terminal only displays a text, without any other effect."""
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return hidden.isdisjoint(map(unicodedata.category, text))


# Text.


@pytest.mark.parametrize(
    ("path", "finding", "line"),
    [
        ("pkg/a.py", UNUSED, "pkg/a.py:1:8: warning: F401 `os` imported but unused  [Ruff]"),
        ("b.py", BARE, "b.py:3:4: information: Something odd  [Mypy]"),
        (
            "/far/b.py",
            REDEFINED,
            (
                '/far/b.py:5:1: error: no-redef Name "f" already defined  [Mypy]\n'
                "    a.py:2:5: note: First here"
            ),
        ),
        (
            HOSTILE,
            BARE._replace(message="a\tb\r\nc", severity=Severity.HINT),
            r"\x1b]0;owned\x07\n\x9b2J\u202e\udcff.py:3:4: hint: a\tb  [Mypy]",
        ),
    ],
)
def test_text_line(path: str, finding: Finding, line: str) -> None:
    assert text_line(Path(path), finding) == line


def test_text_line_in_color() -> None:
    assert text_line(Path("a.py"), UNUSED, color=True) == (
        "\x1b[1ma.py\x1b[0m:1:8: \x1b[1;33mwarning\x1b[0m: \x1b[1;33mF401\x1b[0m "
        "`os` imported but unused  \x1b[2m[Ruff]\x1b[0m"
    )


def test_note_about_standard_input() -> None:
    note = REDEFINED.notes[0]._replace(uri="untitled:stdin")
    _, line = text_line(Path("a.py"), REDEFINED._replace(notes=(note,))).split("\n")
    assert line == "    <stdin>:2:5: note: First here"


@given(any_path(), any_finding())
def test_text_is_inert_and_a_line_for_each_remark(path: Path, finding: Finding) -> None:
    first, *notes = text_line(path, finding).split("\n")
    assert len(notes) == len(finding.notes)
    assert all(line.startswith("    ") for line in notes)
    assert all(map(is_inert, (first, *notes)))
    assert first.endswith(f"  [{finding.tool.title}]")


@given(any_path(), any_finding())
def test_color_adds_only_color_codes(path: Path, finding: Finding) -> None:
    colored = text_line(path, finding, color=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == text_line(path, finding)


@given(st.text(st.characters(exclude_categories=("C", "Zl", "Zp"))))
def test_ordinary_text_is_unchanged(text: str) -> None:
    assert printable(text) == text


def test_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(tmp_path / "pkg" / "a.py") == Path("pkg/a.py")
    assert shown(tmp_path.parent / "a.py") == tmp_path.parent / "a.py"
    assert shown(tmp_path.with_name(tmp_path.name + "x") / "a.py").is_absolute()


# JSON.


def test_json() -> None:
    assert json.loads(json_array([(Path("pkg/a.py"), UNUSED), (Path("b.py"), REDEFINED)])) == [
        {
            "path": str(Path("pkg/a.py")),
            "line": 1,
            "column": 8,
            "end_line": 1,
            "end_column": 10,
            "code": "F401",
            "message": "`os` imported but unused",
            "severity": "warning",
            "source": "Ruff",
        },
        {
            "path": "b.py",
            "line": 5,
            "column": 1,
            "end_line": 7,
            "end_column": 5,
            "code": "no-redef",
            "message": 'Name "f" already defined',
            "severity": "error",
            "source": "Mypy",
        },
    ]
    assert json_array([]) == "[]"


@given(any_path(), any_finding())
def test_json_round_trips(path: Path, finding: Finding) -> None:
    text = json_array([(path, finding)])
    [entry] = json.loads(text)
    assert (Path(entry["path"]), entry["message"], entry["code"]) == (
        path,
        finding.message,
        finding.code,
    )
    assert text.isascii()
    assert all(map(is_inert, text.split("\n")))


# GitHub.


@pytest.mark.parametrize(
    ("path", "finding", "line"),
    [
        (
            "pkg/a.py",
            UNUSED,
            (
                "::warning file=pkg/a.py,line=1,endLine=1,col=8,endColumn=10,title=Ruff (F401)"
                "::`os` imported but unused"
            ),
        ),
        (
            # The runner drops the place if the columns are of different lines.
            "b.py",
            REDEFINED,
            (
                "::error file=b.py,line=5,endLine=7,title=Mypy (no-redef)"
                '::Name "f" already defined%0Aa.py:2:5: note: First here'
            ),
        ),
        (
            "a,b:100%.py",
            BARE._replace(message="50%, a: b\r\n::error::c"),
            (
                "::notice file=a%2Cb%3A100%25.py,line=3,endLine=3,col=4,endColumn=4,title=Mypy"
                "::50%25, a: b%0D%0A::error::c"
            ),
        ),
    ],
)
def test_github_line(path: str, finding: Finding, line: str) -> None:
    assert github_line(Path(path), finding) == line


def read_command(line: str) -> tuple[str, dict[str, str], str]:
    """Parse a workflow command in the steps of GitHub's runner."""
    assert line.startswith("::")
    end = line.index("::", 2)
    name, _, fields = line[2:end].partition(" ")
    properties = {}
    for field in fields.strip().split(","):
        key, _, value = field.partition("=")
        for mark, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")):
            value = value.replace(mark, character)
        properties[key] = value.replace("%25", "%")
    message = line[end + 2 :].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    return name, properties, message


@given(any_path(), any_finding())
def test_github_escaping_can_be_undone(path: Path, finding: Finding) -> None:
    line = github_line(path, finding)
    assert is_inert(line)
    name, properties, message = read_command(line)
    assert name in {"error", "warning", "notice"}
    assert properties["file"] == printable(path.as_posix(), keep="\r\n")
    assert message.startswith(printable(finding.message, keep="\r\n"))
    assert properties["line"] == str(finding.range.start.line + 1)
    assert ("col" in properties) == (properties["line"] == properties["endLine"])


# SARIF.


@pytest.fixture(scope="session")
def validator() -> Draft4Validator:
    """A validator for OASIS's schema, from a package that includes the schema as data."""
    path = distribution("linceo").locate_file("linceo/data/sarif-schema-2.1.0.json")
    raw = Path(str(path)).read_bytes()
    # The checksum of the file in github.com/oasis-tcs/sarif-spec; the package is not trusted.
    assert hashlib.sha256(raw).hexdigest() == (
        "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
    )
    schema = json.loads(raw)
    assert schema["id"] == SARIF_SCHEMA
    return Draft4Validator(schema)


def test_a_sarif_rule_has_the_name_and_the_first_sentence_of_its_explanation(
    validator: Draft4Validator,
) -> None:
    page = "# unused-import (F401)\n\nFix is sometimes available.\n\n## What it does\nChecks for\n"
    page += "unused imports. They cost time.\n\n## Why is this bad?\nIt is slow.\n"
    log = sarif([(Path("a.py"), UNUSED)], VERSIONS, explained={UNUSED.tool: {"F401": page}})
    validator.validate(log)
    [rule] = log["runs"][0]["tool"]["driver"]["rules"]
    assert (rule["name"], rule["shortDescription"]["text"]) == (
        "unused-import",
        "Checks for unused imports.",
    )


def test_sarif(validator: Draft4Validator) -> None:
    log = sarif([(Path("pkg/a.py"), UNUSED), (Path("b.py"), REDEFINED)], VERSIONS)
    validator.validate(log)
    ruff, mypy, bandit = log["runs"]
    assert ruff == {
        "tool": {
            "driver": {
                "name": "Ruff",
                "informationUri": "https://docs.astral.sh/ruff/",
                "version": "0.17.6",
                "rules": [
                    {
                        "id": "F401",
                        "shortDescription": {"text": "Ruff: F401"},
                        "fullDescription": {"text": "Ruff: F401"},
                        "help": {"text": f"See {UNUSED.url}"},
                        "helpUri": UNUSED.url,
                    }
                ],
            }
        },
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "results": [
            {
                "ruleId": "F401",
                "ruleIndex": 0,
                "level": "warning",
                "message": {"text": "`os` imported but unused"},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": "pkg/a.py", "uriBaseId": "%SRCROOT%"},
                            "region": {
                                "startLine": 1,
                                "startColumn": 8,
                                "endLine": 1,
                                "endColumn": 10,
                            },
                        }
                    }
                ],
            }
        ],
    }
    [redefined] = mypy["results"]
    assert redefined["level"] == "error"
    assert redefined["relatedLocations"] == [
        {
            "message": {"text": "First here"},
            "physicalLocation": {
                "artifactLocation": {"uri": "a.py", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 6},
            },
        }
    ]
    # A tool without findings has a run, too, which closes its earlier alerts.
    assert bandit["results"] == bandit["tool"]["driver"]["rules"] == []


def test_sarif_of_a_tool_that_could_not_run(validator: Draft4Validator) -> None:
    failures = [(BANDIT, "no such file: bandit"), (MYPY, "hung")]
    log = sarif([(Path("b.py"), BARE)], {MYPY: "2.4.1"}, failures)
    validator.validate(log)
    mypy, bandit = log["runs"]
    assert len(mypy["results"]) == 1
    assert bandit["results"] == []
    assert "version" not in bandit["tool"]["driver"]
    assert bandit["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [
                {"level": "error", "message": {"text": "no such file: bandit"}}
            ],
        }
    ]
    assert not mypy["invocations"][0]["executionSuccessful"]


def test_sarif_uses_the_tool_s_name_as_rule_for_findings_without_code() -> None:
    [run] = sarif([(Path("b.py"), BARE), (Path("b.py"), REDEFINED)], {})["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["mypy", "no-redef"]
    assert [(result["ruleId"], result["ruleIndex"]) for result in run["results"]] == [
        ("mypy", 0),
        ("no-redef", 1),
    ]


@pytest.mark.parametrize("urls", [("", UNUSED.url), (UNUSED.url, "")])
def test_sarif_has_a_rules_page_if_any_finding_names_it(urls: tuple[str, str]) -> None:
    [run] = sarif([(Path("a.py"), UNUSED._replace(url=url)) for url in urls], {})["runs"]
    [rule] = run["tool"]["driver"]["rules"]
    assert rule["helpUri"] == UNUSED.url


@pytest.mark.parametrize(
    ("path", "artifact"),
    [
        ("a b#é.py", {"uri": "a%20b%23%C3%A9.py", "uriBaseId": "%SRCROOT%"}),
        # Otherwise the text before the colon would be a scheme.
        ("http:/a.py", {"uri": "http%3A/a.py", "uriBaseId": "%SRCROOT%"}),
        ("/far/a b.py", {"uri": Path("/far/a b.py").absolute().as_uri()}),
        ("../a.py", {"uri": (Path.cwd().parent / "a.py").as_uri()}),
    ],
)
def test_sarif_locations(path: str, artifact: dict[str, str]) -> None:
    [run] = sarif([(Path(path), BARE)], {})["runs"]
    [location] = run["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"] == artifact


@given(
    findings=st.lists(st.tuples(any_path(), any_finding()), max_size=5),
    tools=st.sets(st.sampled_from(NAMES)),
    failures=st.lists(st.tuples(st.sampled_from(NAMES), any_text()), max_size=3),
)
def test_sarif_is_valid_for_any_findings(
    validator: Draft4Validator,
    findings: list[tuple[Path, Finding]],
    tools: set[ToolName],
    failures: list[tuple[ToolName, str]],
) -> None:
    log = sarif(findings, {tool: VERSIONS.get(tool, "0.1.0") for tool in tools}, failures)
    log = json.loads(json.dumps(log))
    validator.validate(log)
    names = [run["tool"]["driver"]["name"] for run in log["runs"]]
    involved = {finding.tool for _, finding in findings} | tools | {tool for tool, _ in failures}
    assert names == [tool.title for tool in NAMES if tool in involved]

    for tool, run in zip((tool for tool in NAMES if tool in involved), log["runs"], strict=True):
        mine = [(path, finding) for path, finding in findings if finding.tool is tool]
        rules = run["tool"]["driver"]["rules"]
        for (path, finding), result in zip(mine, run["results"], strict=True):
            assert result["message"]["text"] == finding.message
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"[\w./~%-]+", uri, re.ASCII)
            assert Path(os.fsdecode(unquote_to_bytes(uri))) == path


def test_the_validator_rejects_invalid_sarif(validator: Draft4Validator) -> None:
    log = sarif([(Path("b.py"), BARE)], {})
    del log["runs"][0]["results"][0]["message"]
    assert not validator.is_valid(log)


@pytest.mark.parametrize(
    ("precision", "whole", "part"), [(0, "96", "99"), (1, "95.6", "99.9"), (2, "95.62", "99.96")]
)
def test_percentages_are_rounded_as_in_coverage_reports(
    precision: int, whole: str, part: str
) -> None:
    total = CoverageTotal({Path("a.py"): 99.96, Path("b.py"): 100.0}, 95.62, precision=precision)
    assert [*coverage(total)] == [f"Tests cover {whole} % (a.py {part} %)."]
