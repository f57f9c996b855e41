"""Edits that claim to only convert to async: right ones, and wrong mutants of those."""

# ruff: noqa: E501 - program texts are on one line

from __future__ import annotations

import io
import tokenize
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.actions.base import Options
from python_expert.actions.convert_to_async import ConvertToAsync
from python_expert.actions.convert_to_async.offline import propose
from python_expert.actions.convert_to_async.proof import prove
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status
from tests.gate.async_bound import BOUND_WRONG
from tests.gate.async_callers import CALLERS_RIGHT, CALLERS_WRONG
from tests.gate.async_hidden import HIDDEN_WRONG
from tests.gate.async_indirect import INDIRECT_RIGHT, INDIRECT_WRONG
from tests.gate.async_library import LIBRARY_RIGHT, LIBRARY_WRONG
from tests.gate.async_other_files import OTHER_FILES_RIGHT, OTHER_FILES_WRONG
from tests.gate.async_pools import POOLS_RIGHT, POOLS_WRONG
from tests.gate.async_quiet import SECOND_NAMES_RIGHT, SECOND_NAMES_WRONG
from tests.gate.async_reviewed import REVIEWED_WRONG
from tests.gate.async_shared import SHARED_WRONG
from tests.gate.async_splits import SPLITS_RIGHT, SPLITS_WRONG
from tests.gate.async_threads import THREADS_RIGHT, THREADS_WRONG
from tests.gate.async_ways import WAYS_RIGHT, WAYS_WRONG
from tests.gate.texts import code
from tests.gate.to_async_case import OPTIONS, Case

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = sorted((Path(__file__).parents[1] / "async_programs").glob("*.py"))


@cache
def status(case: Case) -> Status:
    """Return the gate's status for an edit."""
    try:
        before, after = Source.of(case.before), Source.of(case.after)
    except BrokenError:
        return Status.REFUSED
    return prove(before, after, case.options).status


def offline(text: str, options: Options = OPTIONS) -> str:
    """Return a text after the offline conversion of all its blocking calls."""
    source, rewrite = Source.of(text), ConvertToAsync()
    targets, _ = rewrite.targets(source, None, options)
    facts = dict(propose(source, [each.key for each in targets], options))
    return source.with_edits(rewrite.write(source, facts, options).edits).text


BEFORE = '''\
"""Who may enter, and what is written down of it."""

import json
import subprocess
import threading
import time
from contextlib import contextmanager

# One visitor at a time.
door = threading.Lock()


class Guard:
    """Looks at everybody."""

    def __init__(self, limit=3):
        self.limit = limit

    def check(self, user, *, retries=2):
        time.sleep(0.5)  # think
        return user in ("ada", "eve") and retries > 0

    def greet(self, user):
        if self.check(user):
            return "hello " + user
        return "go away"


class Kind(Guard):
    def check(self, user, *, retries=2):
        return super().check(user, retries=retries + 1)


@contextmanager
def opened(name):
    print("open", name)
    time.sleep(0.1)
    try:
        yield name
    finally:
        print("shut", name)


def visitors(count):
    for number in range(count):
        time.sleep(0.2)
        yield f"visitor {number}"


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def run(command, folder):
    result = subprocess.run(command, cwd=folder, timeout=5, check=True)
    return result.returncode


def enter(user, guard: Guard):
    with door:
        allowed = guard.check(user)
    if not allowed:
        raise PermissionError(user)
    first, second = load("a.json"), load("b.json")
    with opened("gate") as gate:
        print(gate, first, second)
    return [load(name) for name in first if guard.check(name)]


def main():
    guard = Guard()
    for visitor in visitors(2):
        print(visitor, guard.greet(visitor))
    names = list(visitors(3))
    run(["true", "now"], "/")
    try:
        enter("ada", guard)
    except PermissionError as error:
        print(error, names)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
'''

AFTER = '''\
"""Who may enter, and what is written down of it."""

import asyncio
import json
import subprocess
from contextlib import asynccontextmanager

# One visitor at a time.
door = asyncio.Lock()


class Guard:
    """Looks at everybody."""

    def __init__(self, limit=3):
        self.limit = limit

    async def check(self, user, *, retries=2):
        await asyncio.sleep(0.5)  # think
        return user in ("ada", "eve") and retries > 0

    async def greet(self, user):
        if await self.check(user):
            return "hello " + user
        return "go away"


class Kind(Guard):
    async def check(self, user, *, retries=2):
        return await super().check(user, retries=retries + 1)


@asynccontextmanager
async def opened(name):
    print("open", name)
    await asyncio.sleep(0.1)
    try:
        yield name
    finally:
        print("shut", name)


async def visitors(count):
    for number in range(count):
        await asyncio.sleep(0.2)
        yield f"visitor {number}"


async def load(path):
    def read():
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    return await asyncio.to_thread(read)


async def run(command, folder):
    result = await asyncio.to_thread(subprocess.run, command, cwd=folder, timeout=5, check=True)
    return result.returncode


async def enter(user, guard: Guard):
    async with door:
        allowed = await guard.check(user)
    if not allowed:
        raise PermissionError(user)
    first, second = await load("a.json"), await load("b.json")
    async with opened("gate") as gate:
        print(gate, first, second)
    return [await load(name) for name in first if await guard.check(name)]


async def main():
    guard = Guard()
    async for visitor in visitors(2):
        print(visitor, await guard.greet(visitor))
    names = [item async for item in visitors(3)]
    await run(["true", "now"], "/")
    try:
        await enter("ada", guard)
    except PermissionError as error:
        print(error, names)
    return 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
'''

MUTATIONS = {
    "a longer sleep": ("asyncio.sleep(0.5)", "asyncio.sleep(5)"),
    "no sleep": ("        await asyncio.sleep(0.5)  # think\n", "        # think\n"),
    "a sleep in a thread that is assigned another value": (
        "await asyncio.sleep(0.5)",
        "await asyncio.to_thread(time.sleep, 0.4)",
    ),
    "an old import used": ("await asyncio.sleep(0.1)", "await asyncio.to_thread(time.sleep, 0.1)"),
    "sleep made a wait": ("await asyncio.sleep(0.2)", "await asyncio.wait(0.2)"),
    "an argument more for sleep": ("asyncio.sleep(0.5)", "asyncio.sleep(0.5, True)"),
    "and made or": ('"eve") and retries', '"eve") or retries'),
    "greater made greater or equal": ("retries > 0", "retries >= 0"),
    "in made not in": ("user in (", "user not in ("),
    "a default changed": ("limit=3", "limit=4"),
    "a keyword dropped": (", retries=retries + 1", ""),
    "plus made minus": ("retries=retries + 1", "retries=retries - 1"),
    "the await in a condition dropped": ("if await self.check(user)", "if self.check(user)"),
    "the await before super dropped": ("return await super()", "return super()"),
    "the await before guard dropped": ("allowed = await guard", "allowed = guard"),
    "the await in a comprehension dropped": ("[await load(name)", "[load(name)"),
    "the await in a filter dropped": ("if await guard.check(name)", "if guard.check(name)"),
    "the await of a statement dropped": ("        await enter(", "        enter("),
    "the await in a tuple dropped": (", await load(", ", load("),
    "the await before sleep dropped": ("await asyncio.sleep(0.2)", "asyncio.sleep(0.2)"),
    "the await before a thread dropped": (
        "result = await asyncio.to_thread",
        "result = asyncio.to_thread",
    ),
    "the await before a block's thread dropped": (
        "return await asyncio.to_thread(read)",
        "return asyncio.to_thread(read)",
    ),
    "a block's thread dropped": ("return await asyncio.to_thread(read)", "return read()"),
    "a block's result dropped": (
        "return await asyncio.to_thread(read)",
        "await asyncio.to_thread(read)",
    ),
    "a block's function handed out": ("return await asyncio.to_thread(read)", "return read"),
    "a block run twice": (
        "    return await asyncio.to_thread(read)",
        "    await asyncio.to_thread(read)\n    return await asyncio.to_thread(read)",
    ),
    "another function run": ("to_thread(read)", "to_thread(print)"),
    "a block with an argument": ("to_thread(read)", "to_thread(read, path)"),
    "a block with a parameter": ("def read()", "def read(path=None)"),
    "a block with another path": (
        "def read():\n        with open(path,",
        "def read(path='x'):\n        with open(path,",
    ),
    "a block decorated": ("    def read()", "    @staticmethod\n    def read()"),
    "a block made async": ("    def read()", "    async def read()"),
    "a statement in a block's function": (
        "    def read():\n",
        "    def read():\n        print()\n",
    ),
    "a statement after a block": (
        "            return json.load(file)\n",
        "            return json.load(file)\n        print()\n",
    ),
    "a block dropped": ("    return await asyncio.to_thread(read)\n", ""),
    "a block under a name of the text": (
        'def read():\n        with open(path, encoding="utf-8") as file:\n            return json.load(file)\n\n    return await asyncio.to_thread(read)',
        'def run():\n        with open(path, encoding="utf-8") as file:\n            return json.load(file)\n\n    return await asyncio.to_thread(run)',
    ),
    "a block in a task": (
        "await asyncio.to_thread(read)",
        "asyncio.create_task(asyncio.to_thread(read))",
    ),
    "a call gathered": (
        'first, second = await load("a.json"), await load("b.json")',
        'first, second = await asyncio.gather(load("a.json"), load("b.json"))',
    ),
    "calls gathered in a list": (
        "[await load(name) for name in first if await guard.check(name)]",
        "await asyncio.gather(*[load(name) for name in first if await guard.check(name)])",
    ),
    "a call made a task": ("await run(", "asyncio.create_task(run("),
    "a task that nobody awaits": (
        'await run(["true", "now"], "/")',
        'asyncio.create_task(run(["true", "now"], "/"))',
    ),
    "an ensured future": (
        'await run(["true", "now"], "/")',
        'asyncio.ensure_future(run(["true", "now"], "/"))',
    ),
    "a time limit added": (
        "await guard.check(user)",
        "await asyncio.wait_for(guard.check(user), 1)",
    ),
    "a shield added": ("await guard.check(user)", "await asyncio.shield(guard.check(user))"),
    "loads swapped": (
        'await load("a.json"), await load("b.json")',
        'await load("b.json"), await load("a.json")',
    ),
    "another timeout": ("timeout=5", "timeout=50"),
    "a check dropped": (", check=True", ""),
    "a check turned off": ("check=True", "check=False"),
    "another function in the thread": ("subprocess.run, command", "subprocess.call, command"),
    "arguments swapped": ('run(["true", "now"], "/")', 'run("/", ["true", "now"])'),
    "a command changed": ('"true", "now"', '"now", "true"'),
    "a shell added": ("cwd=folder,", "cwd=folder, shell=True,"),
    "another decoder": ("json.load(file)", "json.loads(file)"),
    "an encoding changed": ('encoding="utf-8"', 'encoding="latin-1"'),
    "a mode added": ("open(path,", 'open(path, "w",'),
    "load moved out of its with": (
        "            return json.load(file)",
        "            pass\n        return json.load(file)",
    ),
    "a check moved out of the lock": (
        "        allowed = await guard.check(user)\n    if",
        "        pass\n    allowed = await guard.check(user)\n    if",
    ),
    "a lock dropped": ("    async with door:\n        allowed", "    if True:\n        allowed"),
    "a lock of threads kept": ("async with door", "with door"),
    "a lock never exchanged": ("door = asyncio.Lock()", "door = threading.Lock()"),
    "a lock made an event": ("asyncio.Lock()", "asyncio.Event()"),
    "a lock made a semaphore": ("asyncio.Lock()", "asyncio.Semaphore()"),
    "a lock for each": ("async with door", "async with asyncio.Lock()"),
    "another exception": ("raise PermissionError(user)", "raise ValueError(user)"),
    "another exception caught": ("except PermissionError", "except Exception"),
    "a negation dropped": ("if not allowed", "if allowed"),
    "a raise dropped": ("        raise PermissionError(user)\n", "        pass\n"),
    "the contextmanager kept": ("@asynccontextmanager", "@contextmanager"),
    "a context entered synchronously": ("async with opened", "with opened"),
    "a context awaited": ("async with opened", "with await opened"),
    "a generator looped over synchronously": ("async for visitor", "for visitor"),
    "a generator awaited": ("async for visitor in visitors(2)", "for visitor in await visitors(2)"),
    "a generator listed synchronously": (
        "[item async for item in visitors(3)]",
        "list(visitors(3))",
    ),
    "a generator filtered": ("in visitors(3)]", "in visitors(3) if item]"),
    "another item kept": ("[item async for", "[number async for"),
    "a generator that no longer yields in order": ("range(count)", "reversed(range(count))"),
    "a finally dropped": ("    finally:\n        print", "    except KeyError:\n        print"),
    "an except for all added": (
        "    finally:\n",
        "    except ValueError:\n        pass\n    finally:\n",
    ),
    "asyncio.run dropped": ("asyncio.run(main())", "main()"),
    "the function run, not its call": ("asyncio.run(main())", "asyncio.run(main)"),
    "run awaits": ("asyncio.run(main())", "await main()"),
    "run in debug mode": ("asyncio.run(main())", "asyncio.run(main(), debug=True)"),
    "asyncio.run within async": (
        "        await enter(",
        "        asyncio.run(enter(",
    ),
    "asyncio.run nested": (
        '        await enter("ada", guard)',
        '        asyncio.run(enter("ada", guard))',
    ),
    "an await before print": ('        print("', '        await print("'),
    "an await before a wrong call": ("print(visitor, await", "await print(visitor, await"),
    "an await before a class": ("guard = Guard()", "guard = await Guard()"),
    "an await before range": ("in range(count)", "in await range(count)"),
    "async dropped": ("async def run", "def run"),
    "async dropped where it is overridden": (
        "class Kind(Guard):\n    async def",
        "class Kind(Guard):\n    def",
    ),
    "async before __init__": ("def __init__", "async def __init__"),
    "a comment deleted": ("  # think", ""),
    "a comment changed": ("# think", "# sleep"),
    "a comment moved": (
        "# One visitor at a time.\ndoor = asyncio.Lock()",
        "door = asyncio.Lock()  # One visitor at a time.",
    ),
    "a docstring changed": ("Looks at everybody", "Looks away"),
    "a string spelt otherwise": ('"hello "', "'hello '"),
    "a number spelt otherwise": ("sleep(0.5)", "sleep(.5)"),
    "a statement added": ("    guard = Guard()\n", "    guard = Guard()\n    print()\n"),
    "a statement dropped": ('    print("open", name)\n', ""),
    "statements swapped": (
        '    print("open", name)\n    await asyncio.sleep(0.1)\n',
        '    await asyncio.sleep(0.1)\n    print("open", name)\n',
    ),
    "a result dropped": ("    return result.returncode", "    return None"),
    "a function renamed": ("async def load(", "async def load_("),
    "a parameter added": ("def run(command, folder)", "def run(command, folder, extra=None)"),
    "a parameter made keyword-only": ("(self, user, *, retries=2)", "(self, *, user, retries=2)"),
    "another import": (
        "import asyncio\n",
        code("""
        import asyncio
        import os
        """),
    ),
    "an import under a false name": ("import asyncio\n", "import uvloop as asyncio\n"),
    "asyncio from elsewhere": ("import asyncio\n", "from lookalike import asyncio\n"),
    "asyncio rebound": ("door = asyncio", "asyncio = json\ndoor = asyncio"),
    "an import dropped that is used": ("import subprocess\n", ""),
    "an import with a wrong source": (
        "from contextlib import asynccontextmanager",
        "from lookalike import asynccontextmanager",
    ),
    "a star import": ("import json", "from json import *"),
    "a base class dropped": ("class Kind(Guard)", "class Kind"),
    "a decorator dropped": ("@asynccontextmanager\n", ""),
    "a decorator added": ("async def run", "@asynccontextmanager\nasync def run"),
    "super dropped": ("await super().check", "await self.check"),
    "another function awaited": ("await guard.greet", "await guard.check"),
    "a thread in a thread": ("await run(", "await asyncio.to_thread(run, "),
    "a converted function in a thread": (
        "allowed = await guard.check(user)",
        "allowed = await asyncio.to_thread(guard.check, user)",
    ),
    "a thread for print": (
        "    print(gate, first",
        "    await asyncio.to_thread(print, gate, first",
    ),
    "the condition made a walrus": ("if await self.check(user)", "if ok := await self.check(user)"),
    "awaited twice": ("await guard.greet", "await await guard.greet"),
    "awaited later": (
        "        allowed = await guard.check(user)\n",
        "        later = guard.check(user)\n        allowed = await later\n",
    ),
    "called twice": (
        "allowed = await guard.check(user)",
        "allowed = await guard.check(user) or await guard.check(user)",
    ),
}
"""Wrong edits of ``AFTER``: the old and the new text."""

_B, _S = (
    code("""
        import time


        def f(x=0):
            time.sleep(0)
            return x


        """),
    code("""
        import asyncio


        async def f(x=0):
            await asyncio.sleep(0)
            return x


        """),
)

ENDINGS = {
    "an alias": (
        code("""
        g = f
        print(g())
        """),
        code("""
        g = f
        print(asyncio.run(g()))
        """),
    ),
    "an alias not awaited": (
        code("""
        g = f
        print(g())
        """),
    )
    * 2,
    "a call at the top": (
        code("""
        if f():
            print(1)
        """),
    )
    * 2,
    "mapped": ("print(list(map(f, [1])))\n",) * 2,
    "a sorting key": ("print(sorted([1], key=f))\n",) * 2,
    "a partial function": (
        code("""
        from functools import partial

        p = partial(f, 1)
        print(p())
        """),
    )
    * 2,
    "a thread's target": (
        code("""
        import threading

        threading.Thread(target=f).start()
        """),
    )
    * 2,
    "called at exit": (
        code("""
        import atexit

        atexit.register(f)
        """),
    )
    * 2,
    "in a dictionary": (
        code("""
        TABLE = {'f': f}
        TABLE['f']()
        """),
    )
    * 2,
    "in a lambda": (
        code("""
        h = lambda: f()
        print(h())
        """),
    )
    * 2,
    "awaited in a lambda": ("h = lambda: f()\n", "h = lambda: asyncio.run(f())\n"),
    "a default value": (
        code("""
        def g(x=f()):
            return x
        """),
    )
    * 2,
    "a decorator": (
        code("""
        @f
        def g():
            return 1
        """),
    )
    * 2,
    "looked up among globals": ("globals()['f']()\n",) * 2,
    "stored on an object": (
        code("""
            class A:
                def __init__(self):
                    self.f = f

                def go(self):
                    return self.f()
            """),
    )
    * 2,
    "in a generator expression": (
        code("""
        def g():
            return sum(f(i) for i in range(3))
        """),
    )
    * 2,
    "returned, and not awaited": (
        code("""
        def g():
            return f()


        if g():
            print(1)
        """),
    )
    * 2,
    "returned by one who does more": (
        code("""
            def g():
                print(1)
                return f()


            print(g())
            """),
        code("""
            def g():
                print(1)
                return f()


            print(asyncio.run(g()))
            """),
    ),
    "an f-string": ("print(f'{f()}')\n",) * 2,
    "a condition in a function": (
        code("""
        def g():
            if f():
                return 1
        """),
    )
    * 2,
    "not": (
        code("""
        def g():
            return not f()
        """),
    )
    * 2,
    "run in a function that a coroutine calls": (
        code("""
            def g():
                return f()


            def h():
                time.sleep(0)
                return g()
            """),
        code("""
            def g():
                return asyncio.run(f())


            async def h():
                await asyncio.sleep(0)
                return g()
            """),
    ),
    "an assertion": (
        code("""
        def g():
            assert f()
        """),
    )
    * 2,
    "a while": (
        code("""
        def g():
            while f():
                pass
        """),
    )
    * 2,
    "a statement nobody waits for": (
        code("""
        def g():
            f()
        """),
    )
    * 2,
    "a starred argument": (
        code("""
        def g():
            print(*f())
        """),
    )
    * 2,
    "an annotation": (
        code("""
        def g(x: f):
            pass
        """),
    )
    * 2,
}
"""Code after a converted ``f`` that makes the edit wrong, before and after."""


GUARD = """\
import time
from typing import Any, Optional, Protocol, Union

import lib


class Guard:
    def check(self, user: str) -> bool:
        time.sleep(0)
        return user == "ada"


class Other:
    def look(self) -> int:
        return 1


"""
GUARDED = (
    GUARD.replace("import time", "import asyncio")
    .replace("    def check", "    async def check")
    .replace("time.sleep", "await asyncio.sleep")
)

GUARDS = {
    "an optional parameter": code("""
        def g(x: Optional[Guard]):
            if x and x.check('a'):
                print(1)
        """),
    "a new-style optional": code("""
        def g(x: Guard | None):
            if x and x.check('a'):
                print(1)
        """),
    "a union": code("""
        def g(x: Union[Guard, Other]):
            if x.check('a'):
                print(1)
        """),
    "a new-style union": code("""
        def g(x: Guard | Other):
            if x.check('a'):
                print(1)
        """),
    "a quoted type": code("""
        def g(x: 'Guard'):
            if x.check('a'):
                print(1)
        """),
    "a quoted union": code("""
        def g(x: 'Guard | None'):
            if x.check('a'):
                print(1)
        """),
    "any": code("""
        def g(x: Any):
            if x.check('a'):
                print(1)
        """),
    "an object": code("""
        def g(x: object):
            if x.check('a'):
                print(1)
        """),
    "a type of another file": code("""
        def g(x: lib.Checker):
            if x.check('a'):
                print(1)
        """),
    "an object of another file": code("""
        def g():
            if lib.guard.check('a'):
                print(1)
        """),
    "an imported object": code("""
        from lib import guard
        def g():
            if guard.check('a'):
                print(1)
        """),
    "a factory of another file": code("""
        def g():
            if lib.make().check('a'):
                print(1)
        """),
    "an item": code("""
        def g(xs):
            if xs[0].check('a'):
                print(1)
        """),
    "a loop": code("""
        def g(xs: list[Guard]):
            for x in xs:
                if x.check('a'):
                    print(1)
        """),
    "a choice": code("""
        def g(x):
            if (Guard() if x else Other()).check('a'):
                print(1)
        """),
    "a global set later": code("""
        x: Guard | None = None
        def g():
            if x and x.check('a'):
                print(1)
        """),
    "an untyped global": code("""
        x = None
        def g():
            if x and x.check('a'):
                print(1)
        """),
    "a new name of the class": code("""
        G = Guard
        def g():
            if G().check('a'):
                print(1)
        """),
    "a method of the class": code("""
        def g():
            if Guard.check(Guard(), 'a'):
                print(1)
        """),
    "a bound method": code("""
        check = Guard().check
        def g():
            if check('a'):
                print(1)
        """),
    "a walrus": code("""
        def g():
            if (x := Guard()) and x.check('a'):
                print(1)
        """),
    "two values": code("""
        def g(y):
            x = Other()
            if y:
                x = Guard()
            if x.check('a'):
                print(1)
        """),
    "an attribute": code("""
        class H:
            def __init__(self, x):
                self.x = x

            def g(self):
                return 1 if self.x.check('a') else 2
        """),
    "an attribute of an heir": code("""
        class H:
            def __init__(self):
                self.x = Other()

            def g(self):
                return 1 if self.x.check('a') else 2


        class I(H):
            def __init__(self):
                self.x = Guard()
        """),
    "an attribute set from outside": code("""
        class H:
            x = None

            def g(self):
                return 1 if self.x.check('a') else 2
        """),
    "a protocol": code("""
        class P(Protocol):
            def check(self, user: str) -> bool: ...


        def g(x: P):
            if x.check('a'):
                print(1)
        """),
    "an own factory": code("""
        def make() -> Guard:
            return Guard()


        def g():
            if make().check('a'):
                print(1)
        """),
    "an untyped factory": code("""
        def make():
            return Guard()


        def g():
            if make().check('a'):
                print(1)
        """),
    "a name looked up": code("""
        def g(x):
            if getattr(x, 'check')('a'):
                print(1)
        """),
    "a call of a method": code("""
        import operator
        def g(x):
            if operator.methodcaller('check', 'a')(x):
                print(1)
        """),
    "any of them": code("""
        def g(xs):
            return any(x.check('a') for x in xs)
        """),
    "a filter": code("""
        def g(xs):
            return [x for x in xs if x.check('a')]
        """),
    "bound anew": code("""
        def fake(self, user):
            return True


        Guard.check = fake
        """),
    "a context manager's value": code("""
        def g(x):
            with x as y:
                if y.check('a'):
                    print(1)
        """),
    "a pattern": code("""
        def g(x):
            match x:
                case Guard() as y if y.check('a'):
                    print(1)
        """),
    "an unpacked value": code("""
        def g():
            x, y = Guard(), 1
            if x.check('a'):
                print(y)
        """),
    "a conditional": code("""
        def g(x):
            return 1 if x.check('a') else 2
        """),
    "a boolean": code("""
        def g(x):
            return bool(x.check('a'))
        """),
    "an assert": code("""
        def g(x):
            assert x.check('a')
        """),
}
"""Uses of a guard function whose result would always be true."""


def _pairs() -> Iterator[Case]:
    for name, (before, after) in ENDINGS.items():
        yield Case(name, _B + before, _S + after)


OTHER_WRONG = [
    *_pairs(),
    Case(
        "a method of an object nobody knows",
        code("""
            import time
            class A:
                def get(self):
                    time.sleep(0)
            def g(x):
                return x.get()
            """),
        code("""
            import asyncio
            class A:
                async def get(self):
                    await asyncio.sleep(0)
            def g(x):
                return x.get()
            """),
    ),
    Case(
        "getattr",
        code("""
            import time
            class A:
                def get(self):
                    time.sleep(0)
            def g(x):
                return getattr(x, 'get')()
            """),
        code("""
            import asyncio
            class A:
                async def get(self):
                    await asyncio.sleep(0)
            def g(x):
                return getattr(x, 'get')()
            """),
    ),
    *(
        Case(f"a call in a condition, {name}", GUARD + rest, GUARDED + rest)
        for name, rest in GUARDS.items()
    ),
    Case(
        "a coroutine made a plain function",
        code("""
            async def f():
                return 1
            """),
        code("""
            def f():
                return 1
            """),
    ),
    Case(
        "a delegation in a plain generator",
        code("""
            def f(x):
                yield from x
            """),
        code("""
            def f(x):
                for item in x:
                    yield item
            """),
    ),
    Case(
        "a property",
        code("""
            import time
            class A:
                @property
                def v(self):
                    time.sleep(0)
                    return 1
            """),
        code("""
            import asyncio
            class A:
                @property
                async def v(self):
                    await asyncio.sleep(0)
                    return 1
            """),
    ),
    Case(
        "a cache",
        code("""
            import time
            import functools
            @functools.cache
            def f():
                time.sleep(0)
            """),
        code("""
            import asyncio
            import functools
            @functools.cache
            async def f():
                await asyncio.sleep(0)
            """),
    ),
    Case(
        "a special method",
        code("""
            import time
            class A:
                def __len__(self):
                    time.sleep(0)
                    return 1
            """),
        code("""
            import asyncio
            class A:
                async def __len__(self):
                    await asyncio.sleep(0)
                    return 1
            """),
    ),
    Case(
        "__enter__ that stays synchronous",
        code("""
            import time
            class A:
                def __enter__(self):
                    time.sleep(0)
                def __exit__(self, *a):
                    pass
            """),
        code("""
            import asyncio
            class A:
                async def __enter__(self):
                    await asyncio.sleep(0)
                def __exit__(self, *a):
                    pass
            """),
    ),
    Case(
        "__aenter__ without __aexit__",
        code("""
            import time
            class A:
                def __enter__(self):
                    time.sleep(0)
                def __exit__(self, *a):
                    pass
            """),
        code("""
            import asyncio
            class A:
                async def __aenter__(self):
                    await asyncio.sleep(0)
                def __exit__(self, *a):
                    pass
            """),
    ),
    Case(
        "a with that stays as it is",
        code("""
            import time
            class A:
                def __enter__(self):
                    time.sleep(0)
                def __exit__(self, *a):
                    pass
            def g():
                with A():
                    pass
            """),
        code("""
            import asyncio
            class A:
                async def __aenter__(self):
                    await asyncio.sleep(0)
                async def __aexit__(self, *a):
                    pass
            def g():
                with A():
                    pass
            """),
    ),
    Case(
        "StopIteration in __anext__",
        code("""
            import time
            class A:
                def __iter__(self):
                    return self
                def __next__(self):
                    time.sleep(0)
                    raise ValueError
            """),
        code("""
            import asyncio
            class A:
                def __aiter__(self):
                    return self
                async def __anext__(self):
                    await asyncio.sleep(0)
                    raise StopAsyncIteration
            """),
    ),
    Case(
        "a base class of another file",
        code("""
            import time
            from lib import Base
            class A(Base):
                def run(self):
                    time.sleep(0)
            """),
        code("""
            import asyncio
            from lib import Base
            class A(Base):
                async def run(self):
                    await asyncio.sleep(0)
            """),
    ),
    Case(
        "a test",
        code("""
            import time
            def test_a():
                time.sleep(0)
            """),
        code("""
            import asyncio
            async def test_a():
                await asyncio.sleep(0)
            """),
    ),
    Case(
        "a connection of sqlite in a thread",
        code("""
            import sqlite3
            def f(c: sqlite3.Connection):
                return c.execute('select 1')
            """),
        code("""
            import asyncio
            import sqlite3
            async def f(c: sqlite3.Connection):
                return await asyncio.to_thread(c.execute, 'select 1')
            """),
    ),
    Case(
        "a lock acquired by a thread",
        code("""
            import threading
            import time
            L = threading.Lock()
            def f():
                L.acquire()
                time.sleep(0)
                L.release()
            """),
        code("""
            import asyncio
            import threading
            L = threading.Lock()
            async def f():
                L.acquire()
                await asyncio.sleep(0)
                L.release()
            """),
    ),
    Case(
        "an RLock held",
        code("""
            import threading
            import time
            L = threading.RLock()
            def f():
                with L:
                    time.sleep(0)
            """),
        code("""
            import asyncio
            import threading
            L = threading.RLock()
            async def f():
                with L:
                    await asyncio.sleep(0)
            """),
    ),
    Case(
        "a wait with a timeout",
        code("""
            import threading
            E = threading.Event()
            def f():
                return E.wait(1)
            """),
        code("""
            import asyncio
            E = asyncio.Event()
            async def f():
                return await E.wait(1)
            """),
    ),
    Case(
        "a package that is not there",
        code("""
            def f():
                with open('a') as g:
                    return g.read()
            """),
        code("""
            import aiofiles
            async def f():
                async with aiofiles.open('a') as g:
                    return await g.read()
            """),
        Options(),
    ),
    Case(
        "a read that is not awaited",
        code("""
            def f():
                with open('a') as g:
                    return g.read()
            """),
        code("""
            import aiofiles
            async def f():
                async with aiofiles.open('a') as g:
                    return g.read()
            """),
    ),
    Case(
        "a file handed on",
        code("""
            import json
            def f():
                with open('a') as g:
                    return json.load(g)
            """),
        code("""
            import json
            import aiofiles
            async def f():
                async with aiofiles.open('a') as g:
                    return json.load(g)
            """),
    ),
    Case(
        "a shell command as a list",
        code("""
            import subprocess
            def f(c):
                p = subprocess.Popen(c)
                return p.wait()
            """),
        code("""
            import asyncio
            import subprocess
            async def f(c):
                p = await asyncio.create_subprocess_exec(c)
                return await p.wait()
            """),
    ),
    Case(
        "a line used after the loop",
        code("""
            def f():
                with open('a') as g:
                    for line in g:
                        print(line)
                    return line
            """),
        code("""
            import asyncio
            async def f():
                with await asyncio.to_thread(open, 'a') as g:
                    while line := await asyncio.to_thread(g.readline):
                        print(line)
                    return line
            """),
    ),
    Case(
        "lines of what is no file",
        code("""
            import time
            def f(g):
                for line in g:
                    time.sleep(0)
            """),
        code("""
            import asyncio
            async def f(g):
                while line := await asyncio.to_thread(g.readline):
                    await asyncio.sleep(0)
            """),
    ),
    Case(
        "an own open in a thread",
        code("""
            def open(x):
                return x
            def f():
                return open('a')
            """),
        code("""
            import asyncio
            def open(x):
                return x
            async def f():
                return await asyncio.to_thread(open, 'a')
            """),
    ),
    Case(
        "an own sleep",
        code("""
            from lib import sleep
            def f():
                sleep(1)
            """),
        code("""
            import asyncio
            async def f():
                await asyncio.sleep(1)
            """),
    ),
    Case(
        "an asyncio of one's own",
        code("""
            import time
            def f(asyncio):
                time.sleep(1)
            """),
        code("""
            import asyncio
            async def f(asyncio):
                await asyncio.sleep(1)
            """),
    ),
    Case(
        "one of two definitions",
        code("""
            import time
            if time:
                def f():
                    time.sleep(0)
            else:
                def f():
                    return 1
            """),
        code("""
            import asyncio
            import time
            if time:
                async def f():
                    await asyncio.sleep(0)
            else:
                def f():
                    return 1
            """),
    ),
    Case(
        "nothing but a comma",
        code("""
        def f(a):
            return (a)
        """),
        code("""
        def f(a):
            return (a,)
        """),
    ),
    Case(
        "an asynchronous sending",
        code("""
            def f():
                x = yield 1
            """),
        code("""
            async def f():
                x = yield 1
            """),
    ),
    Case(
        "a requests client without redirects",
        code("""
            import requests
            def f(u):
                with requests.Session() as s:
                    s.get(u)
            """),
        code("""
            import httpx
            async def f(u):
                async with httpx.AsyncClient() as s:
                    await s.get(u)
            """),
    ),
]
"""Wrong edits that need their own text."""

RIGHT = [
    Case("the whole", BEFORE, AFTER),
    Case("nothing", BEFORE, BEFORE),
    Case("a function", _B, _S),
    Case("a call at the top", _B + "print(f())\n", _S + "print(asyncio.run(f()))\n"),
    Case(
        "passed on to one who waits",
        _B
        + code("""
            def g():
                return f()


            def h():
                return g()
            """),
        _S
        + code("""
            def g():
                return f()


            async def h():
                return await g()
            """),
    ),
    Case(
        "a sleep in a thread",
        code("""
            import time
            def f():
                time.sleep(1)
            """),
        code("""
            import asyncio
            import time
            async def f():
                await asyncio.to_thread(time.sleep, 1)
            """),
    ),
    Case(
        "a function that is async already",
        code("""
            import time
            import asyncio
            async def f():
                time.sleep(1)
            """),
        code("""
            import asyncio
            async def f():
                await asyncio.sleep(1)
            """),
    ),
    Case(
        "a file of aiofiles",
        code("""
            def f():
                with open('a') as g:
                    for line in g:
                        print(line)
                    return g.read()
            """),
        code("""
            import aiofiles
            async def f():
                async with aiofiles.open('a') as g:
                    async for line in g:
                        print(line)
                    return await g.read()
            """),
    ),
    Case(
        "a file of anyio",
        code("""
            def f():
                with open('a') as g:
                    return g.read()
            """),
        code("""
            import anyio
            async def f():
                async with await anyio.open_file('a') as g:
                    return await g.read()
            """),
    ),
    Case(
        "layout",
        "import time\r\n\f\r\ndef f():\r\n\ttime.sleep(0)\t# wait\r\n",
        "import asyncio\r\n\f\r\nasync def f():\r\n\tawait asyncio.sleep(0)\t# wait\r\n",
    ),
    Case(
        "what does not parse",
        _B
        + code("""
            def broken(:
                pass
            """),
        _S
        + code("""
            def broken(:
                pass
            """),
    ),
]
"""Right edits in addition to those of the programs."""


@cache
def right() -> tuple[Case, ...]:
    """Return all right edits."""
    cases = [
        *RIGHT,
        *THREADS_RIGHT,
        *INDIRECT_RIGHT,
        *WAYS_RIGHT,
        *LIBRARY_RIGHT,
        *SPLITS_RIGHT,
        *SECOND_NAMES_RIGHT,
        *CALLERS_RIGHT,
        *OTHER_FILES_RIGHT,
        *POOLS_RIGHT,
    ]
    for path in PROGRAMS:
        text = path.read_text(encoding="utf-8")
        if not path.stem.startswith("refused"):
            files = "open(" in text and not path.stem.startswith("partly")
            for packages in ((), ("aiofiles",), ("anyio",)) if files else ((),):
                options = Options(packages=packages)
                after = offline(text, options)
                cases.append(Case(f"{path.stem} with {packages}", text, after, options))
    return tuple(cases)


def _without(text: str, row: int, start: int, end: int) -> str:
    lines = text.splitlines(keepends=True)
    lines[row] = lines[row][:start] + lines[row][end:]
    return "".join(lines)


def _token_mutants() -> Iterator[Case]:
    """Yield each program without one ``await``, ``async``, ``asyncio.run`` or comment."""
    for path in PROGRAMS:
        before = path.read_text(encoding="utf-8")
        after = offline(before, Options())
        if after == before:
            continue
        tokens = list(tokenize.generate_tokens(io.StringIO(after).readline))
        for token in tokens:
            row, column = token.start[0] - 1, token.start[1]
            name = f"{path.stem} {row + 1}:{column} without {token.string}"
            if token.string in {"await", "async"} or token.type == tokenize.COMMENT:
                mutant = _without(after, row, column, token.end[1])
                yield Case(name, before, mutant, Options())
        if "asyncio.run(" in after:
            yield Case(
                f"{path.stem} not run", before, after.replace("asyncio.run(", "("), Options()
            )


@cache
def wrong() -> tuple[Case, ...]:
    """Return all wrong edits."""
    cases = []
    for name, (old, new) in MUTATIONS.items():
        assert old in AFTER, name
        cases.append(Case(name, BEFORE, AFTER.replace(old, new, 1)))
    reviewed = (*HIDDEN_WRONG, *SHARED_WRONG, *THREADS_WRONG, *REVIEWED_WRONG, *BOUND_WRONG)
    reviewed += (*INDIRECT_WRONG, *WAYS_WRONG, *LIBRARY_WRONG, *SPLITS_WRONG)
    reviewed += (*SECOND_NAMES_WRONG,)
    reviewed += (*CALLERS_WRONG, *OTHER_FILES_WRONG, *POOLS_WRONG)
    return (*cases, *OTHER_WRONG, *reviewed, *_token_mutants())


def counts() -> tuple[int, int]:
    """Return how many wrong edits are refused, and how many right ones are not."""
    refused = sum(status(case) is Status.REFUSED for case in wrong())
    accepted = sum(status(case) is not Status.REFUSED for case in right())
    return refused, accepted
