"""Edits after which tasks and threads meet at what they share: refused, or asked for the reason."""

# ruff: noqa: E501 - texts of programs stand on one line

from __future__ import annotations

from tests.gate.to_async_case import Case


def _sleep(name: str, text: str, head: str = "") -> Case:
    """A function ``f`` that sleeps, and awaits that now."""
    after = text.replace("def f(", "async def f(").replace("time.sleep(", "await asyncio.sleep(")
    return Case(name, f"import time\n{head}{text}", f"import asyncio\n{head}{after}")


_GUARD = "import contextlib, threading\nL = threading.Lock()\n@contextlib.contextmanager\ndef guard():\n    {}\n"

SHARED_WRONG = [
    _sleep(
        "a lock held by a context manager of the text",
        "def f():\n    with guard():\n        time.sleep(1)\n",
        _GUARD.format("with L: yield"),
    ),
    *[
        _sleep(
            f"asyncio.sleep replaced by {how}",
            "def f():\n    time.sleep(1)\n",
            f"import asyncio\nfrom unittest import mock\n{how}\n",
        )
        for how in (
            "setattr(asyncio, 'sleep', print)",
            "setattr(time, 'sleep', print)",
            "asyncio.sleep = print",
            "mock.patch.object(asyncio, 'sleep')",
            "mock.patch('asyncio.sleep')",
        )
    ],
    _sleep(
        "a lock taken by a context manager of the text",
        "def f():\n    with guard():\n        time.sleep(1)\n",
        _GUARD.format("L.acquire(); yield; L.release()"),
    ),
    _sleep(
        "a lock held by a context manager that a stack enters",
        "def f():\n    with contextlib.ExitStack() as s:\n        s.enter_context(guard())\n        time.sleep(1)\n",
        _GUARD.format("with L: yield"),
    ),
    _sleep(
        "a lock held by a generator",
        "def g(xs):\n    with L: yield from xs\ndef f(xs):\n    for x in g(xs):\n        time.sleep(x)\n",
        "import threading\nL = threading.Lock()\n",
    ),
    _sleep(
        "a lock taken by a decorator",
        "def locked(g):\n    def h():\n        L.acquire()\n        return g()\n    return h\n@locked\ndef f():\n    time.sleep(1)\n    L.release()\n",
        "import threading\nL = threading.RLock()\n",
    ),
]
"""Waits while others may need what is held."""

_MUTEX = "class S:\n    def __init__(self, m): self.m = m\n"

_TASK = "async def all(*a):\n    await asyncio.gather(*a)\n"
_HEAD = "import asyncio\n"


def _task(name: str, text: str, head: str = "") -> Case:
    """A function ``f`` that sleeps, in a program with tasks."""
    case = _sleep(name, text + _TASK, _HEAD + head)
    return case._replace(after=case.after.removeprefix(_HEAD))


_SELF = "class S:\n    def f(self):\n"
_RACES = [
    (
        _task(
            "what is made where it is missing",
            f"{_SELF}        if self.c is None:\n            time.sleep(1)\n            self.c = 1\n",
        ),
        "while S.f waits, other tasks may change self.c",
    ),
    (
        _task(
            "what is made where it is not returned",
            "C = {}\ndef f(k):\n    if k in C:\n        return\n    time.sleep(1)\n    C[k] = 1\n",
        ),
        "while f waits, other tasks may change C",
    ),
    (
        _task(
            "an operand that others change",
            f"{_SELF}        time.sleep(1)\n        return 1\n    def g(self):\n        self.n = 2\n"
            "async def h(s: S):\n    print(s.n + f(s))\ndef f(s: S):\n    time.sleep(1)\n    return 1\n",
        )._replace(
            after="import asyncio\nclass S:\n    async def f(self):\n        await asyncio.sleep(1)\n"
            "        return 1\n    def g(self):\n        self.n = 2\nasync def h(s: S):\n"
            "    print(s.n + await f(s))\nasync def f(s: S):\n    await asyncio.sleep(1)\n    return 1\n"
            + _TASK
        ),
        "while h waits, other tasks may change s.n",
    ),
    (
        _task(
            "output that is redirected",
            "def f(x):\n    with contextlib.redirect_stdout(x):\n        time.sleep(1)\n",
            "import contextlib\n",
        ),
        "contextlib.redirect_stdout is for the whole process: other tasks meet it while f waits",
    ),
    (
        _task(
            "another folder",
            "def f(x):\n    os.chdir(x)\n    time.sleep(1)\n    os.chdir('..')\n",
            "import os\n",
        ),
        "os.chdir is for the whole process: other tasks meet it while f waits",
    ),
    (
        _task(
            "a time limit",
            "def f():\n    time.sleep(1)\nasync def g(t):\n    await asyncio.wait_for(t, 1)\n",
        ),
        "a task that is cancelled, or that nothing waits for, may end where f waits now",
    ),
    (
        _task(
            "a decorator that counts",
            "def d(g):\n    seen = []\n    def h():\n        seen.append(1)\n        return g()\n    return h\n@d\ndef f():\n    time.sleep(1)\n",
        ),
        "d changes seen before f waits: other tasks may change it meanwhile",
    ),
]


def _thread(name: str, body: str, call: str, head: str = "import json") -> Case:
    """A function ``f`` whose last statement is a call that a thread makes now."""
    func, _, rest = call.partition("(")
    before = f"{head}\nclass S:\n    def f(self, p):\n        {body}\n        "
    after = before.replace("    def", "    async def")
    new = f"await asyncio.to_thread({func}, {rest}"
    return Case(name, f"{before}{call}\n", f"import asyncio\n{after}{new}\n")


_LIVE_ITEMS = "other tasks must not change self.x while a thread uses it"
_LIVE = [
    (_thread("a live part of a new object", "pass", "json.dump({'x': self.x}, p)"), _LIVE_ITEMS),
    (_thread("a live object by an alias", "y = self.x", "json.dump(y, p)"), _LIVE_ITEMS),
    (_thread("a live object by a keyword", "pass", "json.dump(obj=self.x, fp=p)"), _LIVE_ITEMS),
    (_thread("a live element", "y = []; y.append(self.x)", "json.dump(y, p)"), _LIVE_ITEMS),
    (
        _thread("a live element of a dictionary", "y = {}; y['x'] = self.x", "json.dump(y, p)"),
        _LIVE_ITEMS,
    ),
    (
        _thread("a live body", "pass", "requests.post(p, json=self.x)", "import requests"),
        _LIVE_ITEMS,
    ),
    (
        _thread("a live environment", "pass", "subprocess.run(p, env=self.x)", "import subprocess"),
        _LIVE_ITEMS,
    ),
    (
        _thread("a file that others have", "self.x = open(p, 'w')", "self.x.write(p)", ""),
        "others may use self.x while a thread uses it: what they write may change places",
    ),
    (
        _thread(
            "a file that others have by an alias",
            "self.x = open(p, 'w'); y = self.x",
            "y.write(p)",
            "",
        ),
        "others may use y while a thread uses it: what they write may change places",
    ),
]

_FILLED = "import json\nclass S:\n    def f(self, p):\n        y = {'x': self.x}\n"
_BLOCK = "            with open(p) as g:\n                json.dump(y, g)\n"
_COPIED = "its cause and attributes are lost"
_LATER = "import time\nfrom concurrent import futures\ndef f():\n    time.sleep(0)\n"
_ERRORS = [
    (
        Case(
            f"an error that a thread does not pass on by {how}",
            f"{_LATER}    {how}\ndef g():\n    return [f], f()\n",
            f"import asyncio\n{_LATER}    {how}\nasync def g():\n    return [f], await asyncio.to_thread(f)\n",
        ),
        f"{error} leaves a thread as another error: {what}",
    )
    for how, error, what in (
        ("raise TimeoutError(1)", "raise TimeoutError(1)", _COPIED),
        ("e = TimeoutError(); raise e", "raise e", _COPIED),
        ("\n    try: pass\n    except TimeoutError: raise", "raise", _COPIED),
        (
            "raise futures.CancelledError()",
            "raise futures.CancelledError()",
            "asyncio.CancelledError arrives, which is no Exception",
        ),
    )
]

SHARED_ASKED = [
    *_ERRORS,
    (
        Case(
            "a block with a live part of a new object",
            f"{_FILLED}        with open(p) as g:\n            json.dump(y, g)\n",
            f"import asyncio\n{_FILLED.replace('    def', '    async def')}        def write():\n"
            f"{_BLOCK}        await asyncio.to_thread(write)\n",
        ),
        "this block runs in another thread, where it uses y: other tasks must not change that meanwhile, and what it runs must not need the event loop's thread",
    ),
    *_RACES,
    *_LIVE,
    (
        _sleep(
            "a lock that is given",
            f"{_MUTEX}    def f(self):\n        with self.m:\n            time.sleep(1)\n",
        ),
        "self.m may be a lock of threads",
    ),
    (
        _sleep(
            "a lock that is imported",
            "def f():\n    with GATE:\n        time.sleep(1)\n",
            "from lib import GATE\n",
        ),
        "GATE may be a lock of threads",
    ),
    (
        _sleep(
            "a lock that is given to a context manager",
            "def f(m):\n    with guard(m):\n        time.sleep(1)\n",
            _GUARD.replace("guard()", "guard(m)").format("with m: yield"),
        ),
        "m may be a lock of threads",
    ),
    (
        _sleep(
            "a lock that a helper takes",
            f"{_MUTEX}    def take(self): self.m.acquire()\n    def f(self):\n        self.take()\n        time.sleep(1)\n",
        ),
        "self.m.acquire(): a lock may be held while a task waits",
    ),
]
"""Waits while something may be held or changed by others, each with what is asked."""
