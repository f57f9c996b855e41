"""Edits of cached functions that a thread runs for a coroutine, and of names used in strings."""

# ruff: noqa: E501 - program texts are on one line

from __future__ import annotations

from tests.gate.texts import code
from tests.gate.to_async_case import Case

_HEAD = code("""
    import time
    from functools import cache, lru_cache
    """)
_PLAIN = code("""
    @cache
    def load(a, b=1, *, c=None):
        time.sleep(a)
        return b
    """)
_SPLIT = code("""
        @cache
        def _load_cached(a, b=1, *, c=None):
            time.sleep(a)
            return b
        async def load(a, b=1, *, c=None):
            return await asyncio.to_thread(_load_cached, a, b, c=c)
        """)


def _with_change(name: str, old: str, new: str) -> Case:
    """The right edit with one part replaced."""
    assert old in _SPLIT, old
    return Case(
        f"split: {name}", _HEAD + _PLAIN, "import asyncio\n" + _HEAD + _SPLIT.replace(old, new, 1)
    )


def _in_text(name: str, text: str, after: str | None = None) -> Case:
    """The right edit in a text that makes it wrong."""
    head = f"import asyncio\n{_HEAD}"
    return Case(
        f"split: {name}", head + _PLAIN + text, head + _SPLIT + (text if after is None else after)
    )


def _method(name: str, head: str, body: str, tail: str = "", late: str | None = None) -> Case:
    """An edit that splits a method, in other kinds of classes or with other bodies."""
    before = f"class A{head}:\n    @cache\n    def load(self, a):\n        {body}\n"
    after = (
        f"class A{head}:\n    @cache\n    def _load_cached(self, a):\n        {body}\n"
        "    async def load(self, a):\n        return await asyncio.to_thread(self._load_cached, a)\n"
    )
    top = (
        code("""
        import asyncio, sqlite3, threading, inspect
        from lib import Base
        """)
        + _HEAD
    )
    return Case(
        f"split: {name}", top + before + tail, top + after + (tail if late is None else late)
    )


def _imported(name: str, imports: str, text: str, kept: str = "") -> Case:
    """An edit that removes an import which a string still uses."""
    call = "sleep" if "from" in imports else "time.sleep"
    before = f"{imports}\n{text}def f():\n    {call}(1)\n"
    after = f"import asyncio\n{kept}{text}async def f():\n    await asyncio.sleep(1)\n"
    return Case(f"an import gone: {name}", before, after)


_SLEEPS = "time.sleep(a)"
_ROW = code("""
    class A:
        def update(self, x):
            time.sleep(x)
        def f(self):
            {}
    """)


def _element(name: str, line: str, later: str) -> Case:
    """An edit of a class whose method has the name of a method of built-in objects."""
    after = (
        _ROW.format(later)
        .replace("def ", "async def ")
        .replace("time.sleep", "await asyncio.sleep")
    )
    return Case(
        f"an element: {name}", f"import time\n{_ROW.format(line)}", f"import asyncio\n{after}"
    )


_DECORATED = """import asyncio, threading, time
from functools import wraps
L = threading.RLock()
MORE = []
def deco(g):
    @wraps(g)
    def w(*a, **k):
        {}
        return g(*a, **k)
    return w
"""
_LOOP = """import asyncio, time
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def {}(self):
        self.n += 1
        if self.n > 3:
            raise StopIteration
        return self.n
"""


def _threaded(name: str, head: str, text: str, line: str = "") -> Case:
    """An edit after which a thread calls ``keep``."""
    before = f"{head}{text}def keep(n):\n    time.sleep(n)\n    {line or 'return n'}\nasync def f(n):\n    "
    return Case(
        f"in a thread: {name}", f"{before}keep(n)\n", f"{before}await asyncio.to_thread(keep, n)\n"
    )


_LOCKS = _DECORATED.format("L.acquire(); L.release()")
_FIRST = _DECORATED.format("next(each for each in a if each)")
_NEXT = _LOOP.format("__next__")
_CALL = code("""
    @deco
    def call(n): return n
    """)


def _block(name: str, line: str, head: str = "") -> Case:
    """An edit after which a thread runs a block with one more line."""
    top = f"import asyncio, re, time, threading, textwrap\nfrom lib import Base, change\n{head}\n"
    before = f"def f(p, x):\n    with open(p) as file:\n        data = file.read()\n        {line}\n    return data\n"
    after = (
        f"async def f(p, x):\n    def part():\n        with open(p) as file:\n            data = file.read()\n            {line}\n"
        "        return data\n\n    data = await asyncio.to_thread(part)\n    return data\n"
    )
    return Case(f"a block: {name}", top + before, top + after)


def _documented(name: str, inner: str, outer: str) -> Case:
    """An edit that splits a function with a docstring into two."""
    before = _PLAIN.replace("    time", "    'Load.'\n    time")
    after = _SPLIT.replace("    time", f"{inner}    time").replace(
        "    return await", f"{outer}    return await"
    )
    return Case(f"split: {name}", _HEAD + before, "import asyncio\n" + _HEAD + after)


_ERROR = code("""
    class BadError{}:
        {}
    """)

SPLITS_WRONG = [
    _documented("the docstring is gone", "", ""),
    _documented("the docstring is another", "", "    'Load!'\n"),
    _documented("the docstring is there twice", "    'Load.'\n", "    'Load.'\n"),
    _documented("the docstring is bytes", "", "    b'Load.'\n"),
    _documented("another statement before the docstring", "", "    0\n    'Load.'\n"),
    _block("a pattern runs other code", "data = P.sub(change, data)", "P = re.compile('a')"),
    _block("a pattern runs a lambda", "data = P.sub(lambda m: x(m), data)", "P = re.compile('a')"),
    _block(
        "a pattern that may be something else",
        "data = P.sub('b', data)",
        "P = re.compile('a')\ndef g(y):\n    global P\n    P = y",
    ),
    _block("a pattern of another module", "data = P.sub('b', data)", "from lib import P"),
    _block("a pattern that is given", "data = x.sub('b', data)"),
    _block("the clock of a thread", "data = time.thread_time()"),
    _block("a module by another name", "data = textwrap.dedent(data)", "import lib as textwrap"),
    _block(
        "an error that is made with code",
        "raise BadError(data)",
        _ERROR.format("(ValueError)", "def __init__(self, y): threading.current_thread()"),
    ),
    _block(
        "an error that ends a loop",
        "raise BadError(data)",
        _ERROR.format("(StopIteration)", "pass"),
    ),
    _block("an error of another module", "raise BadError(data)", _ERROR.format("(Base)", "pass")),
    _block(
        "an error that is decorated",
        "raise BadError(data)",
        "@change\n" + _ERROR.format("(ValueError)", "pass"),
    ),
    _block(
        "an error with a metaclass",
        "raise BadError(data)",
        _ERROR.format("(ValueError, metaclass=Base)", "pass"),
    ),
    _block(
        "an error with a hook",
        "raise BadError(data)",
        _ERROR.format("(ValueError)", "__new__ = change"),
    ),
    _block(
        "an error that gets a special method",
        "raise BadError(data)",
        _ERROR.format("(ValueError)", "pass") + "BadError.__init__ = change",
    ),
    _block(
        "an error that gets a special method by its name",
        "raise BadError(data)",
        _ERROR.format("(ValueError)", "pass") + "setattr(BadError, '__init__', change)",
    ),
    _block("another clock", "data = time.time()", "time.time = change"),
    _block("another clock by its name", "data = time.time()", "setattr(time, 'time', change)"),
    _block(
        "an error with a cause",
        "raise BadError(data) from x",
        _ERROR.format("(ValueError)", "pass"),
    ),
    _block(
        "an error that inherits code",
        "raise WorseError(data)",
        _ERROR.format("(ValueError)", "def __init__(self, y): change(y)")
        + "class WorseError(BadError): pass",
    ),
    _threaded("it calls what is decorated", _LOCKS, _CALL, "return call(n)"),
    _threaded(
        "it calls what is decorated, by another",
        _LOCKS,
        f"{_CALL}def other(n): return call(n)\n",
        "return other(n)",
    ),
    _threaded(
        "what is decorated is a value", _LOCKS, f"{_CALL}MORE.append(call)\n", "return MORE[0](n)"
    ),
    _threaded(
        "what stands in is a value",
        _LOCKS.replace("    return w\n", "    MORE.append(w)\n    return w\n"),
        _CALL,
        "return MORE[0](n)",
    ),
    _threaded(
        "the decorator is a value",
        _LOCKS,
        f"{_CALL}MORE.append(deco(print))\n",
        "return MORE[0](n)",
    ),
    _threaded(
        "a special method is decorated",
        _LOCKS,
        code("""
            class A:
                @deco
                def __len__(self): return 1
            """),
        "return len(MORE)",
    ),
    _threaded(
        "a property is decorated",
        _LOCKS,
        code("""
            class A:
                @property
                @deco
                def x(self): return 1
            """),
        "return MORE[0].x",
    ),
    _threaded(
        "an override is decorated",
        f"from lib import Base\n{_LOCKS}",
        code("""
            class A(Base):
                @deco
                def x(self): return 1
            """),
        "return MORE[0].x()",
    ),
    _threaded(
        "it ends no loop of its own", _FIRST, f"{_CALL}MORE.append(call)\n", "return MORE[0](n)"
    ),
    _threaded("it takes the first of none", _FIRST, _CALL, "return call(n)"),
    _threaded("next is called", _NEXT, "IT = It()\n", "return next(IT)"),
    _threaded("next is called by its name", _NEXT, "IT = It()\n", "return IT.__next__()"),
    _threaded(
        "next is called by another",
        _NEXT,
        code("""
            IT = It()
            def step(): return next(IT)
            """),
        "return step()",
    ),
    _threaded(
        "next is a value",
        _NEXT,
        code("""
        IT = It()
        GO = IT.__next__
        """),
        "return GO()",
    ),
    _threaded(
        "next has another name",
        _LOOP.format("go").replace("    def go", "    def go").rstrip() + "\n    __next__ = go\n",
        "IT = It()\n",
        "return IT.go()",
    ),
    _with_change("another name", "_load_cached", "_load"),
    _with_change("an argument is left out", "_load_cached, a, b, c=c)", "_load_cached, a, c=c)"),
    _with_change("arguments change places", "_load_cached, a, b,", "_load_cached, b, a,"),
    _with_change("a keyword is left out", ", c=c)", ")"),
    _with_change("another default", "async def load(a, b=1,", "async def load(a, b=2,"),
    _with_change(
        "another parameter",
        "async def load(a, b=1, *, c=None)",
        "async def load(a, b=1, *, c=None, d=0)",
    ),
    _with_change("the coroutine is cached", "async def load", "@cache\nasync def load"),
    _with_change("the cache is gone", "@cache\n", ""),
    _with_change("another cache", "@cache", "@lru_cache"),
    _with_change("the body differs", "return b", "return a"),
    _with_change("nothing waits", "return await", "return"),
    _with_change("the result is lost", "return await", "await"),
    _with_change("something else runs first", "    return await", "    print(a)\n    return await"),
    _with_change(
        "it runs twice",
        "    return await",
        "    await asyncio.to_thread(_load_cached, a)\n    return await",
    ),
    _with_change(
        "the event loop runs it",
        "await asyncio.to_thread(_load_cached, a, b, c=c)",
        "_load_cached(a, b, c=c)",
    ),
    _with_change(
        "something else runs in the thread", "to_thread(_load_cached, a", "to_thread(print, a"
    ),
    _with_change("it is no coroutine", "async def load", "def load"),
    _with_change("something stands between", "async def load", "x = 1\nasync def load"),
    _with_change("a comment is added", "    return await", "    # faster\n    return await"),
    _with_change("a docstring is added", "    return await", '    """Load."""\n    return await'),
    _in_text(
        "it is called",
        code("""
        def g():
            return load(1)
        """),
    ),
    _in_text("it is called where the module is loaded", "load(1)\n"),
    _in_text("it is passed on", "print(list(map(load, [1])))\n"),
    _in_text("it has another name", "other = load\n"),
    _in_text(
        "its cache is cleared by the old name",
        code("""
        def g():
            load.cache_clear()
        """),
    ),
    _in_text(
        "another cache is cleared",
        code("""
            @cache
            def one(): return 1
            def g():
                one.cache_clear()
            """),
        code("""
            @cache
            def one(): return 1
            def g():
                _load_cached.cache_clear()
            """),
    ),
    _in_text("a name is taken", "_load_cached = 3\n"),
    _in_text(
        "it is looked up",
        code("""
        import sys
        print(getattr(sys.modules[__name__], 'load')(1))
        """),
    ),
    _in_text("what it wraps is asked for", "print(load.__wrapped__(1))\n"),
    _in_text(
        "what it wraps is asked for by the other name",
        "print(load.__wrapped__(1))\n",
        "print(_load_cached.__wrapped__(1))\n",
    ),
    Case(
        "split: no cache",
        f"import asyncio\n{_HEAD}{_PLAIN.replace('@cache', '')}",
        f"import asyncio\n{_HEAD}{_SPLIT.replace('@cache', '')}",
    ),
    Case(
        "split: a default is made twice",
        f"import asyncio\n{_HEAD}{_PLAIN.replace('b=1', 'b=dict()')}",
        f"import asyncio\n{_HEAD}{_SPLIT.replace('b=1', 'b=dict()')}",
    ),
    Case(
        "split: an annotation is evaluated twice",
        f"import asyncio\n{_HEAD}{_PLAIN.replace('b=1', 'b: print(1)=1')}",
        f"import asyncio\n{_HEAD}{_SPLIT.replace('b=1', 'b: print(1)=1')}",
    ),
    Case(
        "split: another decorator as well",
        f"import asyncio\n{_HEAD}{_PLAIN.replace('@cache', '@print' + chr(10) + '@cache')}",
        f"import asyncio\n{_HEAD}{_SPLIT.replace('@cache', '@print' + chr(10) + '@cache')}",
    ),
    Case(
        "split: a parameter hides asyncio",
        f"{_HEAD}@cache\ndef load(asyncio):\n    time.sleep(1)\n",
        f"{_HEAD}import asyncio\n@cache\ndef _load_cached(asyncio):\n    time.sleep(1)\nasync def load(asyncio):\n    return await asyncio.to_thread(_load_cached, asyncio)\n",
    ),
    _method("a base class calls it", "(Base)", _SLEEPS),
    _method("a generator", "", "yield time.sleep(a)"),
    _method("it calls itself", "", "time.sleep(a); self.load(a - 1)"),
    _method("it asks for its thread", "", "time.sleep(a); print(threading.get_ident())"),
    _method("it makes a connection", "", "time.sleep(a); return sqlite3.connect(a)"),
    _method("it inspects its caller", "", "time.sleep(a); return inspect.currentframe()"),
    _method("it ends a loop", "", "time.sleep(a); raise StopIteration"),
    _method(
        "it is overridden",
        "",
        _SLEEPS,
        code("""
            class B(A):
                def load(self, a):
                    return 1
            """),
    ),
    _method("it is assigned another value", "", _SLEEPS, "A.load = print\n"),
    _method(
        "its cache is that of another object",
        "",
        _SLEEPS,
        code("""
            def g(x):
                x.load.cache_clear()
            """),
        code("""
            def g(x):
                x._load_cached.cache_clear()
            """),
    ),
    _method(
        "it calls what is async now",
        "",
        "time.sleep(a); g()",
        code("""
            def g():
                time.sleep(1)
            """),
        code("""
            async def g():
                await asyncio.sleep(1)
            """),
    ),
    _imported(
        "an example uses it",
        "import time",
        code('''
        """
        >>> time.sleep(0)
        """
        '''),
    ),
    _imported(
        "an example of a function uses it",
        "from time import sleep",
        code('''
            def g():
                """G.

                >>> sleep(0)
                """
            '''),
    ),
    _imported(
        "an example goes on",
        "import time",
        code('''
            """
            >>> for i in range(1):
            ...     time.sleep(i)
            """
            '''),
    ),
    _imported("a test uses it", "from time import sleep", "__test__ = {'a': '>>> sleep(0)'}\n"),
    _imported(
        "code of several lines uses it",
        "import time",
        code("""
            exec('''x = 1
            time.sleep(x)
            ''')
            """),
    ),
    _imported("broken code uses it", "import time", "def g(:\n    time.sleep(1)\n"),
    _imported("others import it", "import time as time", ""),
    _imported("others import a function", "from time import sleep as sleep", ""),
    _element("it is awaited", "self.raw['v'].update(1)", "await self.raw['v'].update(1)"),
    _element("of a variable", "self.raw.update(1)", "self.raw.update(1)"),
    _element("under a number", "self.raw[0].update(1)", "self.raw[0].update(1)"),
    _element("that is passed on", "print(self.raw['v'].update)", "print(self.raw['v'].update)"),
]
"""Edits that change what a program does."""

SPLITS_TO_CONFIRM = [
    (
        _in_text(
            "its cache is cleared while it runs",
            code("""
                def g():
                    load.cache_clear()
                """),
            code("""
                def g():
                    _load_cached.cache_clear()
                """),
        ),
        "load keeps its result also if its cache is cleared while a thread runs it",
    ),
    (
        _element("of a dictionary", "self.raw['v'].update(1)", "self.raw['v'].update(1)"),
        "self.raw['v'].update is assumed to be a built-in method: nothing awaits A.update there",
    ),
    (
        Case(
            "an import that an example uses",
            code('''
                import time

                def f():
                    """F.

                    >>> time.sleep(0)
                    """
                    time.sleep(1)
                '''),
            code('''
                import asyncio
                import time

                async def f():
                    """F.

                    >>> time.sleep(0)
                    """
                    await asyncio.sleep(1)
                '''),
        ),
        "only examples (>>>) still use the import of time",
    ),
    (
        _imported(
            "not beside broken code", "import time", "def g(:\n    time.sleep(1)\n", "import time\n"
        ),
        "only lines that do not parse still use the import of time",
    ),
    (
        _in_text(
            "what blocks behind it",
            code("""
                def g(p):
                    time.sleep(1)
                    for x in open(p):
                        print(x)
                """),
            code("""
                async def g(p):
                    await asyncio.sleep(1)
                    for x in open(p):
                        print(x)
                """),
        ),
        "`open(p)` still blocks the event loop",
    ),
    (
        _in_text("two at once", ""),
        "load runs in another thread: other tasks must not change what it uses meanwhile; two tasks that call it at once may both run it, before the result is cached",
    ),
]
"""Edits that a person has to judge, with the reason."""

SPLITS_RIGHT = [
    _documented("the docstring goes to the coroutine", "", "    'Load.'\n"),
    _documented("the docstring stays", "    'Load.'\n", ""),
    _block("a pattern", "data = P.sub('b', data)", "P = re.compile('a')"),
    _block("words", "data = textwrap.dedent(data)"),
    _block("the time", "data = time.time()"),
    _block(
        "an error of the file",
        "if not data: raise BadError(data)",
        _ERROR.format("(ValueError)", "pass"),
    ),
    _threaded("what is decorated is not called", _FIRST, f"{_CALL}call(3)\n"),
    _threaded(
        "a loop ends",
        _NEXT,
        code("""
            def read(it: It): return [each for each in it]
            READ = [read]
            """),
    ),
    _threaded("a loop ends in a thread", _NEXT, "", "return [each for each in It()]"),
    _with_change("as it is", "load", "load"),
    _in_text(
        "its cache is cleared",
        code("""
            def g():
                load.cache_clear()
            """),
        code("""
            def g():
                _load_cached.cache_clear()
            """),
    ),
    _in_text(
        "its cache is asked for", "print(load.cache_info())\n", "print(_load_cached.cache_info())\n"
    ),
    _method("a method", "", _SLEEPS),
    _method("with a comment", "", "time.sleep(a)  # wait"),
]
"""Right edits, after which a thread runs the function that a coroutine waits for."""
