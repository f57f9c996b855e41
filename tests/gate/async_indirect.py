"""Edits of texts that use by a way around what is converted."""

from __future__ import annotations

from tests.gate.to_async_case import Case


def _edit(name: str, before: str, *changes: tuple[str, str]) -> Case:
    """An edit that converts ``f``, which sleeps, and changes some more."""
    after = before
    usual = ("def f(", "async def f("), ("time.sleep(0)", "await asyncio.sleep(0)")
    for old, new in (*usual, *changes):
        after = after.replace(old, new)
    return Case(name, before, after if "import asyncio" in before else f"import asyncio\n{after}")


_SLEEPS = "import time\ndef f(x=0):\n    time.sleep(0)\n"

_PATCHED_WRONG = [
    _edit(
        "mock.patch.multiple of a module",
        f"from unittest import mock\n{_SLEEPS}mock.patch.multiple(time, sleep=print).start()\n",
    ),
    _edit(
        "mock.patch.multiple of a module's name",
        f"from unittest import mock\n{_SLEEPS}mock.patch.multiple('time', sleep=print).start()\n",
    ),
    _edit("setattr by another name", f"put = setattr\n{_SLEEPS}put(time, 'sleep', print)\n"),
    _edit(
        "a module given to a function",
        f"{_SLEEPS}def install(m):\n    m.sleep = print\ninstall(time)\n",
    ),
    _edit("a module's dictionary", f"{_SLEEPS}time.__dict__['sleep'] = print\n"),
    _edit("a module by its name", f"import sys\n{_SLEEPS}sys.modules['time'].sleep = print\n"),
    _edit(
        "asyncio's dictionary",
        f"import asyncio\n{_SLEEPS}asyncio.__dict__.pop('sleep')\n",
    ),
    _edit("the name asyncio", f"import asyncio\n{_SLEEPS}globals().pop('asyncio')\n"),
]
_PATCHED_ASKED = [
    (
        _edit("sleep of what may be a module", f"{_SLEEPS}def fake(m):\n    m.sleep = print\n"),
        "m.sleep may be asyncio.sleep, which gets another value",
    ),
]
_PATCHED_RIGHT = [
    _edit(
        "a module is asked for something else",
        f"{_SLEEPS}OLD = hasattr(time, 'clock')\nNEW = getattr(time, 'time_ns', None)\n",
    ),
    _edit("a module's name as a key", f"{_SLEEPS}def g(x):\n    return x.get('time'), x['time']\n"),
]

INDIRECT_WRONG = [*_PATCHED_WRONG]
"""Edits that change what a program does."""
INDIRECT_ASKED = [*_PATCHED_ASKED]
"""Edits that may do so, with what the user is told."""
INDIRECT_RIGHT = [*_PATCHED_RIGHT]
"""Edits of texts near those."""
