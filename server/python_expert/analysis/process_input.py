"""Whether the input of a process is closed when asyncio communicates with it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.nodes import is_none, last_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from python_expert.analysis.names import Names

_BYTES = frozenset({"encode", "dumps", "read_bytes", "read_text", "read", "join"})
"""Methods and functions that return text or bytes."""


def left_open(
    names: Names, makers: Iterable[ast.Call], awaits: Iterable[ast.Call]
) -> Iterator[tuple[ast.Call, bool]]:
    """Yield the calls that may leave a process's input open, and whether they certainly do.

    Before Python 3.12, asyncio's ``communicate`` closes the input only if it has data to send.

    Args:
        names: The names of the text.
        makers: The calls that start the process.
        awaits: The awaited calls of the process's methods.
    """
    inputs = [e.value for one in makers for e in one.keywords if e.arg == "stdin"]
    closed = all(is_none(e) or names.dotted(e) == "subprocess.DEVNULL" for e in inputs)
    for call in awaits if not closed else ():
        if isinstance(call.func, ast.Attribute) and call.func.attr == "communicate":
            every = [*call.args, *(each.value for each in call.keywords)]
            given = every[0] if every else None
            sent = names.kind(given) if given is not None else "builtins.NoneType"
            made = last_name(given.func) if isinstance(given, ast.Call) else ""
            if sent not in {"builtins.bytes", "builtins.str"} and made not in _BYTES:
                yield call, sent == "builtins.NoneType"
