"""Matches calls that a conversion awaits, runs in a thread, or replaces from the table."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.proof.statement_patterns import listing
from python_expert.actions.convert_to_async.replacements import (
    CLIENT_TIMEOUT,
    OFFERS,
    SLEEP,
    SWAPS,
    THREAD,
)
from python_expert.analysis.lazy_reads import lazy_name, only_listed
from python_expert.analysis.nodes import first_line

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.proof.ast_match import Pairs


def awaited(pairs: Pairs, old: ast.AST, new: ast.Await) -> None:
    """Match an ``await`` of the same call, of its replacement, or of a thread that runs it."""
    value = new.value
    if not isinstance(old, ast.Call) or not isinstance(value, ast.Call):
        pairs.fail(new, f"`{first_line(new)}`: an await is added that is not of a call")
    pairs.counterpart[old] = new
    inner = old.args[0] if old.args else None
    lazy = isinstance(inner, ast.Call) and lazy_name(pairs.program, inner)
    if lazy and isinstance(inner, ast.Call) and only_listed(pairs.program, inner) is old:
        pairs.skipped.append(pairs.before.range(old.func))
        old = inner
    value = _read_at_once(pairs, old, value)
    was, now = pairs.old.dotted(old.func) or "", pairs.new.dotted(value.func)
    if now == THREAD and was != THREAD:
        is_known = (
            THREAD in OFFERS.get(was, ())
            or old in pairs.program.typed.movable
            or old in pairs.listed
        )
        if not value.args or (was and not is_known):
            pairs.fail(new, f"`{first_line(old)}` is not a call that a thread may make")
        if not is_known:
            pairs.threaded.append(old)
        pairs.replaced[old] = THREAD
        pairs.written.append(pairs.after.range(value.func))
        pairs.pair(old.func, value.args[0])
        pairs.each(old.args, value.args[1:], old, new)
        pairs.each(old.keywords, value.keywords, old, new)
    elif now == SLEEP and was != SLEEP:
        plain = len(old.args) == 1 and not old.keywords and not isinstance(old.args[0], ast.Starred)
        unknown = plain and (
            isinstance(old.args[0], ast.UnaryOp) or pairs.old.kind(old.args[0]) == "decimal.Decimal"
        )
        if SLEEP not in OFFERS.get(was, ()) or not plain or unknown:
            pairs.fail(new, f"`{first_line(old)}` cannot be replaced by {SLEEP}")
        pairs.replaced[old] = SLEEP
        pairs.rewrote(old.func, value.func)
        pairs.fields(old, value, "func")
    elif not _makes(pairs, old, value, awaited=True):
        pairs.awaited.append(old)
        pairs.fields(old, value)


def _read_at_once(pairs: Pairs, old: ast.Call, value: ast.Call) -> ast.Call:
    """Return the inner call of a lazy directory listing.

    Without a thread that turns the listing into a list, this is the call itself.
    """
    if lazy_name(pairs.program, old) is None:
        return value
    made, waits = [*value.args, value, value][:_LISTING]
    inner = waits.value if isinstance(waits, ast.Await) else None
    if (
        not isinstance(inner, ast.Call)
        or not pairs.new.dotted(value.func) == pairs.new.dotted(inner.func) == THREAD
        or pairs.new.dotted(made) != "builtins.list"
        or len(value.args) != _LISTING
        or value.keywords
    ):
        pairs.fail(value, f"no thread reads the whole result of `{first_line(old)}`")
    pairs.listed.append(old)
    pairs.written += [pairs.after.range(value.func), pairs.after.range(made)]
    return inner


_LISTING = 2
"""The number of arguments of ``asyncio.to_thread(list, ...)``."""


def called(pairs: Pairs, old: ast.Call, new: ast.AST) -> None:
    """Match a call that may now have an ``asyncio.run`` around it or create a different object."""
    if isinstance(new, ast.ListComp) and pairs.old.dotted(old.func) == "builtins.list":
        listing(pairs, old, new)
        return
    if isinstance(new, ast.Call):
        if pairs.new.dotted(new.func) == "asyncio.run" != pairs.old.dotted(old.func):
            if len(new.args) != 1 or new.keywords or not isinstance(new.args[0], ast.Call):
                pairs.fail(new, "asyncio.run is given something other than the call")
            pairs.ran.append(old)
            pairs.written.append(pairs.after.range(new.func))
            pairs.fields(old, new.args[0])
            return
        if _makes(pairs, old, new, awaited=False):
            return
    pairs.fields(old, new)


def _makes(pairs: Pairs, old: ast.Call, new: ast.Call, *, awaited: bool) -> bool:
    """Return whether a call creates the object that replaces the old one in the table."""
    was, now = pairs.old.dotted(old.func) or "", pairs.new.dotted(new.func)
    swap = next((each for each in SWAPS.get(was, ()) if each.constructor == now), None)
    if swap is None or swap.awaits != awaited:
        return False
    pairs.makers[old] = swap
    pairs.rewrote(old.func, new.func)
    if was == "subprocess.Popen":
        command = old.args[0] if len(old.args) == 1 else None
        if not isinstance(command, ast.List):
            pairs.differ(old, new)
        pairs.each(command.elts, new.args, old, new)
        start, end = pairs.before.range(command)
        pairs.skipped += [
            (start, start._replace(column=start.column + 1)),
            (end._replace(column=end.column - 1), end),
        ]
        pairs.fields(old, new, "func", "args")
    elif was == "requests.Session":
        if old.args or old.keywords or new.args or not _waits_like_requests(pairs, new.keywords):
            pairs.differ(old, new)
        pairs.written += [pairs.after.range(each) for each in new.keywords]
    else:
        pairs.fields(old, new, "func")
    return True


def _waits_like_requests(pairs: Pairs, given: list[ast.keyword]) -> bool:
    """Return whether an httpx client follows redirects and has no timeout.

    Sessions of requests behave like this.
    """
    if [each.arg for each in given] != ["follow_redirects", "timeout"]:
        return False
    follow, timeout = (each.value for each in given)
    if isinstance(timeout, ast.Call) and pairs.new.dotted(timeout.func) == CLIENT_TIMEOUT:
        timeout = timeout.args[0] if len(timeout.args) == 1 and not timeout.keywords else timeout
    return [getattr(each, "value", "") for each in (follow, timeout)] == [True, None]
