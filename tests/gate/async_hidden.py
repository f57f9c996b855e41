"""Edits that every tree comparison lets through: they have to be refused, or confirmed for their reason."""

# ruff: noqa: E501, RUF001 - texts of programs stand on one line, some in odd characters

from __future__ import annotations

from python_expert.actions.base import Options
from tests.gate.to_async_case import OPTIONS, Case

HIDDEN_WRONG = [
    Case(
        "a new name that the program spells with other characters",
        "import time\ndef f():\n    time.sleep(0)\n    yield 1\ndef g(ｉtem=5):\n    yield from f()\n    yield ｉtem\n",
        "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    yield 1\nasync def g(ｉtem=5):\n    async for item in f(): yield item\n    yield ｉtem\n",
    ),
    Case(
        "a method whose name an f-string makes",
        "import time\nclass A:\n    def do_x(self):\n        time.sleep(0)\n    def go(self, n):\n        return getattr(self, f'do_{n}')()\n",
        "import asyncio\nclass A:\n    async def do_x(self):\n        await asyncio.sleep(0)\n    def go(self, n):\n        return getattr(self, f'do_{n}')()\n",
    ),
    Case(
        "a method whose name a sum makes",
        "import time\nclass A:\n    def do_x(self):\n        time.sleep(0)\n    def go(self, n):\n        if getattr(self, 'do_' + n)(): print(1)\n",
        "import asyncio\nclass A:\n    async def do_x(self):\n        await asyncio.sleep(0)\n    def go(self, n):\n        if getattr(self, 'do_' + n)(): print(1)\n",
    ),
    Case(
        "a global got by name",
        "import time\ndef f(x=0):\n    time.sleep(0)\n    return x\ndef g(n):\n    if globals().get('f')(): print(1)\n",
        "import asyncio\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\ndef g(n):\n    if globals().get('f')(): print(1)\n",
    ),
    Case(
        "a module's variables",
        "import time\nimport sys\ndef f(x=0):\n    time.sleep(0)\n    return x\ndef g(n):\n    if vars(sys.modules[__name__])['f'](): print(1)\n",
        "import asyncio\nimport sys\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\ndef g(n):\n    if vars(sys.modules[__name__])['f'](): print(1)\n",
    ),
    Case(
        "a class's dictionary",
        "import time\nclass Guard:\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\ndef g(x):\n    if Guard.__dict__['check'](x, 'a'): print(1)\n",
        "import asyncio\nclass Guard:\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\ndef g(x):\n    if Guard.__dict__['check'](x, 'a'): print(1)\n",
    ),
    Case(
        "an object that passes everything on",
        "import time\nclass Guard:\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\nclass P:\n    def __init__(self, x):\n        self._x = x\n    def __getattr__(self, n):\n        return getattr(self._x, n)\ndef g():\n    p = P(Guard())\n    if p.check('a'): print(1)\n",
        "import asyncio\nclass Guard:\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\nclass P:\n    def __init__(self, x):\n        self._x = x\n    def __getattr__(self, n):\n        return getattr(self._x, n)\ndef g():\n    p = P(Guard())\n    if p.check('a'): print(1)\n",
    ),
    Case(
        "an imported constant",
        "import time\nfrom lib import GUARD\nclass Guard:\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\ndef g():\n    if GUARD.check('a'): print(1)\n",
        "import asyncio\nfrom lib import GUARD\nclass Guard:\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\ndef g():\n    if GUARD.check('a'): print(1)\n",
    ),
    Case(
        "a lambda in an heir",
        "import time\nclass Guard:\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\nclass B(Guard):\n    check = lambda self, u: True\ndef g(): pass\ndef h(x: Guard):\n    return x.check(1)\n",
        "import asyncio\nclass Guard:\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\nclass B(Guard):\n    check = lambda self, u: True\ndef g(): pass\nasync def h(x: Guard):\n    return await x.check(1)\n",
    ),
    Case(
        "a patched method",
        "import time\nfrom unittest import mock\nclass Guard:\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\ndef g():\n    with mock.patch.object(Guard, 'check', lambda *a: 1):\n        return Guard().check(1)\n",
        "import asyncio\nfrom unittest import mock\nclass Guard:\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\nasync def g():\n    with mock.patch.object(Guard, 'check', lambda *a: 1):\n        return await Guard().check(1)\n",
    ),
    Case(
        "an explicit __enter__",
        "import time\nclass A:\n    def __enter__(self):\n        time.sleep(0)\n        return self\n    def __exit__(self, *a):\n        time.sleep(0)\nclass B(A):\n    def __enter__(self):\n        return super().__enter__()\n    def __exit__(self, *a):\n        time.sleep(0)\n",
        "import asyncio\nclass A:\n    async def __aenter__(self):\n        await asyncio.sleep(0)\n        return self\n    async def __aexit__(self, *a):\n        await asyncio.sleep(0)\nclass B(A):\n    async def __aenter__(self):\n        return await super().__enter__()\n    async def __aexit__(self, *a):\n        await asyncio.sleep(0)\n",
    ),
    Case(
        "__aiter__ of a list",
        "import time\nclass I:\n    def __iter__(self):\n        return iter([1])\ndef g():\n    for x in I(): print(x)\n",
        "import asyncio\nclass I:\n    def __aiter__(self):\n        return iter([1])\nasync def g():\n    async for x in I(): print(x)\n",
    ),
    Case(
        "StopIteration raised",
        "import time\ndef f(it):\n    time.sleep(0)\n    raise StopIteration\n",
        "import asyncio\nasync def f(it):\n    await asyncio.sleep(0)\n    raise StopIteration\n",
    ),
    Case(
        "StopIteration kept in __anext__",
        "import time\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        raise StopIteration\n",
        "import asyncio\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        raise StopIteration\n",
    ),
    Case(
        "a negative sleep",
        "import time\ndef f():\n    time.sleep(-1)\n",
        "import asyncio\nasync def f():\n    await asyncio.sleep(-1)\n",
    ),
    Case(
        "one that passes on, defined again",
        "import time\nclass A:\n    def f(self):\n        time.sleep(0)\n    def g(self):\n        return self.f()\nclass B(A):\n    def g(self):\n        return 5\ndef h(a: A):\n    return a.g()\n",
        "import asyncio\nclass A:\n    async def f(self):\n        await asyncio.sleep(0)\n    def g(self):\n        return self.f()\nclass B(A):\n    def g(self):\n        return 5\nasync def h(a: A):\n    return await a.g()\n",
    ),
    Case(
        "__call__ that passes on",
        "import time\nclass A:\n    def f(self):\n        time.sleep(0)\n    def __call__(self):\n        return self.f()\ndef h(a: A):\n    return a.__call__()\ndef k():\n    if A()(): print(1)\n",
        "import asyncio\nclass A:\n    async def f(self):\n        await asyncio.sleep(0)\n    def __call__(self):\n        return self.f()\nasync def h(a: A):\n    return await a.__call__()\ndef k():\n    if A()(): print(1)\n",
    ),
    Case(
        "__bool__ that passes on",
        "import time\nclass A:\n    def f(self):\n        time.sleep(0)\n    def __bool__(self):\n        return self.f()\ndef h(a: A):\n    return a.__bool__()\n",
        "import asyncio\nclass A:\n    async def f(self):\n        await asyncio.sleep(0)\n    def __bool__(self):\n        return self.f()\nasync def h(a: A):\n    return await a.__bool__()\n",
    ),
    Case(
        "a thread that passes on",
        "import time\nimport threading\nclass A(threading.Thread):\n    def f_(self):\n        time.sleep(0)\n    def run(self):\n        return self.f_()\ndef h(a: A):\n    return a.run()\n",
        "import asyncio\nimport threading\nclass A(threading.Thread):\n    async def f_(self):\n        await asyncio.sleep(0)\n    def run(self):\n        return self.f_()\nasync def h(a: A):\n    return await a.run()\n",
    ),
    Case(
        "a test that passes on",
        "import time\ndef f(x=0):\n    time.sleep(0)\n    return x\ndef test_a():\n    return f()\ndef h():\n    test_a()\n",
        "import asyncio\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\ndef test_a():\n    return f()\nasync def h():\n    await test_a()\n",
    ),
    Case(
        "an event loop of before",
        "import asyncio\nimport time\nasync def h(): pass\ndef g():\n    asyncio.run(h())\ndef m():\n    time.sleep(0)\n    g()\nm()\n",
        "import asyncio\nasync def h(): pass\ndef g():\n    asyncio.run(h())\nasync def m():\n    await asyncio.sleep(0)\n    g()\nasyncio.run(m())\n",
    ),
    Case(
        "a loop's run_until_complete",
        "import asyncio\nimport time\nasync def h(): pass\ndef g():\n    asyncio.new_event_loop().run_until_complete(h())\ndef m():\n    time.sleep(0)\n    g()\nm()\n",
        "import asyncio\nasync def h(): pass\ndef g():\n    asyncio.new_event_loop().run_until_complete(h())\nasync def m():\n    await asyncio.sleep(0)\n    g()\nasyncio.run(m())\n",
    ),
    Case(
        "await in a generator expression",
        "import time\ndef f(x=0):\n    time.sleep(0)\n    return x\ndef g():\n    return any(f(i) for i in range(3))\n",
        "import asyncio\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\nasync def g():\n    return any(await f(i) for i in range(3))\n",
    ),
    Case(
        "async for in a generator expression",
        "import time\ndef v():\n    time.sleep(0)\n    yield 1\ndef g():\n    return sum(x for x in v())\n",
        "import asyncio\nasync def v():\n    await asyncio.sleep(0)\n    yield 1\nasync def g():\n    return sum(x async for x in v())\n",
    ),
    Case(
        "a list in a generator expression",
        "import time\ndef v():\n    time.sleep(0)\n    yield 1\ndef g():\n    return any(list(v()) for i in [1])\n",
        "import asyncio\nasync def v():\n    await asyncio.sleep(0)\n    yield 1\nasync def g():\n    return any([item async for item in v()] for i in [1])\n",
    ),
    Case(
        "a context manager that delegates",
        "import time\nfrom contextlib import contextmanager\ndef inner():\n    try:\n        yield 1\n    except ValueError:\n        print('swallowed')\n@contextmanager\ndef c():\n    time.sleep(0)\n    yield from inner()\n",
        "import asyncio\nfrom contextlib import asynccontextmanager\ndef inner():\n    try:\n        yield 1\n    except ValueError:\n        print('swallowed')\n@asynccontextmanager\nasync def c():\n    await asyncio.sleep(0)\n    for item in inner():\n        yield item\n",
    ),
    Case(
        "a test's setup",
        "import time\nclass TestA:\n    def setup_method(self):\n        time.sleep(0)\n",
        "import asyncio\nclass TestA:\n    async def setup_method(self):\n        await asyncio.sleep(0)\n",
    ),
    Case(
        "a module's setup",
        "import time\ndef setup_module(m):\n    time.sleep(0)\n",
        "import asyncio\nasync def setup_module(m):\n    await asyncio.sleep(0)\n",
    ),
    Case(
        "a hook of pytest",
        "import time\ndef pytest_configure(config):\n    time.sleep(0)\n",
        "import asyncio\nasync def pytest_configure(config):\n    await asyncio.sleep(0)\n",
    ),
    Case(
        "setattr",
        "import time\nclass Guard:\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\nclass Other:\n    def check(self, u): return 0\nclass H:\n    def __init__(self):\n        self.x = Other()\n    def go(self):\n        return 1 if self.x.check(1) else 2\nh = H()\nsetattr(h, 'x', Guard())\n",
        "import asyncio\nclass Guard:\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\nclass Other:\n    def check(self, u): return 0\nclass H:\n    def __init__(self):\n        self.x = Other()\n    def go(self):\n        return 1 if self.x.check(1) else 2\nh = H()\nsetattr(h, 'x', Guard())\n",
    ),
    Case(
        "a stored variable",
        "import time\nclass Guard:\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\nclass Other:\n    def check(self, u): return 0\nclass H:\n    def __init__(self):\n        self.x = Other()\n    def go(self):\n        return 1 if self.x.check(1) else 2\nh = H()\nvars(h)['x'] = Guard()\n",
        "import asyncio\nclass Guard:\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\nclass Other:\n    def check(self, u): return 0\nclass H:\n    def __init__(self):\n        self.x = Other()\n    def go(self):\n        return 1 if self.x.check(1) else 2\nh = H()\nvars(h)['x'] = Guard()\n",
    ),
    Case(
        "a fork",
        "import time\nimport os\ndef f():\n    os.fork()\n    time.sleep(0)\n",
        "import asyncio\nimport os\nasync def f():\n    os.fork()\n    await asyncio.sleep(0)\n",
    ),
    Case(
        "a pattern's value",
        "import time\nclass Guard:\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\ndef g(x):\n    match x:\n        case {'g': y} if y.check('a'): print(1)\n",
        "import asyncio\nclass Guard:\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\ndef g(x):\n    match x:\n        case {'g': y} if y.check('a'): print(1)\n",
    ),
    Case(
        "a partial method",
        "import time\nimport functools\nclass A:\n    def f(self):\n        time.sleep(0)\n    g = functools.partialmethod(f)\n",
        "import asyncio\nimport functools\nclass A:\n    async def f(self):\n        await asyncio.sleep(0)\n    g = functools.partialmethod(f)\n",
    ),
    Case(
        "a call in a decorated function",
        "import time\ndef f(x=0):\n    time.sleep(0)\n    return x\ndef deco(fn):\n    return fn\n@deco\ndef g():\n    return f()\n",
        "import asyncio\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\ndef deco(fn):\n    return fn\n@deco\ndef g():\n    return f()\n",
    ),
    Case(
        "a hook of sys",
        "import time\nimport sys\ndef hook(*a):\n    time.sleep(0)\nsys.excepthook = hook\n",
        "import asyncio\nimport sys\nasync def hook(*a):\n    await asyncio.sleep(0)\nsys.excepthook = hook\n",
    ),
    Case(
        "TYPE_CHECKING import",
        "import time\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import asyncio\ndef f():\n    time.sleep(0)\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import asyncio\nasync def f():\n    await asyncio.sleep(0)\n",
    ),
    Case(
        "local asyncio later",
        "import time\nif 0:\n    import asyncio\ndef f():\n    time.sleep(0)\n",
        "if 0:\n    import asyncio\nasync def f():\n    await asyncio.sleep(0)\n",
    ),
    Case(
        "monkeypatched time.sleep",
        "import time\ntime.sleep = print\ndef f():\n    time.sleep(0)\n",
        "import asyncio\nimport time\ntime.sleep = print\nasync def f():\n    await asyncio.sleep(0)\n",
    ),
    Case(
        "patched time.sleep",
        "import time\nfrom unittest import mock\ndef f():\n    time.sleep(0)\ndef g():\n    with mock.patch('time.sleep'):\n        f()\n",
        "import asyncio\nfrom unittest import mock\nasync def f():\n    await asyncio.sleep(0)\nasync def g():\n    with mock.patch('time.sleep'):\n        await f()\n",
    ),
    Case(
        "import before docstring",
        '"""Doc."""\nimport time\ndef f():\n    time.sleep(0)\n',
        'import asyncio\n"""Doc."""\nasync def f():\n    await asyncio.sleep(0)\n',
    ),
    Case(
        "unneeded httpx",
        "import time\ndef f():\n    time.sleep(0)\n",
        "import httpx\nimport asyncio\nasync def f():\n    await asyncio.sleep(0)\n",
        Options(),
    ),
    Case(
        "to_thread on 3.8",
        "import os\ndef f():\n    return os.listdir()\n",
        "import asyncio\nimport os\nasync def f():\n    return await asyncio.to_thread(os.listdir)\n",
        Options(python=(3, 8)),
    ),
    Case(
        "Lock at top 3.9",
        "import threading\nimport time\nL = threading.Lock()\ndef f():\n    with L:\n        time.sleep(0)\n",
        "import asyncio\nL = asyncio.Lock()\nasync def f():\n    async with L:\n        await asyncio.sleep(0)\n",
        Options(python=(3, 9)),
    ),
    Case(
        "gone in try",
        "import time\ntry:\n    import requests\n    import json\nexcept ImportError:\n    print(1)\n",
        "import time\ntry:\n    import json\nexcept ImportError:\n    print(1)\n",
    ),
    Case(
        "collections.abc gone",
        "import collections.abc\nx = collections.deque()\n",
        "x = collections.deque()\n",
    ),
    Case(
        "gone used in quoted",
        "import threading\nL: 'threading.Lock' = threading.Lock()\ndef f(x: 'list[threading.Lock]'):\n    with L:\n        pass\n",
        "import asyncio\nL: 'threading.Lock' = asyncio.Lock()\nasync def f(x: 'list[threading.Lock]'):\n    async with L:\n        pass\n",
    ),
    Case(
        "event set timer",
        "import threading\nE = threading.Event()\ndef f():\n    threading.Timer(1, E.set).start()\n    E.wait()\n",
        "import asyncio\nimport threading\nE = asyncio.Event()\nasync def f():\n    threading.Timer(1, E.set).start()\n    await E.wait()\n",
    ),
    Case(
        "queue.Empty",
        "import queue\ndef f():\n    q = queue.Queue()\n    q.put(1)\n    try:\n        q.get_nowait()\n    except queue.Empty:\n        print(1)\n",
        "import asyncio\nimport queue\nasync def f():\n    q = asyncio.Queue()\n    await q.put(1)\n    try:\n        q.get_nowait()\n    except queue.Empty:\n        print(1)\n",
    ),
    Case(
        "queue get_nowait",
        "import queue\ndef f():\n    q = queue.Queue()\n    q.put(1)\n    return q.get_nowait()\n",
        "import asyncio\nasync def f():\n    q = asyncio.Queue()\n    await q.put(1)\n    return q.get_nowait()\n",
    ),
    Case(
        "semaphore release n",
        "import threading\nS = threading.Semaphore(2)\ndef f():\n    with S:\n        pass\n    S.release(2)\n",
        "import asyncio\nS = asyncio.Semaphore(2)\nasync def f():\n    async with S:\n        pass\n    S.release(2)\n",
    ),
    Case(
        "condition of lock",
        "import threading\nL = threading.Lock()\ndef f():\n    c = threading.Condition(L)\n    with c:\n        c.notify()\n",
        "import asyncio\nimport threading\nL = threading.Lock()\nasync def f():\n    c = asyncio.Condition(L)\n    async with c:\n        c.notify()\n",
    ),
    Case(
        "getattr lock",
        "import threading\nclass A:\n    def __init__(self):\n        self.lock = threading.Lock()\n    def f(self):\n        with self.lock:\n            pass\n    def g(self):\n        with getattr(self, 'lock'):\n            pass\n",
        "import asyncio\nclass A:\n    def __init__(self):\n        self.lock = asyncio.Lock()\n    async def f(self):\n        async with self.lock:\n            pass\n    def g(self):\n        with getattr(self, 'lock'):\n            pass\n",
    ),
    Case(
        "aiofiles not entered",
        "def f():\n    g = open('a')\n    return g.read()\n",
        "import aiofiles\nasync def f():\n    g = aiofiles.open('a')\n    return await g.read()\n",
    ),
    Case(
        "anyio close",
        "def f():\n    g = open('a')\n    g.close()\n",
        "import anyio\nasync def f():\n    g = await anyio.open_file('a')\n    await g.close()\n",
    ),
    Case(
        "popen not waited",
        "import subprocess\ndef f():\n    p = subprocess.Popen(['sleep', '5'])\n    print(p.pid)\n",
        "import asyncio\nasync def f():\n    p = await asyncio.create_subprocess_exec('sleep', '5')\n    print(p.pid)\n",
    ),
    Case(
        "httpx get json",
        "import requests\ndef f(u):\n    with requests.Session() as s:\n        s.get(u, json=1)\n",
        "import httpx\nasync def f(u):\n    async with httpx.AsyncClient(follow_redirects=True, timeout=None) as s:\n        await s.get(u, json=1)\n",
    ),
    Case(
        "reader global",
        "def f():\n    global line\n    with open('a') as g:\n        for line in g:\n            print(line)\ndef h():\n    print(line)\n",
        "import asyncio\nasync def f():\n    global line\n    with open('a') as g:\n        while line := await asyncio.to_thread(g.readline):\n            print(line)\ndef h():\n    print(line)\n",
    ),
    Case(
        "reader rebinds",
        "def f():\n    with open('a') as g:\n        for line in g:\n            g = open(line)\n",
        "import asyncio\nasync def f():\n    with open('a') as g:\n        while line := await asyncio.to_thread(g.readline):\n            g = open(line)\n",
    ),
    Case(
        "mp lock",
        "import multiprocessing\nimport time\nL = multiprocessing.Lock()\ndef f():\n    with L:\n        time.sleep(0)\n",
        "import asyncio\nimport multiprocessing\nL = multiprocessing.Lock()\nasync def f():\n    with L:\n        await asyncio.sleep(0)\n",
    ),
    Case(
        "queue shared worker",
        "import queue\nimport threading\nq = queue.Queue()\ndef w():\n    q.put_nowait(1)\ndef f():\n    threading.Thread(target=w).start()\n    return q.get()\n",
        "import asyncio\nimport threading\nq = asyncio.Queue()\ndef w():\n    q.put_nowait(1)\nasync def f():\n    threading.Thread(target=w).start()\n    return await q.get()\n",
    ),
    Case(
        "debug fstring",
        "import time\ndef f():\n    time.sleep(0)\ndef g():\n    print(f'{f()=}')\n",
        "import asyncio\nasync def f():\n    await asyncio.sleep(0)\nasync def g():\n    print(f'{await f()=}')\n",
    ),
    Case(
        "Event subclass",
        "import threading\nclass E(threading.Event):\n    pass\ne = E()\ndef f():\n    e.wait()\n",
        "import asyncio\nimport threading\nclass E(threading.Event):\n    pass\ne = E()\nasync def f():\n    await e.wait()\n",
    ),
    Case(
        "annot class lock",
        "import threading\nimport time\nclass A:\n    lock: threading.Lock\n    def f(self):\n        with self.lock:\n            time.sleep(0)\n",
        "import asyncio\nimport threading\nclass A:\n    lock: threading.Lock\n    async def f(self):\n        with self.lock:\n            await asyncio.sleep(0)\n",
    ),
    Case(
        "asyncgen return run",
        "import time\ndef g():\n    time.sleep(0)\n    yield 1\ndef h():\n    return g()\nfor x in h():\n    print(x)\n",
        "import asyncio\nasync def g():\n    await asyncio.sleep(0)\n    yield 1\ndef h():\n    return g()\nfor x in h():\n    print(x)\n",
    ),
    Case(
        "lock file text in loop",
        "import threading\nL = threading.Lock()\ndef f():\n    with L:\n        pass\nif L.locked():\n    print(1)\nwith L:\n    pass\n",
        "import asyncio\nL = asyncio.Lock()\nasync def f():\n    async with L:\n        pass\nif L.locked():\n    print(1)\nwith L:\n    pass\n",
    ),
    Case(
        "a pattern that takes a method",
        "import time\nclass Guard:\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\ndef g(x):\n    match x:\n        case Guard(check=c): print(c(1))\n",
        "import asyncio\nclass Guard:\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\ndef g(x):\n    match x:\n        case Guard(check=c): print(c(1))\n",
    ),
    Case(
        "a guard that takes a method",
        "import time\nclass Guard:\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\ndef g(x):\n    match x:\n        case object(check=c) if c(1): print(1)\n",
        "import asyncio\nclass Guard:\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\ndef g(x):\n    match x:\n        case object(check=c) if c(1): print(1)\n",
    ),
    Case(
        "a name of a class and of around it",
        "import time\ndef f(x=0):\n    time.sleep(0)\n    return x\nclass A:\n    f = f\n    def g(self):\n        if self.f(): print(1)\n",
        "import asyncio\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\nclass A:\n    f = f\n    def g(self):\n        if self.f(): print(1)\n",
    ),
    Case(
        "an heir of threading.local",
        "import time\nimport threading\nclass L(threading.local): pass\nl = L()\ndef f():\n    l.x = 1\n    time.sleep(0)\n",
        "import asyncio\nimport threading\nclass L(threading.local): pass\nl = L()\nasync def f():\n    l.x = 1\n    await asyncio.sleep(0)\n",
    ),
    Case(
        "a sleep of decimals",
        "import time\nfrom decimal import Decimal\ndef f():\n    time.sleep(Decimal('0.1'))\n",
        "import asyncio\nfrom decimal import Decimal\nasync def f():\n    await asyncio.sleep(Decimal('0.1'))\n",
    ),
    Case(
        "a notebook",
        "import time\ndef f(x=0):\n    time.sleep(0)\n    return x\nx = f(1)\n",
        "import asyncio\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\nx = asyncio.run(f(1))\n",
        Options(path="a.ipynb", packages=OPTIONS.packages),
    ),
    Case(
        "__next__ that yields",
        "import time\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        yield 1\n",
        "import asyncio\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        yield 1\n",
    ),
    Case(
        "a sleep from one of two",
        "import time\ntry:\n    from fast import sleep\nexcept ImportError:\n    from time import sleep\ndef f():\n    sleep(1)\n",
        "import asyncio\ntry:\n    from fast import sleep\nexcept ImportError:\n    from time import sleep\nasync def f():\n    await asyncio.sleep(1)\n",
    ),
    Case(
        "a time of one's own",
        "import time\ndef f(time):\n    time.sleep(1)\n",
        "import asyncio\nasync def f(time):\n    await asyncio.sleep(1)\n",
    ),
    Case(
        "an open bound anew",
        "import time\nimport builtins\nbuiltins.open = print\ndef f():\n    open('a')\n",
        "import asyncio\nimport builtins\nbuiltins.open = print\nasync def f():\n    await asyncio.to_thread(open, 'a')\n",
    ),
    Case(
        "a patched open",
        "import time\nfrom unittest.mock import patch\ndef f():\n    open('a')\ndef g():\n    with patch('builtins.open'):\n        f()\n",
        "import asyncio\nfrom unittest.mock import patch\nasync def f():\n    await asyncio.to_thread(open, 'a')\nasync def g():\n    with patch('builtins.open'):\n        await f()\n",
    ),
    Case(
        "an heir of Path",
        "import time\nfrom pathlib import Path\nclass P(Path):\n    def exists(self): return 1\ndef f():\n    return P('a').exists()\n",
        "import asyncio\nfrom pathlib import Path\nclass P(Path):\n    def exists(self): return 1\nasync def f():\n    return await P('a').exists()\n",
    ),
    Case(
        "a generator expression over an iterator",
        "import time\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        raise StopIteration\ndef z():\n    return sum(x for x in I())\n",
        "import asyncio\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        raise StopAsyncIteration\nasync def z():\n    return sum(x async for x in I())\n",
    ),
]
"""Edits that are wrong."""

ASKED = [
    (
        Case(
            "a method of any name",
            "import time\nclass A:\n    def do_x(self):\n        time.sleep(0)\n    def go(self, n):\n        if getattr(self, n)(): print(1)\n",
            "import asyncio\nclass A:\n    async def do_x(self):\n        await asyncio.sleep(0)\n    def go(self, n):\n        if getattr(self, n)(): print(1)\n",
        ),
        "n may be the name of do_x: nobody awaits it",
    ),
    (
        Case(
            "any global",
            "import time\ndef f(x=0):\n    time.sleep(0)\n    return x\ndef g(n):\n    if globals()[n](): print(1)\n",
            "import asyncio\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\ndef g(n):\n    if globals()[n](): print(1)\n",
        ),
        "globals may find f by its name, and not await it",
    ),
    (
        Case(
            "the module itself",
            "import time\nimport sys\ndef f(x=0):\n    time.sleep(0)\n    return x\ndef g(n):\n    if sys.modules[__name__].f(): print(1)\n",
            "import asyncio\nimport sys\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\ndef g(n):\n    if sys.modules[__name__].f(): print(1)\n",
        ),
        "sys.modules may find f by its name, and not await it",
    ),
    (
        Case(
            "evaluated text",
            "import time\ndef f(x=0):\n    time.sleep(0)\n    return x\ndef g():\n    if eval('f()'): print(1)\n",
            "import asyncio\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\ndef g():\n    if eval('f()'): print(1)\n",
        ),
        "eval may find f by its name, and not await it",
    ),
    (
        Case(
            "a class decorator",
            "import time\nfrom lib import instrument\n@instrument\nclass Guard:\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\n",
            "import asyncio\nfrom lib import instrument\n@instrument\nclass Guard:\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\n",
        ),
        "instrument may use Guard.check and not await it",
    ),
    (
        Case(
            "a metaclass",
            "import time\nfrom lib import Meta\nclass Guard(metaclass=Meta):\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\n",
            "import asyncio\nfrom lib import Meta\nclass Guard(metaclass=Meta):\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\n",
        ),
        "Meta may use Guard.check and not await it",
    ),
    (
        Case(
            "a base class that looks at its heirs",
            "import time\nclass R:\n    def __init_subclass__(cls):\n        for k, v in vars(cls).items():\n            if callable(v): print(v(None, 1))\nclass Guard(R):\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\n",
            "import asyncio\nclass R:\n    def __init_subclass__(cls):\n        for k, v in vars(cls).items():\n            if callable(v): print(v(None, 1))\nclass Guard(R):\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\n",
        ),
        "vars may find check by its name, and not await it",
    ),
    (
        Case(
            "a patched path",
            "import time\nfrom unittest import mock\ndef f(x=0):\n    time.sleep(0)\n    return x\ndef g():\n    with mock.patch('prog.f', lambda *a: 1):\n        return f(1)\n",
            "import asyncio\nfrom unittest import mock\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\nasync def g():\n    with mock.patch('prog.f', lambda *a: 1):\n        return await f(1)\n",
        ),
        "prog.f may be looked up by its name, and not awaited",
    ),
    (
        Case(
            "a closed object",
            "import time\nimport contextlib\nclass A:\n    def close(self):\n        time.sleep(0)\ndef g():\n    with contextlib.closing(A()): pass\n",
            "import asyncio\nimport contextlib\nclass A:\n    async def close(self):\n        await asyncio.sleep(0)\ndef g():\n    with contextlib.closing(A()): pass\n",
        ),
        "`contextlib.closing(A())` may use A.close",
    ),
    (
        Case(
            "an object for print",
            "import time\nimport sys\nclass A:\n    def write(self, s):\n        time.sleep(0)\n    def flush(self): pass\ndef g():\n    sys.stdout = A()\n    print(1)\n",
            "import asyncio\nimport sys\nclass A:\n    async def write(self, s):\n        await asyncio.sleep(0)\n    def flush(self): pass\ndef g():\n    sys.stdout = A()\n    print(1)\n",
        ),
        "`sys.stdout = A()` may use A.write",
    ),
    (
        Case(
            "an entered stack",
            "import time\nimport contextlib\nclass A:\n    def __enter__(self):\n        time.sleep(0)\n        return self\n    def __exit__(self, *a):\n        time.sleep(0)\ndef g():\n    with contextlib.ExitStack() as s:\n        s.enter_context(A())\n",
            "import asyncio\nimport contextlib\nclass A:\n    async def __aenter__(self):\n        await asyncio.sleep(0)\n        return self\n    async def __aexit__(self, *a):\n        await asyncio.sleep(0)\ndef g():\n    with contextlib.ExitStack() as s:\n        s.enter_context(A())\n",
        ),
        "`s.enter_context(A())` may use A.__exit__",
    ),
    (
        Case(
            "with on an untyped factory",
            "import time\nclass A:\n    def __enter__(self):\n        time.sleep(0)\n        return self\n    def __exit__(self, *a):\n        time.sleep(0)\ndef make():\n    return A()\ndef g():\n    with make() as a: print(a)\n",
            "import asyncio\nclass A:\n    async def __aenter__(self):\n        await asyncio.sleep(0)\n        return self\n    async def __aexit__(self, *a):\n        await asyncio.sleep(0)\ndef make():\n    return A()\ndef g():\n    with make() as a: print(a)\n",
        ),
        "make() may have A.__enter__",
    ),
    (
        Case(
            "with on an unknown call",
            "import time\nclass A:\n    def __enter__(self):\n        time.sleep(0)\n        return self\n    def __exit__(self, *a):\n        time.sleep(0)\ndef g(m):\n    with m() as a: print(a)\n",
            "import asyncio\nclass A:\n    async def __aenter__(self):\n        await asyncio.sleep(0)\n        return self\n    async def __aexit__(self, *a):\n        await asyncio.sleep(0)\ndef g(m):\n    with m() as a: print(a)\n",
        ),
        "m() may have A.__enter__",
    ),
    (
        Case(
            "a join",
            "import time\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        raise StopIteration\ndef g():\n    return ''.join(I())\n",
            "import asyncio\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        raise StopAsyncIteration\ndef g():\n    return ''.join(I())\n",
        ),
        "`''.join(I())` may use I.__iter__",
    ),
    (
        Case(
            "an extend",
            "import time\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        raise StopIteration\ndef g(x):\n    x.extend(I())\n",
            "import asyncio\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        raise StopAsyncIteration\ndef g(x):\n    x.extend(I())\n",
        ),
        "`x.extend(I())` may use I.__iter__",
    ),
    (
        Case(
            "an augmented list",
            "import time\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        raise StopIteration\ndef g(x):\n    x += I()\n",
            "import asyncio\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        raise StopAsyncIteration\ndef g(x):\n    x += I()\n",
        ),
        "`x += I()` may use I.__iter__",
    ),
    (
        Case(
            "a chain",
            "import time\nimport itertools\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        raise StopIteration\ndef g(x):\n    for a in itertools.chain(I()): print(a)\n",
            "import asyncio\nimport itertools\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        raise StopAsyncIteration\ndef g(x):\n    for a in itertools.chain(I()): print(a)\n",
        ),
        "`itertools.chain(I())` may use I.__iter__",
    ),
    (
        Case(
            "a list of anything",
            "import time\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        raise StopIteration\ndef g(x):\n    return list(x)\n",
            "import asyncio\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        raise StopAsyncIteration\ndef g(x):\n    return list(x)\n",
        ),
        "x may have I.__iter__",
    ),
    (
        Case(
            "a loop over an untyped factory",
            "import time\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        raise StopIteration\ndef make():\n    return I()\ndef g():\n    for a in make(): print(a)\n",
            "import asyncio\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        raise StopAsyncIteration\ndef make():\n    return I()\ndef g():\n    for a in make(): print(a)\n",
        ),
        "make() may have I.__iter__",
    ),
    (
        Case(
            "next that may leak",
            "import time\ndef f(it):\n    time.sleep(0)\n    return next(it)\n",
            "import asyncio\nasync def f(it):\n    await asyncio.sleep(0)\n    return next(it)\n",
        ),
        "f: if this raises StopIteration, a coroutine turns it into RuntimeError",
    ),
    (
        Case(
            "next that may leak from __anext__",
            "import time\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        return next(self.x)\n",
            "import asyncio\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        return next(self.x)\n",
        ),
        "I.__next__: if this raises StopIteration, a coroutine turns it into RuntimeError",
    ),
    (
        Case(
            "Ctrl-C caught",
            "import time\ndef f():\n    try:\n        time.sleep(9)\n    except KeyboardInterrupt:\n        print('bye')\n",
            "import asyncio\nasync def f():\n    try:\n        await asyncio.sleep(9)\n    except KeyboardInterrupt:\n        print('bye')\n",
        ),
        "Ctrl-C arrives as asyncio.CancelledError where f waits, and no longer as KeyboardInterrupt",
    ),
    (
        Case(
            "an alarm",
            "import time\nimport signal\ndef h(*a): raise TimeoutError\nsignal.signal(signal.SIGALRM, h)\nsignal.alarm(1)\ndef f():\n    try:\n        time.sleep(5)\n    except TimeoutError:\n        print(1)\nf()\n",
            "import asyncio\nimport signal\ndef h(*a): raise TimeoutError\nsignal.signal(signal.SIGALRM, h)\nsignal.alarm(1)\nasync def f():\n    try:\n        await asyncio.sleep(5)\n    except TimeoutError:\n        print(1)\nasyncio.run(f())\n",
        ),
        "a signal's handler that raises or waits does so in the event loop, no longer in the function that waits",
    ),
    (
        Case(
            "a context variable",
            "import time\nimport contextvars\nv = contextvars.ContextVar('v')\ndef f():\n    time.sleep(0)\n    v.set(1)\nf()\nprint(v.get())\n",
            "import asyncio\nimport contextvars\nv = contextvars.ContextVar('v')\nasync def f():\n    await asyncio.sleep(0)\n    v.set(1)\nasyncio.run(f())\nprint(v.get())\n",
        ),
        "what is set in a context within asyncio.run is gone after it",
    ),
    (
        Case(
            "a decimal context",
            "import time\nimport decimal\ndef f():\n    time.sleep(0)\n    decimal.getcontext().prec = 3\nf()\nprint(decimal.Decimal(1) / 3)\n",
            "import asyncio\nimport decimal\nasync def f():\n    await asyncio.sleep(0)\n    decimal.getcontext().prec = 3\nasyncio.run(f())\nprint(decimal.Decimal(1) / 3)\n",
        ),
        "what is set in a context within asyncio.run is gone after it",
    ),
    (
        Case(
            "a generator left by an error",
            "import time\ndef v():\n    try:\n        time.sleep(0)\n        yield 1\n    finally:\n        print('end')\ndef g():\n    try:\n        for x in v():\n            raise ValueError\n    except ValueError:\n        print('caught')\n",
            "import asyncio\nasync def v():\n    try:\n        await asyncio.sleep(0)\n        yield 1\n    finally:\n        print('end')\nasync def g():\n    try:\n        async for x in v():\n            raise ValueError\n    except ValueError:\n        print('caught')\n",
        ),
        "a loop over v may end early; what the generator does at its end may then happen later",
    ),
    (
        Case(
            "a delegated generator left",
            "import time\ndef v():\n    try:\n        time.sleep(0)\n        yield 1\n    finally:\n        print('end')\ndef w():\n    yield from v()\ndef g():\n    for x in w():\n        break\n    print(2)\n",
            "import asyncio\nasync def v():\n    try:\n        await asyncio.sleep(0)\n        yield 1\n    finally:\n        print('end')\nasync def w():\n    async for item in v():\n        yield item\nasync def g():\n    async for x in w():\n        break\n    print(2)\n",
        ),
        "a loop over w may end early; what the generator does at its end may then happen later",
    ),
    (
        Case(
            "a comprehension left",
            "import time\ndef v():\n    try:\n        time.sleep(0)\n        yield 1\n    finally:\n        print('end')\ndef g():\n    try:\n        [1/0 for x in v()]\n    except ZeroDivisionError:\n        print('caught')\n",
            "import asyncio\nasync def v():\n    try:\n        await asyncio.sleep(0)\n        yield 1\n    finally:\n        print('end')\nasync def g():\n    try:\n        [1/0 async for x in v()]\n    except ZeroDivisionError:\n        print('caught')\n",
        ),
        "a loop over v may end early; what the generator does at its end may then happen later",
    ),
    (
        Case(
            "a doctest",
            'import time\ndef f():\n    """F.\n\n    >>> f()\n    1\n    """\n    time.sleep(0)\n    return 1\n',
            'import asyncio\nasync def f():\n    """F.\n\n    >>> f()\n    1\n    """\n    await asyncio.sleep(0)\n    return 1\n',
        ),
        "a doctest uses f and does not await it",
    ),
    (
        Case(
            "isinstance of Iterable",
            "import time\nfrom collections.abc import Iterable\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        raise StopIteration\ndef g():\n    return isinstance(I(), Iterable)\n",
            "import asyncio\nfrom collections.abc import Iterable\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        raise StopAsyncIteration\ndef g():\n    return isinstance(I(), Iterable)\n",
        ),
        "`isinstance(I(), Iterable)` may use I.__iter__",
    ),
    (
        Case(
            "all members",
            "import time\nimport inspect\nclass A:\n    def job(self):\n        time.sleep(0)\ndef go(a):\n    for n, m in inspect.getmembers(a): m()\n",
            "import asyncio\nimport inspect\nclass A:\n    async def job(self):\n        await asyncio.sleep(0)\ndef go(a):\n    for n, m in inspect.getmembers(a): m()\n",
        ),
        "inspect.getmembers may find job by its name, and not await it",
    ),
    (
        Case(
            "all names",
            "import time\nclass A:\n    def job(self):\n        time.sleep(0)\ndef go(a):\n    for n in dir(a):\n        if n.startswith('j'): getattr(a, n)()\n",
            "import asyncio\nclass A:\n    async def job(self):\n        await asyncio.sleep(0)\ndef go(a):\n    for n in dir(a):\n        if n.startswith('j'): getattr(a, n)()\n",
        ),
        "dir may find job by its name, and not await it",
    ),
    (
        Case(
            "a class made by a call",
            "import time\nclass Guard:\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\nB = type('B', (Guard,), {'check': lambda self, u: 1})\ndef g():\n    return Guard().check(1)\n",
            "import asyncio\nclass Guard:\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\nB = type('B', (Guard,), {'check': lambda self, u: 1})\nasync def g():\n    return await Guard().check(1)\n",
        ),
        "a class made here may define check again, and not as async",
    ),
    (
        Case(
            "a sum of several tasks",
            "import asyncio\nimport time\nclass A:\n    n = 0\n    def f(self):\n        time.sleep(0)\n        return 1\n    def g(self):\n        self.n += self.f()\nasync def m():\n    a = A()\n    await asyncio.gather(h(a), h(a))\nasync def h(a: A):\n    a.g()\n",
            "import asyncio\nclass A:\n    n = 0\n    async def f(self):\n        await asyncio.sleep(0)\n        return 1\n    async def g(self):\n        self.n += await self.f()\nasync def m():\n    a = A()\n    await asyncio.gather(h(a), h(a))\nasync def h(a: A):\n    await a.g()\n",
        ),
        "while A.g waits, other tasks may change self.n",
    ),
    (
        Case(
            "event set in thread",
            "import threading\nE = threading.Event()\ndef w():\n    E.set()\ndef f():\n    threading.Thread(target=w).start()\n    E.wait()\n",
            "import asyncio\nimport threading\nE = asyncio.Event()\ndef w():\n    E.set()\nasync def f():\n    threading.Thread(target=w).start()\n    await E.wait()\n",
        ),
        "E.set of asyncio may not be used by other threads or by signals",
    ),
    (
        Case(
            "event set signal",
            "import threading\nimport signal\nE = threading.Event()\nsignal.signal(2, lambda *a: E.set())\ndef f():\n    E.wait()\n",
            "import asyncio\nimport signal\nE = asyncio.Event()\nsignal.signal(2, lambda *a: E.set())\nasync def f():\n    await E.wait()\n",
        ),
        "E.set of asyncio may not be used by other threads or by signals",
    ),
    (
        Case(
            "condition reentrant",
            "import threading\nC = threading.Condition()\ndef g():\n    with C:\n        C.notify()\ndef f():\n    with C:\n        g()\n",
            "import asyncio\nC = asyncio.Condition()\nasync def g():\n    async with C:\n        C.notify()\nasync def f():\n    async with C:\n        await g()\n",
        ),
        "a condition of asyncio cannot be entered again by who holds it",
    ),
    (
        Case(
            "popen kill after wait",
            "import subprocess\ndef f():\n    p = subprocess.Popen(['true'])\n    p.wait()\n    p.kill()\n",
            "import asyncio\nasync def f():\n    p = await asyncio.create_subprocess_exec('true')\n    await p.wait()\n    p.kill()\n",
        ),
        "p.kill fails where the process has ended already",
    ),
    (
        Case(
            "top lock, run in loop",
            "import threading\nL = threading.Lock()\ndef f():\n    with L:\n        pass\nfor i in range(2):\n    f()\n",
            "import asyncio\nL = asyncio.Lock()\nasync def f():\n    async with L:\n        pass\nfor i in range(2):\n    asyncio.run(f())\n",
        ),
        "several event loops share the object made by threading.Lock",
    ),
    (
        Case(
            "attr queue, two runs",
            "import queue\nclass A:\n    def __init__(self):\n        self.q = queue.Queue()\n    def f(self):\n        self.q.put(1)\na = A()\na.f()\na.f()\n",
            "import asyncio\nclass A:\n    def __init__(self):\n        self.q = asyncio.Queue()\n    async def f(self):\n        await self.q.put(1)\na = A()\nasyncio.run(a.f())\nasyncio.run(a.f())\n",
        ),
        "several event loops share the object made by queue.Queue",
    ),
    (
        Case(
            "run twice loop policy",
            "import asyncio\nimport time\nasync def h(): pass\ndef f():\n    time.sleep(0)\nf()\nasyncio.get_event_loop().run_until_complete(h())\n",
            "import asyncio\nasync def h(): pass\nasync def f():\n    await asyncio.sleep(0)\nasyncio.run(f())\nasyncio.get_event_loop().run_until_complete(h())\n",
        ),
        "after asyncio.run there is no current event loop any more",
    ),
    (
        Case(
            "a function bound anew",
            "import time\ndef f(x=0):\n    time.sleep(0)\n    return x\ndef patch():\n    global f\n    f = lambda: True\ndef g():\n    return f()\n",
            "import asyncio\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\ndef patch():\n    global f\n    f = lambda: True\nasync def g():\n    return await f()\n",
        ),
        "`f` is taken to be f",
    ),
    (
        Case(
            "a class registered",
            "import time\nimport abc\nclass P(abc.ABC):\n    @abc.abstractmethod\n    def check(self, u): ...\nclass Guard:\n    def check(self, u):\n        time.sleep(0)\n        return u == 'ada'\nP.register(Guard)\ndef g(x: P):\n    if x.check(1): print(1)\n",
            "import asyncio\nimport abc\nclass P(abc.ABC):\n    @abc.abstractmethod\n    def check(self, u): ...\nclass Guard:\n    async def check(self, u):\n        await asyncio.sleep(0)\n        return u == 'ada'\nP.register(Guard)\ndef g(x: P):\n    if x.check(1): print(1)\n",
        ),
        "what calls Guard.check by this class may not await it",
    ),
    (
        Case(
            "everything caught",
            "import time\ndef g():\n    while True:\n        try:\n            time.sleep(1)\n        except:\n            continue\n",
            "import asyncio\nasync def g():\n    while True:\n        try:\n            await asyncio.sleep(1)\n        except:\n            continue\n",
        ),
        "Ctrl-C arrives as asyncio.CancelledError where g waits, and no longer as KeyboardInterrupt",
    ),
    (
        Case(
            "BaseException caught",
            "import time\ndef g():\n    try:\n        time.sleep(1)\n    except BaseException as e:\n        print(type(e))\n",
            "import asyncio\nasync def g():\n    try:\n        await asyncio.sleep(1)\n    except BaseException as e:\n        print(type(e))\n",
        ),
        "Ctrl-C arrives as asyncio.CancelledError where g waits, and no longer as KeyboardInterrupt",
    ),
    (
        Case(
            "Ctrl-C suppressed",
            "import time\nimport contextlib\ndef g():\n    with contextlib.suppress(KeyboardInterrupt):\n        time.sleep(1)\n",
            "import asyncio\nimport contextlib\nasync def g():\n    with contextlib.suppress(KeyboardInterrupt):\n        await asyncio.sleep(1)\n",
        ),
        "Ctrl-C arrives as asyncio.CancelledError where g waits, and no longer as KeyboardInterrupt",
    ),
    (
        Case(
            "a lock entered by a stack",
            "import time\nimport threading, contextlib\nL = threading.Lock()\ndef g():\n    with contextlib.ExitStack() as s:\n        s.enter_context(L)\n        time.sleep(0)\n",
            "import asyncio\nimport threading, contextlib\nL = threading.Lock()\nasync def g():\n    with contextlib.ExitStack() as s:\n        s.enter_context(L)\n        await asyncio.sleep(0)\n",
        ),
        "s.enter_context(L): a lock may be held while a task waits",
    ),
    (
        Case(
            "a lock of files",
            "import time\nimport fcntl\ndef g(f):\n    fcntl.flock(f, fcntl.LOCK_EX)\n    time.sleep(0)\n",
            "import asyncio\nimport fcntl\nasync def g(f):\n    fcntl.flock(f, fcntl.LOCK_EX)\n    await asyncio.sleep(0)\n",
        ),
        "fcntl.flock(f, fcntl.LOCK_EX): a lock may be held while a task waits",
    ),
    (
        Case(
            "a loop over one of two",
            "import time\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        raise StopIteration\ndef z(x):\n    for a in (I() if x else []): pass\n",
            "import asyncio\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        raise StopAsyncIteration\ndef z(x):\n    for a in (I() if x else []): pass\n",
        ),
        "I() if x else [] may have I.__iter__",
    ),
    (
        Case(
            "a loop over an item",
            "import time\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        raise StopIteration\ndef z(x):\n    for a in x[0]: pass\n",
            "import asyncio\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        raise StopAsyncIteration\ndef z(x):\n    for a in x[0]: pass\n",
        ),
        "x[0] may have I.__iter__",
    ),
    (
        Case(
            "a loop over a default",
            "import time\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        raise StopIteration\ndef z(x):\n    for a in x or I(): pass\n",
            "import asyncio\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        raise StopAsyncIteration\ndef z(x):\n    for a in x or I(): pass\n",
        ),
        "x or I() may have I.__iter__",
    ),
    (
        Case(
            "StopIteration of a helper",
            "import time\nclass I:\n    def __iter__(self):\n        return self\n    def _end(self):\n        raise StopIteration\n    def __next__(self):\n        time.sleep(0)\n        self._end()\n",
            "import asyncio\nclass I:\n    def __aiter__(self):\n        return self\n    def _end(self):\n        raise StopIteration\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        self._end()\n",
        ),
        "I.__next__: StopIteration of I._end becomes RuntimeError",
    ),
    (
        Case(
            "a module that imports itself",
            "import time\nimport prog\ndef f(x=0):\n    time.sleep(0)\n    return x\ndef g():\n    if prog.f(): print(1)\n",
            "import asyncio\nimport prog\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\ndef g():\n    if prog.f(): print(1)\n",
            Options(path="lib/prog.py", packages=OPTIONS.packages),
        ),
        "f may be called under another name, and not awaited",
    ),
    (
        Case(
            "a name from itself",
            "import time\nfrom prog import f as ff\ndef f(x=0):\n    time.sleep(0)\n    return x\ndef g():\n    if ff(): print(1)\n",
            "import asyncio\nfrom prog import f as ff\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\ndef g():\n    if ff(): print(1)\n",
            Options(path="lib/prog.py", packages=OPTIONS.packages),
        ),
        "f may be called under another name, and not awaited",
    ),
    (
        Case(
            "a relative import of itself",
            "import time\nfrom . import prog\ndef f(x=0):\n    time.sleep(0)\n    return x\ndef g():\n    if prog.f(): print(1)\n",
            "import asyncio\nfrom . import prog\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\ndef g():\n    if prog.f(): print(1)\n",
            Options(path="lib/prog.py", packages=OPTIONS.packages),
        ),
        "f may be called under another name, and not awaited",
    ),
    (
        Case(
            "a difference slept",
            "import time\ndef f(end):\n    time.sleep(end - time.time())\n",
            "import asyncio\nimport time\nasync def f(end):\n    await asyncio.sleep(end - time.time())\n",
        ),
        "time.sleep(end - time.time()) fails where end - time.time() is negative, asyncio.sleep does not",
    ),
    (
        Case(
            "an event set by who does not wait",
            "import time\nimport threading\nclass A:\n    def __init__(self):\n        self.e = threading.Event()\n    def f(self):\n        self.e.wait()\n    def stop(self):\n        self.e.set()\n",
            "import asyncio\nimport threading\nclass A:\n    def __init__(self):\n        self.e = asyncio.Event()\n    async def f(self):\n        await self.e.wait()\n    def stop(self):\n        self.e.set()\n",
        ),
        "self.e.set of asyncio may not be used by other threads or by signals",
    ),
    (
        Case(
            "a lock released elsewhere",
            "import time\nimport threading\nL = threading.Lock()\ndef f():\n    L.acquire()\ndef g():\n    L.release()\n",
            "import asyncio\nimport threading\nL = asyncio.Lock()\nasync def f():\n    await L.acquire()\ndef g():\n    L.release()\n",
        ),
        "L.release of asyncio may not be used by other threads or by signals",
    ),
    (
        Case(
            "an own method in a thread",
            "import time\nimport shutil\nclass A:\n    def cb(self, a, b): pass\n    def f(self):\n        shutil.copytree('a', 'b', copy_function=self.cb)\n",
            "import asyncio\nimport shutil\nclass A:\n    def cb(self, a, b): pass\n    async def f(self):\n        await asyncio.to_thread(shutil.copytree, 'a', 'b', copy_function=self.cb)\n",
        ),
        "self.cb would run in another thread",
    ),
    (
        Case(
            "an iterator returned by another",
            "import time\nclass I:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        raise StopIteration\nclass H:\n    def __iter__(self):\n        return I()\ndef z():\n    for x in H(): pass\n",
            "import asyncio\nclass I:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        raise StopAsyncIteration\nclass H:\n    def __iter__(self):\n        return I()\ndef z():\n    for x in H(): pass\n",
        ),
        "`return I()` may use I.__iter__",
    ),
]
"""Edits that may be right: with what the user is told."""
