"""Patterns as in a .gitignore, matched in time proportional to the length of the text.

Patterns also come from cloned repositories. Libraries match a pattern as one regular expression, in
which a dozen stars can cause endless backtracking. This module therefore matches a path part by
part. Within a part, it never retries a star after it has found the text that follows the star.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKEN = re.compile(
    r"\\(?P<escaped>.)|(?P<star>\*+)|(?P<any>\?)|\[(?P<not>[!^]?)(?P<set>\]?[^]]*)\]|.", re.DOTALL
)


class Pattern(NamedTuple):
    """A compiled pattern.

    Attributes:
        parts: The expression for each part of a path; None matches any number of folders.
        folders: Whether only folders match, with everything in them.
    """

    parts: tuple[re.Pattern[str] | None, ...]
    folders: bool

    @classmethod
    def of(cls, text: str) -> Pattern:
        """Compile a pattern; a pattern that starts with ``!`` is invalid.

        Raises:
            ValueError: The pattern is invalid.
        """
        if not text.endswith("\\ "):
            text = text.rstrip(" ")
        names = text.removeprefix("/").split("/")
        folders = names[-1] == ""
        if folders:
            names.pop()
        if not names or "" in names:
            raise ValueError(f"'{text}' has a part without a name")
        if len(names) == 1 and not text.startswith("/"):
            names.insert(0, "**")
        return cls(tuple(None if name == "**" else _part(name) for name in names), folders)

    def matches(self, path: Sequence[str]) -> bool:
        """Return whether the pattern matches a file or one of its folders.

        Args:
            path: The file's path, part by part, from the folder that the pattern is relative to.
        """
        ends = {0}
        for number, part in enumerate(self.parts):
            if part is None:  # at the end, something must be in the folder
                first = min(ends) + (number == len(self.parts) - 1)
                ends = set(range(first, len(path) + 1))
            else:
                ends = {end + 1 for end in ends if end < len(path) and part.fullmatch(path[end])}
            if not ends:
                return False
        return min(ends) < len(path) or not self.folders


def _part(name: str) -> re.Pattern[str]:
    """Return the expression for one part of a path."""
    pieces = [""]
    for token in _TOKEN.finditer(name):
        if token["star"]:
            pieces.append("")
        else:
            pieces[-1] += _character(token, name)
    first, *others = pieces
    if others:
        first += "".join(f"(?>.*?{piece})" for piece in others[:-1]) + f".*{others[-1]}"
    try:
        return re.compile(first, re.DOTALL)
    except re.error as error:
        raise ValueError(f"'{name}': {error}") from error


def _character(token: re.Match[str], name: str) -> str:
    """Return the expression for the one character that a token matches."""
    if token["any"]:
        return "."
    if token["set"] is not None:
        if not token["set"] or re.search(r"[\[\\]", token["set"]):
            raise ValueError(f"'{name}' has a set of characters that cannot be read")
        characters = re.sub(r"([]^&~|])", r"\\\1", token["set"])
        return f"[{'^' if token['not'] else ''}{characters}]"
    if token[0] in {"\\", "["}:
        raise ValueError(f"'{name}' ends within a set of characters, or with a backslash")
    return re.escape(token["escaped"] or token[0])
