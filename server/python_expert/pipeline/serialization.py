"""Ranges, edits and options as plain JSON, for the rewrites' worker."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from python_expert.actions.base import Options
from python_expert.analysis.call_arguments import CallArguments
from python_expert.analysis.elsewhere import Converted
from python_expert.config.settings import Style
from python_expert.text.document import Edit, Position, Range

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BROKEN = 1
"""The error code for a text that cannot be parsed."""


def pack_options(options: Options) -> dict[str, Any]:
    """Convert options to JSON values."""
    return asdict(options)


def read_options(values: Mapping[str, Any]) -> Options:
    """Read options from JSON values."""
    return Options(
        **{
            **values,
            "python": tuple(values["python"]),
            "packages": tuple(values["packages"]),
            "ignore": tuple(values["ignore"]),
            "demanded": tuple(values["demanded"]),
            "types": tuple(values["types"]),
            "contradicted": tuple(tuple(each) for each in values["contradicted"]),
            "given": tuple(map(read_arguments, values["given"])),
            "converted": tuple(Converted(*each) for each in values["converted"]),
            "style": Style(values["style"]),
        }
    )


def read_range(values: Sequence[Sequence[int]]) -> Range:
    """Read a range from JSON values."""
    return Range(Position(*values[0]), Position(*values[1]))


def read_edits(values: Sequence[Any]) -> tuple[Edit, ...]:
    """Read edits from JSON values."""
    return tuple(Edit(read_range(where), text) for where, text in values)


def read_arguments(values: Sequence[Any]) -> CallArguments:
    """Read the arguments of a call from JSON values."""
    function, positional, named = values
    return CallArguments(function, tuple(positional), tuple((name, kind) for name, kind in named))
