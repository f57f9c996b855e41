"""Rules of two tools that are about the same problem, so that each problem is told once."""

from __future__ import annotations

import io
import re
import tokenize
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from python_expert.diagnostics.finding import Finding, ToolName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from python_expert.text.document import Document

_Codes: TypeAlias = "frozenset[str] | None"
"""The codes that a comment names; None where it names none and means all."""

SYNTAX = "invalid-syntax"

# Ruff has taken most of bandit's tests over under their numbers.
_SAME_NUMBERS = """
    101 102 103 104 105 106 107 108 110 112 113 201 202
    301 302 303 304 305 306 307 308 310 311 312 313 314 315 316 317 318 319 321 323 324
    401 402 403 404 405 406 407 408 409 411 412 413 415
    501 502 503 504 505 506 507 508 509
    601 602 603 604 605 606 607 608 609 610 611 612 701 702 704
"""

BANDIT_DUPLICATES = {
    **{f"B{number}": f"S{number}" for number in _SAME_NUMBERS.split()},
    "B613": "PLE2502",
    "B703": "S308",
}
"""For tests of bandit's, the rules of ruff's that report the same, with spaces between."""

MYPY_DUPLICATES = {
    "": f"F701 F702 F704 {SYNTAX}",  # errors that stop mypy have no code
    "attr-defined": "F407",
    "await-not-async": "PLE1142",
    "ignore-without-code": "PGH003",
    "name-defined": "F821",
    "no-redef": "F811",
    "no-untyped-def": "ANN001 ANN002 ANN003 ANN201 ANN202 ANN204 ANN205 ANN206",
    "return-value": "PLE0101",
    "str-format": ("F501 F502 F505 F506 F507 F508 F509 F521 F522 F523 F524 F525 PLE1300 PLE1307"),
    "syntax": f"F407 PLE1142 {SYNTAX}",  # F407 from Python 3.14 on, see attr-defined
    "top-level-await": "F704 PLE1142",
    "used-before-def": "F821 F823",
    "valid-type": "F722",
}
"""For codes of mypy's, the rules of ruff's that report the same."""

MISC_DUPLICATES = {
    '"return" outside function': "F706",
    "Assertion is always true": "F631",
    "Duplicate base class": "PLE0241",
    "Exception must be derived from BaseException": "B016 F901",
    "Exception type must be derived from BaseException": "B030",
    "Method must have at least one argument": "PLE0211",
    "No binding for nonlocal": "PLE0117",
    "String argument 1": "PLC0132",
    "Too many arguments for property": "PLR0206",
    "Trying to assign name": "PLE0237",
    "Two starred expressions in assignment": "F622",
    "Type of __all__ must be": "PLE0605",
}
"""The same for the starts of mypy's messages under its code ``misc``."""

_CODE = "[A-Z]+[0-9]+"
_DIRECTIVE = re.compile(
    r"#\s*(?P<file>(?:ruff|flake8)\s*:\s*)?(?i:noqa)"
    rf"(?:\s*:\s*(?P<codes>(?>{_CODE}(?:[\s,]*{_CODE})*))(?=[\s,#]|$)|(?!\s*:)(?=[\s#]|$))"
    r"|#\s*ruff\s*:\s*(?P<kind>ignore|file-ignore|disable|enable)\s*\[(?P<list>[^\]]*)\]"
)
_HEAD_END = re.compile(r":\s*(?:#.*)?$")


def merge(
    reports: Mapping[ToolName, Sequence[Finding]],
    silenced: Sequence[Finding],
    document: Document,
) -> list[Finding]:
    """Make one list of the findings of all tools, with each problem in it once.

    Of twins ruff's stays, as only ruff has fixes. A comment that silences one silences the
    other: ruff's comments the findings of mypy and bandit, a ``# nosec`` those of ruff.

    Args:
        reports: What each tool found, with ranges that refer to the document.
        silenced: Findings of bandit's that a ``# nosec`` keeps quiet.
        document: The document.

    Returns:
        Ruff's findings, then the others' in the order in which they came.
    """
    merged = _distinct(reports.get(ToolName.RUFF, ()))
    if silenced:
        quiet: dict[str, set[int]] = {}
        for finding in silenced:
            for rule in twins(finding):
                quiet.setdefault(rule, set()).update(_lines(finding, document))
        merged = [
            finding
            for finding in merged
            if finding.code not in quiet
            or quiet[finding.code].isdisjoint(_lines(finding, document))
        ]
    others = [
        finding
        for tool, found in reports.items()
        if tool is not ToolName.RUFF
        for finding in _distinct(found)
    ]
    told: dict[str, set[int]] = {rule: set() for finding in others for rule in twins(finding)}
    if told:
        for finding in merged:
            if finding.code in told:
                told[finding.code].update(_lines(finding, document))
    comments = _Comments(document)
    for finding in others:
        rules = twins(finding)
        lines = _lines(finding, document)
        known = any(not told[rule].isdisjoint(lines) for rule in rules)
        # A syntax error has many places, and each tool its own.
        known = known or (finding.code == "syntax" and bool(told[SYNTAX]))
        if not known and not (rules and comments.silence(rules, lines)):
            merged.append(finding)
    return merged


def twins(finding: Finding) -> frozenset[str]:
    """The rules of ruff's that report the same problem as a finding of another tool."""
    if finding.tool is ToolName.BANDIT:
        return _BANDIT.get(finding.code, _NONE)
    if finding.code == "misc":
        found = (rules for start, rules in _MISC.items() if finding.message.startswith(start))
        return next(found, _NONE)
    return _MYPY.get(finding.code, _NONE)


def _sets(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {key: frozenset(rules.split()) for key, rules in table.items()}


_NONE: frozenset[str] = frozenset()
_BANDIT, _MYPY, _MISC = _sets(BANDIT_DUPLICATES), _sets(MYPY_DUPLICATES), _sets(MISC_DUPLICATES)


def _distinct(findings: Sequence[Finding]) -> list[Finding]:
    """One tool's findings without those that repeat a range, code and message."""
    first: dict[object, Finding] = {}
    for finding in findings:
        first.setdefault(finding[1:4], finding)
    return list(first.values())


def _lines(finding: Finding, document: Document) -> range:
    """The lines a finding is on; of a definition, all of which mypy reports, only the head."""
    (first, _), (last, column) = finding.range
    most = len(document.lines) - 1  # the file may have become shorter since it was checked
    if first == last or first >= most:
        first = min(first, most)
        return range(first, first + 1)
    last = min(last - (column == 0), most)
    if finding.tool is ToolName.MYPY:
        heads = (n for n in range(first, last) if _HEAD_END.search(document.lines[n]))
        last = next(heads, last)
    return range(first, last + 1)


class _Comments:
    """Ruff's comments in a document, read only as far as somebody asks."""

    def __init__(self, document: Document) -> None:
        self._text = document.text
        self._lines = document.lines
        self._everywhere = range(len(document.lines))

    def silence(self, rules: frozenset[str], lines: range) -> bool:
        """Whether a comment keeps any of some rules quiet on the first or last of some lines."""
        first = lines[0]
        found = [codes for n in {first, lines[-1]} for codes in self._on(n, "noqa", "ignore")]
        above = first - 1
        while above >= 0 and self._lines[above].lstrip()[:1] in ("#", ""):
            found += self._on(above, "ignore")
            above -= 1
        found += [codes for codes, region in self._regions if first in region]
        return any(codes is None or codes & rules for codes in found)

    def _on(self, line: int, *kinds: str) -> list[_Codes]:
        return [codes for kind, codes in _directives(self._lines[line]) if kind in kinds]

    @cached_property
    def _regions(self) -> list[tuple[_Codes, range]]:
        """What comments on lines of their own silence, and where: found in one pass."""
        regions: list[tuple[_Codes, range]] = []
        if "ruff" not in self._text and "flake8" not in self._text:
            return regions
        opened: list[tuple[int, _Codes, int]] = []  # indents that grow, codes, first lines
        string = False
        for number, line in enumerate(self._lines):
            own = not string and line.lstrip().startswith("#")
            string ^= not own and bool((line.count('"""') + line.count("'''")) % 2)
            indent = _indent(line)
            while opened and line.strip() and indent < opened[-1][0]:
                _, codes, first = opened.pop()
                regions.append((codes, range(first, number)))
            for kind, codes in _directives(line) if own else ():
                if kind == "disable":
                    opened.append((indent, codes, number))
                elif kind in ("file-noqa", "file-ignore"):
                    regions.append((codes, self._everywhere))
                elif kind == "enable" and opened and opened[-1][:2] == (indent, codes):
                    regions.append((codes, range(opened.pop()[2], number)))
        return regions + [(codes, self._everywhere[first:]) for _, codes, first in opened]


def _directives(line: str) -> Iterator[tuple[str, _Codes]]:
    """The kinds of ruff's comments on a line, each with the codes that it names."""
    for match in _DIRECTIVE.finditer(line):
        if _is_comment(line, match.start()):
            listed = match["codes"] or match["list"]
            codes = None if listed is None else frozenset(re.findall(_CODE, listed))
            yield match["kind"] or ("file-noqa" if match["file"] else "noqa"), codes


def _is_comment(line: str, column: int) -> bool:
    """Whether the ``#`` at a column starts or is in a comment; if in doubt, it is."""
    before = line[:column]
    if '"' not in before and "'" not in before:
        return True
    indent = _indent(line)
    try:
        for token in tokenize.generate_tokens(io.StringIO(line[indent:]).readline):
            if token.type == tokenize.COMMENT:
                return token.start[1] + indent <= column
    except (tokenize.TokenError, SyntaxError):
        return True  # a string that has begun or will end on another line
    return False


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
