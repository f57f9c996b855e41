"""Edits after which tasks or threads use shared objects: refused, or asked about with a reason."""

# ruff: noqa: E501 - program texts are on one line

from __future__ import annotations

from tests.gate.texts import code
from tests.gate.to_async_case import Case


def _sleep(name: str, text: str, head: str = "") -> Case:
    """An edit of a function ``f`` that now awaits its sleep."""
    after = text.replace("def f(", "async def f(").replace("time.sleep(", "await asyncio.sleep(")
    return Case(name, f"import time\n{head}{text}", f"import asyncio\n{head}{after}")


_GUARD = code("""
    import contextlib, threading
    L = threading.Lock()
    @contextlib.contextmanager
    def guard():
        {}
    """)

SHARED_WRONG = [
    _sleep(
        "a lock held by a context manager of the text",
        code("""
            def f():
                with guard():
                    time.sleep(1)
            """),
        _GUARD.format("with L: yield"),
    ),
    *[
        _sleep(
            f"asyncio.sleep replaced by {how}",
            code("""
                def f():
                    time.sleep(1)
                """),
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
        code("""
            def f():
                with guard():
                    time.sleep(1)
            """),
        _GUARD.format("L.acquire(); yield; L.release()"),
    ),
    _sleep(
        "a lock held by a context manager that a stack enters",
        code("""
            def f():
                with contextlib.ExitStack() as s:
                    s.enter_context(guard())
                    time.sleep(1)
            """),
        _GUARD.format("with L: yield"),
    ),
    _sleep(
        "a lock held by a generator",
        code("""
            def g(xs):
                with L: yield from xs
            def f(xs):
                for x in g(xs):
                    time.sleep(x)
            """),
        code("""
            import threading
            L = threading.Lock()
            """),
    ),
    _sleep(
        "a lock taken by a decorator",
        code("""
            def locked(g):
                def h():
                    L.acquire()
                    return g()
                return h
            @locked
            def f():
                time.sleep(1)
                L.release()
            """),
        code("""
            import threading
            L = threading.RLock()
            """),
    ),
]
"""Edits that wait while they hold something that others may need."""

_MUTEX = code("""
    class S:
        def __init__(self, m): self.m = m
    """)

_TASK = code("""
    async def all(*a):
        await asyncio.gather(*a)
    """)
_HEAD = "import asyncio\n"


def _task(name: str, text: str, head: str = "") -> Case:
    """An edit of a function ``f`` that sleeps, in a program with tasks."""
    case = _sleep(name, text + _TASK, _HEAD + head)
    return case._replace(after=case.after.removeprefix(_HEAD))


_SELF = code("""
    class S:
        def f(self):
    """)
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
            code("""
                C = {}
                def f(k):
                    if k in C:
                        return
                    time.sleep(1)
                    C[k] = 1
                """),
        ),
        "while f waits, other tasks may change C",
    ),
    (
        _task(
            "an operand that others change",
            f"{_SELF}        time.sleep(1)\n        return 1\n    def g(self):\n        self.n = 2\n"
            "async def h(s: S):\n    print(s.n + f(s))\ndef f(s: S):\n    time.sleep(1)\n    return 1\n",
        )._replace(
            after=code("""
                import asyncio
                class S:
                    async def f(self):
                        await asyncio.sleep(1)
                        return 1
                    def g(self):
                        self.n = 2
                async def h(s: S):
                    print(s.n + await f(s))
                async def f(s: S):
                    await asyncio.sleep(1)
                    return 1
                """)
            + _TASK
        ),
        "while h waits, other tasks may change s.n",
    ),
    (
        _task(
            "output that is redirected",
            code("""
                def f(x):
                    with contextlib.redirect_stdout(x):
                        time.sleep(1)
                """),
            "import contextlib\n",
        ),
        "contextlib.redirect_stdout affects the whole process: other tasks notice it while f waits",
    ),
    (
        _task(
            "another folder",
            code("""
                def f(x):
                    os.chdir(x)
                    time.sleep(1)
                    os.chdir('..')
                """),
            "import os\n",
        ),
        "os.chdir affects the whole process: other tasks notice it while f waits",
    ),
    (
        _task(
            "a time limit",
            code("""
                def f():
                    time.sleep(1)
                async def g(t):
                    await asyncio.wait_for(t, 1)
                """),
        ),
        "a task that is cancelled, or that nothing waits for, may end where f waits now",
    ),
    (
        _task(
            "a decorator that counts",
            code("""
                def d(g):
                    seen = []
                    def h():
                        seen.append(1)
                        return g()
                    return h
                @d
                def f():
                    time.sleep(1)
                """),
        ),
        "d changes seen before f waits: other tasks may change it meanwhile",
    ),
]


def _thread(name: str, body: str, call: str, head: str = "import json") -> Case:
    """An edit of a function ``f`` whose last statement is a call that a thread now makes."""
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
        "others may use self.x while a thread uses it: what they write may be reordered",
    ),
    (
        _thread(
            "a file that others have by an alias",
            "self.x = open(p, 'w'); y = self.x",
            "y.write(p)",
            "",
        ),
        "others may use y while a thread uses it: what they write may be reordered",
    ),
]

_FILLED = code("""
    import json
    class S:
        def f(self, p):
            y = {'x': self.x}
    """)
_BLOCK = "            with open(p) as g:\n                json.dump(y, g)\n"
_COPIED = "its cause and attributes are lost"
_LATER = code("""
    import time
    from concurrent import futures
    def f():
        time.sleep(0)
    """)
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
            "asyncio.CancelledError, not an Exception, arrives",
        ),
    )
]

SHARED_TO_CONFIRM = [
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
            code("""
                def f():
                    with GATE:
                        time.sleep(1)
                """),
            "from lib import GATE\n",
        ),
        "GATE may be a lock of threads",
    ),
    (
        _sleep(
            "a lock that is given to a context manager",
            code("""
                def f(m):
                    with guard(m):
                        time.sleep(1)
                """),
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
"""Edits that wait while others may hold or change something, each with the message."""
