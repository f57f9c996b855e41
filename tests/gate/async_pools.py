"""Edits that move a block with a thread pool to one thread."""

# ruff: noqa: E501 - texts of programs stand on one line

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.gate.texts import code
from tests.gate.to_async_case import Case

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = code("""
    import time
    from concurrent.futures import ThreadPoolExecutor, as_completed
    def g(x):
        time.sleep(x)
        return x
    """)
_WITH = "with ThreadPoolExecutor(max_workers=4) as pool:\n"
_BODIES = {
    "map": "return list(pool.map(g, xs))\n",
    "submit": code("""
        futures = [pool.submit(g, x) for x in xs]
        return [each.result() for each in futures]
        """),
    "as_completed": code("""
        futures = [pool.submit(g, x) for x in xs]
        for each in as_completed(futures):
            print(each.result())
        """),
}
_LOST = {
    "another size": ("max_workers=4", "max_workers=5"),
    "no size": ("max_workers=4", ""),
    "another order": ("xs)", "reversed(xs))"),
    "other values": ("(g, x", "(g, 1 + x"),
    "another function": ("(g, x", "(str, x"),
    "no pool": ("with ThreadPoolExecutor(max_workers=4) as pool:", "if pool := None:"),
    "a loop over all": ("as_completed(futures)", "futures"),
    "the results are not asked for": ("each.result()", "each"),
    "an exception instead of the result": ("each.result()", "each.exception()"),
    "the results are cut off": ("in futures]", "in futures[1:]]"),
    "the thread is not waited for": ("await asyncio.to_thread(run)", "asyncio.to_thread(run)"),
    "no thread": ("await asyncio.to_thread(run)", "run()"),
    "it runs twice": ("await asyncio.to_thread(run)", "(await asyncio.to_thread(run), await asyncio.to_thread(run))[0]"),
    "the result is lost": ("return await asyncio", "await asyncio"),
    "the result is lost in the thread": ("            return ", "            "),
    "a limit of time": ("each.result()", "each.result(1)"),
    "a gather without the pool": ("await asyncio.to_thread(run)", "await asyncio.gather(*(asyncio.to_thread(g, x) for x in xs))"),
    "errors are swallowed": ("each.result()", "(None if each.exception() else each.result())"),
    "the function is async": ("def g(", "async def g("),
    "a coroutine is mapped": ("time.sleep(x)\n", "await asyncio.sleep(x)\n"),
}  # fmt: skip


def _indented(text: str, depth: int) -> str:
    return "".join(f"{' ' * depth}{line}" for line in text.splitlines(keepends=True))


def _before(body: str) -> str:
    return f"{_HEAD}def f(xs):\n    {_WITH}{_indented(body, 8)}"


def _after(body: str) -> str:
    returned = "return " if "return" in body else ""
    inner = f"    def run():\n        {_WITH}{_indented(body, 12)}"
    return f"import asyncio\n{_HEAD}async def f(xs):\n{inner}\n    {returned}await asyncio.to_thread(run)\n"


def _mutants() -> Iterator[Case]:
    for name, body in _BODIES.items():
        before, after = _before(body), _after(body)
        for what, (old, new) in _LOST.items():
            if old in after:
                yield Case(f"pools, {name}: {what}", before, after.replace(old, new, 1))


_GATHER = code("""
    async def f(xs):
        return await asyncio.gather(*(g(x) for x in xs))
    """)
_ASYNC_HEAD = "import asyncio\n" + _HEAD.replace("def g", "async def g").replace(
    "time.sleep", "await asyncio.sleep"
)

POOLS_RIGHT = [
    Case(f"pools, {name}", _before(body), _after(body)) for name, body in _BODIES.items()
]
"""Right edits that need a confirmation because of the code in the thread."""

POOLS_WRONG = [
    *_mutants(),
    Case("pools: all at once", _before(_BODIES["map"]), _ASYNC_HEAD + _GATHER),
    Case(
        "pools: all at once, errors as results",
        _before(_BODIES["submit"]),
        _ASYNC_HEAD + _GATHER.replace("xs))", "xs), return_exceptions=True)"),
    ),
    Case(
        "pools: one after the other",
        _before(_BODIES["map"]),
        _ASYNC_HEAD
        + code("""
            async def f(xs):
                return [await g(x) for x in xs]
            """),
    ),
    Case(
        "pools: coroutines in threads",
        _before(_BODIES["map"]),
        _ASYNC_HEAD + _before(_BODIES["map"])[len(_HEAD) :].replace("def f", "async def f"),
    ),
]
"""Wrong edits: they change the size, the order, the results or the exceptions."""
