"""Checks the string literal of a docstring."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

from python_expert.analysis.characters import is_hidden, lacks, line_ends
from python_expert.text.document import split_lines
from python_expert.text.parsing import no_warnings

if TYPE_CHECKING:
    from python_expert.analysis.source import Source

_PLAIN = re.compile(r"""([rR]?)("{3}|'{3}|"|')(.*)\2""", re.DOTALL)
_COMMENT = re.compile(r"#|\s*#\s*(mypy|flake8)\s*[:=]|.*\bisort:\s*skip_file", re.IGNORECASE)
_RUN = re.compile(r"\s*\.\. (testcode|testsetup|testcleanup|testoutput|invisible-code)")


def added_faults(after: Source, statement: ast.Expr, usual: set[str]) -> list[str]:
    """Find the faults of an added docstring.

    Args:
        after: The new text.
        statement: The docstring.
        usual: The line ends of the old text.
    """
    literal = after.slice(after.range(statement))
    faults = [] if _one_token(literal) else ["the docstring is not one plain string"]
    value = _value(statement)
    if not _escapes_well(literal):
        faults.append("the docstring has an invalid escape sequence; Python warns about it")
    faults += _interpreted(literal, value)
    return faults + _hidden_characters(literal, value) + _layout_faults(after, statement, usual)


def completion_faults(
    after: Source, now: ast.Expr, was: ast.Expr, *, old: str, usual: set[str]
) -> list[str]:
    """Find the faults of a completed docstring, which must keep all of its old lines.

    Args:
        after: The new text.
        now: The new docstring.
        was: The old docstring.
        old: The literal of the old docstring.
        usual: The line ends of the old text.
    """
    new = after.slice(after.range(now))
    kept, grown = _PLAIN.fullmatch(old), _PLAIN.fullmatch(new)
    if not (kept and grown and _one_token(old) and _one_token(new)):
        return ["an existing docstring was changed"]
    if kept.group(1, 2) != grown.group(1, 2) or not _is_kept(kept[3], grown[3]):
        return ["an existing docstring was changed, not only completed"]
    faults = []
    if _escapes_well(old) and not _escapes_well(new):
        faults.append("the docstring has a new invalid escape sequence; Python warns about it")
    if not _interpreted(old, _value(was)):
        faults += _interpreted(new, _value(now))
    return (
        faults
        + _hidden_characters(new, _value(now), _value(was))
        + _layout_faults(after, now, usual)
    )


def has_new_examples(now: ast.Expr, was: ast.Expr | None) -> bool:
    """Return whether doctest would run other lines of a docstring than before."""
    return _examples(_value(now)) != (_examples(_value(was)) if was else [])


def _examples(value: str) -> list[str]:
    """Return the lines of a docstring that doctest would run or might compare with a result."""
    lines = value.splitlines()
    found = [line for line in lines if line.lstrip().startswith((">>>", "..."))]
    return found if any(line.lstrip().startswith(">>>") for line in found) else []


def _interpreted(literal: str, value: str) -> list[str]:
    """Return the lines that tools interpret when they read a file line by line.

    Lines that Sphinx or Sybil run are included.
    """
    faults = []
    if any(_COMMENT.match(line) for line in split_lines(literal)):
        faults.append("the docstring has a line that tools read as a comment for them")
    if any(_RUN.match(line) for line in value.splitlines()):
        faults.append("the docstring has examples that documentation tools would run")
    return faults


def _value(statement: ast.Expr) -> str:
    assert isinstance(statement.value, ast.Constant)  # noqa: S101  # nosec B101 - a docstring is a constant
    return str(statement.value.value)


def _one_token(literal: str) -> bool:
    """Return whether a literal is one string token.

    Concatenated, parenthesized and formatted strings are not.
    """
    if _PLAIN.fullmatch(literal) is None:
        return False
    # Python reads every line end as a line feed, but its tokenizer ignores a lone carriage return.
    unified = "\n".join(line.rstrip("\r\n") for line in split_lines(literal))
    layout = {tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER}
    tokens = tokenize.generate_tokens(io.StringIO(unified).readline)
    return [each.string for each in tokens if each.type not in layout] == [unified]


def _escapes_well(literal: str) -> bool:
    """Return whether a string compiles without a warning.

    ``-W error`` would turn a warning into an error.
    """
    try:
        with no_warnings("error"):
            compile(literal, "<docstring>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, Warning):
        return False
    return True


def _is_kept(old: str, new: str) -> bool:
    """Return whether all old lines are kept in order, with the first line still first."""
    kept, grown = split_lines(old), split_lines(new)
    if not kept[-1].strip() and len(kept) > 1:
        kept.pop()
    if kept[0].rstrip("\r\n") != grown[0].rstrip("\r\n"):
        return False
    rest = iter(grown)
    return all(any(line.rstrip("\r\n") == each.rstrip("\r\n") for each in rest) for line in kept)


def _hidden_characters(literal: str, value: str, known: str = "") -> list[str]:
    """Return messages about control characters that hide text from a reader."""
    odd = {each for each in value + literal if is_hidden(each)} - set(known)
    if not odd:
        return []
    names = ", ".join(sorted(f"U+{ord(each):04X}" for each in odd))
    return [f"the docstring has control characters ({names})"]


def _layout_faults(after: Source, statement: ast.Expr, usual: set[str]) -> list[str]:
    """Return the faults of a docstring in line ends and encoding, compared with its file."""
    faults = []
    where = after.range(statement)
    lines = after.lines[where.start.line : where.end.line + 1]
    if usual and not line_ends(lines) <= usual:
        faults.append("the docstring's line ends differ from the file's")
    if fault := lacks(after, after.slice(where)):
        faults.append(fault)
    return faults
