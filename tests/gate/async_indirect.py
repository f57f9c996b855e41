"""Edits of texts that use the converted function indirectly."""

# ruff: noqa: E501 - program texts are on one line

from __future__ import annotations

from tests.gate.texts import code
from tests.gate.to_async_case import Case


def _edit(name: str, before: str, *changes: tuple[str, str]) -> Case:
    """An edit that converts ``f``, which sleeps, and makes more changes."""
    after = before
    usual = ("def f(", "async def f("), ("time.sleep(0)", "await asyncio.sleep(0)")
    for old, new in (*usual, *changes):
        after = after.replace(old, new)
    return Case(name, before, after if "import asyncio" in before else f"import asyncio\n{after}")


_SLEEPS = code("""
    import time
    def f(x=0):
        time.sleep(0)
    """)

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
    _edit(
        "a path given by its keyword",
        f"from unittest import mock\n{_SLEEPS}mock.patch(target='time.sleep').start()\n",
    ),
    _edit(
        "a path by the name in this text",
        code("""
            from unittest import mock
            from time import sleep
            def f(x=0):
                sleep(0)
            mock.patch('__main__.sleep').start()
            """),
        ("    sleep(0)", "    await asyncio.sleep(0)"),
    ),
    _edit("a module's dictionary", f"{_SLEEPS}time.__dict__['sleep'] = print\n"),
    _edit("a module by its name", f"import sys\n{_SLEEPS}sys.modules['time'].sleep = print\n"),
    _edit(
        "asyncio's dictionary",
        f"import asyncio\n{_SLEEPS}asyncio.__dict__.pop('sleep')\n",
    ),
    _edit("the name asyncio", f"import asyncio\n{_SLEEPS}globals().pop('asyncio')\n"),
]
_PATCHED_TO_CONFIRM = [
    (
        _edit("sleep of what may be a module", f"{_SLEEPS}def fake(m):\n    m.sleep = print\n"),
        "m.sleep may be asyncio.sleep, which is assigned another value",
    ),
    (
        _edit(
            "paths in a list",
            f"import mock\n{_SLEEPS}for each in ['time.sleep']: mock.patch(each)\n",
        ),
        "time.sleep may be replaced by name, and not called as it was",
    ),
]
_PATCHED_RIGHT = [
    _edit(
        "a module is asked for something else",
        f"{_SLEEPS}OLD = hasattr(time, 'clock')\nNEW = getattr(time, 'time_ns', None)\n",
    ),
    _edit(
        "what makes files",
        f"from urllib.request import urlopen\n{_SLEEPS}    with urlopen(x) as r:\n        return r.read()\n",
        ("urlopen(", "await asyncio.to_thread(urlopen, "),
        ("r.read(", "await asyncio.to_thread(r.read"),
    ),
    _edit("a module's name as a key", f"{_SLEEPS}def g(x):\n    return x.get('time'), x['time']\n"),
]

_CLASS = code("""
    import time
    class A:
        def f(self):
            time.sleep(0)
    """)
_OTHER = code("""
    class B({}):
        def f (self):
            print('B')
    """)
_TUPLE = "namedtuple('T', 'x')"
_LOCK = code("""
    import threading, time
    class A:
        def __init__(self):
            self.{0} = threading.Lock()
        def f(self):
            with self.{0}:
                time.sleep(0)
    """)
_LOCKED = (
    ("self.{0} = threading", "self.{0} = asyncio"),
    (
        "        with self.{0}:\n            await",
        "        async with self.{0}:\n            await",
    ),
)


def _locked(name: str, attribute: str, more: str) -> Case:
    """An edit that replaces the lock of a class."""
    changes = [(old.format(attribute), new.format(attribute)) for old, new in _LOCKED]
    return _edit(name, _LOCK.format(attribute) + more, *changes)


_CLASSES_WRONG = [
    _edit("an override behind another name", f"{_CLASS}Base = A\n{_OTHER.format('Base')}"),
    _edit(
        "an override behind a call",
        f"{_CLASS}def base():\n    return A\n{_OTHER.format('base()')}",
    ),
    _edit(
        "an override behind a condition",
        f"{_CLASS}class C: pass\n{_OTHER.format('A if time else C')}",
    ),
    _edit(
        "an override of a class in a dictionary",
        f"{_CLASS}D = {{}}\nD['a'] = A\n{_OTHER.format('D[str()]')}",
    ),
    _edit(
        "an override of a class in an attribute",
        f"{_CLASS}class R:\n    Base = A\n{_OTHER.format('R.Base')}",
    ),
    _locked(
        "a lock of a class behind another name",
        "lock",
        code("""
            Base = A
            class B(Base):
                def g(self):
                    with self.lock: print(1)
            """),
    ),
    _locked(
        "a lock of a class that may be a base",
        "lock",
        code("""
            def base(): return A
            class B(base()):
                def g(self):
                    with self.lock: print(1)
            """),
    ),
    _edit(
        "a private name outside of its class",
        f"{_CLASS}A()._A__f()\n".replace("def f", "def __f"),
        ("def __f", "async def __f"),
    ),
    _edit(
        "a private name in a string",
        f"{_CLASS}getattr(A(), '_A__f')()\n".replace("def f", "def __f"),
        ("def __f", "async def __f"),
    ),
    _locked("a private lock", "__lock", "with A()._A__lock: print(1)\n"),
    _edit("a method by __getattribute__", f"{_CLASS}A().__getattribute__('f')()\n"),
]
_CLASSES_TO_CONFIRM = [
    (
        _edit(
            "a constructor of something else",
            f"{_CLASS}    def __new__(cls):\n        return object()\n",
        ),
        "A.__new__ may make an object of another class, and not f as async",
    ),
    (
        _edit(
            "attributes that are something else",
            f"{_CLASS}    def __getattribute__(self, name):\n        return print\n",
        ),
        "A.__getattribute__ may return something else, and not f as async",
    ),
    (
        _edit("a class that is set", f"{_CLASS}def g(a):\n    a.__class__ = int\n"),
        "the class set here may define f, and not as async",
    ),
    (
        _edit(
            "types.new_class",
            f"import types\n{_CLASS}B = types.new_class('B', (A,), {{}}, print)\n",
        ),
        "a class created here may define f again, and not as async",
    ),
    (
        _edit("code in a string", f"import cProfile\n{_SLEEPS}cProfile.run('f()')\n"),
        "f is called by a string, and not awaited",
    ),
    (
        _edit(
            "a module by its name",
            f"import importlib\n{_SLEEPS}importlib.import_module(__name__)\n",
        ),
        "importlib.import_module may find f by its name, and not await it",
    ),
    (
        _edit("a function's globals", f"{_SLEEPS}def g(x): pass\ng(g.__globals__)\n"),
        "g.__globals__ may find f by its name, and not await it",
    ),
    (
        _edit(
            "a name given beside a class",
            f"import inspect\n{_CLASS}inspect.getattr_static(A, 'f')(A())\n",
        ),
        "f may be looked up by its name, and not awaited",
    ),
    (
        _edit("getattr as a value", f"{_CLASS}print(*map(getattr, [A()], 'f'))\n"),
        "getattr may find f by its name, and not await it",
    ),
]
_CLASSES_RIGHT = [
    _edit(
        "base classes of other files",
        f"from . import base\ntry:\n    from lib import Base\nexcept ImportError:\n    Base = object\n{_CLASS}{_OTHER.format('Base, base.Base')}",
        ("import time\n", ""),
    ),
    _edit(
        "a base class by another name",
        f"{_CLASS}Base = A\nclass B(Base):\n    def g(self):\n        return 1\n",
    ),
    _edit(
        "a base class that a library made",
        f"from collections import namedtuple\n{_CLASS}{_OTHER.format(_TUPLE)}",
    ),
    _edit(
        "a class of one object",
        f"{_CLASS}    one = None\n    def __new__(cls):\n        if cls.one is None:\n            cls.one = super().__new__(cls)\n        return cls.one\n",
    ),
    _edit(
        "another module, and text with brackets",
        f"import importlib\n{_SLEEPS}importlib.import_module('json')\nprint('f() waits')\n",
        ("import time\n", ""),
    ),
]

_MUTEX = code("""
    import threading, time
    MUTEX = threading.Lock()
    """)
_WITH = code("""
    def f(x=0, own=None):
        with {}:
            time.sleep(0)
    """)
_OWNER = code("""
    class Owner:
        def take(self):
            MUTEX.acquire()
        def leave(self, *a):
            MUTEX.release()
    """)
_GATED = code("""
    OWNER = Owner()
    def gated(g):
        def h(*a):
            OWNER.{}()
            return g(*a)
        return h
    @gated
    """)
_LOCKS_WRONG = [
    _edit(
        "a lock that a function returns",
        f"{_MUTEX}def guard():\n    return MUTEX\n{_WITH.format('guard()')}",
    ),
    _edit(
        "a lock taken by an __enter__ that is assigned",
        f"{_MUTEX}{_OWNER}    __enter__ = take\n    __exit__ = leave\n{_WITH.format('Owner()')}",
    ),
    _edit(
        "a lock taken by a method in a decorator",
        f"{_MUTEX}{_OWNER}{_GATED.format('take')}{_SLEEPS[12:]}    OWNER.leave()\n",
    ),
]
_LOCKS_TO_CONFIRM = [
    (
        _edit("one of two locks", _MUTEX + _WITH.format("own or MUTEX")),
        "MUTEX may be a lock of threads",
    ),
    (
        _edit("a lock that others return", _MUTEX + _WITH.format("x.guard()")),
        "x.guard() may be a lock of threads",
    ),
    (
        _edit("a lock of others", f"import filelock\n{_MUTEX}{_WITH.format('filelock.Flock(x)')}"),
        "filelock.Flock(x) may be a lock of threads",
    ),
    (
        _edit(
            "a queue that another task fills",
            code("""
                import asyncio, queue, time
                POOL = queue.Queue()
                async def g():
                    await asyncio.gather()
                def f():
                    x = POOL.get()
                    time.sleep(0)
                    POOL.put(x)
                """),
        ),
        "POOL.get() may wait forever for a task that is waiting, because the event loop is blocked",
    ),
    (
        _edit("a lock's method", f"{_MUTEX}take = MUTEX.acquire\n{_SLEEPS[12:]}"),
        "MUTEX.acquire may be called by another name: a lock may be held while a task waits",
    ),
]
_LOCKS_RIGHT = [
    _edit(
        "what takes no lock",
        f"{_MUTEX}class C:\n    def __enter__(self): return self\n    def __exit__(self, *a): pass\ndef guard():\n    return C()\n{_WITH.format('guard()')}",
    ),
    _edit(
        "a method in a decorator",
        f"{_MUTEX}{_OWNER}    def count(self): self.n = 1\n{_GATED.format('count')}{_SLEEPS[12:]}",
    ),
]
_PROCESS = code("""
    import subprocess
    def f(x: bytes, y):
        p = subprocess.Popen(['cat'], stdin={})
        return p.communicate({})
    """)
_AWAITED = (
    ("subprocess.Popen(['cat']", "await asyncio.create_subprocess_exec('cat'"),
    ("return p", "return await p"),
)


def _process(name: str, stdin: str, sent: str) -> Case:
    """An edit that replaces a subprocess call."""
    return _edit(name, _PROCESS.format(stdin, sent), *_AWAITED)


_PROCESSES_WRONG = [
    _process("a process with an input that nothing closes", "subprocess.PIPE", ""),
    _process("a process with no input", "subprocess.PIPE", "None"),
]
_PROCESSES_TO_CONFIRM = [
    (
        _process("a process with an input that may be None", "subprocess.PIPE", "input=y"),
        "p.communicate(input=y) closes the input of the process only if it is given bytes: before Python 3.12 both may wait forever",
    ),
]
_PROCESSES_RIGHT = [
    _process("a process with an input", "subprocess.PIPE", "x"),
    _process("a process without one", "subprocess.DEVNULL", ""),
]

_TWO = "    try:\n        first(x)\n    except {}:\n        pass\n"
_FIRST = code("""
    def first(i):
        {}
    def second(i):
        first(i)
    """)
_BECOMES = "f: if this raises StopIteration, a coroutine turns it into RuntimeError"
_STOPS_WRONG = [
    _edit(
        "StopAsyncIteration out of a generator",
        f"{_SLEEPS}    yield 1\n    raise StopAsyncIteration('x')\n",
    ),
    Case(
        "a step by another name in a thread",
        code("""
            import asyncio, time
            STEP = iter([]).__next__
            def pull():
                time.sleep(0)
                return STEP()
            def f():
                return pull()
            """),
        code("""
            import asyncio, time
            STEP = iter([]).__next__
            def pull():
                time.sleep(0)
                return STEP()
            async def f():
                return await asyncio.to_thread(pull)
            """),
    ),
]
_STOPS_TO_CONFIRM = [
    (
        _edit("next in a function", f"{_FIRST.format('return next(i)')}{_SLEEPS}    first(x)\n"),
        "f: StopIteration of first becomes RuntimeError",
    ),
    (
        _edit(
            "StopIteration two functions away",
            f"{_FIRST.format('raise StopIteration')}{_SLEEPS}    second(x)\n",
        ),
        "f: StopIteration of first becomes RuntimeError",
    ),
    (
        _edit("a step by another name", f"STEP = iter([]).__next__\n{_SLEEPS}    STEP()\n"),
        _BECOMES,
    ),
    (
        _edit("a step in a lambda", f"step = lambda i: next(i)\n{_SLEEPS}    step(x)\n"),
        _BECOMES,
    ),
    (
        _edit(
            "what is sent to a generator",
            f"def g():\n    x = yield 0\n    yield x\n{_SLEEPS}    x.send(1)\n",
        ),
        _BECOMES,
    ),
]
_STOPS_RIGHT = [
    _edit(
        "next in a function, and its end is caught",
        f"{_FIRST.format('return next(i)')}{_SLEEPS}{_TWO.format('StopIteration')}",
    ),
    _edit(
        "next in a function, and nothing leaves it",
        f"{_FIRST.format('return next(i, None)')}{_SLEEPS}    second(x)\n",
    ),
]
_READS = "def f(x=0):\n    kept = []\n    with open('a') as g:\n        for line in g:\n            {}\n{}"


def _reads_by_line(name: str, body: str, more: str = "", head: str = "") -> Case:
    """An edit that lets a loop over a file read line by line."""
    loop = "while line := await asyncio.to_thread(g.readline):"
    return _edit(name, head + _READS.format(body, more), ("for line in g:", loop))


_READERS_WRONG = [
    _reads_by_line("a line that is used later", "kept.append(lambda: line)"),
    _reads_by_line("a line that a generator uses later", "kept.append(line for _ in x)"),
    _reads_by_line("a line found by its name", "pass", "    print(locals())\n"),
    _edit(
        "a file that others bind",
        code("""
            G = open('a')
            def turn():
                global G
                G = open('b')
            def f():
                for line in G:
                    turn()
            """),
        ("for line in G:", "while line := await asyncio.to_thread(G.readline):"),
    ),
]
_READERS_RIGHT = [
    _reads_by_line("a line that is a default", "kept.append(lambda line=line: line)"),
    _reads_by_line(
        "a line that is used at once",
        "kept += [c for c in line] if any(c in line for c in x) else []",
    ),
]
_IMPORTS_WRONG = [
    Case(
        "an import in a function that has not run",
        code("""
            import time
            def lazy():
                global asyncio
                import asyncio
            def f():
                time.sleep(0)
            """),
        code("""
            import time
            def lazy():
                global asyncio
                import asyncio
            async def f():
                await asyncio.sleep(0)
            """),
    ),
]

_TAKEN = code("""
    import asyncio, os, requests, time
    {}def f(x=0):
        {}
    """)
_ASYNCIO = "it uses asyncio, which belongs to the thread of the event loop"
_PATH = code("""
    class P:
        def __fspath__(self):
            return str(asyncio.get_running_loop())
    """)
_HOOK = code("""
    def note(r, *a):
        asyncio.get_running_loop()
    S = requests.Session()
    S.hooks['response'].append(note)
    """)
_READER = code("""
    class R:
        def read(self):
            return asyncio.get_running_loop()
    """)
_SHOWS = code("""
        import sys
        class W:
            def write(self, t): asyncio.get_running_loop()
        sys.stdout = W()
        """)


def _library_in_thread(name: str, head: str, function: str, arguments: str) -> Case:
    """An edit after which a thread makes a call of a library."""
    threaded = f"await asyncio.to_thread({function}, {arguments})"
    before = _TAKEN.format(head, f"{function}({arguments})")
    return _edit(name, before, (f"{function}({arguments})", threaded))


def _calls_unchanged(name: str, head: str, body: str) -> Case:
    """An edit after which a thread calls an unchanged function."""
    before = f"import asyncio, time\n{head}def keep(x):\n    time.sleep (0)\n    {body}\ndef f(x=0):\n    keep(x)\n"
    return _edit(name, before, ("    keep(x)", "    await asyncio.to_thread(keep, x)"))


_THREADS_WRONG = [
    _calls_unchanged(
        "what warns about its caller", "import warnings\n", "warnings.warn('x', UserWarning, 2)"
    ),
    _calls_unchanged(
        "what warns with keywords",
        code("""
        import warnings
        K = {}
        """),
        "warnings.warn('x', **K)",
    ),
    _calls_unchanged(
        "what logs for its caller, by another name",
        code("""
            import functools, logging
            log = functools.partial(logging.info, stacklevel=2)
            """),
        "log(x)",
    ),
    _calls_unchanged(
        "what asks for its thread", "import threading\n", "return threading.currentThread()"
    ),
    _calls_unchanged(
        "what finds functions by their names",
        code("""
            class H:
                def on_x(self):
                    asyncio.get_running_loop()
            """),
        "return getattr(H(), 'on_' + x)()",
    ),
    _calls_unchanged(
        "what uses a connection in a dictionary",
        code("""
            import sqlite3
            D = {}
            D['a'] = sqlite3.connect('')
            """),
        "return D['a'].execute(x)",
    ),
    _calls_unchanged(
        "what loops over connections that were put together",
        code("""
            import sqlite3
            D = {}
            D.setdefault('a', sqlite3.connect(''))
            """),
        "for each in D.values(): each.commit()",
    ),
    _calls_unchanged(
        "what uses a connection of two targets",
        code("""
            import sqlite3
            A, B = sqlite3.connect(''), 1
            """),
        "return A.execute(x)",
    ),
    _calls_unchanged(
        "what uses a connection set by name",
        code("""
            import sqlite3
            class A: pass
            setattr(A, 'db', sqlite3.connect(''))
            """),
        "return A.db.execute(x)",
    ),
]
_THREADS_TO_CONFIRM = [
    (
        _library_in_thread(
            "a path of this text", f"{_PATH}PS = [P()]\n", "os.path.exists", "PS[0]"
        ),
        f"this runs in another thread: it may run P.__fspath__: {_ASYNCIO}",
    ),
    (
        _library_in_thread("what a session calls", _HOOK, "S.get", "'u'"),
        f"this runs in another thread: it may run note: {_ASYNCIO}",
    ),
    (
        _library_in_thread(
            "a file of this text", f"import json\n{_READER}RS = {{}}\n", "json.load", "RS[x]"
        ),
        f"this runs in another thread: it may run R.read: {_ASYNCIO}",
    ),
    (
        _library_in_thread("what takes the place of stdout", _SHOWS, "os.path.exists", "'a'"),
        f"this runs in another thread: it may run W.write: {_ASYNCIO}",
    ),
    (
        _calls_unchanged(
            "what may be a connection",
            code("""
                import sqlite3
                D = []
                def put(d): D.append(d)
                put(sqlite3.connect(''))
                """),
            "D[0].commit()",
        ),
        "D[0].commit may be of sqlite3, whose objects belong to the thread that made them",
    ),
    (
        _calls_unchanged("what may be a future", "", "x.set_result(1)"),
        "x.set_result may be of asyncio, whose objects belong to the thread that made them",
    ),
    (
        _calls_unchanged(
            "what logs the name of the thread",
            code("""
                import logging
                logging.basicConfig(format='%(threadName)s')
                """),
            "logging.info(x)",
        ),
        "threadName has another value if a thread writes the log record",
    ),
]
_THREADS_RIGHT = [
    _library_in_thread("a path that is text", _PATH, "os.path.exists", "'a'"),
    _calls_unchanged(
        "what uses a dictionary of numbers",
        code("""
            D = {}
            D['a'] = time.time()
            class H:
                def on_x(self): return 1
            """),
        "return D['a'], getattr(H(), 'on_' + x)()",
    ),
]

INDIRECT_WRONG = [*_PATCHED_WRONG, *_CLASSES_WRONG, *_LOCKS_WRONG, *_PROCESSES_WRONG]
INDIRECT_WRONG += [*_STOPS_WRONG, *_READERS_WRONG, *_IMPORTS_WRONG, *_THREADS_WRONG]
"""Edits that change what a program does."""
INDIRECT_TO_CONFIRM = [
    *_PATCHED_TO_CONFIRM,
    *_CLASSES_TO_CONFIRM,
    *_LOCKS_TO_CONFIRM,
    *_PROCESSES_TO_CONFIRM,
]
INDIRECT_TO_CONFIRM += [*_STOPS_TO_CONFIRM, *_THREADS_TO_CONFIRM]
"""Edits that may change what a program does, with the message to the user."""
INDIRECT_RIGHT = [*_PATCHED_RIGHT, *_CLASSES_RIGHT, *_LOCKS_RIGHT, *_PROCESSES_RIGHT]
INDIRECT_RIGHT += [*_STOPS_RIGHT, *_READERS_RIGHT, *_THREADS_RIGHT]
"""Right edits of similar texts."""
