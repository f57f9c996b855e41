"""Edits that claim to convert to async alone: right ones, and wrong ones made of right ones."""

# ruff: noqa: E501 - texts of programs stand on one line

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
from tests.gate.to_async_case import OPTIONS, Case

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = sorted((Path(__file__).parents[1] / "async_programs").glob("*.py"))


@cache
def status(case: Case) -> Status:
    """What the gate says of an edit."""
    try:
        before, after = Source.of(case.before), Source.of(case.after)
    except BrokenError:
        return Status.REFUSED
    return prove(before, after, case.options).status


def offline(text: str, options: Options = OPTIONS) -> str:
    """A text after the offline conversion of all that blocks in it."""
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
    "a sleep in a thread that gets another value": (
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
    "another import": ("import asyncio\n", "import asyncio\nimport os\n"),
    "an import under a false name": ("import asyncio\n", "import uvloop as asyncio\n"),
    "asyncio from elsewhere": ("import asyncio\n", "from lookalike import asyncio\n"),
    "asyncio bound anew": ("door = asyncio", "asyncio = json\ndoor = asyncio"),
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
"""Wrong edits of ``AFTER``: what stands there, and what is put in its place."""

_B, _S = (
    "import time\n\n\ndef f(x=0):\n    time.sleep(0)\n    return x\n\n\n",
    "import asyncio\n\n\nasync def f(x=0):\n    await asyncio.sleep(0)\n    return x\n\n\n",
)

ENDINGS = {
    "an alias": ("g = f\nprint(g())\n", "g = f\nprint(asyncio.run(g()))\n"),
    "an alias not awaited": ("g = f\nprint(g())\n",) * 2,
    "a call at the top": ("if f():\n    print(1)\n",) * 2,
    "mapped": ("print(list(map(f, [1])))\n",) * 2,
    "a sorting key": ("print(sorted([1], key=f))\n",) * 2,
    "a partial function": ("from functools import partial\n\np = partial(f, 1)\nprint(p())\n",) * 2,
    "a thread's target": ("import threading\n\nthreading.Thread(target=f).start()\n",) * 2,
    "called at exit": ("import atexit\n\natexit.register(f)\n",) * 2,
    "in a dictionary": ("TABLE = {'f': f}\nTABLE['f']()\n",) * 2,
    "in a lambda": ("h = lambda: f()\nprint(h())\n",) * 2,
    "awaited in a lambda": ("h = lambda: f()\n", "h = lambda: asyncio.run(f())\n"),
    "a default value": ("def g(x=f()):\n    return x\n",) * 2,
    "a decorator": ("@f\ndef g():\n    return 1\n",) * 2,
    "looked up among globals": ("globals()['f']()\n",) * 2,
    "stored on an object": (
        "class A:\n    def __init__(self):\n        self.f = f\n\n    def go(self):\n        return self.f()\n",
    )
    * 2,
    "in a generator expression": ("def g():\n    return sum(f(i) for i in range(3))\n",) * 2,
    "returned, and not awaited": ("def g():\n    return f()\n\n\nif g():\n    print(1)\n",) * 2,
    "returned by one who does more": (
        "def g():\n    print(1)\n    return f()\n\n\nprint(g())\n",
        "def g():\n    print(1)\n    return f()\n\n\nprint(asyncio.run(g()))\n",
    ),
    "an f-string": ("print(f'{f()}')\n",) * 2,
    "a condition in a function": ("def g():\n    if f():\n        return 1\n",) * 2,
    "not": ("def g():\n    return not f()\n",) * 2,
    "run in a function that a coroutine calls": (
        "def g():\n    return f()\n\n\ndef h():\n    time.sleep(0)\n    return g()\n",
        "def g():\n    return asyncio.run(f())\n\n\nasync def h():\n    await asyncio.sleep(0)\n    return g()\n",
    ),
    "an assertion": ("def g():\n    assert f()\n",) * 2,
    "a while": ("def g():\n    while f():\n        pass\n",) * 2,
    "a statement nobody waits for": ("def g():\n    f()\n",) * 2,
    "a starred argument": ("def g():\n    print(*f())\n",) * 2,
    "an annotation": ("def g(x: f):\n    pass\n",) * 2,
}
"""After a converted ``f``, what cannot be right: before and after."""


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
    "an optional parameter": "def g(x: Optional[Guard]):\n    if x and x.check('a'):\n        print(1)\n",
    "a new-style optional": "def g(x: Guard | None):\n    if x and x.check('a'):\n        print(1)\n",
    "a union": "def g(x: Union[Guard, Other]):\n    if x.check('a'):\n        print(1)\n",
    "a new-style union": "def g(x: Guard | Other):\n    if x.check('a'):\n        print(1)\n",
    "a quoted type": "def g(x: 'Guard'):\n    if x.check('a'):\n        print(1)\n",
    "a quoted union": "def g(x: 'Guard | None'):\n    if x.check('a'):\n        print(1)\n",
    "any": "def g(x: Any):\n    if x.check('a'):\n        print(1)\n",
    "an object": "def g(x: object):\n    if x.check('a'):\n        print(1)\n",
    "a type of another file": "def g(x: lib.Checker):\n    if x.check('a'):\n        print(1)\n",
    "an object of another file": "def g():\n    if lib.guard.check('a'):\n        print(1)\n",
    "an imported object": "from lib import guard\ndef g():\n    if guard.check('a'):\n        print(1)\n",
    "a factory of another file": "def g():\n    if lib.make().check('a'):\n        print(1)\n",
    "an item": "def g(xs):\n    if xs[0].check('a'):\n        print(1)\n",
    "a loop": "def g(xs: list[Guard]):\n    for x in xs:\n        if x.check('a'):\n            print(1)\n",
    "a choice": "def g(x):\n    if (Guard() if x else Other()).check('a'):\n        print(1)\n",
    "a global set later": "x: Guard | None = None\ndef g():\n    if x and x.check('a'):\n        print(1)\n",
    "an untyped global": "x = None\ndef g():\n    if x and x.check('a'):\n        print(1)\n",
    "a new name of the class": "G = Guard\ndef g():\n    if G().check('a'):\n        print(1)\n",
    "a method of the class": "def g():\n    if Guard.check(Guard(), 'a'):\n        print(1)\n",
    "a bound method": "check = Guard().check\ndef g():\n    if check('a'):\n        print(1)\n",
    "a walrus": "def g():\n    if (x := Guard()) and x.check('a'):\n        print(1)\n",
    "two values": "def g(y):\n    x = Other()\n    if y:\n        x = Guard()\n    if x.check('a'):\n        print(1)\n",
    "an attribute": "class H:\n    def __init__(self, x):\n        self.x = x\n\n    def g(self):\n        return 1 if self.x.check('a') else 2\n",
    "an attribute of an heir": "class H:\n    def __init__(self):\n        self.x = Other()\n\n    def g(self):\n        return 1 if self.x.check('a') else 2\n\n\nclass I(H):\n    def __init__(self):\n        self.x = Guard()\n",
    "an attribute set from outside": "class H:\n    x = None\n\n    def g(self):\n        return 1 if self.x.check('a') else 2\n",
    "a protocol": "class P(Protocol):\n    def check(self, user: str) -> bool: ...\n\n\ndef g(x: P):\n    if x.check('a'):\n        print(1)\n",
    "an own factory": "def make() -> Guard:\n    return Guard()\n\n\ndef g():\n    if make().check('a'):\n        print(1)\n",
    "an untyped factory": "def make():\n    return Guard()\n\n\ndef g():\n    if make().check('a'):\n        print(1)\n",
    "a name looked up": "def g(x):\n    if getattr(x, 'check')('a'):\n        print(1)\n",
    "a call of a method": "import operator\ndef g(x):\n    if operator.methodcaller('check', 'a')(x):\n        print(1)\n",
    "any of them": "def g(xs):\n    return any(x.check('a') for x in xs)\n",
    "a filter": "def g(xs):\n    return [x for x in xs if x.check('a')]\n",
    "bound anew": "def fake(self, user):\n    return True\n\n\nGuard.check = fake\n",
    "a context manager's value": "def g(x):\n    with x as y:\n        if y.check('a'):\n            print(1)\n",
    "a pattern": "def g(x):\n    match x:\n        case Guard() as y if y.check('a'):\n            print(1)\n",
    "an unpacked value": "def g():\n    x, y = Guard(), 1\n    if x.check('a'):\n        print(y)\n",
    "a conditional": "def g(x):\n    return 1 if x.check('a') else 2\n",
    "a boolean": "def g(x):\n    return bool(x.check('a'))\n",
    "an assert": "def g(x):\n    assert x.check('a')\n",
}
"""Ways to ask a guard whose answer would always be yes."""


def _pairs() -> Iterator[Case]:
    for name, (before, after) in ENDINGS.items():
        yield Case(name, _B + before, _S + after)


OTHER_WRONG = [
    *_pairs(),
    Case(
        "a method of an object nobody knows",
        "import time\nclass A:\n    def get(self):\n        time.sleep(0)\ndef g(x):\n    return x.get()\n",
        "import asyncio\nclass A:\n    async def get(self):\n        await asyncio.sleep(0)\ndef g(x):\n    return x.get()\n",
    ),
    Case(
        "getattr",
        "import time\nclass A:\n    def get(self):\n        time.sleep(0)\ndef g(x):\n    return getattr(x, 'get')()\n",
        "import asyncio\nclass A:\n    async def get(self):\n        await asyncio.sleep(0)\ndef g(x):\n    return getattr(x, 'get')()\n",
    ),
    *(
        Case(f"a call in a condition, {name}", GUARD + rest, GUARDED + rest)
        for name, rest in GUARDS.items()
    ),
    Case(
        "a coroutine made a plain function",
        "async def f():\n    return 1\n",
        "def f():\n    return 1\n",
    ),
    Case(
        "a delegation in a plain generator",
        "def f(x):\n    yield from x\n",
        "def f(x):\n    for item in x:\n        yield item\n",
    ),
    Case(
        "a property",
        "import time\nclass A:\n    @property\n    def v(self):\n        time.sleep(0)\n        return 1\n",
        "import asyncio\nclass A:\n    @property\n    async def v(self):\n        await asyncio.sleep(0)\n        return 1\n",
    ),
    Case(
        "a cache",
        "import time\nimport functools\n@functools.cache\ndef f():\n    time.sleep(0)\n",
        "import asyncio\nimport functools\n@functools.cache\nasync def f():\n    await asyncio.sleep(0)\n",
    ),
    Case(
        "a special method",
        "import time\nclass A:\n    def __len__(self):\n        time.sleep(0)\n        return 1\n",
        "import asyncio\nclass A:\n    async def __len__(self):\n        await asyncio.sleep(0)\n        return 1\n",
    ),
    Case(
        "__enter__ that stays synchronous",
        "import time\nclass A:\n    def __enter__(self):\n        time.sleep(0)\n    def __exit__(self, *a):\n        pass\n",
        "import asyncio\nclass A:\n    async def __enter__(self):\n        await asyncio.sleep(0)\n    def __exit__(self, *a):\n        pass\n",
    ),
    Case(
        "__aenter__ without __aexit__",
        "import time\nclass A:\n    def __enter__(self):\n        time.sleep(0)\n    def __exit__(self, *a):\n        pass\n",
        "import asyncio\nclass A:\n    async def __aenter__(self):\n        await asyncio.sleep(0)\n    def __exit__(self, *a):\n        pass\n",
    ),
    Case(
        "a with that stays as it is",
        "import time\nclass A:\n    def __enter__(self):\n        time.sleep(0)\n    def __exit__(self, *a):\n        pass\ndef g():\n    with A():\n        pass\n",
        "import asyncio\nclass A:\n    async def __aenter__(self):\n        await asyncio.sleep(0)\n    async def __aexit__(self, *a):\n        pass\ndef g():\n    with A():\n        pass\n",
    ),
    Case(
        "StopIteration in __anext__",
        "import time\nclass A:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        time.sleep(0)\n        raise ValueError\n",
        "import asyncio\nclass A:\n    def __aiter__(self):\n        return self\n    async def __anext__(self):\n        await asyncio.sleep(0)\n        raise StopAsyncIteration\n",
    ),
    Case(
        "a base class of another file",
        "import time\nfrom lib import Base\nclass A(Base):\n    def run(self):\n        time.sleep(0)\n",
        "import asyncio\nfrom lib import Base\nclass A(Base):\n    async def run(self):\n        await asyncio.sleep(0)\n",
    ),
    Case(
        "a test",
        "import time\ndef test_a():\n    time.sleep(0)\n",
        "import asyncio\nasync def test_a():\n    await asyncio.sleep(0)\n",
    ),
    Case(
        "a connection of sqlite in a thread",
        "import sqlite3\ndef f(c: sqlite3.Connection):\n    return c.execute('select 1')\n",
        "import asyncio\nimport sqlite3\nasync def f(c: sqlite3.Connection):\n    return await asyncio.to_thread(c.execute, 'select 1')\n",
    ),
    Case(
        "a lock acquired by a thread",
        "import threading\nimport time\nL = threading.Lock()\ndef f():\n    L.acquire()\n    time.sleep(0)\n    L.release()\n",
        "import asyncio\nimport threading\nL = threading.Lock()\nasync def f():\n    L.acquire()\n    await asyncio.sleep(0)\n    L.release()\n",
    ),
    Case(
        "an RLock held",
        "import threading\nimport time\nL = threading.RLock()\ndef f():\n    with L:\n        time.sleep(0)\n",
        "import asyncio\nimport threading\nL = threading.RLock()\nasync def f():\n    with L:\n        await asyncio.sleep(0)\n",
    ),
    Case(
        "a wait with a timeout",
        "import threading\nE = threading.Event()\ndef f():\n    return E.wait(1)\n",
        "import asyncio\nE = asyncio.Event()\nasync def f():\n    return await E.wait(1)\n",
    ),
    Case(
        "a package that is not there",
        "def f():\n    with open('a') as g:\n        return g.read()\n",
        "import aiofiles\nasync def f():\n    async with aiofiles.open('a') as g:\n        return await g.read()\n",
        Options(),
    ),
    Case(
        "a read that is not awaited",
        "def f():\n    with open('a') as g:\n        return g.read()\n",
        "import aiofiles\nasync def f():\n    async with aiofiles.open('a') as g:\n        return g.read()\n",
    ),
    Case(
        "a file handed on",
        "import json\ndef f():\n    with open('a') as g:\n        return json.load(g)\n",
        "import json\nimport aiofiles\nasync def f():\n    async with aiofiles.open('a') as g:\n        return json.load(g)\n",
    ),
    Case(
        "a shell command as a list",
        "import subprocess\ndef f(c):\n    p = subprocess.Popen(c)\n    return p.wait()\n",
        "import asyncio\nimport subprocess\nasync def f(c):\n    p = await asyncio.create_subprocess_exec(c)\n    return await p.wait()\n",
    ),
    Case(
        "a line used after the loop",
        "def f():\n    with open('a') as g:\n        for line in g:\n            print(line)\n        return line\n",
        "import asyncio\nasync def f():\n    with await asyncio.to_thread(open, 'a') as g:\n        while line := await asyncio.to_thread(g.readline):\n            print(line)\n        return line\n",
    ),
    Case(
        "lines of what is no file",
        "import time\ndef f(g):\n    for line in g:\n        time.sleep(0)\n",
        "import asyncio\nasync def f(g):\n    while line := await asyncio.to_thread(g.readline):\n        await asyncio.sleep(0)\n",
    ),
    Case(
        "an own open in a thread",
        "def open(x):\n    return x\ndef f():\n    return open('a')\n",
        "import asyncio\ndef open(x):\n    return x\nasync def f():\n    return await asyncio.to_thread(open, 'a')\n",
    ),
    Case(
        "an own sleep",
        "from lib import sleep\ndef f():\n    sleep(1)\n",
        "import asyncio\nasync def f():\n    await asyncio.sleep(1)\n",
    ),
    Case(
        "an asyncio of one's own",
        "import time\ndef f(asyncio):\n    time.sleep(1)\n",
        "import asyncio\nasync def f(asyncio):\n    await asyncio.sleep(1)\n",
    ),
    Case(
        "one of two definitions",
        "import time\nif time:\n    def f():\n        time.sleep(0)\nelse:\n    def f():\n        return 1\n",
        "import asyncio\nimport time\nif time:\n    async def f():\n        await asyncio.sleep(0)\nelse:\n    def f():\n        return 1\n",
    ),
    Case("nothing but a comma", "def f(a):\n    return (a)\n", "def f(a):\n    return (a,)\n"),
    Case(
        "an asynchronous sending",
        "def f():\n    x = yield 1\n",
        "async def f():\n    x = yield 1\n",
    ),
    Case(
        "a requests client without redirects",
        "import requests\ndef f(u):\n    with requests.Session() as s:\n        s.get(u)\n",
        "import httpx\nasync def f(u):\n    async with httpx.AsyncClient() as s:\n        await s.get(u)\n",
    ),
]
"""Wrong edits that need a text of their own."""

RIGHT = [
    Case("the whole", BEFORE, AFTER),
    Case("nothing", BEFORE, BEFORE),
    Case("a function", _B, _S),
    Case("a call at the top", _B + "print(f())\n", _S + "print(asyncio.run(f()))\n"),
    Case(
        "passed on to one who waits",
        _B + "def g():\n    return f()\n\n\ndef h():\n    return g()\n",
        _S + "def g():\n    return f()\n\n\nasync def h():\n    return await g()\n",
    ),
    Case(
        "a sleep in a thread",
        "import time\ndef f():\n    time.sleep(1)\n",
        "import asyncio\nimport time\nasync def f():\n    await asyncio.to_thread(time.sleep, 1)\n",
    ),
    Case(
        "a function that is async already",
        "import time\nimport asyncio\nasync def f():\n    time.sleep(1)\n",
        "import asyncio\nasync def f():\n    await asyncio.sleep(1)\n",
    ),
    Case(
        "a file of aiofiles",
        "def f():\n    with open('a') as g:\n        for line in g:\n            print(line)\n        return g.read()\n",
        "import aiofiles\nasync def f():\n    async with aiofiles.open('a') as g:\n        async for line in g:\n            print(line)\n        return await g.read()\n",
    ),
    Case(
        "a file of anyio",
        "def f():\n    with open('a') as g:\n        return g.read()\n",
        "import anyio\nasync def f():\n    async with await anyio.open_file('a') as g:\n        return await g.read()\n",
    ),
    Case(
        "layout",
        "import time\r\n\f\r\ndef f():\r\n\ttime.sleep(0)\t# wait\r\n",
        "import asyncio\r\n\f\r\nasync def f():\r\n\tawait asyncio.sleep(0)\t# wait\r\n",
    ),
    Case(
        "what does not parse",
        _B + "def broken(:\n    pass\n",
        _S + "def broken(:\n    pass\n",
    ),
]
"""Right edits, beside those of the programs."""


@cache
def right() -> tuple[Case, ...]:
    """All right edits."""
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
    """Each program with one ``await``, ``async`` or ``asyncio.run`` less, or one comment."""
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
    """All wrong edits."""
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
    """How many wrong edits are refused, and how many right ones accepted or left to the user."""
    refused = sum(status(case) is Status.REFUSED for case in wrong())
    accepted = sum(status(case) is not Status.REFUSED for case in right())
    return refused, accepted
