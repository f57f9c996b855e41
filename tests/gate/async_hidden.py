"""Edits that a tree comparison accepts: the gate must refuse them, or ask with the right reason."""

# ruff: noqa: E501, RUF001 - program texts are on one line, some with odd characters

from __future__ import annotations

from python_expert.actions.base import Options
from tests.gate.texts import code
from tests.gate.to_async_case import OPTIONS, Case

HIDDEN_WRONG = [
    Case(
        "a new name that the program spells with other characters",
        code("""
            import time
            def f():
                time.sleep(0)
                yield 1
            def g(ｉtem=5):
                yield from f()
                yield ｉtem
            """),
        code("""
            import asyncio
            async def f():
                await asyncio.sleep(0)
                yield 1
            async def g(ｉtem=5):
                async for item in f(): yield item
                yield ｉtem
            """),
    ),
    Case(
        "a method whose name an f-string makes",
        code("""
            import time
            class A:
                def do_x(self):
                    time.sleep(0)
                def go(self, n):
                    return getattr(self, f'do_{n}')()
            """),
        code("""
            import asyncio
            class A:
                async def do_x(self):
                    await asyncio.sleep(0)
                def go(self, n):
                    return getattr(self, f'do_{n}')()
            """),
    ),
    Case(
        "a method whose name a sum makes",
        code("""
            import time
            class A:
                def do_x(self):
                    time.sleep(0)
                def go(self, n):
                    if getattr(self, 'do_' + n)(): print(1)
            """),
        code("""
            import asyncio
            class A:
                async def do_x(self):
                    await asyncio.sleep(0)
                def go(self, n):
                    if getattr(self, 'do_' + n)(): print(1)
            """),
    ),
    Case(
        "a global got by name",
        code("""
            import time
            def f(x=0):
                time.sleep(0)
                return x
            def g(n):
                if globals().get('f')(): print(1)
            """),
        code("""
            import asyncio
            async def f(x=0):
                await asyncio.sleep(0)
                return x
            def g(n):
                if globals().get('f')(): print(1)
            """),
    ),
    Case(
        "a module's variables",
        code("""
            import time
            import sys
            def f(x=0):
                time.sleep(0)
                return x
            def g(n):
                if vars(sys.modules[__name__])['f'](): print(1)
            """),
        code("""
            import asyncio
            import sys
            async def f(x=0):
                await asyncio.sleep(0)
                return x
            def g(n):
                if vars(sys.modules[__name__])['f'](): print(1)
            """),
    ),
    Case(
        "a class's dictionary",
        code("""
            import time
            class Guard:
                def check(self, u):
                    time.sleep(0)
                    return u == 'ada'
            def g(x):
                if Guard.__dict__['check'](x, 'a'): print(1)
            """),
        code("""
            import asyncio
            class Guard:
                async def check(self, u):
                    await asyncio.sleep(0)
                    return u == 'ada'
            def g(x):
                if Guard.__dict__['check'](x, 'a'): print(1)
            """),
    ),
    Case(
        "an object that passes everything on",
        code("""
            import time
            class Guard:
                def check(self, u):
                    time.sleep(0)
                    return u == 'ada'
            class P:
                def __init__(self, x):
                    self._x = x
                def __getattr__(self, n):
                    return getattr(self._x, n)
            def g():
                p = P(Guard())
                if p.check('a'): print(1)
            """),
        code("""
            import asyncio
            class Guard:
                async def check(self, u):
                    await asyncio.sleep(0)
                    return u == 'ada'
            class P:
                def __init__(self, x):
                    self._x = x
                def __getattr__(self, n):
                    return getattr(self._x, n)
            def g():
                p = P(Guard())
                if p.check('a'): print(1)
            """),
    ),
    Case(
        "an imported constant",
        code("""
            import time
            from lib import GUARD
            class Guard:
                def check(self, u):
                    time.sleep(0)
                    return u == 'ada'
            def g():
                if GUARD.check('a'): print(1)
            """),
        code("""
            import asyncio
            from lib import GUARD
            class Guard:
                async def check(self, u):
                    await asyncio.sleep(0)
                    return u == 'ada'
            def g():
                if GUARD.check('a'): print(1)
            """),
    ),
    Case(
        "a lambda in an heir",
        code("""
            import time
            class Guard:
                def check(self, u):
                    time.sleep(0)
                    return u == 'ada'
            class B(Guard):
                check = lambda self, u: True
            def g(): pass
            def h(x: Guard):
                return x.check(1)
            """),
        code("""
            import asyncio
            class Guard:
                async def check(self, u):
                    await asyncio.sleep(0)
                    return u == 'ada'
            class B(Guard):
                check = lambda self, u: True
            def g(): pass
            async def h(x: Guard):
                return await x.check(1)
            """),
    ),
    Case(
        "a patched method",
        code("""
            import time
            from unittest import mock
            class Guard:
                def check(self, u):
                    time.sleep(0)
                    return u == 'ada'
            def g():
                with mock.patch.object(Guard, 'check', lambda *a: 1):
                    return Guard().check(1)
            """),
        code("""
            import asyncio
            from unittest import mock
            class Guard:
                async def check(self, u):
                    await asyncio.sleep(0)
                    return u == 'ada'
            async def g():
                with mock.patch.object(Guard, 'check', lambda *a: 1):
                    return await Guard().check(1)
            """),
    ),
    Case(
        "an explicit __enter__",
        code("""
            import time
            class A:
                def __enter__(self):
                    time.sleep(0)
                    return self
                def __exit__(self, *a):
                    time.sleep(0)
            class B(A):
                def __enter__(self):
                    return super().__enter__()
                def __exit__(self, *a):
                    time.sleep(0)
            """),
        code("""
            import asyncio
            class A:
                async def __aenter__(self):
                    await asyncio.sleep(0)
                    return self
                async def __aexit__(self, *a):
                    await asyncio.sleep(0)
            class B(A):
                async def __aenter__(self):
                    return await super().__enter__()
                async def __aexit__(self, *a):
                    await asyncio.sleep(0)
            """),
    ),
    Case(
        "__aiter__ of a list",
        code("""
            import time
            class I:
                def __iter__(self):
                    return iter([1])
            def g():
                for x in I(): print(x)
            """),
        code("""
            import asyncio
            class I:
                def __aiter__(self):
                    return iter([1])
            async def g():
                async for x in I(): print(x)
            """),
    ),
    Case(
        "StopIteration raised",
        code("""
            import time
            def f(it):
                time.sleep(0)
                raise StopIteration
            """),
        code("""
            import asyncio
            async def f(it):
                await asyncio.sleep(0)
                raise StopIteration
            """),
    ),
    Case(
        "StopIteration kept in __anext__",
        code("""
            import time
            class I:
                def __iter__(self):
                    return self
                def __next__(self):
                    time.sleep(0)
                    raise StopIteration
            """),
        code("""
            import asyncio
            class I:
                def __aiter__(self):
                    return self
                async def __anext__(self):
                    await asyncio.sleep(0)
                    raise StopIteration
            """),
    ),
    Case(
        "a negative sleep",
        code("""
            import time
            def f():
                time.sleep(-1)
            """),
        code("""
            import asyncio
            async def f():
                await asyncio.sleep(-1)
            """),
    ),
    Case(
        "one that passes on, defined again",
        code("""
            import time
            class A:
                def f(self):
                    time.sleep(0)
                def g(self):
                    return self.f()
            class B(A):
                def g(self):
                    return 5
            def h(a: A):
                return a.g()
            """),
        code("""
            import asyncio
            class A:
                async def f(self):
                    await asyncio.sleep(0)
                def g(self):
                    return self.f()
            class B(A):
                def g(self):
                    return 5
            async def h(a: A):
                return await a.g()
            """),
    ),
    Case(
        "__call__ that passes on",
        code("""
            import time
            class A:
                def f(self):
                    time.sleep(0)
                def __call__(self):
                    return self.f()
            def h(a: A):
                return a.__call__()
            def k():
                if A()(): print(1)
            """),
        code("""
            import asyncio
            class A:
                async def f(self):
                    await asyncio.sleep(0)
                def __call__(self):
                    return self.f()
            async def h(a: A):
                return await a.__call__()
            def k():
                if A()(): print(1)
            """),
    ),
    Case(
        "__bool__ that passes on",
        code("""
            import time
            class A:
                def f(self):
                    time.sleep(0)
                def __bool__(self):
                    return self.f()
            def h(a: A):
                return a.__bool__()
            """),
        code("""
            import asyncio
            class A:
                async def f(self):
                    await asyncio.sleep(0)
                def __bool__(self):
                    return self.f()
            async def h(a: A):
                return await a.__bool__()
            """),
    ),
    Case(
        "a thread that passes on",
        code("""
            import time
            import threading
            class A(threading.Thread):
                def f_(self):
                    time.sleep(0)
                def run(self):
                    return self.f_()
            def h(a: A):
                return a.run()
            """),
        code("""
            import asyncio
            import threading
            class A(threading.Thread):
                async def f_(self):
                    await asyncio.sleep(0)
                def run(self):
                    return self.f_()
            async def h(a: A):
                return await a.run()
            """),
    ),
    Case(
        "a test that passes on",
        code("""
            import time
            def f(x=0):
                time.sleep(0)
                return x
            def test_a():
                return f()
            def h():
                test_a()
            """),
        code("""
            import asyncio
            async def f(x=0):
                await asyncio.sleep(0)
                return x
            def test_a():
                return f()
            async def h():
                await test_a()
            """),
    ),
    Case(
        "an event loop of before",
        code("""
            import asyncio
            import time
            async def h(): pass
            def g():
                asyncio.run(h())
            def m():
                time.sleep(0)
                g()
            m()
            """),
        code("""
            import asyncio
            async def h(): pass
            def g():
                asyncio.run(h())
            async def m():
                await asyncio.sleep(0)
                g()
            asyncio.run(m())
            """),
    ),
    Case(
        "a loop's run_until_complete",
        code("""
            import asyncio
            import time
            async def h(): pass
            def g():
                asyncio.new_event_loop().run_until_complete(h())
            def m():
                time.sleep(0)
                g()
            m()
            """),
        code("""
            import asyncio
            async def h(): pass
            def g():
                asyncio.new_event_loop().run_until_complete(h())
            async def m():
                await asyncio.sleep(0)
                g()
            asyncio.run(m())
            """),
    ),
    Case(
        "await in a generator expression",
        code("""
            import time
            def f(x=0):
                time.sleep(0)
                return x
            def g():
                return any(f(i) for i in range(3))
            """),
        code("""
            import asyncio
            async def f(x=0):
                await asyncio.sleep(0)
                return x
            async def g():
                return any(await f(i) for i in range(3))
            """),
    ),
    Case(
        "async for in a generator expression",
        code("""
            import time
            def v():
                time.sleep(0)
                yield 1
            def g():
                return sum(x for x in v())
            """),
        code("""
            import asyncio
            async def v():
                await asyncio.sleep(0)
                yield 1
            async def g():
                return sum(x async for x in v())
            """),
    ),
    Case(
        "a list in a generator expression",
        code("""
            import time
            def v():
                time.sleep(0)
                yield 1
            def g():
                return any(list(v()) for i in [1])
            """),
        code("""
            import asyncio
            async def v():
                await asyncio.sleep(0)
                yield 1
            async def g():
                return any([item async for item in v()] for i in [1])
            """),
    ),
    Case(
        "a context manager that delegates",
        code("""
            import time
            from contextlib import contextmanager
            def inner():
                try:
                    yield 1
                except ValueError:
                    print('swallowed')
            @contextmanager
            def c():
                time.sleep(0)
                yield from inner()
            """),
        code("""
            import asyncio
            from contextlib import asynccontextmanager
            def inner():
                try:
                    yield 1
                except ValueError:
                    print('swallowed')
            @asynccontextmanager
            async def c():
                await asyncio.sleep(0)
                for item in inner():
                    yield item
            """),
    ),
    Case(
        "a test's setup",
        code("""
            import time
            class TestA:
                def setup_method(self):
                    time.sleep(0)
            """),
        code("""
            import asyncio
            class TestA:
                async def setup_method(self):
                    await asyncio.sleep(0)
            """),
    ),
    Case(
        "a module's setup",
        code("""
            import time
            def setup_module(m):
                time.sleep(0)
            """),
        code("""
            import asyncio
            async def setup_module(m):
                await asyncio.sleep(0)
            """),
    ),
    Case(
        "a hook of pytest",
        code("""
            import time
            def pytest_configure(config):
                time.sleep(0)
            """),
        code("""
            import asyncio
            async def pytest_configure(config):
                await asyncio.sleep(0)
            """),
    ),
    Case(
        "setattr",
        code("""
            import time
            class Guard:
                def check(self, u):
                    time.sleep(0)
                    return u == 'ada'
            class Other:
                def check(self, u): return 0
            class H:
                def __init__(self):
                    self.x = Other()
                def go(self):
                    return 1 if self.x.check(1) else 2
            h = H()
            setattr(h, 'x', Guard())
            """),
        code("""
            import asyncio
            class Guard:
                async def check(self, u):
                    await asyncio.sleep(0)
                    return u == 'ada'
            class Other:
                def check(self, u): return 0
            class H:
                def __init__(self):
                    self.x = Other()
                def go(self):
                    return 1 if self.x.check(1) else 2
            h = H()
            setattr(h, 'x', Guard())
            """),
    ),
    Case(
        "a stored variable",
        code("""
            import time
            class Guard:
                def check(self, u):
                    time.sleep(0)
                    return u == 'ada'
            class Other:
                def check(self, u): return 0
            class H:
                def __init__(self):
                    self.x = Other()
                def go(self):
                    return 1 if self.x.check(1) else 2
            h = H()
            vars(h)['x'] = Guard()
            """),
        code("""
            import asyncio
            class Guard:
                async def check(self, u):
                    await asyncio.sleep(0)
                    return u == 'ada'
            class Other:
                def check(self, u): return 0
            class H:
                def __init__(self):
                    self.x = Other()
                def go(self):
                    return 1 if self.x.check(1) else 2
            h = H()
            vars(h)['x'] = Guard()
            """),
    ),
    Case(
        "a fork",
        code("""
            import time
            import os
            def f():
                os.fork()
                time.sleep(0)
            """),
        code("""
            import asyncio
            import os
            async def f():
                os.fork()
                await asyncio.sleep(0)
            """),
    ),
    Case(
        "a pattern's value",
        code("""
            import time
            class Guard:
                def check(self, u):
                    time.sleep(0)
                    return u == 'ada'
            def g(x):
                match x:
                    case {'g': y} if y.check('a'): print(1)
            """),
        code("""
            import asyncio
            class Guard:
                async def check(self, u):
                    await asyncio.sleep(0)
                    return u == 'ada'
            def g(x):
                match x:
                    case {'g': y} if y.check('a'): print(1)
            """),
    ),
    Case(
        "a partial method",
        code("""
            import time
            import functools
            class A:
                def f(self):
                    time.sleep(0)
                g = functools.partialmethod(f)
            """),
        code("""
            import asyncio
            import functools
            class A:
                async def f(self):
                    await asyncio.sleep(0)
                g = functools.partialmethod(f)
            """),
    ),
    Case(
        "a call in a decorated function",
        code("""
            import time
            def f(x=0):
                time.sleep(0)
                return x
            def deco(fn):
                return fn
            @deco
            def g():
                return f()
            """),
        code("""
            import asyncio
            async def f(x=0):
                await asyncio.sleep(0)
                return x
            def deco(fn):
                return fn
            @deco
            def g():
                return f()
            """),
    ),
    Case(
        "a hook of sys",
        code("""
            import time
            import sys
            def hook(*a):
                time.sleep(0)
            sys.excepthook = hook
            """),
        code("""
            import asyncio
            import sys
            async def hook(*a):
                await asyncio.sleep(0)
            sys.excepthook = hook
            """),
    ),
    Case(
        "TYPE_CHECKING import",
        code("""
            import time
            from typing import TYPE_CHECKING
            if TYPE_CHECKING:
                import asyncio
            def f():
                time.sleep(0)
            """),
        code("""
            from typing import TYPE_CHECKING
            if TYPE_CHECKING:
                import asyncio
            async def f():
                await asyncio.sleep(0)
            """),
    ),
    Case(
        "local asyncio later",
        code("""
            import time
            if 0:
                import asyncio
            def f():
                time.sleep(0)
            """),
        code("""
            if 0:
                import asyncio
            async def f():
                await asyncio.sleep(0)
            """),
    ),
    Case(
        "monkeypatched time.sleep",
        code("""
            import time
            time.sleep = print
            def f():
                time.sleep(0)
            """),
        code("""
            import asyncio
            import time
            time.sleep = print
            async def f():
                await asyncio.sleep(0)
            """),
    ),
    Case(
        "patched time.sleep",
        code("""
            import time
            from unittest import mock
            def f():
                time.sleep(0)
            def g():
                with mock.patch('time.sleep'):
                    f()
            """),
        code("""
            import asyncio
            from unittest import mock
            async def f():
                await asyncio.sleep(0)
            async def g():
                with mock.patch('time.sleep'):
                    await f()
            """),
    ),
    Case(
        "import before docstring",
        code('''
            """Doc."""
            import time
            def f():
                time.sleep(0)
            '''),
        code('''
            import asyncio
            """Doc."""
            async def f():
                await asyncio.sleep(0)
            '''),
    ),
    Case(
        "unneeded httpx",
        code("""
            import time
            def f():
                time.sleep(0)
            """),
        code("""
            import httpx
            import asyncio
            async def f():
                await asyncio.sleep(0)
            """),
        Options(),
    ),
    Case(
        "to_thread on 3.8",
        code("""
            import os
            def f():
                return os.listdir()
            """),
        code("""
            import asyncio
            import os
            async def f():
                return await asyncio.to_thread(os.listdir)
            """),
        Options(python=(3, 8)),
    ),
    Case(
        "Lock at top 3.9",
        code("""
            import threading
            import time
            L = threading.Lock()
            def f():
                with L:
                    time.sleep(0)
            """),
        code("""
            import asyncio
            L = asyncio.Lock()
            async def f():
                async with L:
                    await asyncio.sleep(0)
            """),
        Options(python=(3, 9)),
    ),
    Case(
        "gone in try",
        code("""
            import time
            try:
                import requests
                import json
            except ImportError:
                print(1)
            """),
        code("""
            import time
            try:
                import json
            except ImportError:
                print(1)
            """),
    ),
    Case(
        "collections.abc gone",
        code("""
            import collections.abc
            x = collections.deque()
            """),
        "x = collections.deque()\n",
    ),
    Case(
        "gone used in quoted",
        code("""
            import threading
            L: 'threading.Lock' = threading.Lock()
            def f(x: 'list[threading.Lock]'):
                with L:
                    pass
            """),
        code("""
            import asyncio
            L: 'threading.Lock' = asyncio.Lock()
            async def f(x: 'list[threading.Lock]'):
                async with L:
                    pass
            """),
    ),
    Case(
        "event set timer",
        code("""
            import threading
            E = threading.Event()
            def f():
                threading.Timer(1, E.set).start()
                E.wait()
            """),
        code("""
            import asyncio
            import threading
            E = asyncio.Event()
            async def f():
                threading.Timer(1, E.set).start()
                await E.wait()
            """),
    ),
    Case(
        "queue.Empty",
        code("""
            import queue
            def f():
                q = queue.Queue()
                q.put(1)
                try:
                    q.get_nowait()
                except queue.Empty:
                    print(1)
            """),
        code("""
            import asyncio
            import queue
            async def f():
                q = asyncio.Queue()
                await q.put(1)
                try:
                    q.get_nowait()
                except queue.Empty:
                    print(1)
            """),
    ),
    Case(
        "queue get_nowait",
        code("""
            import queue
            def f():
                q = queue.Queue()
                q.put(1)
                return q.get_nowait()
            """),
        code("""
            import asyncio
            async def f():
                q = asyncio.Queue()
                await q.put(1)
                return q.get_nowait()
            """),
    ),
    Case(
        "semaphore release n",
        code("""
            import threading
            S = threading.Semaphore(2)
            def f():
                with S:
                    pass
                S.release(2)
            """),
        code("""
            import asyncio
            S = asyncio.Semaphore(2)
            async def f():
                async with S:
                    pass
                S.release(2)
            """),
    ),
    Case(
        "condition of lock",
        code("""
            import threading
            L = threading.Lock()
            def f():
                c = threading.Condition(L)
                with c:
                    c.notify()
            """),
        code("""
            import asyncio
            import threading
            L = threading.Lock()
            async def f():
                c = asyncio.Condition(L)
                async with c:
                    c.notify()
            """),
    ),
    Case(
        "getattr lock",
        code("""
            import threading
            class A:
                def __init__(self):
                    self.lock = threading.Lock()
                def f(self):
                    with self.lock:
                        pass
                def g(self):
                    with getattr(self, 'lock'):
                        pass
            """),
        code("""
            import asyncio
            class A:
                def __init__(self):
                    self.lock = asyncio.Lock()
                async def f(self):
                    async with self.lock:
                        pass
                def g(self):
                    with getattr(self, 'lock'):
                        pass
            """),
    ),
    Case(
        "aiofiles not entered",
        code("""
            def f():
                g = open('a')
                return g.read()
            """),
        code("""
            import aiofiles
            async def f():
                g = aiofiles.open('a')
                return await g.read()
            """),
    ),
    Case(
        "anyio close",
        code("""
            def f():
                g = open('a')
                g.close()
            """),
        code("""
            import anyio
            async def f():
                g = await anyio.open_file('a')
                await g.close()
            """),
    ),
    Case(
        "popen not waited",
        code("""
            import subprocess
            def f():
                p = subprocess.Popen(['sleep', '5'])
                print(p.pid)
            """),
        code("""
            import asyncio
            async def f():
                p = await asyncio.create_subprocess_exec('sleep', '5')
                print(p.pid)
            """),
    ),
    Case(
        "httpx get json",
        code("""
            import requests
            def f(u):
                with requests.Session() as s:
                    s.get(u, json=1)
            """),
        code("""
            import httpx
            async def f(u):
                async with httpx.AsyncClient(follow_redirects=True, timeout=None) as s:
                    await s.get(u, json=1)
            """),
    ),
    Case(
        "reader global",
        code("""
            def f():
                global line
                with open('a') as g:
                    for line in g:
                        print(line)
            def h():
                print(line)
            """),
        code("""
            import asyncio
            async def f():
                global line
                with open('a') as g:
                    while line := await asyncio.to_thread(g.readline):
                        print(line)
            def h():
                print(line)
            """),
    ),
    Case(
        "reader rebinds",
        code("""
            def f():
                with open('a') as g:
                    for line in g:
                        g = open(line)
            """),
        code("""
            import asyncio
            async def f():
                with open('a') as g:
                    while line := await asyncio.to_thread(g.readline):
                        g = open(line)
            """),
    ),
    Case(
        "mp lock",
        code("""
            import multiprocessing
            import time
            L = multiprocessing.Lock()
            def f():
                with L:
                    time.sleep(0)
            """),
        code("""
            import asyncio
            import multiprocessing
            L = multiprocessing.Lock()
            async def f():
                with L:
                    await asyncio.sleep(0)
            """),
    ),
    Case(
        "queue shared worker",
        code("""
            import queue
            import threading
            q = queue.Queue()
            def w():
                q.put_nowait(1)
            def f():
                threading.Thread(target=w).start()
                return q.get()
            """),
        code("""
            import asyncio
            import threading
            q = asyncio.Queue()
            def w():
                q.put_nowait(1)
            async def f():
                threading.Thread(target=w).start()
                return await q.get()
            """),
    ),
    Case(
        "debug fstring",
        code("""
            import time
            def f():
                time.sleep(0)
            def g():
                print(f'{f()=}')
            """),
        code("""
            import asyncio
            async def f():
                await asyncio.sleep(0)
            async def g():
                print(f'{await f()=}')
            """),
    ),
    Case(
        "Event subclass",
        code("""
            import threading
            class E(threading.Event):
                pass
            e = E()
            def f():
                e.wait()
            """),
        code("""
            import asyncio
            import threading
            class E(threading.Event):
                pass
            e = E()
            async def f():
                await e.wait()
            """),
    ),
    Case(
        "annot class lock",
        code("""
            import threading
            import time
            class A:
                lock: threading.Lock
                def f(self):
                    with self.lock:
                        time.sleep(0)
            """),
        code("""
            import asyncio
            import threading
            class A:
                lock: threading.Lock
                async def f(self):
                    with self.lock:
                        await asyncio.sleep(0)
            """),
    ),
    Case(
        "asyncgen return run",
        code("""
            import time
            def g():
                time.sleep(0)
                yield 1
            def h():
                return g()
            for x in h():
                print(x)
            """),
        code("""
            import asyncio
            async def g():
                await asyncio.sleep(0)
                yield 1
            def h():
                return g()
            for x in h():
                print(x)
            """),
    ),
    Case(
        "lock file text in loop",
        code("""
            import threading
            L = threading.Lock()
            def f():
                with L:
                    pass
            if L.locked():
                print(1)
            with L:
                pass
            """),
        code("""
            import asyncio
            L = asyncio.Lock()
            async def f():
                async with L:
                    pass
            if L.locked():
                print(1)
            with L:
                pass
            """),
    ),
    Case(
        "a pattern that takes a method",
        code("""
            import time
            class Guard:
                def check(self, u):
                    time.sleep(0)
                    return u == 'ada'
            def g(x):
                match x:
                    case Guard(check=c): print(c(1))
            """),
        code("""
            import asyncio
            class Guard:
                async def check(self, u):
                    await asyncio.sleep(0)
                    return u == 'ada'
            def g(x):
                match x:
                    case Guard(check=c): print(c(1))
            """),
    ),
    Case(
        "a guard that takes a method",
        code("""
            import time
            class Guard:
                def check(self, u):
                    time.sleep(0)
                    return u == 'ada'
            def g(x):
                match x:
                    case object(check=c) if c(1): print(1)
            """),
        code("""
            import asyncio
            class Guard:
                async def check(self, u):
                    await asyncio.sleep(0)
                    return u == 'ada'
            def g(x):
                match x:
                    case object(check=c) if c(1): print(1)
            """),
    ),
    Case(
        "a name of a class and of around it",
        code("""
            import time
            def f(x=0):
                time.sleep(0)
                return x
            class A:
                f = f
                def g(self):
                    if self.f(): print(1)
            """),
        code("""
            import asyncio
            async def f(x=0):
                await asyncio.sleep(0)
                return x
            class A:
                f = f
                def g(self):
                    if self.f(): print(1)
            """),
    ),
    Case(
        "an heir of threading.local",
        code("""
            import time
            import threading
            class L(threading.local): pass
            l = L()
            def f():
                l.x = 1
                time.sleep(0)
            """),
        code("""
            import asyncio
            import threading
            class L(threading.local): pass
            l = L()
            async def f():
                l.x = 1
                await asyncio.sleep(0)
            """),
    ),
    Case(
        "a sleep of decimals",
        code("""
            import time
            from decimal import Decimal
            def f():
                time.sleep(Decimal('0.1'))
            """),
        code("""
            import asyncio
            from decimal import Decimal
            async def f():
                await asyncio.sleep(Decimal('0.1'))
            """),
    ),
    Case(
        "a notebook",
        code("""
            import time
            def f(x=0):
                time.sleep(0)
                return x
            x = f(1)
            """),
        code("""
            import asyncio
            async def f(x=0):
                await asyncio.sleep(0)
                return x
            x = asyncio.run(f(1))
            """),
        Options(path="a.ipynb", packages=OPTIONS.packages),
    ),
    Case(
        "__next__ that yields",
        code("""
            import time
            class I:
                def __iter__(self):
                    return self
                def __next__(self):
                    time.sleep(0)
                    yield 1
            """),
        code("""
            import asyncio
            class I:
                def __aiter__(self):
                    return self
                async def __anext__(self):
                    await asyncio.sleep(0)
                    yield 1
            """),
    ),
    Case(
        "a sleep from one of two",
        code("""
            import time
            try:
                from fast import sleep
            except ImportError:
                from time import sleep
            def f():
                sleep(1)
            """),
        code("""
            import asyncio
            try:
                from fast import sleep
            except ImportError:
                from time import sleep
            async def f():
                await asyncio.sleep(1)
            """),
    ),
    Case(
        "a time of one's own",
        code("""
            import time
            def f(time):
                time.sleep(1)
            """),
        code("""
            import asyncio
            async def f(time):
                await asyncio.sleep(1)
            """),
    ),
    Case(
        "an open bound anew",
        code("""
            import time
            import builtins
            builtins.open = print
            def f():
                open('a')
            """),
        code("""
            import asyncio
            import builtins
            builtins.open = print
            async def f():
                await asyncio.to_thread(open, 'a')
            """),
    ),
    Case(
        "a patched open",
        code("""
            import time
            from unittest.mock import patch
            def f():
                open('a')
            def g():
                with patch('builtins.open'):
                    f()
            """),
        code("""
            import asyncio
            from unittest.mock import patch
            async def f():
                await asyncio.to_thread(open, 'a')
            async def g():
                with patch('builtins.open'):
                    await f()
            """),
    ),
    Case(
        "an heir of Path",
        code("""
            import time
            from pathlib import Path
            class P(Path):
                def exists(self): return 1
            def f():
                return P('a').exists()
            """),
        code("""
            import asyncio
            from pathlib import Path
            class P(Path):
                def exists(self): return 1
            async def f():
                return await P('a').exists()
            """),
    ),
    Case(
        "a generator expression over an iterator",
        code("""
            import time
            class I:
                def __iter__(self):
                    return self
                def __next__(self):
                    time.sleep(0)
                    raise StopIteration
            def z():
                return sum(x for x in I())
            """),
        code("""
            import asyncio
            class I:
                def __aiter__(self):
                    return self
                async def __anext__(self):
                    await asyncio.sleep(0)
                    raise StopAsyncIteration
            async def z():
                return sum(x async for x in I())
            """),
    ),
]
"""Edits that are wrong."""

HIDDEN_TO_CONFIRM = [
    (
        Case(
            "a method of any name",
            code("""
                import time
                class A:
                    def do_x(self):
                        time.sleep(0)
                    def go(self, n):
                        if getattr(self, n)(): print(1)
                """),
            code("""
                import asyncio
                class A:
                    async def do_x(self):
                        await asyncio.sleep(0)
                    def go(self, n):
                        if getattr(self, n)(): print(1)
                """),
        ),
        "n may hold the name of do_x, and what is looked up by it is not awaited",
    ),
    (
        Case(
            "any global",
            code("""
                import time
                def f(x=0):
                    time.sleep(0)
                    return x
                def g(n):
                    if globals()[n](): print(1)
                """),
            code("""
                import asyncio
                async def f(x=0):
                    await asyncio.sleep(0)
                    return x
                def g(n):
                    if globals()[n](): print(1)
                """),
        ),
        "globals may find f by its name, and not await it",
    ),
    (
        Case(
            "the module itself",
            code("""
                import time
                import sys
                def f(x=0):
                    time.sleep(0)
                    return x
                def g(n):
                    if sys.modules[__name__].f(): print(1)
                """),
            code("""
                import asyncio
                import sys
                async def f(x=0):
                    await asyncio.sleep(0)
                    return x
                def g(n):
                    if sys.modules[__name__].f(): print(1)
                """),
        ),
        "sys.modules may find f by its name, and not await it",
    ),
    (
        Case(
            "evaluated text",
            code("""
                import time
                def f(x=0):
                    time.sleep(0)
                    return x
                def g():
                    if eval('f()'): print(1)
                """),
            code("""
                import asyncio
                async def f(x=0):
                    await asyncio.sleep(0)
                    return x
                def g():
                    if eval('f()'): print(1)
                """),
        ),
        "eval may find f by its name, and not await it",
    ),
    (
        Case(
            "a class decorator",
            code("""
                import time
                from lib import instrument
                @instrument
                class Guard:
                    def check(self, u):
                        time.sleep(0)
                        return u == 'ada'
                """),
            code("""
                import asyncio
                from lib import instrument
                @instrument
                class Guard:
                    async def check(self, u):
                        await asyncio.sleep(0)
                        return u == 'ada'
                """),
        ),
        "instrument may use Guard.check and not await it",
    ),
    (
        Case(
            "a metaclass",
            code("""
                import time
                from lib import Meta
                class Guard(metaclass=Meta):
                    def check(self, u):
                        time.sleep(0)
                        return u == 'ada'
                """),
            code("""
                import asyncio
                from lib import Meta
                class Guard(metaclass=Meta):
                    async def check(self, u):
                        await asyncio.sleep(0)
                        return u == 'ada'
                """),
        ),
        "Meta may use Guard.check and not await it",
    ),
    (
        Case(
            "a base class that looks at its heirs",
            code("""
                import time
                class R:
                    def __init_subclass__(cls):
                        for k, v in vars(cls).items():
                            if callable(v): print(v(None, 1))
                class Guard(R):
                    def check(self, u):
                        time.sleep(0)
                        return u == 'ada'
                """),
            code("""
                import asyncio
                class R:
                    def __init_subclass__(cls):
                        for k, v in vars(cls).items():
                            if callable(v): print(v(None, 1))
                class Guard(R):
                    async def check(self, u):
                        await asyncio.sleep(0)
                        return u == 'ada'
                """),
        ),
        "vars may find check by its name, and not await it",
    ),
    (
        Case(
            "a patched path",
            code("""
                import time
                from unittest import mock
                def f(x=0):
                    time.sleep(0)
                    return x
                def g():
                    with mock.patch('prog.f', lambda *a: 1):
                        return f(1)
                """),
            code("""
                import asyncio
                from unittest import mock
                async def f(x=0):
                    await asyncio.sleep(0)
                    return x
                async def g():
                    with mock.patch('prog.f', lambda *a: 1):
                        return await f(1)
                """),
        ),
        "prog.f may be looked up by its name, and not awaited",
    ),
    (
        Case(
            "a closed object",
            code("""
                import time
                import contextlib
                class A:
                    def close(self):
                        time.sleep(0)
                def g():
                    with contextlib.closing(A()): pass
                """),
            code("""
                import asyncio
                import contextlib
                class A:
                    async def close(self):
                        await asyncio.sleep(0)
                def g():
                    with contextlib.closing(A()): pass
                """),
        ),
        "`contextlib.closing(A())` may use A.close",
    ),
    (
        Case(
            "an object for print",
            code("""
                import time
                import sys
                class A:
                    def write(self, s):
                        time.sleep(0)
                    def flush(self): pass
                def g():
                    sys.stdout = A()
                    print(1)
                """),
            code("""
                import asyncio
                import sys
                class A:
                    async def write(self, s):
                        await asyncio.sleep(0)
                    def flush(self): pass
                def g():
                    sys.stdout = A()
                    print(1)
                """),
        ),
        "`sys.stdout = A()` may use A.write",
    ),
    (
        Case(
            "an entered stack",
            code("""
                import time
                import contextlib
                class A:
                    def __enter__(self):
                        time.sleep(0)
                        return self
                    def __exit__(self, *a):
                        time.sleep(0)
                def g():
                    with contextlib.ExitStack() as s:
                        s.enter_context(A())
                """),
            code("""
                import asyncio
                import contextlib
                class A:
                    async def __aenter__(self):
                        await asyncio.sleep(0)
                        return self
                    async def __aexit__(self, *a):
                        await asyncio.sleep(0)
                def g():
                    with contextlib.ExitStack() as s:
                        s.enter_context(A())
                """),
        ),
        "`s.enter_context(A())` may use A.__exit__",
    ),
    (
        Case(
            "with on an untyped factory",
            code("""
                import time
                class A:
                    def __enter__(self):
                        time.sleep(0)
                        return self
                    def __exit__(self, *a):
                        time.sleep(0)
                def make():
                    return A()
                def g():
                    with make() as a: print(a)
                """),
            code("""
                import asyncio
                class A:
                    async def __aenter__(self):
                        await asyncio.sleep(0)
                        return self
                    async def __aexit__(self, *a):
                        await asyncio.sleep(0)
                def make():
                    return A()
                def g():
                    with make() as a: print(a)
                """),
        ),
        "make() may be an object that has A.__enter__",
    ),
    (
        Case(
            "with on an unknown call",
            code("""
                import time
                class A:
                    def __enter__(self):
                        time.sleep(0)
                        return self
                    def __exit__(self, *a):
                        time.sleep(0)
                def g(m):
                    with m() as a: print(a)
                """),
            code("""
                import asyncio
                class A:
                    async def __aenter__(self):
                        await asyncio.sleep(0)
                        return self
                    async def __aexit__(self, *a):
                        await asyncio.sleep(0)
                def g(m):
                    with m() as a: print(a)
                """),
        ),
        "m() may be an object that has A.__enter__",
    ),
    (
        Case(
            "a join",
            code("""
                import time
                class I:
                    def __iter__(self):
                        return self
                    def __next__(self):
                        time.sleep(0)
                        raise StopIteration
                def g():
                    return ''.join(I())
                """),
            code("""
                import asyncio
                class I:
                    def __aiter__(self):
                        return self
                    async def __anext__(self):
                        await asyncio.sleep(0)
                        raise StopAsyncIteration
                def g():
                    return ''.join(I())
                """),
        ),
        "`''.join(I())` may use I.__iter__",
    ),
    (
        Case(
            "an extend",
            code("""
                import time
                class I:
                    def __iter__(self):
                        return self
                    def __next__(self):
                        time.sleep(0)
                        raise StopIteration
                def g(x):
                    x.extend(I())
                """),
            code("""
                import asyncio
                class I:
                    def __aiter__(self):
                        return self
                    async def __anext__(self):
                        await asyncio.sleep(0)
                        raise StopAsyncIteration
                def g(x):
                    x.extend(I())
                """),
        ),
        "`x.extend(I())` may use I.__iter__",
    ),
    (
        Case(
            "an augmented list",
            code("""
                import time
                class I:
                    def __iter__(self):
                        return self
                    def __next__(self):
                        time.sleep(0)
                        raise StopIteration
                def g(x):
                    x += I()
                """),
            code("""
                import asyncio
                class I:
                    def __aiter__(self):
                        return self
                    async def __anext__(self):
                        await asyncio.sleep(0)
                        raise StopAsyncIteration
                def g(x):
                    x += I()
                """),
        ),
        "`x += I()` may use I.__iter__",
    ),
    (
        Case(
            "a chain",
            code("""
                import time
                import itertools
                class I:
                    def __iter__(self):
                        return self
                    def __next__(self):
                        time.sleep(0)
                        raise StopIteration
                def g(x):
                    for a in itertools.chain(I()): print(a)
                """),
            code("""
                import asyncio
                import itertools
                class I:
                    def __aiter__(self):
                        return self
                    async def __anext__(self):
                        await asyncio.sleep(0)
                        raise StopAsyncIteration
                def g(x):
                    for a in itertools.chain(I()): print(a)
                """),
        ),
        "`itertools.chain(I())` may use I.__iter__",
    ),
    (
        Case(
            "a list of anything",
            code("""
                import time
                class I:
                    def __iter__(self):
                        return self
                    def __next__(self):
                        time.sleep(0)
                        raise StopIteration
                def g(x):
                    return list(x)
                """),
            code("""
                import asyncio
                class I:
                    def __aiter__(self):
                        return self
                    async def __anext__(self):
                        await asyncio.sleep(0)
                        raise StopAsyncIteration
                def g(x):
                    return list(x)
                """),
        ),
        "x may be an object that has I.__iter__",
    ),
    (
        Case(
            "a loop over an untyped factory",
            code("""
                import time
                class I:
                    def __iter__(self):
                        return self
                    def __next__(self):
                        time.sleep(0)
                        raise StopIteration
                def make():
                    return I()
                def g():
                    for a in make(): print(a)
                """),
            code("""
                import asyncio
                class I:
                    def __aiter__(self):
                        return self
                    async def __anext__(self):
                        await asyncio.sleep(0)
                        raise StopAsyncIteration
                def make():
                    return I()
                def g():
                    for a in make(): print(a)
                """),
        ),
        "make() may be an object that has I.__iter__",
    ),
    (
        Case(
            "next that may leak",
            code("""
                import time
                def f(it):
                    time.sleep(0)
                    return next(it)
                """),
            code("""
                import asyncio
                async def f(it):
                    await asyncio.sleep(0)
                    return next(it)
                """),
        ),
        "f: if this raises StopIteration, a coroutine turns it into RuntimeError",
    ),
    (
        Case(
            "next that may leak from __anext__",
            code("""
                import time
                class I:
                    def __iter__(self):
                        return self
                    def __next__(self):
                        time.sleep(0)
                        return next(self.x)
                """),
            code("""
                import asyncio
                class I:
                    def __aiter__(self):
                        return self
                    async def __anext__(self):
                        await asyncio.sleep(0)
                        return next(self.x)
                """),
        ),
        "I.__next__: if this raises StopIteration, a coroutine turns it into RuntimeError",
    ),
    (
        Case(
            "Ctrl-C caught",
            code("""
                import time
                def f():
                    try:
                        time.sleep(9)
                    except KeyboardInterrupt:
                        print('bye')
                """),
            code("""
                import asyncio
                async def f():
                    try:
                        await asyncio.sleep(9)
                    except KeyboardInterrupt:
                        print('bye')
                """),
        ),
        "Ctrl-C arrives as asyncio.CancelledError where f waits, and no longer as KeyboardInterrupt",
    ),
    (
        Case(
            "an alarm",
            code("""
                import time
                import signal
                def h(*a): raise TimeoutError
                signal.signal(signal.SIGALRM, h)
                signal.alarm(1)
                def f():
                    try:
                        time.sleep(5)
                    except TimeoutError:
                        print(1)
                f()
                """),
            code("""
                import asyncio
                import signal
                def h(*a): raise TimeoutError
                signal.signal(signal.SIGALRM, h)
                signal.alarm(1)
                async def f():
                    try:
                        await asyncio.sleep(5)
                    except TimeoutError:
                        print(1)
                asyncio.run(f())
                """),
        ),
        "a signal's handler that raises or waits does so in the event loop, no longer in the function that waits",
    ),
    (
        Case(
            "a context variable",
            code("""
                import time
                import contextvars
                v = contextvars.ContextVar('v')
                def f():
                    time.sleep(0)
                    v.set(1)
                f()
                print(v.get())
                """),
            code("""
                import asyncio
                import contextvars
                v = contextvars.ContextVar('v')
                async def f():
                    await asyncio.sleep(0)
                    v.set(1)
                asyncio.run(f())
                print(v.get())
                """),
        ),
        "context variables that are set within asyncio.run are lost after it",
    ),
    (
        Case(
            "a decimal context",
            code("""
                import time
                import decimal
                def f():
                    time.sleep(0)
                    decimal.getcontext().prec = 3
                f()
                print(decimal.Decimal(1) / 3)
                """),
            code("""
                import asyncio
                import decimal
                async def f():
                    await asyncio.sleep(0)
                    decimal.getcontext().prec = 3
                asyncio.run(f())
                print(decimal.Decimal(1) / 3)
                """),
        ),
        "context variables that are set within asyncio.run are lost after it",
    ),
    (
        Case(
            "a generator left by an error",
            code("""
                import time
                def v():
                    try:
                        time.sleep(0)
                        yield 1
                    finally:
                        print('end')
                def g():
                    try:
                        for x in v():
                            raise ValueError
                    except ValueError:
                        print('caught')
                """),
            code("""
                import asyncio
                async def v():
                    try:
                        await asyncio.sleep(0)
                        yield 1
                    finally:
                        print('end')
                async def g():
                    try:
                        async for x in v():
                            raise ValueError
                    except ValueError:
                        print('caught')
                """),
        ),
        "a loop over v may end early; what the generator does at its end may then happen later",
    ),
    (
        Case(
            "a delegated generator left",
            code("""
                import time
                def v():
                    try:
                        time.sleep(0)
                        yield 1
                    finally:
                        print('end')
                def w():
                    yield from v()
                def g():
                    for x in w():
                        break
                    print(2)
                """),
            code("""
                import asyncio
                async def v():
                    try:
                        await asyncio.sleep(0)
                        yield 1
                    finally:
                        print('end')
                async def w():
                    async for item in v():
                        yield item
                async def g():
                    async for x in w():
                        break
                    print(2)
                """),
        ),
        "a loop over w may end early; what the generator does at its end may then happen later",
    ),
    (
        Case(
            "a comprehension left",
            code("""
                import time
                def v():
                    try:
                        time.sleep(0)
                        yield 1
                    finally:
                        print('end')
                def g():
                    try:
                        [1/0 for x in v()]
                    except ZeroDivisionError:
                        print('caught')
                """),
            code("""
                import asyncio
                async def v():
                    try:
                        await asyncio.sleep(0)
                        yield 1
                    finally:
                        print('end')
                async def g():
                    try:
                        [1/0 async for x in v()]
                    except ZeroDivisionError:
                        print('caught')
                """),
        ),
        "a loop over v may end early; what the generator does at its end may then happen later",
    ),
    (
        Case(
            "a doctest",
            code('''
                import time
                def f():
                    """F.

                    >>> f()
                    1
                    """
                    time.sleep(0)
                    return 1
                '''),
            code('''
                import asyncio
                async def f():
                    """F.

                    >>> f()
                    1
                    """
                    await asyncio.sleep(0)
                    return 1
                '''),
        ),
        "a doctest uses f and does not await it",
    ),
    (
        Case(
            "isinstance of Iterable",
            code("""
                import time
                from collections.abc import Iterable
                class I:
                    def __iter__(self):
                        return self
                    def __next__(self):
                        time.sleep(0)
                        raise StopIteration
                def g():
                    return isinstance(I(), Iterable)
                """),
            code("""
                import asyncio
                from collections.abc import Iterable
                class I:
                    def __aiter__(self):
                        return self
                    async def __anext__(self):
                        await asyncio.sleep(0)
                        raise StopAsyncIteration
                def g():
                    return isinstance(I(), Iterable)
                """),
        ),
        "`isinstance(I(), Iterable)` may use I.__iter__",
    ),
    (
        Case(
            "all members",
            code("""
                import time
                import inspect
                class A:
                    def job(self):
                        time.sleep(0)
                def go(a):
                    for n, m in inspect.getmembers(a): m()
                """),
            code("""
                import asyncio
                import inspect
                class A:
                    async def job(self):
                        await asyncio.sleep(0)
                def go(a):
                    for n, m in inspect.getmembers(a): m()
                """),
        ),
        "inspect.getmembers may find job by its name, and not await it",
    ),
    (
        Case(
            "all names",
            code("""
                import time
                class A:
                    def job(self):
                        time.sleep(0)
                def go(a):
                    for n in dir(a):
                        if n.startswith('j'): getattr(a, n)()
                """),
            code("""
                import asyncio
                class A:
                    async def job(self):
                        await asyncio.sleep(0)
                def go(a):
                    for n in dir(a):
                        if n.startswith('j'): getattr(a, n)()
                """),
        ),
        "dir may find job by its name, and not await it",
    ),
    (
        Case(
            "a class made by a call",
            code("""
                import time
                class Guard:
                    def check(self, u):
                        time.sleep(0)
                        return u == 'ada'
                B = type('B', (Guard,), {'check': lambda self, u: 1})
                def g():
                    return Guard().check(1)
                """),
            code("""
                import asyncio
                class Guard:
                    async def check(self, u):
                        await asyncio.sleep(0)
                        return u == 'ada'
                B = type('B', (Guard,), {'check': lambda self, u: 1})
                async def g():
                    return await Guard().check(1)
                """),
        ),
        "a class created here may define check again, and not as async",
    ),
    (
        Case(
            "a sum of several tasks",
            code("""
                import asyncio
                import time
                class A:
                    n = 0
                    def f(self):
                        time.sleep(0)
                        return 1
                    def g(self):
                        self.n += self.f()
                async def m():
                    a = A()
                    await asyncio.gather(h(a), h(a))
                async def h(a: A):
                    a.g()
                """),
            code("""
                import asyncio
                class A:
                    n = 0
                    async def f(self):
                        await asyncio.sleep(0)
                        return 1
                    async def g(self):
                        self.n += await self.f()
                async def m():
                    a = A()
                    await asyncio.gather(h(a), h(a))
                async def h(a: A):
                    await a.g()
                """),
        ),
        "while A.g waits, other tasks may change self.n",
    ),
    (
        Case(
            "event set in thread",
            code("""
                import threading
                E = threading.Event()
                def w():
                    E.set()
                def f():
                    threading.Thread(target=w).start()
                    E.wait()
                """),
            code("""
                import asyncio
                import threading
                E = asyncio.Event()
                def w():
                    E.set()
                async def f():
                    threading.Thread(target=w).start()
                    await E.wait()
                """),
        ),
        "E.set of asyncio may not be used by other threads or by signals",
    ),
    (
        Case(
            "event set signal",
            code("""
                import threading
                import signal
                E = threading.Event()
                signal.signal(2, lambda *a: E.set())
                def f():
                    E.wait()
                """),
            code("""
                import asyncio
                import signal
                E = asyncio.Event()
                signal.signal(2, lambda *a: E.set())
                async def f():
                    await E.wait()
                """),
        ),
        "E.set of asyncio may not be used by other threads or by signals",
    ),
    (
        Case(
            "condition reentrant",
            code("""
                import threading
                C = threading.Condition()
                def g():
                    with C:
                        C.notify()
                def f():
                    with C:
                        g()
                """),
            code("""
                import asyncio
                C = asyncio.Condition()
                async def g():
                    async with C:
                        C.notify()
                async def f():
                    async with C:
                        await g()
                """),
        ),
        "an asyncio condition cannot be entered again by its holder",
    ),
    (
        Case(
            "popen kill after wait",
            code("""
                import subprocess
                def f():
                    p = subprocess.Popen(['true'])
                    p.wait()
                    p.kill()
                """),
            code("""
                import asyncio
                async def f():
                    p = await asyncio.create_subprocess_exec('true')
                    await p.wait()
                    p.kill()
                """),
        ),
        "p.kill fails where the process has ended already",
    ),
    (
        Case(
            "top lock, run in loop",
            code("""
                import threading
                L = threading.Lock()
                def f():
                    with L:
                        pass
                for i in range(2):
                    f()
                """),
            code("""
                import asyncio
                L = asyncio.Lock()
                async def f():
                    async with L:
                        pass
                for i in range(2):
                    asyncio.run(f())
                """),
        ),
        "several event loops share the object made by threading.Lock",
    ),
    (
        Case(
            "attr queue, two runs",
            code("""
                import queue
                class A:
                    def __init__(self):
                        self.q = queue.Queue()
                    def f(self):
                        self.q.put(1)
                a = A()
                a.f()
                a.f()
                """),
            code("""
                import asyncio
                class A:
                    def __init__(self):
                        self.q = asyncio.Queue()
                    async def f(self):
                        await self.q.put(1)
                a = A()
                asyncio.run(a.f())
                asyncio.run(a.f())
                """),
        ),
        "several event loops share the object made by queue.Queue",
    ),
    (
        Case(
            "run twice loop policy",
            code("""
                import asyncio
                import time
                async def h(): pass
                def f():
                    time.sleep(0)
                f()
                asyncio.get_event_loop().run_until_complete(h())
                """),
            code("""
                import asyncio
                async def h(): pass
                async def f():
                    await asyncio.sleep(0)
                asyncio.run(f())
                asyncio.get_event_loop().run_until_complete(h())
                """),
        ),
        "after asyncio.run there is no longer a current event loop",
    ),
    (
        Case(
            "a function bound anew",
            code("""
                import time
                def f(x=0):
                    time.sleep(0)
                    return x
                def patch():
                    global f
                    f = lambda: True
                def g():
                    return f()
                """),
            code("""
                import asyncio
                async def f(x=0):
                    await asyncio.sleep(0)
                    return x
                def patch():
                    global f
                    f = lambda: True
                async def g():
                    return await f()
                """),
        ),
        "`f` is assumed to be f",
    ),
    (
        Case(
            "a class registered",
            code("""
                import time
                import abc
                class P(abc.ABC):
                    @abc.abstractmethod
                    def check(self, u): ...
                class Guard:
                    def check(self, u):
                        time.sleep(0)
                        return u == 'ada'
                P.register(Guard)
                def g(x: P):
                    if x.check(1): print(1)
                """),
            code("""
                import asyncio
                import abc
                class P(abc.ABC):
                    @abc.abstractmethod
                    def check(self, u): ...
                class Guard:
                    async def check(self, u):
                        await asyncio.sleep(0)
                        return u == 'ada'
                P.register(Guard)
                def g(x: P):
                    if x.check(1): print(1)
                """),
        ),
        "code that calls Guard.check on this class may not await it",
    ),
    (
        Case(
            "everything caught",
            code("""
                import time
                def g():
                    while True:
                        try:
                            time.sleep(1)
                        except:
                            continue
                """),
            code("""
                import asyncio
                async def g():
                    while True:
                        try:
                            await asyncio.sleep(1)
                        except:
                            continue
                """),
        ),
        "Ctrl-C arrives as asyncio.CancelledError where g waits, and no longer as KeyboardInterrupt",
    ),
    (
        Case(
            "BaseException caught",
            code("""
                import time
                def g():
                    try:
                        time.sleep(1)
                    except BaseException as e:
                        print(type(e))
                """),
            code("""
                import asyncio
                async def g():
                    try:
                        await asyncio.sleep(1)
                    except BaseException as e:
                        print(type(e))
                """),
        ),
        "Ctrl-C arrives as asyncio.CancelledError where g waits, and no longer as KeyboardInterrupt",
    ),
    (
        Case(
            "Ctrl-C suppressed",
            code("""
                import time
                import contextlib
                def g():
                    with contextlib.suppress(KeyboardInterrupt):
                        time.sleep(1)
                """),
            code("""
                import asyncio
                import contextlib
                async def g():
                    with contextlib.suppress(KeyboardInterrupt):
                        await asyncio.sleep(1)
                """),
        ),
        "Ctrl-C arrives as asyncio.CancelledError where g waits, and no longer as KeyboardInterrupt",
    ),
    (
        Case(
            "a lock entered by a stack",
            code("""
                import time
                import threading, contextlib
                L = threading.Lock()
                def g():
                    with contextlib.ExitStack() as s:
                        s.enter_context(L)
                        time.sleep(0)
                """),
            code("""
                import asyncio
                import threading, contextlib
                L = threading.Lock()
                async def g():
                    with contextlib.ExitStack() as s:
                        s.enter_context(L)
                        await asyncio.sleep(0)
                """),
        ),
        "s.enter_context(L): a lock may be held while a task waits",
    ),
    (
        Case(
            "a lock of files",
            code("""
                import time
                import fcntl
                def g(f):
                    fcntl.flock(f, fcntl.LOCK_EX)
                    time.sleep(0)
                """),
            code("""
                import asyncio
                import fcntl
                async def g(f):
                    fcntl.flock(f, fcntl.LOCK_EX)
                    await asyncio.sleep(0)
                """),
        ),
        "fcntl.flock(f, fcntl.LOCK_EX): a lock may be held while a task waits",
    ),
    (
        Case(
            "a loop over one of two",
            code("""
                import time
                class I:
                    def __iter__(self):
                        return self
                    def __next__(self):
                        time.sleep(0)
                        raise StopIteration
                def z(x):
                    for a in (I() if x else []): pass
                """),
            code("""
                import asyncio
                class I:
                    def __aiter__(self):
                        return self
                    async def __anext__(self):
                        await asyncio.sleep(0)
                        raise StopAsyncIteration
                def z(x):
                    for a in (I() if x else []): pass
                """),
        ),
        "I() if x else [] may be an object that has I.__iter__",
    ),
    (
        Case(
            "a loop over an item",
            code("""
                import time
                class I:
                    def __iter__(self):
                        return self
                    def __next__(self):
                        time.sleep(0)
                        raise StopIteration
                def z(x):
                    for a in x[0]: pass
                """),
            code("""
                import asyncio
                class I:
                    def __aiter__(self):
                        return self
                    async def __anext__(self):
                        await asyncio.sleep(0)
                        raise StopAsyncIteration
                def z(x):
                    for a in x[0]: pass
                """),
        ),
        "x[0] may be an object that has I.__iter__",
    ),
    (
        Case(
            "a loop over a default",
            code("""
                import time
                class I:
                    def __iter__(self):
                        return self
                    def __next__(self):
                        time.sleep(0)
                        raise StopIteration
                def z(x):
                    for a in x or I(): pass
                """),
            code("""
                import asyncio
                class I:
                    def __aiter__(self):
                        return self
                    async def __anext__(self):
                        await asyncio.sleep(0)
                        raise StopAsyncIteration
                def z(x):
                    for a in x or I(): pass
                """),
        ),
        "x or I() may be an object that has I.__iter__",
    ),
    (
        Case(
            "StopIteration of a helper",
            code("""
                import time
                class I:
                    def __iter__(self):
                        return self
                    def _end(self):
                        raise StopIteration
                    def __next__(self):
                        time.sleep(0)
                        self._end()
                """),
            code("""
                import asyncio
                class I:
                    def __aiter__(self):
                        return self
                    def _end(self):
                        raise StopIteration
                    async def __anext__(self):
                        await asyncio.sleep(0)
                        self._end()
                """),
        ),
        "I.__next__: StopIteration of I._end becomes RuntimeError",
    ),
    (
        Case(
            "a module that imports itself",
            code("""
                import time
                import prog
                def f(x=0):
                    time.sleep(0)
                    return x
                def g():
                    if prog.f(): print(1)
                """),
            code("""
                import asyncio
                import prog
                async def f(x=0):
                    await asyncio.sleep(0)
                    return x
                def g():
                    if prog.f(): print(1)
                """),
            Options(path="lib/prog.py", packages=OPTIONS.packages),
        ),
        "f may be called under another name, and not awaited",
    ),
    (
        Case(
            "a name from itself",
            code("""
                import time
                from prog import f as ff
                def f(x=0):
                    time.sleep(0)
                    return x
                def g():
                    if ff(): print(1)
                """),
            code("""
                import asyncio
                from prog import f as ff
                async def f(x=0):
                    await asyncio.sleep(0)
                    return x
                def g():
                    if ff(): print(1)
                """),
            Options(path="lib/prog.py", packages=OPTIONS.packages),
        ),
        "f may be called under another name, and not awaited",
    ),
    (
        Case(
            "a relative import of itself",
            code("""
                import time
                from . import prog
                def f(x=0):
                    time.sleep(0)
                    return x
                def g():
                    if prog.f(): print(1)
                """),
            code("""
                import asyncio
                from . import prog
                async def f(x=0):
                    await asyncio.sleep(0)
                    return x
                def g():
                    if prog.f(): print(1)
                """),
            Options(path="lib/prog.py", packages=OPTIONS.packages),
        ),
        "f may be called under another name, and not awaited",
    ),
    (
        Case(
            "a difference slept",
            code("""
                import time
                def f(end):
                    time.sleep(end - time.time())
                """),
            code("""
                import asyncio
                import time
                async def f(end):
                    await asyncio.sleep(end - time.time())
                """),
        ),
        "time.sleep(end - time.time()) fails where end - time.time() is negative, asyncio.sleep does not",
    ),
    (
        Case(
            "an event set by who does not wait",
            code("""
                import time
                import threading
                class A:
                    def __init__(self):
                        self.e = threading.Event()
                    def f(self):
                        self.e.wait()
                    def stop(self):
                        self.e.set()
                """),
            code("""
                import asyncio
                import threading
                class A:
                    def __init__(self):
                        self.e = asyncio.Event()
                    async def f(self):
                        await self.e.wait()
                    def stop(self):
                        self.e.set()
                """),
        ),
        "self.e.set of asyncio may not be used by other threads or by signals",
    ),
    (
        Case(
            "a lock released elsewhere",
            code("""
                import time
                import threading
                L = threading.Lock()
                def f():
                    L.acquire()
                def g():
                    L.release()
                """),
            code("""
                import asyncio
                import threading
                L = asyncio.Lock()
                async def f():
                    await L.acquire()
                def g():
                    L.release()
                """),
        ),
        "L.release of asyncio may not be used by other threads or by signals",
    ),
    (
        Case(
            "an own method in a thread",
            code("""
                import time
                import shutil
                class A:
                    def cb(self, a, b): pass
                    def f(self):
                        shutil.copytree('a', 'b', copy_function=self.cb)
                """),
            code("""
                import asyncio
                import shutil
                class A:
                    def cb(self, a, b): pass
                    async def f(self):
                        await asyncio.to_thread(shutil.copytree, 'a', 'b', copy_function=self.cb)
                """),
        ),
        "self.cb would run in another thread",
    ),
    (
        Case(
            "an iterator returned by another",
            code("""
                import time
                class I:
                    def __iter__(self):
                        return self
                    def __next__(self):
                        time.sleep(0)
                        raise StopIteration
                class H:
                    def __iter__(self):
                        return I()
                def z():
                    for x in H(): pass
                """),
            code("""
                import asyncio
                class I:
                    def __aiter__(self):
                        return self
                    async def __anext__(self):
                        await asyncio.sleep(0)
                        raise StopAsyncIteration
                class H:
                    def __iter__(self):
                        return I()
                def z():
                    for x in H(): pass
                """),
        ),
        "`return I()` may use I.__iter__",
    ),
]
"""Edits that may be right, with the message to the user."""
