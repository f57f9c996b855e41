"""Edits with library calls that a thread can make in part, and with functions that wrap others.

The corpus has right, wrong and doubtful edits.
"""

# ruff: noqa: E501 - program texts are on one line

from __future__ import annotations

from tests.gate.texts import code
from tests.gate.to_async_case import Case


def _process(then: str, later: str | None = None) -> Case:
    """An edit that starts a process in a thread and then uses it."""
    head = code("""
        import {}subprocess
        {}def f(c):
        """)
    before = head.format("", "") + f"    p = subprocess.Popen(c, stdout=-1)\n    {then}\n"
    start = "await asyncio.to_thread(subprocess.Popen, c, stdout=-1)"
    after = head.format("asyncio\nimport ", "async ") + f"    p = {start}\n    {later or then}\n"
    return Case(f"a process: {then}", before, after)


def _folder(before: str, after: str) -> Case:
    """An edit of code that reads a folder step by step; `A(` and `T(` stand for threads."""
    for short, full in (
        ("A(", "await asyncio.to_thread(list, T("),
        ("T(", "await asyncio.to_thread("),
    ):
        after = after.replace(short, full)
    head = code("""
        import os
        from pathlib import Path
        {}def f(d, g):
            p = Path('a')
        """)
    before, after = before.replace("; ", "\n        "), after.replace("; ", "\n        ")
    name = before.replace("\n", " ")
    return Case(
        f"a folder: {name}",
        head.format("") + f"    {before}\n",
        f"import asyncio\n{head.format('async ')}    {after}\n",
    )


def _file(then: str, later: str) -> Case:
    """An edit that opens a file in a thread and then uses it; `T(` stands for a thread."""
    head = code("""
        import {}requests
        {}def f(d, q):
            g = {}'a', 'rb')
            {}
        """)
    thread = "await asyncio.to_thread("
    after = head.format("asyncio\nimport ", "async ", f"{thread}open, ", later)
    after = after.replace("T(", thread).replace("; ", "\n    ")
    before = head.format("", "", "open(", then).replace("; ", "\n    ")
    return Case(f"a file: {then}", before, after)


def _parts(step: str, then: str = "print(x)") -> Case:
    """An edit that moves a block which reads a file in parts to a thread."""
    loop = f"with open(p) as g:\n{{0}}        for x in {step}:\n{{0}}            {then}\n"
    before = f"def f(p, h):\n    {loop.format('')}"
    after = f"    def work():\n        {loop.format('    ')}    await asyncio.to_thread(work)\n"
    return Case(f"parts: {step}, {then}", before, f"import asyncio\nasync def f(p, h):\n{after}")


def _given(body: str, head: str = "") -> Case:
    """An edit that moves a block which passes its file to an imported function to a thread."""
    head = f"import configparser, yaml\nfrom .a import load\n{head}"
    block = "with open(p) as g:\n{0}" + f"            {body}\n"
    before = f"{head}def f(p, h, c):\n    {block.format('')}"
    after = f"    def work():\n        {block.format('    ')}    await asyncio.to_thread(work)\n"
    return Case(f"given: {body}", before, f"import asyncio\n{head}async def f(p, h, c):\n{after}")


_SENT = "requests.post(d, files={'a': ('n', g)})"
_SEND = "T(requests.post, d, files={'a': ('n', g)})"
_WALK = "for a, b, c in os.walk(d): "
_WALKED = "for a, b, c in A(os.walk, d)): "
_LOOP = "for x in p.rglob('*'): "
_LOOPED = "for x in A(p.rglob, '*')): "
LIBRARY_RIGHT = [
    _given("print(yaml.safe_load(g))"),
    _given("configparser.ConfigParser().read_file(g)"),
    _parts("iter(lambda: g.read(1), '')"),
    _parts("iter(lambda: g.readline(), h)"),
    _process("return p.wait()", "return await asyncio.to_thread(p.wait)"),
    _process("return p.communicate(b'')", "return await asyncio.to_thread(p.communicate, b'')"),
    _process("return p.poll()"),
    _file(f"return {_SENT}", f"return {_SEND}"),
    _file("return requests.post(d, data=g)", "return T(requests.post, d, data=g)"),
    _file(
        "k = {'a': g}; q(); requests.post(d, files=k)",
        "k = {'a': g}; q(); T(requests.post, d, files=k)",
    ),
    _folder("return list(p.iterdir())", "return A(p.iterdir))"),
    _folder("return list(p.iterdir())", "return list(A(p.iterdir)))"),
    _folder("return sorted(p.glob('*'), key=len)", "return sorted(A(p.glob, '*')), key=len)"),
    _folder("return [x.name for x in p.rglob('*')]", "return [x.name for x in A(p.rglob, '*'))]"),
    _folder("return any(x for x in p.rglob('*'))", "return any(x for x in A(p.rglob, '*')))"),
    _folder("for x in p.iterdir(): x.unlink()", "for x in A(p.iterdir)): x.unlink()"),
    _folder(f"{_WALK}print(a, c)", f"{_WALKED}print(a, c)"),
    _folder(f"{_LOOP}g.append(x.name)", f"{_LOOPED}g.append(x.name)"),
]
LIBRARY_WRONG = [
    _given("yaml.safe_load(p)"),
    _given("yaml.safe_load(g).x()"),
    _given("yaml.safe_load(g, h(p))"),
    _given("h(g)"),
    _given("c.read_file(g)"),
    _given("shutil.chown(g, p)", "import shutil\n"),
    _given("yaml.safe_load(g, key=i)", "async def i(): ...\n"),
    _parts("iter(lambda: h.read(1), '')"),
    _parts("iter(lambda: g.read(h()), '')"),
    _parts("iter(lambda: h(g), '')"),
    _parts("iter(lambda: g.name, '')"),
    _parts("iter(lambda x=h: g.read(1), '')"),
    _parts("h(lambda: g.read(1), '')"),
    _parts("iter(lambda: g.read(1), '')", "h(lambda: x)"),
    _process("return p.wait()", "return await p.wait()"),
    _process("return p.wait()", "return await asyncio.to_thread(p.communicate)"),
    _process("p.kill()", "await asyncio.to_thread(p.kill)"),
    _folder("return list(p.iterdir())", "return T(list, p.iterdir())"),
    _folder("return list(p.iterdir())", "return list(T(p.iterdir))"),
    _folder("return list(p.iterdir())", "return T(sorted, T(p.iterdir))"),
    _folder("return list(p.glob('a'))", "return A(p.glob, 'b'))"),
    _folder("return list(p.glob('a'))", "return A(p.rglob, 'a'))"),
    _folder("return sorted(p.glob('a'))", "return A(p.glob, 'a'))"),
    _folder("return sorted(p.glob('a'), key=g)", "return sorted(A(p.glob, 'a')), key=g)"),
    _folder("return p.glob('a')", "return A(p.glob, 'a'))"),
    _folder("return next(os.walk(d))", "return next(A(os.walk, d)))"),
    _folder("return (x for x in p.glob('a'))", "return (x for x in A(p.glob, 'a')))"),
    _folder("return [g(x) for x in p.glob('a')]", "return [g(x) for x in A(p.glob, 'a'))]"),
    _folder("return [x for y in d for x in y]", "return [x for y in A(d)) for x in y]"),
    _folder(f"{_WALK}b.sort()", f"{_WALKED}b.sort()"),
    _folder(f"{_WALK}b[:] = []", f"{_WALKED}b[:] = []"),
    _folder(f"{_WALK}g(b)", f"{_WALKED}g(b)"),
    _folder(f"{_WALK}g(a)", f"{_WALKED}g(a)"),
    _folder("for a in os.walk(d): print(a)", "for a in A(os.walk, d)): print(a)"),
    _folder(f"{_WALK}yield a", f"{_WALKED}yield a"),
    _folder(f"{_LOOP}x.unlink()", f"{_LOOPED}x.unlink()"),
    _folder(f"{_LOOP}x.replace(d)", f"{_LOOPED}x.replace(d)"),
    _folder(f"{_LOOP}g(x)", f"{_LOOPED}g(x)"),
    _folder(f"{_LOOP}os.rename(x, d)", f"{_LOOPED}os.rename(x, d)"),
    Case(
        "a folder: a list of the file's own",
        code("""
            from pathlib import Path
            def list(x): ...
            def f(d):
                for x in Path(d).iterdir(): ...
            """),
        code("""
            import asyncio
            from pathlib import Path
            def list(x): ...
            async def f(d):
                for x in await asyncio.to_thread(list, await asyncio.to_thread(Path(d).iterdir)): ...
            """),
    ),
]
_READ = "may read on the event loop what a thread opened"
LIBRARY_TO_CONFIRM = [
    (_given("print(yaml.safe_load(g))"), "yaml.safe_load is called in another thread"),
    (_given("load(x=g)"), "load is called in another thread"),
    (_file("q({'a': g})", "q({'a': g})"), f"`{{'a': g}}` {_READ}"),
    (
        _file(
            "k = [g]; q(k); requests.post(d, files=k)",
            "k = [g]; q(k); T(requests.post, d, files=k)",
        ),
        f"`[g]` {_READ}",
    ),
    (_file("k = [g]; h = k; k = q", "k = [g]; h = k; k = q"), f"`[g]` {_READ}"),
    (_process("return p.wait()"), "`p.wait()` still blocks the event loop"),
    (_process("return p.stdout.read()"), "the use of `p.stdout` still blocks the event loop"),
    (_process("with p: pass"), "leaving `p` still blocks the event loop"),
    (
        _folder(f"{_WALK}print(a)", f"{_WALKED}print(a)"),
        "os.walk(d) is read as a whole in a thread before the loop starts",
    ),
]

_WRAPPING = """\
import time
def deco(f):
    def inner(*a):
        if a:
            return f(*a)
        return None
    return inner
@deco
def one(x):
    time.sleep(x)
@deco
def two():
    return 2
def use():
    return one(1), two()
"""
_WRAPPED = "import asyncio\n" + _WRAPPING.partition("\n")[2].replace(
    "def inner", "async def inner"
).replace("return f(", "return await f(").replace("def one", "async def one").replace(
    "def two", "async def two"
).replace("def use", "async def use").replace("time.sleep", "await asyncio.sleep").replace(
    "return one(1), two()", "return await one(1), await two()"
)


def _wrapped(name: str, *changes: tuple[str, str], after: tuple[str, str] = ("", "")) -> Case:
    """An edit of a decorator whose function waits, with changes in both texts or in one."""
    before, later = _WRAPPING, _WRAPPED.replace(*after, 1)
    for old, new in changes:
        assert old in before, old
        assert old in later, old
        before, later = before.replace(old, new, 1), later.replace(old, new, 1)
    return Case(f"a wrapper: {name}", before, later)


_OTHERS = "functions that other files decorate with deco must be async"
LIBRARY_TO_CONFIRM += [
    (_wrapped("as it was"), _OTHERS),
    (_wrapped("named", ("if a:", "if f.__name__:")), _OTHERS),
    (
        _wrapped("with more", ("        return None", "        return None if a else print(a)")),
        _OTHERS,
    ),
]
LIBRARY_WRONG += [
    _wrapped("not async", after=("async def inner", "def inner")),
    _wrapped("not awaited", after=("return await f(*a)", "return f(*a)")),
    _wrapped("one is not async", after=("async def two", "def two")),
    _wrapped("one is not awaited", after=("await two()", "two()")),
    _wrapped("called, too", ("def use", "def other(): pass\nX = deco(other)\ndef use")),
    _wrapped(
        "a class, too",
        (
            "@deco\n",
            code("""
        @deco
        class A: pass
        @deco
        """),
        ),
    ),
    _wrapped("a generator, too", ("    return 2", "    yield 2")),
    _wrapped("handed on", ("if a:", "if print(f):")),
    _wrapped("bound again", ("if a:", "f = print\n        if a:")),
    _wrapped("kept", ("if a:", "inner.f = f\n        if a:")),
    _wrapped("a lambda", ("        return None", "        return lambda: f(1)")),
    _wrapped("known to others", ("    return inner", "    print(inner)\n    return inner")),
    _wrapped("an own argument", ("def deco(f)", "def deco(f, g=1)")),
    _wrapped("decorated itself", ("def deco", "@print\ndef deco")),
    _wrapped(
        "a property",
        (
            "@deco\n",
            code("""
        @property
        @deco
        """),
        ),
    ),
    _wrapped(
        "unknown around it",
        (
            "@deco\n",
            code("""
        @print
        @deco
        """),
        ),
    ),
]
