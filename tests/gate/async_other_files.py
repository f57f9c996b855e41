"""Edits of files that use, in ways that are easy to miss, functions now async in another file."""

# ruff: noqa: E501 - program texts are on one line

from __future__ import annotations

from dataclasses import replace

from python_expert.analysis.elsewhere import Converted
from tests.gate.async_callers import OPTIONS, PROJECT, STORE, with_call_targets
from tests.gate.texts import code
from tests.gate.to_async_case import Case

_IMPORT = "import store\n"
_CLASS = "from store import Store\n"
_MOCK = "from unittest.mock import Mock, patch\n"
_DEEP = str(PROJECT / "python" / "deep" / "store.py")


def _unchanged(name: str, text: str, *more: Converted) -> Case:
    """A case without a change of the text."""
    options = replace(OPTIONS, converted=(*OPTIONS.converted, *more))
    return Case(f"other files: {name}", text, text, options)


def _deep(name: str, text: str) -> Case:
    """A case in a test file, with packages in a folder that Python Expert does not search."""
    converted = (Converted(_DEEP, "load"), Converted(_DEEP, "Store.fetch"))
    options = replace(OPTIONS, path=str(PROJECT / "tests" / "test_a.py"), converted=converted)
    return Case(f"other files: {name}", text, text, options)


_DEEP_LOAD = _deep(
    "another root",
    code("""
    from deep.store import load
    def f():
        return load('a')
    """),
)
_DEEP_METHOD = _deep(
    "a method by another root",
    code("""
        from deep.store import Store
        def f():
            return Store().fetch('a')
        """),
)
_TWO = _unchanged(
    "one name for two functions",
    code("""
        def f():
            from store import load as read
            return read('a')
        def g():
            from other import save as read
            return read('a')
        """),
    Converted(STORE, "save"),
)

OTHER_FILES_WRONG = [
    _unchanged("the dictionary of a module", _IMPORT + "print(store.__dict__['load']('a'))\n"),
    _unchanged("the dictionary of a class", _CLASS + "print(Store.__dict__['fetch'](1, 'a'))\n"),
    _unchanged(
        "an object that passes all on",
        code("""
            class A:
                def __getattr__(self, n): return getattr(self.s, n)
            a = A()
            a.fetch('x')
            """),
    ),
    _unchanged(
        "an object that is given all",
        code("""
            class A:
                def __init__(self, **kw): self.__dict__.update(kw)
            A(**MORE).load('x')
            """),
    ),
    _unchanged(
        "an import of a class",
        code("""
            class A:
                from store import load
                def f(self): return A.load('a')
            """),
    ),
    _unchanged(
        "parts of code in a string",
        code("""
        def f(n):
            eval(f"store.load('{n}')")
        """),
    ),
    _unchanged(
        "names in a list",
        code("""
        def f(s):
            for n in ('fetch', 'x'): getattr(s, n)('a')
        """),
    ),
    _unchanged(
        "a class that is given a method",
        f"{_CLASS}class Mine(Store): pass\nMine.fetch = print\n",
    ),
    _unchanged(
        "a module is passed",
        _IMPORT
        + code("""
        def f(m):
            return m.load('a')
        f(store)
        """),
    ),
    _unchanged(
        "a module of several",
        code("""
            import store, other
            def f():
                return [m.load('a') for m in (store, other)]
            """),
    ),
    _unchanged(
        "a module by a condition",
        code("""
            import store, other
            m = store if other.X else other
            def f():
                return m.load('a')
            """),
    ),
    _unchanged(
        "a module that is entered",
        _IMPORT
        + code("""
        with open(store) as m:
            m.load('a')
        """),
    ),
    _unchanged(
        "a module in a pattern",
        _IMPORT
        + code("""
            match store:
                case m:
                    print(m.load('a'))
            """),
    ),
    _unchanged(
        "a computed name",
        _IMPORT
        + code("""
            def f(n):
                return getattr(store, n)('a')
            NAME = 'load'
            """),
    ),
    _unchanged("the variables of a module", _IMPORT + "print(vars(store)['load']('a'))\n"),
    _unchanged(
        "a module by its name",
        code("""
            import importlib
            print(importlib.import_module('store').load('a'))
            """),
    ),
    _unchanged("a module by __import__", "print(__import__('store').load('a'))\n"),
    _unchanged(
        "a module of sys.modules",
        code("""
        import sys
        print(sys.modules['store'].load('a'))
        """),
    ),
    _unchanged(
        "a patch of several", f"{_MOCK}{_IMPORT}patch.multiple(store, load=print).start()\n"
    ),
    _unchanged("a patch by a path", f"{_MOCK}patch.multiple('store', load=print).start()\n"),
    _unchanged(
        "a class made by type", f"{_CLASS}Mine = type('Mine', (Store,), {{'fetch': print}})\n"
    ),
    _unchanged("a class with keywords", f"{_CLASS}Mine = type('M', (Store,), dict(fetch=print))\n"),
    _unchanged(
        "a mock of a class",
        f"{_MOCK}{_CLASS}def f():\n    m = Mock(spec=Store)\n    return m.fetch('a')\n",
    ),
    _unchanged("a mock with a method", f"{_MOCK}{_CLASS}print(Mock(spec=Store, fetch=print))\n"),
    _unchanged(
        "a mock with a result",
        f"{_MOCK}{_CLASS}print(Mock(Store, **{{'fetch.return_value': 1}}))\n",
    ),
    _unchanged("code in a string", _IMPORT + "print(eval(\"store.load('a')\"))\n"),
    _unchanged("statements in a string", "exec(\"import store\\nstore.load('a')\")\n"),
    _unchanged("a program in a string", "run(['python', '-c', 'import store; store.load(1)'])\n"),
    _unchanged(
        "a time measured",
        code("""
            import timeit
            print(timeit.timeit("load('a')", 'from store import load'))
            """),
    ),
    _unchanged(
        "an import overrides", f"{_CLASS}class Mine(Store):\n    from other import load as fetch\n"
    ),
    _unchanged(
        "a module of all that is imported",
        code("""
        from other import *
        print(store.load('a'))
        """),
    ),
    _unchanged(
        "the cache of a function that was split",
        code("""
        from store import load
        load.cache_clear()
        """),
    ),
    _unchanged(
        "a lock of a class above",
        f"{_CLASS}class Mine(Store):\n    def f(self):\n        with self._lock:\n            pass\n",
        Converted(STORE, "Store._lock", "_lock is used asynchronously now"),
    ),
    _unchanged(
        "another name of a package",
        code("""
            from other import read
            def f():
                return read('a')
            """),
        Converted(str(PROJECT / "other.py"), "read"),
    ),
    _deep(
        "a name of a package in another root",
        code("""
        from deep import load
        print(load('a'))
        """),
    ),
    _DEEP_LOAD,
    _DEEP_METHOD,
]
"""Wrong edits: a function is async, and its use is not obvious."""

OTHER_FILES_TYPED_WRONG = [
    with_call_targets(_DEEP_LOAD, load="deep.store.load"),
    with_call_targets(_DEEP_METHOD, fetch="deep.store.Store.fetch"),
    with_call_targets(_TWO, read="store.load"),
]
"""Wrong edits for which a type checker gives the targets of calls."""

_RUN = code("""
    from store import load
    VALUE = {}
    """)

OTHER_FILES_TO_CONFIRM = [
    (
        Case(
            "other files: run where a module is imported",
            _RUN.format("load('a')"),
            "import asyncio\n" + _RUN.format("asyncio.run(load('a'))"),
            OPTIONS,
        ),
        "if this module is imported while an event loop runs, asyncio.run fails",
    ),
]
"""Edits that a person has to judge, with the reason."""

OTHER_FILES_RIGHT = [
    _unchanged("a part of a module by its name", _IMPORT + "print(getattr(store, 'other'))\n"),
    _unchanged("whether there is a module", _IMPORT + "X = 1 if store is None else 2\n"),
    _unchanged(
        "a class as a type",
        _CLASS
        + code("""
            def f(s: Store, t: 'list[Store]') -> Store:
                return s
            """),
    ),
    _unchanged(
        "a keyword of the same name",
        code("""
        from store import Store
        print(Store(), load=True)
        """),
    ),
    _unchanged("a message with the name", "print('load (again) failed')\n"),
    _unchanged(
        "an own lock",
        code("""
            class A:
                def __init__(self, lock): self._lock = lock
                def f(self):
                    with self._lock: pass
            """),
        Converted(STORE, "Store._lock", "x"),
    ),
    Case(
        "other files: a name of a package that is known",
        code("""
            from other import read
            def f():
                return read('a')
            """),
        code("""
            from other import read
            async def f():
                return await read('a')
            """),
        replace(
            OPTIONS, converted=(*OPTIONS.converted, Converted(str(PROJECT / "other.py"), "read"))
        ),
    ),
]
"""Right edits."""
