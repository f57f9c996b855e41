"""The search for secrets in the strings and comments of code."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from python_expert.privacy import commands
from python_expert.privacy.comments import adjacent_names, labelled_by_comments
from python_expert.privacy.formats import in_text, unmistakable
from python_expert.privacy.frames import Label
from python_expert.privacy.judging import is_credential, words
from python_expert.privacy.labels import labels
from python_expert.privacy.literals import literals
from python_expert.privacy.names import Strength, is_pin, mentions, strength
from python_expert.privacy.notations import SCHEME, noted
from python_expert.privacy.numerals import is_secret_number
from python_expert.privacy.prose import credentials_in_words
from python_expert.privacy.randomness import are_bytes, is_random, is_shuffled
from python_expert.privacy.runs import FIELD, Run, groups, run_of
from python_expert.privacy.sentences import in_remark
from python_expert.privacy.shapes import looks_generated
from python_expert.privacy.signatures import signatures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from python_expert.privacy.literals import Literal
    from python_expert.privacy.spans import Span

_QUOTE = re.compile(r"[\"'`]")
_ENDING = re.compile(r"(?:\\[nrt0]|\s|\\)+\Z")
_OF_PAIRS = ("auth", "authorization", "credentials", "creds", "b64encode", "b64", "user_pass")
_PAIR = re.compile(r"[\w.@+-]{2,40}:([^\s:/]{3,60})")
_PIN = re.compile(r"\d{4,10}")
_SPACE = re.compile(r"\s")
_ADDRESS = re.compile(r"(https?://[^\s/\"'<>]+/)[^\s\"'<>]{16,}")
_ADDRESS_PART = re.compile(r"[\w.~%+-]{8,}")
_IN_TEXT = re.compile(r"(?<![\w/.:=+-])[A-Za-z0-9]{20,64}(?![\w/.:=+(-])")
_DIGEST = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})")
_OF_DIGEST = re.compile(
    r"(?i)etag|if-(?:none-)?match|commit|sha\d|md5|digest|checksum|revision|checkout|fingerprint"
)
_QUERY = re.compile(r"[?&;#](?P<name>[\w.-]{1,40})=(?P<value>[\w.~%+/=-]{16,})")
_OF_VERSION = re.compile(
    r"(?i)(?:v|ver|version|rev|ref|commit|sha\d*|md5|hash|checksum|digest|e?tag|u?u?id)\Z"
)
"""Query parameters of addresses that are public."""

_HASH = re.compile(r"[0-9a-f]{32,}")
_SEPARATED = re.compile(r"\s*,[^=\[\]{}]{0,60}")
_WORDY = re.compile(r"[^\W\d]\w*[\s,.(]")
_JOIN = re.compile(
    r"[\"'](?P<separator>[^\w\"'\\]{0,3})[\"']\.join\(\s*(?:[\[(]\s*(?=[bru]?[\"'])|"
    r"(?P<name>\w+)\s*\))"
)
_DEFINED_WITHIN = 1_000
_COMMA = re.compile(r"[\s,]*")
_MOST_PIECES = 40
_NEAR = 160
_NEAR_LINES = 3


def secrets_in(code: str, found: Sequence[Literal], numbers: Sequence[Literal]) -> Iterator[Span]:
    """Yield the spans of secrets in literals and comments; they may extend beyond these.

    Args:
        code: Python, or a text with pieces of Python. It need not parse.
        found: The strings and comments of the code.
        numbers: The numbers of the code.
    """
    yield from in_text(code)
    known = signatures(code)
    names, docstrings = labels(code, sorted([*found, *numbers]), known)
    for each in labelled_by_comments(code, found):
        names[each.start] = (*names.get(each.start, ()), Label("password"))
    for each in numbers:
        if is_secret_number(code[slice(*each.text)], names.get(each.start, ())):
            yield each.text
    spoken = mentions(code)
    for group in groups(code, found):
        run = run_of(code, group)
        is_prose = group[0].is_comment or group[0].start in docstrings
        for span in _said(run.text, known, is_prose=is_prose, is_joined=len(group) > 1):
            yield from run.places(span)
        for span in _remarked(code, group[0].start, run.text) if group[0].is_comment else ():
            yield from run.places(span)
        for each in group:
            if not each.is_comment:
                yield from _judged(code, each, names.get(each.start, ()), spoken)
    yield from _argv(code, found)
    yield from _joined(code, found, names)


def _remarked(code: str, start: int, comment: str) -> Iterator[Span]:
    """Yield secrets in a comment next to code that uses credentials."""
    names = adjacent_names(code, start)
    is_number = any(map(is_pin, names))
    level = max(map(strength, names), default=Strength.NONE)
    is_behind = bool(code[code.rfind("\n", 0, start) + 1 : start].strip())
    for span in in_remark(comment, is_behind=is_behind, is_number=is_number) if level else ():
        if is_number or level is Strength.STRONG or looks_generated(comment[slice(*span)]):
            yield span


def _said(
    text: str, known: Mapping[str, Sequence[str]], *, is_prose: bool, is_joined: bool
) -> Iterator[Span]:
    """Yield secrets in the text of strings or comments."""
    yield from _shown(text, is_prose=is_prose, is_joined=is_joined)
    if _QUOTE.search(text):
        inner = literals(text)
        names, _ = labels(text, inner, known)
        for each in inner:
            if not each.is_comment:
                yield from _judged(text, each, names.get(each.start, ()), ())


@lru_cache(maxsize=512)
def _shown(text: str, *, is_prose: bool, is_joined: bool) -> tuple[Span, ...]:
    """Return the secrets in a text that are recognizable without the surrounding code.

    The result is cached for repeated searches.
    """
    return (
        *(in_text(text) if is_joined else ()),
        *(unmistakable(text + FIELD) if is_joined else ()),
        *noted(text, is_prose=is_prose),
        *credentials_in_words(text, is_prose=is_prose),
        *(each.span() for each in _IN_TEXT.finditer(text) if is_shuffled(each[0])),
        *_in_addresses(text),
        *commands.credentials(commands.split(text)),
    )


def _in_addresses(text: str) -> Iterator[Span]:
    """Yield parts of addresses that give access to everyone who has the address."""
    for match in _QUERY.finditer(text):
        if not _OF_VERSION.match(match["name"]) and is_random(match["value"], ""):
            yield match.span("value")
    for match in _ADDRESS.finditer(text):
        is_hook = "hook" in match[0].lower()
        for part in _ADDRESS_PART.finditer(text, match.end(1), match.end()):
            is_hash = _HASH.fullmatch(part[0])
            if (is_hook and looks_generated(part[0])) or (not is_hash and is_random(part[0], "")):
                yield part.span()


def _judged(
    code: str, literal: Literal, names: Iterable[Label], spoken: Sequence[int]
) -> Iterator[Span]:
    """Yield the parts of a literal that are secrets by its labels and appearance."""
    level = max((each.strength for each in names), default=Strength.NONE)
    is_pair = any(each.name.rpartition(".")[2].casefold().endswith(_OF_PAIRS) for each in names)
    is_near = level is Strength.NONE and _is_near(code, literal.start, spoken)
    for begin, end in literal.parts:
        value, start, of_part = _ENDING.sub("", code[begin:end]), begin, level
        if scheme := SCHEME.match(value):
            start, value = begin + scheme.end(), value[scheme.end() :]
            of_part = level and Strength.STRONG
        if (
            is_credential(value, of_part)
            or _is_random(code, start, value)
            or (of_part and are_bytes(value))
            or (_PIN.fullmatch(value) and any(is_pin(each.name) for each in names))
            or (is_near and looks_generated(value, strictly=True))
        ):
            yield start, start + len(value)
        elif is_pair and (pair := _PAIR.fullmatch(value)):
            yield start + pair.start(1), start + pair.end(1)
        elif of_part and _SPACE.search(value):
            yield from words(code, start, start + len(value))


def _is_random(code: str, start: int, value: str) -> bool:
    """Return whether a string looks too random.

    Hashes that identify a commit or a file do not count.
    """
    before = code[code.rfind("\n", max(0, start - _NEAR), start) + 1 : start][-_NEAR:]
    is_digest = _DIGEST.fullmatch(value.strip('"')) and _OF_DIGEST.search(before)
    return not is_digest and is_random(value, before)


def _is_near(code: str, start: int, spoken: Sequence[int]) -> bool:
    """Return whether a credential is mentioned shortly before a place."""
    at = bisect_left(spoken, start)
    if not at or start - spoken[at - 1] > _NEAR:
        return False
    return code.count("\n", spoken[at - 1], start) <= _NEAR_LINES


def _joined(
    code: str, found: Sequence[Literal], names: Mapping[int, Sequence[Label]]
) -> Iterator[Span]:
    """Yield credentials in pieces that ``join`` puts together."""
    for match in _JOIN.finditer(code):
        start = match.end()
        if match["name"]:
            before = code[max(0, match.start() - _DEFINED_WITHIN) : match.start()]
            defined = re.search(rf"(?s).*\b{match['name']}\s*=\s*[\[(]\s*", before)
            start = match.start() - len(before) + defined.end() if defined else len(code)
        at = bisect_left(found, start, key=lambda each: each.start)
        group: list[Literal] = []
        for each in found[at : at + _MOST_PIECES]:
            if not _COMMA.fullmatch(code, group[-1].end if group else start, each.start):
                break
            group.append(each)
        separator = match["separator"]
        pieces = [code[slice(*each.text)] for each in group]
        whole = separator.join(pieces)
        level = max(
            (each.strength for one in group for each in names.get(one.start, ())),
            default=Strength.NONE,
        )
        spans = [(0, len(whole))] if is_credential(whole, level) else unmistakable(whole)
        starts = [0, *accumulate(len(each) + len(separator) for each in pieces)]
        places = tuple(
            (start, each.text[0], len(piece))
            for start, each, piece in zip(starts, group, pieces, strict=False)
        )
        for span in spans:
            yield from Run(whole, places).places(span)


def _argv(code: str, found: Sequence[Literal]) -> Iterator[Span]:
    """Yield credentials in lists of the words of a command."""
    argv: list[commands.Word] = []
    end = 0
    for each in found:
        if each.is_comment or each.start < end:
            continue
        between = code[end : each.start]
        if argv and not _SEPARATED.fullmatch(between):
            yield from commands.credentials(argv)
            argv = []
        if argv and _WORDY.search(between):
            argv.append(commands.Word("", each.start))
        argv.append(commands.Word(code[slice(*each.text)], each.text[0]))
        end = each.end
    yield from commands.credentials(argv)
