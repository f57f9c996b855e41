"""The positional parameters of the functions and classes that some code defines."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 2_000
_DEFINED = re.compile(
    r"\bdef[ \t]+(?P<function>\w+)[ \t]*\(|^(?P<indent>[ \t]*)class[ \t]+(?P<type>\w+)",
    re.MULTILINE,
)
_PARAMETER = re.compile(r"(?:\A|,)\s*(\*{0,2}\w+)")
_FIELD = re.compile(
    r"\n[ \t]+(\w+)[ \t]*:(?!=)|\n[ \t]*(?:@|(?:async[ \t]+)?def\b|class\b)|\n(?=\w)"
)
_NAMEDTUPLE = re.compile(
    r"\bnamedtuple\([ \t]*[\"'](?P<name>\w+)[\"'],\s*[(\[]?(?P<fields>[\w \t\n,\"']{1,400})"
)
_END = re.compile(r"[()]|\bdef\b")
_WORD = re.compile(r"\w+")
_NESTED = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|\"[^\"\n]*\"|'[^'\n]*'")


def signatures(code: str) -> dict[str, tuple[str, ...]]:
    """Return the names of the parameters or fields, by the name of the function or class.

    Args:
        code: Python; it need not parse.
    """
    found: dict[str, tuple[str, ...]] = {}
    owner, column = "", -1
    for match in _DEFINED.finditer(code):
        if match["type"]:
            owner, column = match["type"], len(match["indent"])
            if fields := _fields(code, match.end()):
                found.setdefault(owner, fields)
            continue
        names = _parameters(code[match.end() : match.end() + _LONGEST])
        if names[:1] in {("self",), ("cls",)}:
            names = names[1:]
        if match["function"] == "__init__" and column >= 0:
            found[owner] = names
        else:
            found.setdefault(match["function"], names)
    for match in _NAMEDTUPLE.finditer(code):
        found.setdefault(match["name"], tuple(_WORD.findall(match["fields"])))
    return {name: names for name, names in found.items() if names}


def _parameters(text: str) -> tuple[str, ...]:
    """Return the names of positional parameters in a text that may continue after the bracket."""
    end = _closing(text)
    text = text[:end]
    for _ in range(3):
        text = _NESTED.sub("", text)
    names: list[str] = []
    for name in _PARAMETER.findall(text):
        if name.startswith("*"):
            break
        names.append(name)
    return tuple(names)


def _closing(text: str) -> int:
    """Return the offset of the bracket that closes the bracket around a text's start."""
    depth = 0
    for match in _END.finditer(text):
        depth += 1 if match[0] == "(" else -1
        if depth < 0 or match[0] == "def":
            return match.start()
    return len(text)


def _fields(code: str, start: int) -> tuple[str, ...]:
    """Return the annotated names at the start of a class body."""
    names: list[str] = []
    for match in _FIELD.finditer(code, start, start + _LONGEST):
        if not match[1]:
            break
        names.append(match[1])
    return tuple(names)
