"""Edits found by a reviewer: a block moved to a thread that changes the program's behaviour."""

from __future__ import annotations

from tests.gate.to_async_case import Case

REVIEWED_WRONG = [
    Case(
        "a block that prints the exception being handled",
        """\
import traceback
def f(p):
    try:
        1 / 0
    except ZeroDivisionError:
        with open(p, "w") as g:
            traceback.print_exc(file=g)
    print(open(p).read().splitlines()[-1])
f("p")
""",
        """\
import asyncio
import traceback
async def f(p):
    try:
        1 / 0
    except ZeroDivisionError:
        def write():
            with open(p, "w") as g:
                traceback.print_exc(file=g)

        await asyncio.to_thread(write)
    print((await asyncio.to_thread((await asyncio.to_thread(open, p)).read)).splitlines()[-1])
asyncio.run(f("p"))
""",
    ),
    Case(
        "a block that reads sys.exc_info",
        """\
import sys
def f(p):
    try:
        1 / 0
    except ZeroDivisionError:
        with open(p, "w") as g:
            g.write(str(sys.exc_info()[0]))
    with open(p) as g:
        print(g.read())
f("p")
""",
        """\
import asyncio
import sys
async def f(p):
    try:
        1 / 0
    except ZeroDivisionError:
        def write_file():
            with open(p, "w") as g:
                g.write(str(sys.exc_info()[0]))

        await asyncio.to_thread(write_file)

    def read_file():
        with open(p) as g:
            print(g.read())

    await asyncio.to_thread(read_file)
asyncio.run(f("p"))
""",
    ),
    Case(
        "a block that raises the exception being handled",
        """\
def f(p):
    try:
        1 / 0
    except ZeroDivisionError:
        with open(p, "a") as g:
            g.write("x")
            raise
try:
    f("p")
except ZeroDivisionError as e:
    print("zde", e)
""",
        """\
import asyncio

async def f(p):
    try:
        1 / 0
    except ZeroDivisionError:
        def write_file():
            with open(p, "a") as g:
                g.write("x")
                raise

        await asyncio.to_thread(write_file)
try:
    asyncio.run(f("p"))
except ZeroDivisionError as e:
    print("zde", e)
""",
    ),
    Case(
        "a block that may stop in a nested with",
        """\
import contextlib
def f(p):
    n = 0
    with open(p) as g:
        with contextlib.suppress(ValueError):
            n = int(g.read())
    return n
print(f("p"))
""",
        """\
import asyncio
import contextlib
async def f(p):
    n = 0

    def read_file():
        with open(p) as g:
            with contextlib.suppress(ValueError):
                n = int(g.read())
        return n

    n = await asyncio.to_thread(read_file)
    return n
print(asyncio.run(f("p")))
""",
    ),
    Case(
        "a block that declares a variable without a value",
        """\
def f(p):
    x = 1
    with open(p) as g:
        x: int
        print(g.read(), x)
f("p")
""",
        """\
import asyncio

async def f(p):
    x = 1

    def read_file():
        with open(p) as g:
            x: int
            print(g.read(), x)
        return x

    x = await asyncio.to_thread(read_file)
asyncio.run(f("p"))
""",
    ),
    Case(
        "a block that assigns in a chained comparison",
        """\
def f(p):
    m = 5
    with open(p) as g:
        t = g.read()
        if 9 < len(t) - 100 < (m := 7):
            pass
    return m
print(f("p"))
""",
        """\
import asyncio

async def f(p):
    m = 5

    def read_file():
        with open(p) as g:
            t = g.read()
            if 9 < len(t) - 100 < (m := 7):
                pass
        return m

    m = await asyncio.to_thread(read_file)
    return m
print(asyncio.run(f("p")))
""",
    ),
    Case(
        "a block whose loop assigns to an element",
        """\
def f(p):
    k = 0
    d = {}
    with open(p) as g:
        for d[k] in g:
            pass
        k = 1
    return d, k
print(f("p"))
""",
        """\
import asyncio

async def f(p):
    k = 0
    d = {}

    def read():
        with open(p) as g:
            for d[k] in g:
                pass
            k = 1
        return k

    k = await asyncio.to_thread(read)
    return d, k
print(asyncio.run(f("p")))
""",
    ),
    Case(
        "a block that opens into an element",
        """\
def f(p):
    k = 0
    d = {}
    with open(p) as g, open("q") as d[k]:
        k = len(g.read())
    return k
print(f("p"))
""",
        """\
import asyncio

async def f(p):
    k = 0
    d = {}

    def read_file():
        with open(p) as g, open("q") as d[k]:
            k = len(g.read())
        return k

    k = await asyncio.to_thread(read_file)
    return k
print(asyncio.run(f("p")))
""",
    ),
    Case(
        "a block given a variable without a value",
        """\
def f(p):
    n = 0
    while n < 2:
        with open(p) as g:
            if n:
                print(last)
            print(g.read())
        last = n
        n += 1
f("p")
""",
        """\
import asyncio

async def f(p):
    n = 0
    while n < 2:
        def read_file(n, last):
            with open(p) as g:
                if n:
                    print(last)
                print(g.read())

        await asyncio.to_thread(read_file, n, last)
        last = n
        n += 1
asyncio.run(f("p"))
""",
    ),
    Case(
        "a block that keeps a lambda with a loop's variable",
        """\
def f(ps):
    fs = []
    for p in ps:
        with open(p) as g:
            g.read()
            fs.append(lambda: p)
    return [h() for h in fs]
print(f(["p", "q"]))
""",
        """\
import asyncio

async def f(ps):
    fs = []
    for p in ps:
        def read_file(p):
            with open(p) as g:
                g.read()
                fs.append(lambda: p)

        await asyncio.to_thread(read_file, p)
    return [h() for h in fs]
print(asyncio.run(f(["p", "q"])))
""",
    ),
    Case(
        "a block that keeps a lambda with its own variable",
        """\
def f(ps):
    fs = []
    for p in ps:
        with open(p) as g:
            t = g.read()
            fs.append(lambda: t)
    return [h() for h in fs]
print(f(["p", "q"]))
""",
        """\
import asyncio

async def f(ps):
    fs = []
    for p in ps:
        def read_file(p):
            with open(p) as g:
                t = g.read()
                fs.append(lambda: t)

        await asyncio.to_thread(read_file, p)
    return [h() for h in fs]
print(asyncio.run(f(["p", "q"])))
""",
    ),
    Case(
        "a block that keeps a generator expression",
        """\
def f(ps):
    fs = []
    for p in ps:
        with open(p) as g:
            t = g.read()
            fs.append(t for _ in range(1))
    return [list(h) for h in fs]
print(f(["p", "q"]))
""",
        """\
import asyncio

async def f(ps):
    fs = []
    for p in ps:
        def read_file(p):
            with open(p) as g:
                t = g.read()
                fs.append(t for _ in range(1))

        await asyncio.to_thread(read_file, p)
    return [list(h) for h in fs]
print(asyncio.run(f(["p", "q"])))
""",
    ),
    Case(
        "a block that makes a temporary file",
        """\
import tempfile, os
def f(p):
    with open(p) as g:
        t = tempfile.NamedTemporaryFile()
        name = t.name
        t.write(g.read().encode())
    print(os.path.exists(name))
f("p")
""",
        """\
import asyncio
import tempfile, os
async def f(p):
    def read_file():
        with open(p) as g:
            t = tempfile.NamedTemporaryFile()
            name = t.name
            t.write(g.read().encode())
        return name

    name = await asyncio.to_thread(read_file)
    print(await asyncio.to_thread(os.path.exists, name))
asyncio.run(f("p"))
""",
    ),
    Case(
        "a block that makes a process",
        """\
import weakref
class T: pass
def f(p):
    with open(p) as g:
        t = T()
        r = weakref.ref(t)
    print(r() is None)
f("p")
""",
        """\
import asyncio
import weakref
class T: pass
async def f(p):
    def read():
        with open(p) as g:
            t = T()
            r = weakref.ref(t)
        return r

    r = await asyncio.to_thread(read)
    print(r() is None)
asyncio.run(f("p"))
""",
    ),
    Case(
        "a file that looks at its callers' variables",
        """\
import sys
def peek():
    return sorted(sys._getframe(1).f_locals)
def f(p):
    with open(p) as g:
        z = g.read()
    return peek()
print(f("p"))
""",
        """\
import asyncio
import sys
def peek():
    return sorted(sys._getframe(1).f_locals)
async def f(p):
    def read_file():
        with open(p) as g:
            z = g.read()

    await asyncio.to_thread(read_file)
    return peek()
print(asyncio.run(f("p")))
""",
    ),
    Case(
        "a result whose annotation has an effect",
        """\
def note():
    print("note")
    return int
def f(p) -> note():
    with open(p) as g:
        return g.read()
print(f("p"))
""",
        """\
import asyncio

def note():
    print("note")
    return int
async def f(p) -> note():
    def read_file() -> note():
        with open(p) as g:
            return g.read()

    return await asyncio.to_thread(read_file)
print(asyncio.run(f("p")))
""",
    ),
    Case(
        "a block that calls another module with sqlite",
        """\
from dbmod import save
def f(p):
    with open(p) as g:
        print(save(g.read()))
f("p")
""",
        """\
import asyncio

from dbmod import save
async def f(p):
    def read_file():
        with open(p) as g:
            print(save(g.read()))

    await asyncio.to_thread(read_file)
asyncio.run(f("p"))
""",
    ),
    Case(
        "a block that calls another module",
        """\
import asyncio
import lib
def f(p):
    with open(p) as g:
        lib.publish(g.read())
async def main():
    f("p")
    await asyncio.sleep(0.05)
asyncio.run(main())
""",
        """\
import asyncio
import lib
async def f(p):
    def read_file():
        with open(p) as g:
            lib.publish(g.read())

    await asyncio.to_thread(read_file)
async def main():
    await f("p")
    await asyncio.sleep(0.05)
asyncio.run(main())
""",
    ),
    Case(
        "a block that sets something of another module",
        """\
import lib
def f(p):
    with open(p) as g:
        lib.remember(g.read())
    print(lib.VAR.get())
f("p")
""",
        """\
import asyncio

import lib
async def f(p):
    def read_file():
        with open(p) as g:
            lib.remember(g.read())

    await asyncio.to_thread(read_file)
    print(lib.VAR.get())
asyncio.run(f("p"))
""",
    ),
    Case(
        "a block that sets a context variable elsewhere",
        """\
from lib import VAR
def f(p):
    with open(p) as g:
        VAR.set(g.read())
    print(VAR.get())
f("p")
""",
        """\
import asyncio

from lib import VAR
async def f(p):
    def read_file():
        with open(p) as g:
            VAR.set(g.read())

    await asyncio.to_thread(read_file)
    print(VAR.get())
asyncio.run(f("p"))
""",
    ),
    Case(
        "a block with a connection given to it",
        """\
import sqlite3
def f(db: sqlite3.Connection, p):
    with open(p) as g:
        print(db.execute("select ?", (g.read(),)).fetchone())
f(sqlite3.connect(":memory:"), "p")
""",
        """\
import asyncio
import sqlite3
async def f(db: sqlite3.Connection, p):
    def read_file():
        with open(p) as g:
            print(db.execute("select ?", (g.read(),)).fetchone())

    await asyncio.to_thread(read_file)
asyncio.run(f(sqlite3.connect(":memory:"), "p"))
""",
    ),
    Case(
        "a block that advances an iterator",
        """\
def f(p):
    with open(p) as g:
        g.read()
        try:
            return next(g)
        except ValueError:
            return 1
try:
    print(f("p"))
except StopIteration:
    print("stop")
""",
        """\
import asyncio

async def f(p):
    def read_file():
        with open(p) as g:
            g.read()
            try:
                return next(g)
            except ValueError:
                return 1

    return await asyncio.to_thread(read_file)
try:
    print(asyncio.run(f("p")))
except StopIteration:
    print("stop")
""",
    ),
    Case(
        "a block that calls what a table holds",
        """\
import asyncio
def helper(line):
    asyncio.get_running_loop().call_soon(print, line)
H = {"x": helper}
def f(p):
    with open(p) as g:
        for line in g:
            H["x"](line)
async def main():
    f("p")
    await asyncio.sleep(0.05)
asyncio.run(main())
""",
        """\
import asyncio
def helper(line):
    asyncio.get_running_loop().call_soon(print, line)
H = {"x": helper}
async def f(p):
    def read():
        with open(p) as g:
            for line in g:
                H["x"](line)

    await asyncio.to_thread(read)
async def main():
    await f("p")
    await asyncio.sleep(0.05)
asyncio.run(main())
""",
    ),
    Case(
        "a block with a callback",
        """\
import asyncio
def helper(line):
    asyncio.get_running_loop().call_soon(print, line)
def f(p, cb):
    with open(p) as g:
        for line in g:
            cb(line)
async def main():
    f("p", helper)
    await asyncio.sleep(0.05)
asyncio.run(main())
""",
        """\
import asyncio
def helper(line):
    asyncio.get_running_loop().call_soon(print, line)
async def f(p, cb):
    def read():
        with open(p) as g:
            for line in g:
                cb(line)

    await asyncio.to_thread(read)
async def main():
    await f("p", helper)
    await asyncio.sleep(0.05)
asyncio.run(main())
""",
    ),
    Case(
        "a block beside a special method that needs its thread",
        """\
import asyncio
class E:
    def __str__(self):
        asyncio.get_running_loop()
        return "E"
def f(p, e: E):
    with open(p, "w") as g:
        print(e, file=g)
    print("ok")
async def main():
    f("o", E())
asyncio.run(main())
""",
        """\
import asyncio
class E:
    def __str__(self):
        asyncio.get_running_loop()
        return "E"
async def f(p, e: E):
    def write():
        with open(p, "w") as g:
            print(e, file=g)

    await asyncio.to_thread(write)
    print("ok")
async def main():
    await f("o", E())
asyncio.run(main())
""",
    ),
]
"""The gate must refuse each."""
