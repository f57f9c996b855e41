"""Edits that let a thread make a call, or run a block: right ones, and wrong ones like them."""

# ruff: noqa: E501 - texts of programs stand on one line

from __future__ import annotations

from tests.gate.to_async_case import Case

CALLS = """\
import time
from functools import cache

SEEN = []


def weight(text, times=1):
    time.sleep(0)
    SEEN.append(text)
    return len(text) * times


def plain(text):
    return len(text)


@cache
def slow(n):
    time.sleep(0)
    return n


class Box:
    def __init__(self, name):
        time.sleep(0)
        self.name = name

    def load(self, part=0):
        time.sleep(0)
        return self.name[part:]

    @property
    def size(self):
        return len(self.load())


def main(box: Box):
    time.sleep(0)
    print(sorted(["bb", "a"], key=weight))
    first = weight("x")
    SEEN.append("main")
    second = weight("y", times=2)
    print(first, second, plain("z"), slow(3))
    other = Box("other")
    print(other.load(1), box.load(), box.size)
    return first


main(Box("it"))
"""

CALLS_AFTER = (
    CALLS.replace("import time\n", "import asyncio\nimport time\n")
    .replace("def main", "async def main")
    .replace("    time.sleep(0)\n    print(sorted", "    await asyncio.sleep(0)\n    print(sorted")
    .replace('= weight("', '= await asyncio.to_thread(weight, "')
    .replace("slow(3)", "await asyncio.to_thread(slow, 3)")
    .replace('= Box("other")', '= await asyncio.to_thread(Box, "other")')
    .replace("other.load(1)", "await asyncio.to_thread(other.load, 1)")
    .replace("box.load()", "await asyncio.to_thread(box.load)")
    .replace('main(Box("it"))', 'asyncio.run(main(Box("it")))')
)

_FIRST = '    first = await asyncio.to_thread(weight, "x")\n'
_SECOND = '    second = await asyncio.to_thread(weight, "y", times=2)\n'
_NOTE = '    SEEN.append("main")\n'

CALLS_WRONG = {
    "moved before another effect": (_NOTE + _SECOND, _SECOND + _NOTE),
    "moved behind another effect": (_FIRST + _NOTE, _NOTE + _FIRST),
    "two calls swapped": (_FIRST + _NOTE + _SECOND, _SECOND + _NOTE + _FIRST),
    "two calls at once": (
        _FIRST + _NOTE + _SECOND,
        '    first, second = await asyncio.gather(asyncio.to_thread(weight, "x"), asyncio.to_thread(weight, "y", times=2))\n'
        + _NOTE,
    ),
    "a call dropped": (_FIRST, "    first = 1\n"),
    "a call made twice": (_FIRST, _FIRST + _FIRST),
    "an await dropped": (
        '= await asyncio.to_thread(weight, "x")',
        '= asyncio.to_thread(weight, "x")',
    ),
    "an await of a method dropped": (
        "await asyncio.to_thread(box.load)",
        "asyncio.to_thread(box.load)",
    ),
    "a task that nothing awaits": (
        _FIRST,
        '    first = asyncio.create_task(asyncio.to_thread(weight, "x"))\n',
    ),
    "the result given to the thread": ('to_thread(weight, "x")', 'to_thread(weight("x"))'),
    "another argument": ('weight, "x"', 'weight, "y"'),
    "an argument more": ('weight, "x")', 'weight, "x", 2)'),
    "a keyword dropped": (", times=2", ""),
    "a keyword changed": ("times=2", "times=3"),
    "a keyword made positional": ("times=2", "2"),
    "another function": ('weight, "x"', 'slow, "x"'),
    "a function that does not block": ('plain("z")', 'await asyncio.to_thread(plain, "z")'),
    "a method of another object": ("to_thread(box.load)", "to_thread(other.load)"),
    "another method": ("to_thread(box.load)", "to_thread(box.size)"),
    "another class": ("to_thread(Box,", "to_thread(str,"),
    "print in a thread": ("    print(first,", "    await asyncio.to_thread(print, first,"),
    "a lambda in a thread": ('to_thread(weight, "x")', 'to_thread(lambda: weight("x"))'),
    "the function of another module": ('to_thread(weight, "x")', 'to_thread(time.sleep, "x")'),
    "an executor": (
        'await asyncio.to_thread(weight, "x")',
        'await asyncio.get_running_loop().run_in_executor(None, weight, "x")',
    ),
    "what stays made async": ("def weight(", "async def weight("),
    "what stays made async, its sleep too": (
        "def weight(text, times=1):\n    time.sleep(0)",
        "async def weight(text, times=1):\n    await asyncio.sleep(0)",
    ),
    "the cached one made async": ("def slow(", "async def slow("),
    "the constructor made async": ("def __init__(", "async def __init__("),
    "the property made async": ("def size(", "async def size("),
    "the body of what stays changed": ("    return len(text) * times", "    return len(text)"),
    "an effect of what stays dropped": ("    SEEN.append(text)\n", ""),
    "the sort's key changed": ("key=weight", "key=plain"),
    "the sort in a thread": ("print(sorted(", "print(await asyncio.to_thread(sorted, "),
    "a property in a thread": ("box.size)", "await asyncio.to_thread(getattr, box, 'size'))"),
    "the main function in a thread": ("asyncio.run(main(Box", "asyncio.to_thread(main(Box"),
}

BLOCKS = """\
import json


class Store:
    def __init__(self, name):
        self.name = name
        self.items = {}

    def save(self):
        self.items["n"] = 1
        with open(self.name, "w") as file:
            json.dump(self.items, file)
        self.items["n"] = 2

    def count(self, names, start):
        total = start
        for name in names:
            with open(name) as file:
                for line in file:
                    total += len(line)
            print(name, total)
        with open(self.name) as file:
            head = file.readline()
            data = json.load(file)
        print(head, data)
        return total, data

    def find(self, word, other):
        with open(self.name) as file:
            for line in file:
                if word in line:
                    return line
            return other
"""

BLOCKS_AFTER = """\
import asyncio
import json


class Store:
    def __init__(self, name):
        self.name = name
        self.items = {}

    async def save(self):
        self.items["n"] = 1

        def write():
            with open(self.name, "w") as file:
                json.dump(self.items, file)

        await asyncio.to_thread(write)
        self.items["n"] = 2

    async def count(self, names, start):
        total = start
        for name in names:
            def read(name):
                nonlocal total
                with open(name) as file:
                    for line in file:
                        total += len(line)

            await asyncio.to_thread(read, name)
            print(name, total)

        def read_file():
            with open(self.name) as file:
                head = file.readline()
                data = json.load(file)
            return head, data

        head, data = await asyncio.to_thread(read_file)
        print(head, data)
        return total, data

    async def find(self, word, other):
        def look():
            with open(self.name) as file:
                for line in file:
                    if word in line:
                        return line
                return other

        return await asyncio.to_thread(look)
"""

BLOCKS_WRONG = {
    "the value changed before": (
        '        await asyncio.to_thread(write)\n        self.items["n"] = 2\n',
        '        self.items["n"] = 2\n        await asyncio.to_thread(write)\n',
    ),
    "the value changed between": (
        "\n        await asyncio.to_thread(write)\n",
        "\n        self.items = {}\n        await asyncio.to_thread(write)\n",
    ),
    "the thread dropped": ("        await asyncio.to_thread(write)\n", ""),
    "the thread twice": (
        "        await asyncio.to_thread(write)\n",
        "        await asyncio.to_thread(write)\n        await asyncio.to_thread(write)\n",
    ),
    "the thread not awaited": (
        "        await asyncio.to_thread(write)",
        "        asyncio.to_thread(write)",
    ),
    "the thread a task": (
        "        await asyncio.to_thread(write)",
        "        asyncio.create_task(asyncio.to_thread(write))",
    ),
    "the function called on the loop": ("await asyncio.to_thread(write)", "write()"),
    "the function's name given away": (
        "        await asyncio.to_thread(write)\n",
        "        await asyncio.to_thread(write)\n        self.write = write\n",
    ),
    "the function returned": (
        '        self.items["n"] = 2\n',
        '        self.items["n"] = 2\n        return write\n',
    ),
    "another mode": ('self.name, "w"', 'self.name, "a"'),
    "another name captured": ("with open(self.name, ", "with open(self.items, "),
    "a copy written": ("json.dump(self.items,", "json.dump(dict(self.items),"),
    "another function inside": ("json.dump(self", "json.dumps(self"),
    "a statement more inside": (
        "                json.dump(self.items, file)\n",
        "                json.dump(self.items, file)\n                self.items.clear()\n",
    ),
    "a statement more around": (
        "        def write():\n",
        "        def write():\n            self.items.clear()\n",
    ),
    "a statement more behind": (
        "                json.dump(self.items, file)\n",
        "                json.dump(self.items, file)\n            self.items.clear()\n",
    ),
    "a statement out of the block": (
        "                json.dump(self.items, file)\n\n        await asyncio.to_thread(write)\n",
        "                pass\n\n        await asyncio.to_thread(write)\n        json.dump(self.items, file)\n",
    ),
    "a default that freezes": ("def write():", "def write(self=self):"),
    "a parameter that was none": ("def write():", "def write(self):"),
    "a parameter with an argument of another name": (
        "def read(name):",
        "def read(names):",
    ),
    "an argument of another name": ("to_thread(read, name)", "to_thread(read, names)"),
    "an argument that is no name": ("to_thread(read, name)", "to_thread(read, str(name))"),
    "an argument by keyword": ("to_thread(read, name)", "to_thread(read, name=name)"),
    "an argument dropped": ("to_thread(read, name)", "to_thread(read)"),
    "an argument starred": ("to_thread(read, name)", "to_thread(read, *name)"),
    "starred parameters": ("def read(name):", "def read(*name):"),
    "a shared name no longer shared": ("                nonlocal total\n", ""),
    "a shared name global": ("nonlocal total", "global total"),
    "another name shared": ("nonlocal total", "nonlocal start"),
    "a name shared that the block binds": ("nonlocal total", "nonlocal total, data"),
    "a shared name returned too": (
        "                        total += len(line)\n\n            await asyncio.to_thread(read, name)",
        "                        total += len(line)\n                return total\n\n            start = await asyncio.to_thread(read, name)",
    ),
    "the loop in the thread": (
        "            await asyncio.to_thread(read, name)\n            print(name, total)\n",
        "        await asyncio.to_thread(read, name)\n        print(name, total)\n",
    ),
    "results swapped": ("            return head, data", "            return data, head"),
    "targets swapped": ("head, data = await", "data, head = await"),
    "a result dropped": (
        "            return head, data\n\n        head, data = await",
        "            return data\n\n        data = await",
    ),
    "a result more": (
        "            return head, data\n\n        head, data = await",
        "            return head, data, names\n\n        head, data, names = await",
    ),
    "all results dropped": (
        "            return head, data\n\n        head, data = await asyncio.to_thread(read_file)",
        "\n        await asyncio.to_thread(read_file)",
    ),
    "a result not taken": (
        "head, data = await asyncio.to_thread(read_file)",
        "await asyncio.to_thread(read_file)",
    ),
    "two targets for one tuple": ("head, data = await", "head = data = await"),
    "targets starred": ("head, data = await", "head, *data = await"),
    "lines swapped inside": (
        "                head = file.readline()\n                data = json.load(file)\n",
        "                data = json.load(file)\n                head = file.readline()\n",
    ),
    "the return dropped": ("return await asyncio.to_thread(look)", "await asyncio.to_thread(look)"),
    "a return of something else": ("return await asyncio.to_thread(look)", "return look"),
    "a return within the block dropped": (
        "                        return line\n",
        "                        pass\n",
    ),
    "the last return moved out": (
        "                return other\n\n        return await asyncio.to_thread(look)",
        "\n        await asyncio.to_thread(look)\n        return other",
    ),
    "another block run": ("to_thread(look)", "to_thread(self.find)"),
    "a function of the class run": ("to_thread(look)", "to_thread(self.save)"),
    "a comment dropped or added": ("def look():\n", "def look():  # in a thread\n"),
    "a docstring added": ("def look():\n", 'def look():\n            """Look."""\n'),
    "the function async": ("        def look():", "        async def look():"),
    "the function a generator": ("return line", "yield line"),
    "the function decorated": ("        def look():", "        @classmethod\n        def look():"),
    "a wrong annotation": ("def look():", "def look() -> int:"),
    "an annotation of nothing": ("def look():", "def look() -> None:"),
    "a name of the text": ("look", "find"),
    "the name of a builtin": ("look", "open"),
    "the name of a parameter": ("look", "word"),
}


def _cases(kind: str, before: str, after: str, wrong: dict[str, tuple[str, str]]) -> list[Case]:
    for name, (old, _) in wrong.items():
        assert old in after, name
    return [
        Case(
            f"{kind}: {name}",
            before,
            after.replace(old, new) if kind == "named" else after.replace(old, new, 1),
        )
        for name, (old, new) in wrong.items()
    ]


def _thread(head: str, function: str) -> Case:
    """An edit in which ``f`` stays as it is, and a thread calls it."""
    name, _, rest = head.partition("|")
    before = (
        f"import time\n{rest}{function}def g(x=0):\n    time.sleep(0)\n    r = f(x)\n    return r\n"
    )
    after = f"import asyncio\nimport time\n{rest}{function}async def g(x=0):\n    await asyncio.sleep(0)\n    r = await asyncio.to_thread(f, x)\n    return r\n"
    return Case(f"a thread calls {name}", before, after)


UNFIT_CALLS = [
    _thread(head, function)
    for head, function in (
        ("a generator|", "def f(x):\n    time.sleep(0)\n    yield x\n"),
        ("a coroutine function|", "async def f(x):\n    time.sleep(0)\n"),
        ("what does not block|", "def f(x):\n    return x\n"),
        (
            "a context manager|import contextlib\n",
            "@contextlib.contextmanager\ndef f(x):\n    time.sleep(0)\n    yield x\n",
        ),
        (
            "what a stranger decorates|from lib import deco\n",
            "@deco\ndef f(x):\n    time.sleep(0)\n",
        ),
        (
            "what may be imported|import lib\n",
            "if lib:\n    from lib import f\nelse:\n    def f(x):\n        time.sleep(0)\n",
        ),
        ("an imported function|from lib import f\n", ""),
        ("a parameter's default|", "def h(x):\n    time.sleep(0)\nf = h\n"),
        (
            "what holds an RLock|import threading\nL = threading.RLock()\n",
            "def f(x):\n    with L:\n        time.sleep(0)\n",
        ),
        (
            "what uses sqlite|import sqlite3\n",
            "def f(x):\n    time.sleep(0)\n    return sqlite3.connect(x)\n",
        ),
        (
            "what asks for its thread|import threading\n",
            "def f(x):\n    time.sleep(0)\n    return threading.get_ident()\n",
        ),
        (
            "what has data of its thread|import threading\nD = threading.local()\n",
            "def f(x):\n    time.sleep(0)\n    D.x = x\n",
        ),
        (
            "what sets a signal|import signal\n",
            "def f(x):\n    time.sleep(0)\n    signal.signal(2, x)\n",
        ),
        (
            "what sets a context|import contextvars\nV = contextvars.ContextVar('V')\n",
            "def f(x):\n    time.sleep(0)\n    V.set(x)\n",
        ),
        (
            "what sets a decimal context|import decimal\n",
            "def f(x):\n    time.sleep(0)\n    decimal.getcontext().prec = x\n",
        ),
        (
            "what looks at its caller|import sys\n",
            "def f(x):\n    time.sleep(0)\n    return sys._getframe(1).f_locals\n",
        ),
        (
            "what looks at the stack|import inspect\n",
            "def f(x):\n    time.sleep(0)\n    return inspect.stack()\n",
        ),
        (
            "what makes a task|import asyncio\n",
            "def f(x):\n    time.sleep(0)\n    return asyncio.ensure_future(x)\n",
        ),
        (
            "what makes processes|import multiprocessing\n",
            "def f(x):\n    time.sleep(0)\n    return multiprocessing.Pool(x).map(str, [1])\n",
        ),
        ("what forks|import os\n", "def f(x):\n    time.sleep(0)\n    return os.fork()\n"),
        ("what stops an iteration|", "def f(x):\n    time.sleep(0)\n    raise StopIteration(x)\n"),
        ("what may stop an iteration|", "def f(x):\n    time.sleep(0)\n    return next(x)\n"),
        (
            "what calls what holds an RLock|import threading\nL = threading.RLock()\ndef h():\n    with L:\n        time.sleep(0)\n",
            "def f(x):\n    h()\n",
        ),
        (
            "what makes what uses sqlite|import sqlite3\nclass C:\n    def __init__(self):\n        self.c = sqlite3.connect('x')\n",
            "def f(x):\n    time.sleep(0)\n    return C()\n",
        ),
        (
            "a class with a metaclass|from lib import Meta\n",
            "class f(metaclass=Meta):\n    def __init__(self, x):\n        time.sleep(0)\n",
        ),
        (
            "a class of an unknown base|from lib import Base\n",
            "class f(Base):\n    def __init__(self, x):\n        time.sleep(0)\n",
        ),
        (
            "a class that a stranger decorates|from lib import deco\n",
            "@deco\nclass f:\n    def __init__(self, x):\n        time.sleep(0)\n",
        ),
        (
            "a class whose constructor uses sqlite|import sqlite3\n",
            "class f:\n    def __init__(self, x):\n        time.sleep(0)\n        self.c = sqlite3.connect(x)\n",
        ),
    )
] + [
    Case(
        "a thread calls a method of an unknown object",
        "import time\nclass A:\n    def get(self):\n        time.sleep(0)\n    key = property(get)\ndef g(x):\n    time.sleep(0)\n    return x.get()\n",
        "import asyncio\nimport time\nclass A:\n    def get(self):\n        time.sleep(0)\n    key = property(get)\nasync def g(x):\n    await asyncio.sleep(0)\n    return await asyncio.to_thread(x.get)\n",
    ),
    Case(
        "a thread runs a generator expression",
        "import time\ndef f(x):\n    time.sleep(0)\n    return list(x)\ndef g(y):\n    return [f], f(z for z in y)\n",
        "import asyncio\nimport time\ndef f(x):\n    time.sleep(0)\n    return list(x)\nasync def g(y):\n    return [f], await asyncio.to_thread(f, (z for z in y))\n",
    ),
    Case(
        "a thread while a lock is held",
        "import threading\nimport time\nL = threading.Lock()\ndef f():\n    time.sleep(0)\ndef g():\n    print([f])\n    with L:\n        f()\n",
        "import asyncio\nimport threading\nimport time\nL = threading.Lock()\ndef f():\n    time.sleep(0)\nasync def g():\n    print([f])\n    with L:\n        await asyncio.to_thread(f)\n",
    ),
    Case(
        "a thread in a lambda",
        "import time\ndef f(x):\n    time.sleep(0)\n    return x\ndef g(y):\n    time.sleep(0)\n    return sorted(y, key=lambda z: f(z))\n",
        "import asyncio\nimport time\ndef f(x):\n    time.sleep(0)\n    return x\nasync def g(y):\n    await asyncio.sleep(0)\n    return sorted(y, key=lambda z: asyncio.to_thread(f, z))\n",
    ),
    Case(
        "a thread in a generator expression",
        "import time\ndef f(x):\n    time.sleep(0)\n    return x\ndef g(y):\n    time.sleep(0)\n    return sum(f(z) for z in y), [f]\n",
        "import asyncio\nimport time\ndef f(x):\n    time.sleep(0)\n    return x\nasync def g(y):\n    await asyncio.sleep(0)\n    return sum(await asyncio.to_thread(f, z) for z in y), [f]\n",
    ),
    Case(
        "a thread calls one of two definitions, the other async",
        "import time\nclass A:\n    def f(self):\n        time.sleep(0)\nclass B(A):\n    async def f(self):\n        time.sleep(0)\ndef g(a: A):\n    time.sleep(0)\n    a.f()\n",
        "import asyncio\nimport time\nclass A:\n    def f(self):\n        time.sleep(0)\nclass B(A):\n    async def f(self):\n        time.sleep(0)\nasync def g(a: A):\n    await asyncio.sleep(0)\n    await asyncio.to_thread(a.f)\n",
    ),
    Case(
        "a thread calls what calls what became async",
        "import time\ndef h():\n    time.sleep(0)\ndef f():\n    h()\ndef g():\n    f()\n",
        "import asyncio\nasync def h():\n    await asyncio.sleep(0)\ndef f():\n    h()\nasync def g():\n    await asyncio.to_thread(f)\n",
    ),
]
"""Calls that no thread may make."""


def _block(name: str, before: str, after: str, head: str = "") -> Case:
    imports = f"import asyncio\n{head}"
    return Case(f"a thread runs {name}", imports + before, imports + after)


UNFIT_BLOCKS = [
    _block(
        "a block that leaves the loop",
        "def f(ps):\n    for p in ps:\n        with open(p) as g:\n            if g.read(): break\n",
        "async def f(ps):\n    for p in ps:\n        def read(p):\n            with open(p) as g:\n                if g.read(): break\n        await asyncio.to_thread(read, p)\n",
    ),
    _block(
        "a block that yields",
        "def f(p):\n    with open(p) as g:\n        yield g.read()\n",
        "async def f(p):\n    def read():\n        with open(p) as g:\n            yield g.read()\n    await asyncio.to_thread(read)\n",
    ),
    _block(
        "a block with one return of two",
        "def f(p):\n    with open(p) as g:\n        if g.read():\n            return 1\n    return 2\n",
        "async def f(p):\n    def read():\n        with open(p) as g:\n            if g.read():\n                return 1\n    return await asyncio.to_thread(read)\n    return 2\n",
    ),
    _block(
        "a block whose return is lost",
        "def f(p):\n    with open(p) as g:\n        if g.read():\n            return 1\n    return 2\n",
        "async def f(p):\n    def read():\n        with open(p) as g:\n            if g.read():\n                return 1\n    await asyncio.to_thread(read)\n    return 2\n",
    ),
    _block(
        "a block in a loop that returns at times",
        "def f(ps):\n    for p in ps:\n        with open(p) as g:\n            if g.read():\n                return p\n",
        "async def f(ps):\n    for p in ps:\n        def read(p):\n            with open(p) as g:\n                if g.read():\n                    return p\n        return await asyncio.to_thread(read, p)\n",
    ),
    _block(
        "a block with super()",
        "class A(B):\n    def f(self, p):\n        with open(p) as g:\n            super().read(g)\n",
        "class A(B):\n    async def f(self, p):\n        def read():\n            with open(p) as g:\n                super().read(g)\n        await asyncio.to_thread(read)\n",
        "from lib import B\n",
    ),
    _block(
        "a block with locals()",
        "def f(p):\n    with open(p) as g:\n        print(locals(), g)\n",
        "async def f(p):\n    def read():\n        with open(p) as g:\n            print(locals(), g)\n    await asyncio.to_thread(read)\n",
    ),
    _block(
        "a block with eval()",
        "def f(p):\n    with open(p) as g:\n        print(eval(g.read()))\n",
        "async def f(p):\n    def read():\n        with open(p) as g:\n            print(eval(g.read()))\n    await asyncio.to_thread(read)\n",
    ),
    _block(
        "a block that binds a global",
        "def f(p):\n    global x\n    with open(p) as g:\n        x = g.read()\n",
        "async def f(p):\n    global x\n    def read():\n        with open(p) as g:\n            x = g.read()\n        return x\n    x = await asyncio.to_thread(read)\n",
    ),
    _block(
        "a block that binds a variable of a function further out",
        "def h(p):\n    x = 1\n    def f():\n        nonlocal x\n        with open(p) as g:\n            x = g.read()\n    f()\n    return x\n",
        "def h(p):\n    x = 1\n    async def f():\n        nonlocal x\n        def read():\n            with open(p) as g:\n                x = g.read()\n        await asyncio.to_thread(read)\n    asyncio.run(f())\n    return x\n",
    ),
    _block(
        "a block that adds to a variable of its own",
        "def f(p):\n    n = 0\n    with open(p) as g:\n        n += len(g.read())\n    return n\n",
        "async def f(p):\n    n = 0\n    def read():\n        with open(p) as g:\n            n += len(g.read())\n        return n\n    n = await asyncio.to_thread(read)\n    return n\n",
    ),
    _block(
        "a block that may not bind what it returns",
        "def f(p):\n    n = 0\n    with open(p) as g:\n        if g.read():\n            n = 1\n    return n\n",
        "async def f(p):\n    n = 0\n    def read():\n        with open(p) as g:\n            if g.read():\n                n = 1\n        return n\n    n = await asyncio.to_thread(read)\n    return n\n",
    ),
    _block(
        "a block whose variable is lost",
        "def f(p):\n    n = 0\n    with open(p) as g:\n        n = g.read()\n    return n\n",
        "async def f(p):\n    n = 0\n    def read():\n        with open(p) as g:\n            n = g.read()\n    await asyncio.to_thread(read)\n    return n\n",
    ),
    _block(
        "a block with a variable that lives from round to round",
        "def f(ps):\n    for p in ps:\n        with open(p) as g:\n            t = g.read()\n            if t: w = t\n            print(w)\n",
        "async def f(ps):\n    for p in ps:\n        def read(p):\n            with open(p) as g:\n                t = g.read()\n                if t: w = t\n                print(w)\n        await asyncio.to_thread(read, p)\n",
    ),
    _block(
        "a block whose variable a handler reads",
        "def f(p):\n    n = ''\n    try:\n        with open(p) as g:\n            n = g.read()\n            int(n)\n    except ValueError:\n        return n\n",
        "async def f(p):\n    n = ''\n    try:\n        def read():\n            with open(p) as g:\n                n = g.read()\n                int(n)\n            return n\n        n = await asyncio.to_thread(read)\n    except ValueError:\n        return n\n",
    ),
    _block(
        "a block whose errors are suppressed around it",
        "def f(p):\n    n = ''\n    with contextlib.suppress(ValueError):\n        with open(p) as g:\n            n = g.read()\n            int(n)\n    return n\n",
        "async def f(p):\n    n = ''\n    with contextlib.suppress(ValueError):\n        def read():\n            with open(p) as g:\n                n = g.read()\n                int(n)\n            return n\n        n = await asyncio.to_thread(read)\n    return n\n",
        "import contextlib\n",
    ),
    _block(
        "a block whose variable a function of the text reads",
        "def f(p):\n    n = ''\n    def show(): print(n)\n    with open(p) as g:\n        n = g.read()\n        show()\n    return n\n",
        "async def f(p):\n    n = ''\n    def show(): print(n)\n    def read():\n        with open(p) as g:\n            n = g.read()\n            show()\n        return n\n    n = await asyncio.to_thread(read)\n    return n\n",
    ),
    _block(
        "a block given what a function of the text binds",
        "def f(ps):\n    for p in ps:\n        def swap():\n            nonlocal p\n            p = 'x'\n        with open(p) as g:\n            swap()\n            print(p, g)\n",
        "async def f(ps):\n    for p in ps:\n        def swap():\n            nonlocal p\n            p = 'x'\n        def read(p):\n            with open(p) as g:\n                swap()\n                print(p, g)\n        await asyncio.to_thread(read, p)\n",
    ),
    _block(
        "a block given what it binds",
        "def f(ps):\n    for p in ps:\n        with open(p) as g:\n            p = g.read()\n        print(p)\n",
        "async def f(ps):\n    for p in ps:\n        def read(p):\n            with open(p) as g:\n                p = g.read()\n        await asyncio.to_thread(read, p)\n        print(p)\n",
    ),
    _block(
        "a block that deletes a variable",
        "def f(p):\n    n = ''\n    with open(p) as g:\n        del n\n    print(n)\n",
        "async def f(p):\n    n = ''\n    def read():\n        nonlocal n\n        with open(p) as g:\n            del n\n    await asyncio.to_thread(read)\n    print(n)\n",
    ),
    _block(
        "a block that imports for others",
        "def f(p):\n    with open(p) as g:\n        import json\n        print(g)\n    return json.loads(p)\n",
        "async def f(p):\n    def read():\n        with open(p) as g:\n            import json\n            print(g)\n    await asyncio.to_thread(read)\n    return json.loads(p)\n",
    ),
    _block(
        "a block that defines a function",
        "def f(p):\n    with open(p) as g:\n        def h(): return p\n        print(g)\n    return h()\n",
        "async def f(p):\n    def read():\n        with open(p) as g:\n            def h(): return p\n            print(g)\n    await asyncio.to_thread(read)\n    return h()\n",
    ),
    _block(
        "a block whose file is used behind it",
        "def f(p):\n    with open(p) as g:\n        print(g.read())\n    return g.closed\n",
        "async def f(p):\n    def read():\n        with open(p) as g:\n            print(g.read())\n    await asyncio.to_thread(read)\n    return g.closed\n",
    ),
    _block(
        "a block that holds a lock",
        "L = threading.Lock()\ndef f(p):\n    with L:\n        print(open(p).read())\n",
        "L = threading.Lock()\nasync def f(p):\n    def read():\n        with L:\n            print(open(p).read())\n    await asyncio.to_thread(read)\n",
        "import threading\n",
    ),
    _block(
        "a block that suppresses errors",
        "def f(p):\n    n = 0\n    with contextlib.suppress(OSError):\n        n = open(p).read()\n    return n\n",
        "async def f(p):\n    n = 0\n    def read():\n        with contextlib.suppress(OSError):\n            n = open(p).read()\n        return n\n    n = await asyncio.to_thread(read)\n    return n\n",
        "import contextlib\n",
    ),
    _block(
        "a block of an unknown object",
        "def f(x):\n    with x as g:\n        print(g.read())\n",
        "async def f(x):\n    def read():\n        with x as g:\n            print(g.read())\n    await asyncio.to_thread(read)\n",
    ),
    _block(
        "a block of an own open()",
        "def open(p): return lib.thing(p)\ndef f(x):\n    with open(x) as g:\n        print(g.read())\n",
        "def open(p): return lib.thing(p)\nasync def f(x):\n    def read():\n        with open(x) as g:\n            print(g.read())\n    await asyncio.to_thread(read)\n",
        "import lib\n",
    ),
    _block(
        "a block with a connection of sqlite",
        "def f(p, c: sqlite3.Connection):\n    with open(p) as g:\n        c.execute(g.read())\n    d = sqlite3.connect('x')\n    with open(p) as h:\n        d.execute(h.read())\n",
        "async def f(p, c: sqlite3.Connection):\n    with open(p) as g:\n        c.execute(g.read())\n    d = sqlite3.connect('x')\n    def read():\n        with open(p) as h:\n            d.execute(h.read())\n    await asyncio.to_thread(read)\n",
        "import sqlite3\n",
    ),
    _block(
        "a block that asks for its thread",
        "def f(p):\n    with open(p, 'w') as g:\n        print(threading.get_ident(), file=g)\n",
        "async def f(p):\n    def write():\n        with open(p, 'w') as g:\n            print(threading.get_ident(), file=g)\n    await asyncio.to_thread(write)\n",
        "import threading\n",
    ),
    _block(
        "a block that makes a task",
        "def f(p, h):\n    with open(p) as g:\n        asyncio.ensure_future(h(g.read()))\n",
        "async def f(p, h):\n    def read():\n        with open(p) as g:\n            asyncio.ensure_future(h(g.read()))\n    await asyncio.to_thread(read)\n",
    ),
    _block(
        "a block that may stop an iteration",
        "def f(p):\n    with open(p) as g:\n        return next(g)\n",
        "async def f(p):\n    def read():\n        with open(p) as g:\n            return next(g)\n    return await asyncio.to_thread(read)\n",
    ),
    _block(
        "a block while a lock is held",
        "L = threading.Lock()\ndef f(p):\n    with L:\n        with open(p) as g:\n            print(g.read())\n",
        "L = threading.Lock()\nasync def f(p):\n    with L:\n        def read():\n            with open(p) as g:\n                print(g.read())\n        await asyncio.to_thread(read)\n",
        "import threading\n",
    ),
    _block(
        "a block that calls what became async",
        "import time\ndef h(x):\n    time.sleep(0)\ndef f(p):\n    with open(p) as g:\n        h(g.read())\n",
        "import time\nasync def h(x):\n    await asyncio.sleep(0)\nasync def f(p):\n    def read():\n        with open(p) as g:\n            h(g.read())\n    await asyncio.to_thread(read)\n",
    ),
    _block(
        "a block in a function that is not async",
        "def f(p):\n    with open(p) as g:\n        print(g.read())\n",
        "def f(p):\n    def read():\n        with open(p) as g:\n            print(g.read())\n    asyncio.to_thread(read)\n",
    ),
    _block(
        "a block with a lambda that reads what is bound later",
        "def f(p):\n    with open(p) as g:\n        x = g.readline()\n        c = lambda: x\n    print(x)\n    x = 1\n    return c()\n",
        "async def f(p):\n    def read():\n        with open(p) as g:\n            x = g.readline()\n            c = lambda: x\n        return x, c\n    x, c = await asyncio.to_thread(read)\n    print(x)\n    x = 1\n    return c()\n",
    ),
    _block(
        "a block with a lambda that reads a loop's variable",
        "def f(ps, cs):\n    for p in ps:\n        with open(p) as g:\n            print(g, file=None)\n            cs.append(lambda: p)\n    return [c() for c in cs]\n",
        "async def f(ps, cs):\n    for p in ps:\n        def read(p):\n            with open(p) as g:\n                print(g, file=None)\n                cs.append(lambda: p)\n        await asyncio.to_thread(read, p)\n    return [c() for c in cs]\n",
    ),
    _block(
        "a block with a generator that reads another block's file",
        "def f(p, q):\n    with open(p) as g:\n        n = (g.name for _ in [1])\n    with open(q) as g:\n        print(list(n))\n",
        "async def f(p, q):\n    def read():\n        with open(p) as g:\n            n = (g.name for _ in [1])\n        return n\n    n = await asyncio.to_thread(read)\n    with open(q) as g:\n        print(list(n))\n",
    ),
    _block(
        "a block in a function that looks at its variables",
        "def f(p):\n    with open(p) as g:\n        x = g.readline()\n    print(locals()['x'])\n",
        "async def f(p):\n    def read():\n        with open(p) as g:\n            x = g.readline()\n    await asyncio.to_thread(read)\n    print(locals()['x'])\n",
    ),
    _block(
        "a block of what a queue holds",
        "Q = queue.Queue()\ndef f():\n    with Q.get() as g:\n        print(g)\n",
        "Q = queue.Queue()\nasync def f():\n    def run():\n        with Q.get() as g:\n            print(g)\n    await asyncio.to_thread(run)\n",
        "import queue\n",
    ),
    _block(
        "a block with a pool of processes",
        "def f(h):\n    with ProcessPoolExecutor() as g:\n        print(list(g.map(h, [1])))\n",
        "async def f(h):\n    def run():\n        with ProcessPoolExecutor() as g:\n            print(list(g.map(h, [1])))\n    await asyncio.to_thread(run)\n",
        "from concurrent.futures import ProcessPoolExecutor\n",
    ),
    _block(
        "a block of the module",
        "with open('p') as g:\n    print(g.read())\n",
        "def read():\n    with open('p') as g:\n        print(g.read())\nasyncio.run(asyncio.to_thread(read))\n",
    ),
]
"""Blocks that cannot be a function of their own, or that no thread may run."""

THREADS_WRONG = [
    *_cases("calls", CALLS, CALLS_AFTER, CALLS_WRONG),
    *_cases(
        "named",
        BLOCKS,
        BLOCKS_AFTER,
        {k: v for k, v in BLOCKS_WRONG.items() if "the name of" in k or k == "a name of the text"},
    ),
    *_cases(
        "blocks",
        BLOCKS,
        BLOCKS_AFTER,
        {
            k: v
            for k, v in BLOCKS_WRONG.items()
            if "the name of" not in k and k != "a name of the text"
        },
    ),
    *UNFIT_CALLS,
    *UNFIT_BLOCKS,
]

THREADS_RIGHT = [
    Case("calls in threads", CALLS, CALLS_AFTER),
    Case("blocks in threads", BLOCKS, BLOCKS_AFTER),
]
