"""Edits that need no confirmation; each differs from a dangerous one in one detail."""

from __future__ import annotations

from dataclasses import replace

from tests.gate.texts import code
from tests.gate.to_async_case import OPTIONS, Case


def edit(name: str, head: str = "", tail: str = "", options: object = None) -> Case:
    """An edit of a function ``f`` that sleeps, and of the first call of it."""
    text = code("""
        def f():
            {}
        """)
    before = f"import time\n{head}{text.format('time.sleep(1)')}{tail}"
    end = tail.replace("f()", "asyncio.run(f())", 1)
    slept = text.format("await asyncio.sleep(1)")
    after = f"import asyncio\n{head}async {slept}{end}"
    return Case(name, before, after, options or OPTIONS)  # type: ignore[arg-type]  # the declared type


_FAILS = "if this module is imported while an event loop runs, asyncio.run fails"
_GUARD = code("""
    if __name__ == "__main__":
        f()
    """)

IMPORTED_TO_CONFIRM = [
    (edit(f"asyncio.run where a module is imported: {tail}", tail=tail), _FAILS)
    for tail in (
        "f()\n",
        code("""
            try:
                f()
            finally:
                pass
            """),
        code("""
            if __name__ != "__main__":
                f()
            """),
        code("""
            if __name__ == "__main__":
                pass
            else:
                f()
            """),
        code("""
            if __name__ == "__main__" or __debug__:
                f()
            """),
    )
]

_INNER = code("""
    if "__main__" == __name__:
        try:
            f()
        finally:
            pass
    """)
_MAIN = replace(OPTIONS, path="a/__main__.py")

_PARSER = code("""
    import argparse
    P = argparse.ArgumentParser()
    """)
_HELP = code("""
    HELP = '''
        >>> f (calls it)
        '''
    """)
_FINDS = "{} may find f by its name, and not await it"
_AGAIN = "f may be called under another name, and not awaited"
_EXAMPLE = "a doctest uses f and does not await it"
_STORE = replace(OPTIONS, path="store.py")

LOOKED_UP_TO_CONFIRM = [
    *(
        (edit(f"vars: {tail}", tail=f"{tail}\n", head=head), _FINDS.format("vars"))
        for head, tail in (
            (
                code("""
                class P:
                    def parse_args(self): return P
                """),
                "vars(P().parse_args())[input()]()",
            ),
            (
                code("""
                import copy
                class S: pass
                """),
                "vars(copy.copy(S))[input()]()",
            ),
            (_PARSER, "def g(n): return vars(P.parse_args().module)[n]()"),
            (_PARSER, "def g(n, x):\n    a = P.parse_args()\n    a = x\n    vars(a)[n]()"),
            ("", "print(vars()[input()]())"),
            ("", "print(*map(vars, []))"),
        )
    ),
    *(
        (edit(f"the file itself: {tail}", tail=f"{tail}\n", options=_STORE), _AGAIN)
        for tail in (
            "def h():\n    from store import f as g\n    return g()",
            "def h():\n    from . import store\n    return store.f ()",
            "def __getattr__(n): pass\nfrom store import other as g",
        )
    ),
    *(
        (edit(f"examples: {tail}", tail=f"{tail}\n"), _EXAMPLE)
        for tail in (
            "def g(): pass\ng.__doc__ = '''\n>>> f ()\n'''",
            "__test__ = {'a': '''\n>>> f ()\n'''}",
            "class A:\n    x = property(lambda s: 1, doc='''\n    >>> f ()\n    ''')",
        )
    ),
]


def threaded(name: str, head: str, body: str, call: str) -> Case:
    """An edit after which a thread makes one call of the function ``f``."""
    before = f"import os\n{head}def f(p):\n    {body}\n"
    moved = f"await asyncio.to_thread({call.replace('(', ', ', 1)}"
    after = before.replace("def f", "async def f").replace(call, moved)
    return Case(name, before, f"import asyncio\n{after}")


_YIELDS = code("""
    def rows():
        yield '1'
    """)
_CHECKED = code("""
    class A:
        def __call__(self):
            return self.exception()
        def exception(self): return {}
    """)
_ERROR = "this runs in another thread: it may run A.exception: it inspects an exception that another thread handles"  # noqa: E501
_RENAME = "os.rename(x, p)"

ELEMENTS_TO_CONFIRM = [
    (
        threaded("a generator, not what it yields", _YIELDS, f"x = rows()\n    {_RENAME}", _RENAME),
        "rows would run in another thread",
    ),
    (
        threaded(
            "a generator of generators",
            f"{_YIELDS}def outer():\n    yield rows()\n",
            f"for x in outer():\n        {_RENAME}",
            _RENAME,
        ),
        "rows would run in another thread",
    ),
    (
        threaded(
            "a method that looks at the error",
            f"import sys\n{_CHECKED.format('sys.exc_info()')}",
            "os.system(G)",
            "os.system(G)",
        ),
        _ERROR,
    ),
]

QUIET = [
    edit("the parsed arguments", _PARSER, "print(vars(P.parse_args()))\n"),
    edit(
        "the parsed arguments of a parser",
        code("""
            def g(p):
                a = p.parse_args()
                return vars(a)
            """),
    ),
    edit("a prompt in a help text", _HELP),
    edit("a name of the package", "from store import __version__\n", options=_STORE),
    threaded("a loop over a generator", _YIELDS, f"for x in rows():\n        {_RENAME}", _RENAME),
    threaded(
        "a method of the name exception", _CHECKED.format(1), "os.system('x')", "os.system('x')"
    ),
    edit("asyncio.run in a program", tail=_GUARD),
    edit("asyncio.run in a program if it is so", tail=_GUARD.replace(":", " and __debug__:", 1)),
    edit("asyncio.run in a program, within try", tail=_INNER),
    edit("asyncio.run in __main__.py", tail="f()\n", options=_MAIN),
]
"""Edits that the gate accepts without a confirmation."""


def _named(name: str, tail: str, head: str = "", place: str = "    g = f\n") -> Case:
    """An edit of a method that has a second name."""
    text = code("""
        import asyncio
        from lib import Base
        {}class A{}:
            {}def f(self):
                {}
        """)
    given = head or ""
    before = text.format("import time\n", given, "", "time.sleep(1)")
    after = text.format("", given, "async ", "await asyncio.sleep(1)")
    return Case(f"a second name: {name}", f"{before}{place}{tail}", f"{after}{place}{tail}")


SECOND_NAMES_WRONG = [
    _named("it is called", "A().g()\n"),
    _named(
        "it is defined again",
        code("""
        class B(A):
            def g(self): pass
        """),
    ),
    _named("it is set", "A.g = None\n"),
    _named("it is looked up", "getattr(A(), 'g')()\n"),
    _named("it is imported", "from lib import g\n"),
    _named("it is a keyword", "patch(g=1)\n"),
    _named("Python calls it", "", place="    __call__ = f\n"),
    _named("a test runner calls it", "", place="    test_f = f\n"),
    _named("a base class may call it", "", head="(Base)"),
    _named(
        "of another class",
        code("""
        class B:
            g = A.f
        """),
        place="",
    ),
    _named("within a condition", "", place="    if asyncio:\n        g = f\n"),
    _named("two at once", "", place="    g = h = f\n"),
    _named("of what is bound again", "", place="    g = f\n    f = None\n"),
    _named("of a field", "", place="    g: object = f\n"),
    _named("in a list", "", place="    g = [f]\n"),
]
SECOND_NAMES_RIGHT = [
    _named("it is there for others", ""),
    _named("it is exported", "__all__ = ['A', 'g']\n"),
]
SECOND_NAMES_TO_CONFIRM = [
    (
        _named("it may be looked up", "def look(a, n): return getattr(a, n)\n"),
        "n may hold the name of f, and what is looked up by it is not awaited",
    ),
    (
        _named("it may be looked up by its beginning", "def look(a, n): return vars(a)[n]\n"),
        "vars may find f by its name, and not await it",
    ),
]
