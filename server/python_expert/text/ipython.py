"""IPython's own syntax in a notebook cell: magics, shell commands and help, which are not Python.

Their replacements use and bind the same names, so that no tool reports a name as unused or
undefined.

See https://ipython.readthedocs.io/en/stable/interactive/reference.html.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.text.document import split_lines
from python_expert.text.parsing import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

PYTHON_MAGICS = frozenset(
    {"capture", "debug", "ipytest", "prun", "pypy", "python", "python3", "time", "timeit"}
)
"""The cell magics whose cells contain Python."""

NOTHING = "pass"
"""A statement that replaces a magic, so that a block without other statements stays valid."""

UNKNOWN = 'globals()[""]'
"""An expression that replaces the result of a magic; its type is Any."""

_CELL_MAGIC = re.compile(r"\s*%%(\w*)")
_CAPTURED = re.compile(r"\s*%%capture(?:\s+--[\w-]+)*\s+([^\W\d]\w*)")
_RUNS = re.compile(r"%(?:time|timeit|prun|memit)\b((?:\s+-{1,2}[\w-]+(?:\s+\d+)?)*)\s+(?P<code>.+)")
_HELP = re.compile(r"\?{0,2}\s*([\w.]+)\s*\?{0,2}\s*$")
_INSERTED = re.compile(r"\{([^{}]+)\}|\$([^\W\d]\w*)")
_STATEMENT = re.compile(r"\s*(?:[%!?]|/\w|[\w.*]+(?:\[[^\]]*\])*[\w.*]*\?{1,2}\s*$)")
_RESULT = re.compile(r"(\s*[\w.,\s\[\]]+?=\s*)[%!]")
_TOKEN = re.compile(
    r"""(?P<comment>\#.*)|(?P<triple>\"{3}|'{3})|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<joined>\\\s*$)"""
)


def masked(text: str) -> tuple[list[str], frozenset[int]]:
    """Replace lines of a cell that are not Python.

    Args:
        text: The cell's text.

    Returns:
        The lines, without their ends, as Python; and the 0-based numbers of the replaced lines.
    """
    lines = [line.rstrip("\r\n") for line in split_lines(text)]
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if magic := _CELL_MAGIC.match(lines[first]):
        if magic[1] not in PYTHON_MAGICS:
            return [""] * len(lines), frozenset(range(len(lines)))
        captured = _CAPTURED.match(lines[first])
        lines[first] = f"{captured[1]} = {UNKNOWN}" if captured else ""
    replaced = {first} if magic else set[int]()
    for number in _statements(lines):
        if (python := _as_python(lines[number])) is not None:
            lines[number] = python
            replaced.add(number)
    return lines, frozenset(replaced)


def _as_python(line: str) -> str | None:
    """Return the replacement of a line in IPython's own syntax; None if the line is Python."""
    if _STATEMENT.match(line):
        code = line.lstrip()
        return line[: len(line) - len(code)] + (_code_in(code) or NOTHING)
    if result := _RESULT.match(line):
        code = _code_in(line[result.end() - 1 :])
        return result[1] + (f"globals()[{code}]" if _is_expression(code) else UNKNOWN)
    return None


def _code_in(command: str) -> str:
    """Return Python code with the names that a magic, shell command or help request uses, or ""."""
    runs = _RUNS.match(command)
    if runs and _is_python(runs["code"]):
        return runs["code"]
    if "?" in command and (asked := _HELP.match(command)) and _is_expression(asked[1]):
        return asked[1]
    inserted = [code or name for code, name in _INSERTED.findall(command)]
    used = [f"({each})" for each in inserted if _is_expression(each)]
    return f"({', '.join(used)},)" if used else ""


def _is_python(code: str) -> bool:
    """Return whether a text consists of Python statements."""
    try:
        return bool(syntax_tree(code).body)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False


def _is_expression(code: str) -> bool:
    """Return whether a text is an expression, including one in brackets."""
    try:
        syntax_tree(f"({code})", "eval")
        syntax_tree(code.strip(), "eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


def _statements(lines: list[str]) -> Iterator[int]:
    """Yield the numbers of lines that are not inside a bracket, a string or a continued line.

    The caller replaces a line that is not Python before it takes the next number.
    """
    quotes, depth = "", 0
    joined = False
    for number in range(len(lines)):
        line = lines[number]
        outside = not (quotes or depth or joined)
        joined = False
        if outside:
            yield number
            line = lines[number]  # as Python
        place = 0
        while place < len(line):
            if quotes:
                end = line.find(quotes, place)
                if end < 0:
                    break
                quotes, place = "", end + 3
            elif token := _TOKEN.search(line, place):
                quotes = token["triple"] or ""
                depth = max(0, depth + bool(token["open"]) - bool(token["close"]))
                joined = bool(token["joined"])
                place = token.end()
            else:
                break
