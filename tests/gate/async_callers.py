"""Edits of files that call functions which are now async in another file."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

from python_expert.actions.base import Options
from python_expert.analysis.elsewhere import Converted
from python_expert.analysis.source import Source
from tests.gate.texts import code
from tests.gate.to_async_case import Case

PROJECT = Path(__file__).parent / "callers_project"
STORE = str(PROJECT / "store.py")
OPTIONS = Options(
    path=str(PROJECT / "shop.py"),
    root=str(PROJECT),
    converted=(Converted(STORE, "load"), Converted(STORE, "Store.fetch")),
)

CALLER = code("""
    from store import load


    def price(key):
        return len(load(key))
    """)
AWAITING = CALLER.replace("def price", "async def price").replace("load(key)", "await load(key)")
TWICE = code("""
    from store import load


    def price(key):
        load(key)
        return len(load(key))
    """)
USED = f"{CALLER}\n\ndef total(keys):\n    return sum([price(each) for each in keys])\n"
USED_RIGHTLY = AWAITING + USED[len(CALLER) :].replace("def total", "async def total").replace(
    "[price(each)", "[await price(each)"
)
METHOD = code("""
    from store import Store


    def stock(store: Store):
        return store.fetch('a')
    """)
METHOD_AWAITED = METHOD.replace("def stock", "async def stock").replace(
    "store.fetch", "await store.fetch"
)
PACKAGE = CALLER.replace("store", "package")
PACKAGE_AWAITED = AWAITING.replace("store", "package")
OTHER = CALLER.replace("store", "other")
OWN = code("""
    class Own:
        def fetch(self, key):
            return key


    def f():
        return Own().fetch('a')
    """)


def _case(name: str, before: str, after: str) -> Case:
    return Case(f"callers: {name}", before, after, OPTIONS)


def with_call_targets(case: Case, **names: str) -> Case:
    """The case with a type checker's targets of the calls, by the last name of each call."""
    source = Source.of(case.before)
    calls = [
        {"range": source.range(node), "names": [full], "sure": True}
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and (full := names.get(ast.unparse(node.func).rpartition(".")[2]))
    ]
    types = ({"text": source.code, "calls": calls},)
    return case._replace(options=replace(case.options, types=types))


def _with_wrong_use(name: str, more: str, imports: str = "") -> Case:
    """The right edit of a caller, in a text with another, wrong use of a function."""
    before, after = (f"{imports}{text}\n\n{more}\n" for text in (CALLER, AWAITING))
    return _case(name, before, after)


def _with_asyncio(text: str) -> str:
    """Return a text with an import of asyncio."""
    return f"import asyncio\n{text}"


CALLERS_RIGHT = [
    _case("a function", CALLER, AWAITING),
    _case("a function and its caller", USED, USED_RIGHTLY),
    _case(
        "a module by its name",
        code("""
            import store
            def f():
                return store.load('a')
            """),
        code("""
            import store
            async def f():
                return await store.load('a')
            """),
    ),
    _case(
        "another name",
        code("""
            from store import load as read
            def f():
                return read('a')
            """),
        code("""
            from store import load as read
            async def f():
                return await read('a')
            """),
    ),
    _case(
        "a relative import",
        code("""
            from .store import load
            def f():
                return load('a')
            """),
        code("""
            from .store import load
            async def f():
                return await load('a')
            """),
    ),
    _case(
        "a script",
        code("""
            from store import load
            if __name__ == '__main__':
                print(load('a'))
            """),
        _with_asyncio(
            code("""
                from store import load
                if __name__ == '__main__':
                    print(asyncio.run(load('a')))
                """)
        ),
    ),
    _case(
        "what was async before",
        code("""
            from store import load
            async def f():
                return load('a')
            """),
        code("""
            from store import load
            async def f():
                return await load('a')
            """),
    ),
    _case("a method of its own", OWN, OWN),
    _with_wrong_use("a variable of the same name", "def g(load):\n    return load('a')"),
]
"""Right edits."""

CALLERS_WRONG = [
    _case("nothing is awaited", CALLER, CALLER),
    _case("nothing is awaited, but all is async", CALLER, CALLER.replace("def p", "async def p")),
    _case("one of two calls", TWICE, AWAITING.replace("    return", "    load(key)\n    return")),
    _case("a caller is not awaited", USED, AWAITING + USED[len(CALLER) :]),
    _case("the arguments differ", CALLER, AWAITING.replace("load(key)", "load(key, key)")),
    _case(
        "it is awaited twice",
        CALLER,
        AWAITING.replace("await load(key)", "await (await load(key))"),
    ),
    _case("the result is passed on", METHOD, METHOD),
    _case(
        "another function is awaited",
        code("""
            from other import load
            def f():
                return load('a')
            """),
        code("""
            from other import load
            async def f():
                return await load('a')
            """),
    ),
    _case(
        "a module by its name",
        code("""
            import store
            def f():
                return store.load('a')
            """),
        code("""
            import store
            async def f():
                return store.load('a')
            """),
    ),
    _case(
        "a test",
        code("""
            from store import load
            def test_load():
                assert load('a')
            """),
        code("""
            from store import load
            async def test_load():
                assert await load('a')
            """),
    ),
    _case(
        "a property",
        code("""
            from store import load
            class A:
                @property
                def a(self):
                    return load('a')
            """),
        code("""
            from store import load
            class A:
                @property
                async def a(self):
                    return await load('a')
            """),
    ),
    _case(
        "a cached function",
        code("""
            import functools
            from store import load
            @functools.cache
            def f():
                return load('a')
            """),
        code("""
            import functools
            from store import load
            @functools.cache
            async def f():
                return await load('a')
            """),
    ),
    _case(
        "a thread",
        CALLER,
        _with_asyncio(AWAITING.replace("await load(key)", "await asyncio.to_thread(load, key)")),
    ),
    _case(
        "a lock is held",
        code("""
            import threading
            from store import load
            lock = threading.Lock()
            def f():
                with lock:
                    return load('a')
            """),
        code("""
            import threading
            from store import load
            lock = threading.Lock()
            async def f():
                with lock:
                    return await load('a')
            """),
    ),
    _case(
        "a loop in a loop",
        code("""
            from store import load
            def f():
                return load('a')
            async def g():
                return f()
            """),
        _with_asyncio(
            code("""
                from store import load
                def f():
                    return asyncio.run(load('a'))
                async def g():
                    return f()
                """)
        ),
    ),
    _case(
        "a generator expression",
        code("""
            from store import load
            def f(keys):
                return sum(len(load(k)) for k in keys)
            """),
        code("""
            from store import load
            async def f(keys):
                return sum(len(await load(k)) for k in keys)
            """),
    ),
    _case(
        "the order of calls",
        code("""
            from store import load
            def f(g):
                g()
                return load('a')
            """),
        code("""
            from store import load
            async def f(g):
                x = await load('a')
                g()
                return x
            """),
    ),
    _case(
        "a call of the module",
        code("""
            from store import load
            VALUE = load('a')
            """),
        code("""
            from store import load
            VALUE = load('a')
            async def f():
                pass
            """),
    ),
    _with_wrong_use("it is a value", "def g(keys):\n    return [*map(load, keys)]"),
    _with_wrong_use("it has another name", "read = load"),
    _with_wrong_use(
        "it is bound to an argument", "READ = functools.partial(load, 'a')", "import functools\n"
    ),
    _with_wrong_use("a thread is given it", "def g(pool):\n    return pool.submit(load, 'a')"),
    _with_wrong_use("a lambda", "KEY = lambda key: load(key)"),
    _with_wrong_use("a default value", "def g(value=load('a')):\n    return value"),
    _with_wrong_use("the body of a class", "class A:\n    value = load('a')"),
    _with_wrong_use("a decorator", "@load\ndef g():\n    pass"),
    _with_wrong_use("a name in a string", "def g(m):\n    return getattr(m, 'load')('a')"),
    _with_wrong_use("a path in a string", "def g(patch):\n    patch('store.load')"),
    _with_wrong_use("another value", "store.load = print", "import store\n"),
    _with_wrong_use("an unknown object", "def g(x):\n    return x.fetch('a')"),
    _with_wrong_use(
        "an object of the class",
        "def g():\n    return Store().fetch('a')",
        "from store import Store\n",
    ),
    _with_wrong_use(
        "a method defined again",
        "class Mine(Store):\n    def fetch(self, key):\n        return key",
        "from store import Store\n",
    ),
    _with_wrong_use(
        "an import that may fail",
        "def g():\n    return read('a')",
        code("""
            try:
                from store import load as read
            except ImportError:
                from other import load as read
            """),
    ),
    _with_wrong_use("an import of all", "def g():\n    return load('a')", "from store import *\n"),
    _with_wrong_use("an entry point in a string", "def g(run):\n    run('store:load')"),
    _with_wrong_use("an example in a docstring", "def g():\n    '>>> load(1)'"),
    _with_wrong_use("a part that does not parse", "def g(:\n    return load('a')"),
    _with_wrong_use(
        "a pattern",
        "def g(x):\n    match x:\n        case object(fetch=f):\n            return f('a')",
    ),
]
"""Wrong edits: a call, or a possible call, is not awaited."""

CALLERS_TYPED_RIGHT = [
    with_call_targets(_case("a method", METHOD, METHOD_AWAITED), fetch="store.Store.fetch"),
    with_call_targets(_case("a name of a package", PACKAGE, PACKAGE_AWAITED), load="store.load"),
    with_call_targets(_case("a function of the same name", OTHER, OTHER), load="other.load"),
]
"""Right edits for which a type checker gives the targets of calls."""

CALLERS_TYPED_WRONG = [
    with_call_targets(
        _case("a class of the same name", METHOD, METHOD_AWAITED), fetch="other.Store.fetch"
    ),
    with_call_targets(_case("a method", METHOD, METHOD), fetch="store.Store.fetch"),
    with_call_targets(_case("a name of a package", PACKAGE, PACKAGE), load="store.load"),
    with_call_targets(_case("another than imports say", CALLER, AWAITING), load="other.load"),
]
"""Wrong edits for which a type checker gives the targets of calls."""
