"""Edits that move a call or a block to a thread: right ones, and similar wrong ones."""

# ruff: noqa: E501 - program texts are on one line

from __future__ import annotations

from tests.gate.texts import code
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
    CALLS.replace(
        "import time\n",
        code("""
        import asyncio
        import time
        """),
    )
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
    "a docstring added": (
        "def look():\n",
        code('''
        def look():
                    """Look."""
        '''),
    ),
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
    """An edit after which a thread calls the unchanged ``f``."""
    name, _, rest = head.partition("|")
    before = (
        f"import time\n{rest}{function}def g(x=0):\n    time.sleep(0)\n    r = f(x)\n    return r\n"
    )
    after = f"import asyncio\nimport time\n{rest}{function}async def g(x=0):\n    await asyncio.sleep(0)\n    r = await asyncio.to_thread(f, x)\n    return r\n"
    return Case(f"a thread calls {name}", before, after)


UNFIT_CALLS = [
    _thread(head, function)
    for head, function in (
        (
            "a generator|",
            code("""
            def f(x):
                time.sleep(0)
                yield x
            """),
        ),
        (
            "a coroutine function|",
            code("""
            async def f(x):
                time.sleep(0)
            """),
        ),
        (
            "what does not block|",
            code("""
            def f(x):
                return x
            """),
        ),
        (
            "a context manager|import contextlib\n",
            code("""
                @contextlib.contextmanager
                def f(x):
                    time.sleep(0)
                    yield x
                """),
        ),
        (
            "what a stranger decorates|from lib import deco\n",
            code("""
                @deco
                def f(x):
                    time.sleep(0)
                """),
        ),
        (
            "what may be imported|import lib\n",
            code("""
                if lib:
                    from lib import f
                else:
                    def f(x):
                        time.sleep(0)
                """),
        ),
        ("an imported function|from lib import f\n", ""),
        (
            "a parameter's default|",
            code("""
            def h(x):
                time.sleep(0)
            f = h
            """),
        ),
        (
            code("""
                what holds an RLock|import threading
                L = threading.RLock()
                """),
            code("""
                def f(x):
                    with L:
                        time.sleep(0)
                """),
        ),
        (
            "what uses sqlite|import sqlite3\n",
            code("""
                def f(x):
                    time.sleep(0)
                    return sqlite3.connect(x)
                """),
        ),
        (
            "what asks for its thread|import threading\n",
            code("""
                def f(x):
                    time.sleep(0)
                    return threading.get_ident()
                """),
        ),
        (
            code("""
                what has data of its thread|import threading
                D = threading.local()
                """),
            code("""
                def f(x):
                    time.sleep(0)
                    D.x = x
                """),
        ),
        (
            "what sets a signal|import signal\n",
            code("""
                def f(x):
                    time.sleep(0)
                    signal.signal(2, x)
                """),
        ),
        (
            code("""
                what sets a context|import contextvars
                V = contextvars.ContextVar('V')
                """),
            code("""
                def f(x):
                    time.sleep(0)
                    V.set(x)
                """),
        ),
        (
            "what sets a decimal context|import decimal\n",
            code("""
                def f(x):
                    time.sleep(0)
                    decimal.getcontext().prec = x
                """),
        ),
        (
            "what looks at its caller|import sys\n",
            code("""
                def f(x):
                    time.sleep(0)
                    return sys._getframe(1).f_locals
                """),
        ),
        (
            "what looks at the stack|import inspect\n",
            code("""
                def f(x):
                    time.sleep(0)
                    return inspect.stack()
                """),
        ),
        (
            "what makes a task|import asyncio\n",
            code("""
                def f(x):
                    time.sleep(0)
                    return asyncio.ensure_future(x)
                """),
        ),
        (
            "what makes processes|import multiprocessing\n",
            code("""
                def f(x):
                    time.sleep(0)
                    return multiprocessing.Pool(x).map(str, [1])
                """),
        ),
        (
            "what forks|import os\n",
            code("""
            def f(x):
                time.sleep(0)
                return os.fork()
            """),
        ),
        (
            "what stops an iteration|",
            code("""
            def f(x):
                time.sleep(0)
                raise StopIteration(x)
            """),
        ),
        (
            "what may stop an iteration|",
            code("""
            def f(x):
                time.sleep(0)
                return next(x)
            """),
        ),
        (
            code("""
                what calls what holds an RLock|import threading
                L = threading.RLock()
                def h():
                    with L:
                        time.sleep(0)
                """),
            code("""
                def f(x):
                    h()
                """),
        ),
        (
            code("""
                what makes what uses sqlite|import sqlite3
                class C:
                    def __init__(self):
                        self.c = sqlite3.connect('x')
                """),
            code("""
                def f(x):
                    time.sleep(0)
                    return C()
                """),
        ),
        (
            "a class with a metaclass|from lib import Meta\n",
            code("""
                class f(metaclass=Meta):
                    def __init__(self, x):
                        time.sleep(0)
                """),
        ),
        (
            "a class of an unknown base|from lib import Base\n",
            code("""
                class f(Base):
                    def __init__(self, x):
                        time.sleep(0)
                """),
        ),
        (
            "a class that a stranger decorates|from lib import deco\n",
            code("""
                @deco
                class f:
                    def __init__(self, x):
                        time.sleep(0)
                """),
        ),
        (
            "a class whose constructor uses sqlite|import sqlite3\n",
            code("""
                class f:
                    def __init__(self, x):
                        time.sleep(0)
                        self.c = sqlite3.connect(x)
                """),
        ),
    )
] + [
    Case(
        "a thread calls a method of an unknown object",
        code("""
            import time
            class A:
                def get(self):
                    time.sleep(0)
                key = property(get)
            def g(x):
                time.sleep(0)
                return x.get()
            """),
        code("""
            import asyncio
            import time
            class A:
                def get(self):
                    time.sleep(0)
                key = property(get)
            async def g(x):
                await asyncio.sleep(0)
                return await asyncio.to_thread(x.get)
            """),
    ),
    Case(
        "a thread runs a generator expression",
        code("""
            import time
            def f(x):
                time.sleep(0)
                return list(x)
            def g(y):
                return [f], f(z for z in y)
            """),
        code("""
            import asyncio
            import time
            def f(x):
                time.sleep(0)
                return list(x)
            async def g(y):
                return [f], await asyncio.to_thread(f, (z for z in y))
            """),
    ),
    Case(
        "a thread while a lock is held",
        code("""
            import threading
            import time
            L = threading.Lock()
            def f():
                time.sleep(0)
            def g():
                print([f])
                with L:
                    f()
            """),
        code("""
            import asyncio
            import threading
            import time
            L = threading.Lock()
            def f():
                time.sleep(0)
            async def g():
                print([f])
                with L:
                    await asyncio.to_thread(f)
            """),
    ),
    Case(
        "a thread in a lambda",
        code("""
            import time
            def f(x):
                time.sleep(0)
                return x
            def g(y):
                time.sleep(0)
                return sorted(y, key=lambda z: f(z))
            """),
        code("""
            import asyncio
            import time
            def f(x):
                time.sleep(0)
                return x
            async def g(y):
                await asyncio.sleep(0)
                return sorted(y, key=lambda z: asyncio.to_thread(f, z))
            """),
    ),
    Case(
        "a thread in a generator expression",
        code("""
            import time
            def f(x):
                time.sleep(0)
                return x
            def g(y):
                time.sleep(0)
                return sum(f(z) for z in y), [f]
            """),
        code("""
            import asyncio
            import time
            def f(x):
                time.sleep(0)
                return x
            async def g(y):
                await asyncio.sleep(0)
                return sum(await asyncio.to_thread(f, z) for z in y), [f]
            """),
    ),
    Case(
        "a thread calls one of two definitions, the other async",
        code("""
            import time
            class A:
                def f(self):
                    time.sleep(0)
            class B(A):
                async def f(self):
                    time.sleep(0)
            def g(a: A):
                time.sleep(0)
                a.f()
            """),
        code("""
            import asyncio
            import time
            class A:
                def f(self):
                    time.sleep(0)
            class B(A):
                async def f(self):
                    time.sleep(0)
            async def g(a: A):
                await asyncio.sleep(0)
                await asyncio.to_thread(a.f)
            """),
    ),
    Case(
        "a thread calls what calls what became async",
        code("""
            import time
            def h():
                time.sleep(0)
            def f():
                h()
            def g():
                f()
            """),
        code("""
            import asyncio
            async def h():
                await asyncio.sleep(0)
            def f():
                h()
            async def g():
                await asyncio.to_thread(f)
            """),
    ),
]
"""Calls that must not move to a thread."""


def _block(name: str, before: str, after: str, head: str = "") -> Case:
    imports = f"import asyncio\n{head}"
    return Case(f"a thread runs {name}", imports + before, imports + after)


UNFIT_BLOCKS = [
    _block(
        "a block that leaves the loop",
        code("""
            def f(ps):
                for p in ps:
                    with open(p) as g:
                        if g.read(): break
            """),
        code("""
            async def f(ps):
                for p in ps:
                    def read(p):
                        with open(p) as g:
                            if g.read(): break
                    await asyncio.to_thread(read, p)
            """),
    ),
    _block(
        "a block that yields",
        code("""
            def f(p):
                with open(p) as g:
                    yield g.read()
            """),
        code("""
            async def f(p):
                def read():
                    with open(p) as g:
                        yield g.read()
                await asyncio.to_thread(read)
            """),
    ),
    _block(
        "a block with one return of two",
        code("""
            def f(p):
                with open(p) as g:
                    if g.read():
                        return 1
                return 2
            """),
        code("""
            async def f(p):
                def read():
                    with open(p) as g:
                        if g.read():
                            return 1
                return await asyncio.to_thread(read)
                return 2
            """),
    ),
    _block(
        "a block whose return is lost",
        code("""
            def f(p):
                with open(p) as g:
                    if g.read():
                        return 1
                return 2
            """),
        code("""
            async def f(p):
                def read():
                    with open(p) as g:
                        if g.read():
                            return 1
                await asyncio.to_thread(read)
                return 2
            """),
    ),
    _block(
        "a block in a loop that returns at times",
        code("""
            def f(ps):
                for p in ps:
                    with open(p) as g:
                        if g.read():
                            return p
            """),
        code("""
            async def f(ps):
                for p in ps:
                    def read(p):
                        with open(p) as g:
                            if g.read():
                                return p
                    return await asyncio.to_thread(read, p)
            """),
    ),
    _block(
        "a block with super()",
        code("""
            class A(B):
                def f(self, p):
                    with open(p) as g:
                        super().read(g)
            """),
        code("""
            class A(B):
                async def f(self, p):
                    def read():
                        with open(p) as g:
                            super().read(g)
                    await asyncio.to_thread(read)
            """),
        "from lib import B\n",
    ),
    _block(
        "a block with locals()",
        code("""
            def f(p):
                with open(p) as g:
                    print(locals(), g)
            """),
        code("""
            async def f(p):
                def read():
                    with open(p) as g:
                        print(locals(), g)
                await asyncio.to_thread(read)
            """),
    ),
    _block(
        "a block with eval()",
        code("""
            def f(p):
                with open(p) as g:
                    print(eval(g.read()))
            """),
        code("""
            async def f(p):
                def read():
                    with open(p) as g:
                        print(eval(g.read()))
                await asyncio.to_thread(read)
            """),
    ),
    _block(
        "a block that binds a global",
        code("""
            def f(p):
                global x
                with open(p) as g:
                    x = g.read()
            """),
        code("""
            async def f(p):
                global x
                def read():
                    with open(p) as g:
                        x = g.read()
                    return x
                x = await asyncio.to_thread(read)
            """),
    ),
    _block(
        "a block that binds a variable of a function further out",
        code("""
            def h(p):
                x = 1
                def f():
                    nonlocal x
                    with open(p) as g:
                        x = g.read()
                f()
                return x
            """),
        code("""
            def h(p):
                x = 1
                async def f():
                    nonlocal x
                    def read():
                        with open(p) as g:
                            x = g.read()
                    await asyncio.to_thread(read)
                asyncio.run(f())
                return x
            """),
    ),
    _block(
        "a block that adds to a variable of its own",
        code("""
            def f(p):
                n = 0
                with open(p) as g:
                    n += len(g.read())
                return n
            """),
        code("""
            async def f(p):
                n = 0
                def read():
                    with open(p) as g:
                        n += len(g.read())
                    return n
                n = await asyncio.to_thread(read)
                return n
            """),
    ),
    _block(
        "a block that may not bind what it returns",
        code("""
            def f(p):
                n = 0
                with open(p) as g:
                    if g.read():
                        n = 1
                return n
            """),
        code("""
            async def f(p):
                n = 0
                def read():
                    with open(p) as g:
                        if g.read():
                            n = 1
                    return n
                n = await asyncio.to_thread(read)
                return n
            """),
    ),
    _block(
        "a block whose variable is lost",
        code("""
            def f(p):
                n = 0
                with open(p) as g:
                    n = g.read()
                return n
            """),
        code("""
            async def f(p):
                n = 0
                def read():
                    with open(p) as g:
                        n = g.read()
                await asyncio.to_thread(read)
                return n
            """),
    ),
    _block(
        "a block with a variable that lives from round to round",
        code("""
            def f(ps):
                for p in ps:
                    with open(p) as g:
                        t = g.read()
                        if t: w = t
                        print(w)
            """),
        code("""
            async def f(ps):
                for p in ps:
                    def read(p):
                        with open(p) as g:
                            t = g.read()
                            if t: w = t
                            print(w)
                    await asyncio.to_thread(read, p)
            """),
    ),
    _block(
        "a block whose variable a handler reads",
        code("""
            def f(p):
                n = ''
                try:
                    with open(p) as g:
                        n = g.read()
                        int(n)
                except ValueError:
                    return n
            """),
        code("""
            async def f(p):
                n = ''
                try:
                    def read():
                        with open(p) as g:
                            n = g.read()
                            int(n)
                        return n
                    n = await asyncio.to_thread(read)
                except ValueError:
                    return n
            """),
    ),
    _block(
        "a block whose errors are suppressed around it",
        code("""
            def f(p):
                n = ''
                with contextlib.suppress(ValueError):
                    with open(p) as g:
                        n = g.read()
                        int(n)
                return n
            """),
        code("""
            async def f(p):
                n = ''
                with contextlib.suppress(ValueError):
                    def read():
                        with open(p) as g:
                            n = g.read()
                            int(n)
                        return n
                    n = await asyncio.to_thread(read)
                return n
            """),
        "import contextlib\n",
    ),
    _block(
        "a block whose variable a function of the text reads",
        code("""
            def f(p):
                n = ''
                def show(): print(n)
                with open(p) as g:
                    n = g.read()
                    show()
                return n
            """),
        code("""
            async def f(p):
                n = ''
                def show(): print(n)
                def read():
                    with open(p) as g:
                        n = g.read()
                        show()
                    return n
                n = await asyncio.to_thread(read)
                return n
            """),
    ),
    _block(
        "a block given what a function of the text binds",
        code("""
            def f(ps):
                for p in ps:
                    def swap():
                        nonlocal p
                        p = 'x'
                    with open(p) as g:
                        swap()
                        print(p, g)
            """),
        code("""
            async def f(ps):
                for p in ps:
                    def swap():
                        nonlocal p
                        p = 'x'
                    def read(p):
                        with open(p) as g:
                            swap()
                            print(p, g)
                    await asyncio.to_thread(read, p)
            """),
    ),
    _block(
        "a block given what it binds",
        code("""
            def f(ps):
                for p in ps:
                    with open(p) as g:
                        p = g.read()
                    print(p)
            """),
        code("""
            async def f(ps):
                for p in ps:
                    def read(p):
                        with open(p) as g:
                            p = g.read()
                    await asyncio.to_thread(read, p)
                    print(p)
            """),
    ),
    _block(
        "a block that deletes a variable",
        code("""
            def f(p):
                n = ''
                with open(p) as g:
                    del n
                print(n)
            """),
        code("""
            async def f(p):
                n = ''
                def read():
                    nonlocal n
                    with open(p) as g:
                        del n
                await asyncio.to_thread(read)
                print(n)
            """),
    ),
    _block(
        "a block that imports for others",
        code("""
            def f(p):
                with open(p) as g:
                    import json
                    print(g)
                return json.loads(p)
            """),
        code("""
            async def f(p):
                def read():
                    with open(p) as g:
                        import json
                        print(g)
                await asyncio.to_thread(read)
                return json.loads(p)
            """),
    ),
    _block(
        "a block that defines a function",
        code("""
            def f(p):
                with open(p) as g:
                    def h(): return p
                    print(g)
                return h()
            """),
        code("""
            async def f(p):
                def read():
                    with open(p) as g:
                        def h(): return p
                        print(g)
                await asyncio.to_thread(read)
                return h()
            """),
    ),
    _block(
        "a block whose file is used behind it",
        code("""
            def f(p):
                with open(p) as g:
                    print(g.read())
                return g.closed
            """),
        code("""
            async def f(p):
                def read():
                    with open(p) as g:
                        print(g.read())
                await asyncio.to_thread(read)
                return g.closed
            """),
    ),
    _block(
        "a block that holds a lock",
        code("""
            L = threading.Lock()
            def f(p):
                with L:
                    print(open(p).read())
            """),
        code("""
            L = threading.Lock()
            async def f(p):
                def read():
                    with L:
                        print(open(p).read())
                await asyncio.to_thread(read)
            """),
        "import threading\n",
    ),
    _block(
        "a block that suppresses errors",
        code("""
            def f(p):
                n = 0
                with contextlib.suppress(OSError):
                    n = open(p).read()
                return n
            """),
        code("""
            async def f(p):
                n = 0
                def read():
                    with contextlib.suppress(OSError):
                        n = open(p).read()
                    return n
                n = await asyncio.to_thread(read)
                return n
            """),
        "import contextlib\n",
    ),
    _block(
        "a block of an unknown object",
        code("""
            def f(x):
                with x as g:
                    print(g.read())
            """),
        code("""
            async def f(x):
                def read():
                    with x as g:
                        print(g.read())
                await asyncio.to_thread(read)
            """),
    ),
    _block(
        "a block of an own open()",
        code("""
            def open(p): return lib.thing(p)
            def f(x):
                with open(x) as g:
                    print(g.read())
            """),
        code("""
            def open(p): return lib.thing(p)
            async def f(x):
                def read():
                    with open(x) as g:
                        print(g.read())
                await asyncio.to_thread(read)
            """),
        "import lib\n",
    ),
    _block(
        "a block with a connection of sqlite",
        code("""
            def f(p, c: sqlite3.Connection):
                with open(p) as g:
                    c.execute(g.read())
                d = sqlite3.connect('x')
                with open(p) as h:
                    d.execute(h.read())
            """),
        code("""
            async def f(p, c: sqlite3.Connection):
                with open(p) as g:
                    c.execute(g.read())
                d = sqlite3.connect('x')
                def read():
                    with open(p) as h:
                        d.execute(h.read())
                await asyncio.to_thread(read)
            """),
        "import sqlite3\n",
    ),
    _block(
        "a block that asks for its thread",
        code("""
            def f(p):
                with open(p, 'w') as g:
                    print(threading.get_ident(), file=g)
            """),
        code("""
            async def f(p):
                def write():
                    with open(p, 'w') as g:
                        print(threading.get_ident(), file=g)
                await asyncio.to_thread(write)
            """),
        "import threading\n",
    ),
    _block(
        "a block that makes a task",
        code("""
            def f(p, h):
                with open(p) as g:
                    asyncio.ensure_future(h(g.read()))
            """),
        code("""
            async def f(p, h):
                def read():
                    with open(p) as g:
                        asyncio.ensure_future(h(g.read()))
                await asyncio.to_thread(read)
            """),
    ),
    _block(
        "a block that may stop an iteration",
        code("""
            def f(p):
                with open(p) as g:
                    return next(g)
            """),
        code("""
            async def f(p):
                def read():
                    with open(p) as g:
                        return next(g)
                return await asyncio.to_thread(read)
            """),
    ),
    _block(
        "a block while a lock is held",
        code("""
            L = threading.Lock()
            def f(p):
                with L:
                    with open(p) as g:
                        print(g.read())
            """),
        code("""
            L = threading.Lock()
            async def f(p):
                with L:
                    def read():
                        with open(p) as g:
                            print(g.read())
                    await asyncio.to_thread(read)
            """),
        "import threading\n",
    ),
    _block(
        "a block that calls what became async",
        code("""
            import time
            def h(x):
                time.sleep(0)
            def f(p):
                with open(p) as g:
                    h(g.read())
            """),
        code("""
            import time
            async def h(x):
                await asyncio.sleep(0)
            async def f(p):
                def read():
                    with open(p) as g:
                        h(g.read())
                await asyncio.to_thread(read)
            """),
    ),
    _block(
        "a block in a function that is not async",
        code("""
            def f(p):
                with open(p) as g:
                    print(g.read())
            """),
        code("""
            def f(p):
                def read():
                    with open(p) as g:
                        print(g.read())
                asyncio.to_thread(read)
            """),
    ),
    _block(
        "a block with a lambda that reads what is bound later",
        code("""
            def f(p):
                with open(p) as g:
                    x = g.readline()
                    c = lambda: x
                print(x)
                x = 1
                return c()
            """),
        code("""
            async def f(p):
                def read():
                    with open(p) as g:
                        x = g.readline()
                        c = lambda: x
                    return x, c
                x, c = await asyncio.to_thread(read)
                print(x)
                x = 1
                return c()
            """),
    ),
    _block(
        "a block with a lambda that reads a loop's variable",
        code("""
            def f(ps, cs):
                for p in ps:
                    with open(p) as g:
                        print(g, file=None)
                        cs.append(lambda: p)
                return [c() for c in cs]
            """),
        code("""
            async def f(ps, cs):
                for p in ps:
                    def read(p):
                        with open(p) as g:
                            print(g, file=None)
                            cs.append(lambda: p)
                    await asyncio.to_thread(read, p)
                return [c() for c in cs]
            """),
    ),
    _block(
        "a block with a generator that reads another block's file",
        code("""
            def f(p, q):
                with open(p) as g:
                    n = (g.name for _ in [1])
                with open(q) as g:
                    print(list(n))
            """),
        code("""
            async def f(p, q):
                def read():
                    with open(p) as g:
                        n = (g.name for _ in [1])
                    return n
                n = await asyncio.to_thread(read)
                with open(q) as g:
                    print(list(n))
            """),
    ),
    _block(
        "a block in a function that looks at its variables",
        code("""
            def f(p):
                with open(p) as g:
                    x = g.readline()
                print(locals()['x'])
            """),
        code("""
            async def f(p):
                def read():
                    with open(p) as g:
                        x = g.readline()
                await asyncio.to_thread(read)
                print(locals()['x'])
            """),
    ),
    _block(
        "a block of what a queue holds",
        code("""
            Q = queue.Queue()
            def f():
                with Q.get() as g:
                    print(g)
            """),
        code("""
            Q = queue.Queue()
            async def f():
                def run():
                    with Q.get() as g:
                        print(g)
                await asyncio.to_thread(run)
            """),
        "import queue\n",
    ),
    _block(
        "a block with a pool of processes",
        code("""
            def f(h):
                with ProcessPoolExecutor() as g:
                    print(list(g.map(h, [1])))
            """),
        code("""
            async def f(h):
                def run():
                    with ProcessPoolExecutor() as g:
                        print(list(g.map(h, [1])))
                await asyncio.to_thread(run)
            """),
        "from concurrent.futures import ProcessPoolExecutor\n",
    ),
    _block(
        "a block of the module",
        code("""
            with open('p') as g:
                print(g.read())
            """),
        code("""
            def read():
                with open('p') as g:
                    print(g.read())
            asyncio.run(asyncio.to_thread(read))
            """),
    ),
]
"""Blocks that cannot become a function, or must not move to a thread."""

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
