"""Selects the rewrites that a menu offers at a place, in a few ms, from nearby lines only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.base import Options
from python_expert.actions.registry import ACTIONS
from python_expert.analysis.error_recovery import BrokenError, is_code
from python_expert.analysis.source import Source
from python_expert.isolation import FaultBarrier
from python_expert.text.document import Position, Range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.actions.base import Action

MOST_LINES = 120
"""The most lines that are examined; for a longer range, every rewrite is offered."""

_PLACE = FaultBarrier("looking for what can be rewritten")
_LOADED = {action: FaultBarrier(f"loading {action}") for action in ACTIONS}
_OFFERED = {action: FaultBarrier(f"offering {action}") for action in ACTIONS}

_HEADER = re.compile(r"(?P<indent>[ \t\f]*)(?:async[ \t]+)?(?P<kind>def|class)[ \t]+(?P<name>\w+)")
_IMPORT = re.compile(r"(?:import|from)[ \t].*[^\\(]$")


class Offer(NamedTuple):
    """A rewrite that a menu offers.

    Attributes:
        action: The action.
        complete: Whether the offer is the form that completes existing code.
        callers: Whether the offer is the form that also changes callers in other files.
        name: The name of the definition; empty for a selection or the whole document.
    """

    action: Action
    complete: bool = False
    callers: bool = False
    name: str = ""

    @property
    def title(self) -> str:
        """The title for progress and reports."""
        if self.callers and self.action.with_callers:
            return self.action.with_callers
        return (self.complete and self.action.completes) or self.action.title

    @property
    def entry(self) -> str:
        """The menu entry."""
        return self.action.entry(self.title, self.name) if self.name else self.title


def load() -> None:
    """Import the modules that menus need.

    This takes some 100 ms, so do not call it on the event loop.
    """
    nothing = Source.of("")
    for action in ACTIONS:
        _LOADED[action].call(None, action.targets, nothing, None, Options())


def offers(lines: Sequence[str], where: Range, path: str) -> list[Offer]:
    """Return the rewrites that apply at a place, judged by nearby lines.

    Args:
        lines: The document's LSP lines.
        where: The cursor or the selection.
        path: The file, or empty.
    """
    everything = [Offer(action) for action in ACTIONS]
    found = _PLACE.call(everything, _offers, lines, where, path)
    name = _PLACE.call("", _name, lines, where)
    return [each._replace(name=name) for each in found]


def offers_for_all(text: str, path: str) -> list[Offer]:
    """Return the rewrites that apply to a whole document; parses the document.

    Args:
        text: The document.
        path: The file, or empty.
    """
    try:
        source = Source.of(text)
    except (BrokenError, RecursionError):
        return [Offer(action) for action in ACTIONS]  # the rewrite reports the error
    offers = [Offer(action) for action in ACTIONS]
    found: list[Offer] = []
    for each in offers:
        found += _OFFERED[each.action].call([], _offered, each, source, path)
    return found


def _offered(offer: Offer, source: Source, path: str) -> list[Offer]:
    return [offer] if _applies(offer, source, None, path) else []


def _offers(lines: Sequence[str], where: Range, path: str) -> list[Offer]:
    excerpt = _excerpt(lines, where)
    if excerpt is None:
        return []
    if len(excerpt.lines) > MOST_LINES:
        return [Offer(action) for action in ACTIONS]
    try:
        source = Source.of("".join(excerpt.lines))
    except (BrokenError, RecursionError):
        return []
    found: list[Offer] = []
    for action in ACTIONS:
        found += _OFFERED[action].call([], _offers_of, action, source, excerpt.where, path)
    return found


def _offers_of(action: Action, source: Source, where: Range, path: str) -> list[Offer]:
    """Return the offers of one action: the first applicable form, and the form with callers."""
    offers = [Offer(action)]
    if action.completes:
        offers.append(Offer(action, complete=True))
    try:
        found = [offer for offer in offers if _applies(offer, source, where, path)][:1]
        more = [each._replace(callers=True) for each in found if path and action.with_callers]
        return found + more
    except (BrokenError, RecursionError):
        return []


def _applies(offer: Offer, source: Source, where: Range | None, path: str) -> bool:
    options = Options(path=path, complete=offer.complete)
    return offer.action.is_offered(source, where, options)


class _Excerpt(NamedTuple):
    """Lines of a document that can be parsed separately, and the place in them."""

    lines: list[str]
    where: Range


def _name(lines: Sequence[str], where: Range) -> str:
    """Return the name of the only definition at a place; empty if there are several."""
    first, last = where.start.line, where.end.line
    headers = [each for each in lines[first : last + 1] if _HEADER.match(each)]
    if where.start != where.end and len(headers) > 1:
        return ""
    if where.start == where.end or not headers:
        line = _header_around(lines, min(first, len(lines) - 1))
        headers = [] if line is None else [lines[line]]
    match = _HEADER.match(headers[0]) if headers else None
    return match["name"] if match else ""


def _excerpt(lines: Sequence[str], where: Range) -> _Excerpt | None:
    """Return the definitions at a place, with the headers around them and the text's imports."""
    first, last = where.start.line, where.end.line
    if where.start == where.end or not any(map(_HEADER.match, lines[first : last + 1])):
        header = _header_around(lines, min(first, len(lines) - 1))
        if header is None:
            return None
        # Decorators are not searched, because the cursor is put on the header's line.
        start, end = header, _block_end(lines, header)
        column = len(_indent(lines[header]))
        meant = Position(header, column), Position(header, column)
    else:
        start = next(n for n in range(first, last + 1) if _HEADER.match(lines[n]))
        headers = (n for n in range(first, last + 1) if _HEADER.match(lines[n]))
        end = max(_block_end(lines, header) for header in headers)
        meant = Position(start, 0), max(where.end, Position(start, len(lines[start])))
    before = [*_imports(lines), *_headers_above(lines, start)]
    shift = len(before) - start
    moved = Range(*(Position(line + shift, column) for line, column in meant))
    return _Excerpt([*before, *lines[start:end], "\n"], moved)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t\f"))]


def _header_around(lines: Sequence[str], line: int) -> int | None:
    """Return the line of the innermost definition around a line.

    On a decorator, this is the decorated definition. Lines are 0-based.
    """
    while lines[line].lstrip().startswith("@") and line + 1 < len(lines):
        line += 1
    if _HEADER.match(lines[line]):
        return line
    below = next((each for each in lines[line:] if is_code(each)), "")
    depth = len(_indent(below))
    for above in range(line, -1, -1):
        if _HEADER.match(lines[above]) and len(_indent(lines[above])) < depth:
            return above
        if is_code(lines[above]) and not lines[above].lstrip().startswith((")", "]", "}")):
            depth = min(depth, len(_indent(lines[above])))
    return None


def _block_end(lines: Sequence[str], header: int) -> int:
    """Return the line after a definition, judged by indentation."""
    depth = len(_indent(lines[header]))
    for line in range(header + 1, len(lines)):
        content = lines[line].lstrip()
        closes = content.startswith((")", "]", "}"))
        if is_code(lines[line]) and len(_indent(lines[line])) <= depth and not closes:
            return line
    return len(lines)


def _headers_above(lines: Sequence[str], line: int) -> list[str]:
    """Return placeholders for the headers of the definitions around a line, outermost first."""
    headers: list[str] = []
    depth = len(_indent(lines[line]))
    for above in range(line - 1, -1, -1):
        if not depth:
            break
        match = _HEADER.match(lines[above])
        if match and len(match["indent"]) < depth:
            depth = len(match["indent"])
            call = "()" if match["kind"] == "def" else ""
            headers.append(f"{match['indent']}{match['kind']} {match['name']}{call}:\n")
    return headers[::-1]


def _imports(lines: Sequence[str]) -> Iterator[str]:
    """Yield the text's top-level imports that take one line."""
    return (line for line in lines if line[:1] in "if" and _IMPORT.match(line.rstrip("\r\n")))
