"""Edits that reach code which no other case reaches: the gate refuses or asks with a reason.

Mutation testing of the gate and the proofs found them: see ``python -m tests.mutation``.
"""

# ruff: noqa: E501 - program texts are on one line

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

import pytest

from python_expert.actions.add_docstrings.proof.literals import has_new_examples
from python_expert.actions.base import Options
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status
from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.gate.to_async_case import OPTIONS

if TYPE_CHECKING:
    from python_expert.actions.base import Action


class Case(NamedTuple):
    """An edit with the expected verdict.

    Attributes:
        name: The edit's name.
        action: The action that the edit claims to be.
        before: The text before.
        after: The text after.
        status: The expected status.
        reason: The start of one of the reasons; empty for an accepted edit.
    """

    name: str
    action: Action
    before: str
    after: str
    status: Status = Status.ACCEPTED
    reason: str = ""


def documented(name: str, before: str, after: str, reason: str, *, confirm: bool = False) -> Case:
    """An edit that claims to add only docstrings."""
    status = Status.CONFIRM if confirm else Status.REFUSED if reason else Status.ACCEPTED
    return Case(name, ADD_DOCSTRINGS, before, after, status, reason)


_SHARED = "the docstring is not on its own lines"
_DEEP = f"x = a{'.b' * 900}"
_METACLASS = """\
class M(type):
    x = 1
    def other(cls, a, b, names):
        return names
    def __new__(cls, name, bases, names):
        print(names)
        return super().__new__(cls, name, bases, names)
class C(metaclass=M):
    def f(self):
        return 1
"""

DOCSTRINGS = [
    *(
        documented(
            f"a metaclass that reads by name: {use}",
            _METACLASS.replace("print(names)", use),
            _METACLASS.replace("print(names)", use).replace("=M):\n", '=M):\n    """Doc."""\n\n'),
            "the metaclass of C iterates over its names" if confirm else "",
            confirm=confirm,
        )
        for use, confirm in (
            ("print(names[name])", True),
            ("for other in ('a', 'b'): print(names[name])", True),
            ("for other in ('a', 'b'): print(names[other])", False),
        )
    ),
    documented(
        "a blank line above",
        "def f():\n\n    return 1\n",
        'def f():\n\n    """Doc."""\n    return 1\n',
        "",
    ),
    documented(
        "a comment and blank lines above",
        "def f():\n\n    # c\n\n    return 1\n",
        'def f():\n\n    # c\n\n    """Doc."""\n\n    return 1\n',
        "",
    ),
    documented(
        "an escape in what was completed",
        'def f(a):\n    """Do it."""\n',
        'def f(a):\n    """Do it.\n\n    Matches \\d.\n    """\n',
        "the docstring has a new invalid escape sequence",
    ),
    documented(
        "joined strings made one",
        'def f():\n    "a" "b"\n',
        'def f():\n    """ab\n\n    More.\n    """\n',
        "an existing docstring was changed",
    ),
    documented(
        "a comment in the place of pass",
        "def f(): pass\n",
        'def f():\n    # type: ignore\n    """Doc."""\n',
        _SHARED,
    ),
    documented(
        "a comment before the body of a line",
        "def f(): return 1\n",
        'def f():\n    # noqa\n    """Doc."""\n    return 1\n',
        _SHARED,
    ),
    documented(
        "a comment after a docstring before the body of a line",
        "def f(): return 1\n",
        'def f():\n    """Doc."""\n    # noqa\n    return 1\n',
        _SHARED,
    ),
    documented(
        "a comment of header and body left at the body",
        "def f(): return 1  # noqa\n",
        'def f():\n    """Doc."""\n    return 1  # noqa\n',
        _SHARED,
    ),
    documented(
        "a comment of header and body moved to the header",
        "def f(): return 1  # noqa\n",
        'def f():  # noqa\n    """Doc."""\n    return 1\n',
        _SHARED,
    ),
    documented(
        "another comment at the header",
        "def f(): pass  # noqa\n",
        'def f():  # nosec\n    """Doc."""\n    pass\n',
        _SHARED,
    ),
    documented(
        "a text too deep to compare",
        f"def f(a):\n    {_DEEP}\n",
        f'def f(a):\n    """Doc."""\n    {_DEEP}\n',
        "the text cannot be tokenized",
    ),
    documented(
        "another line end behind a docstring",
        "def f():\n    return 1\n",
        'def f():\n    """Doc."""\r\n    return 1\n',
        "the docstring's line ends differ",
    ),
    documented(
        "a metaclass that looks at bases",
        _METACLASS.replace("print(names)", "print(bases)"),
        _METACLASS.replace("print(names)", "print(bases)").replace(
            "=M):\n", '=M):\n    """Doc."""\n\n'
        ),
        "",
    ),
    *(
        documented(
            f"a {base}",
            f"class C({base}):\n    x = 1\n",
            f'class C({base}):\n    """Doc."""\n\n    x = 1\n',
            "pydantic puts the docstring of C into its JSON schema",
            confirm=True,
        )
        for base in ("BaseModel", "BaseSettings", "RootModel", "SQLModel", "pydantic.BaseModel")
    ),
    *(
        documented(
            f"given to {package}",
            f"import {package}\ndef f():\n    return 1\nregister({given})\n",
            f'import {package}\ndef f():\n    """Doc."""\n    return 1\nregister({given})\n',
            "f is passed to something that shows its docstring",
            confirm=True,
        )
        for package in ("click", "fastapi", "rich_click", "typer")
        for given in ("f", "name=f", "[f]", "1, (1, f)")
    ),
    *(
        documented(
            f"class C({bases})",
            f"{_METACLASS}class A: pass\nclass D({bases}):\n    x = 1\n",
            f'{_METACLASS}class A: pass\nclass D({bases}):\n    """Doc."""\n\n    x = 1\n',
            "the metaclass of D iterates over its names",
            confirm=True,
        )
        for bases in ("A, C", "A, metaclass=M")
    ),
    *(
        documented(f"on a shared line: {after}", before, after, _SHARED)
        for before, after in (
            ("def f(): return 1\n", 'def f(): """Doc."""; return 1\n'),
            ("def f():\n    return 1\n", 'def f(): """Doc.\n    """\n    return 1\n'),
            ("def f(): pass\n", 'def f(): """Doc."""\n'),
        )
    ),
    documented(
        "a metaclass with other methods",
        _METACLASS,
        _METACLASS.replace("=M):\n", '=M):\n    """Doc."""\n\n'),
        "the metaclass of C iterates over its names",
        confirm=True,
    ),
]


def test_the_verdict_has_the_line_of_a_change() -> None:
    before = "def f():\n    return 1\n\n\ndef g():\n    return 2\n"
    after = before.replace("f():", 'f():\n    """Doc."""').replace("2", "3")
    [reason] = ADD_DOCSTRINGS.prove(Source.of(before), Source.of(after), Options()).reasons
    assert after.splitlines()[reason.line] == "    return 3"


@pytest.mark.parametrize(
    ("was", "now", "new"),
    [
        ("Do.", "Do it.", False),
        ("Do.", ">>> f()", True),
        (">>> f()", ">>> f()\n\nMore.", False),
        (">>> f()", ">>> f(1)", True),
        (">>> f()\n... 1", ">>> f()\n... 2", True),
        ("... and so on", "... and more", False),
        ("", "More.", False),
    ],
)
def test_new_examples_are_those_that_doctest_would_run(was: str, now: str, *, new: bool) -> None:
    old, later = (ast.parse(repr(each)).body[0] for each in (was, now))
    assert isinstance(old, ast.Expr)
    assert isinstance(later, ast.Expr)
    assert has_new_examples(later, old) is new
    assert has_new_examples(later, None) is (">>>" in now)


def hinted(name: str, before: str, after: str, reason: str, *, confirm: bool = False) -> Case:
    """An edit that claims to add only type hints."""
    status = Status.CONFIRM if confirm else Status.REFUSED if reason else Status.ACCEPTED
    return Case(name, ADD_TYPE_HINTS, before, after, status, reason)


_PLAIN = "def f(a):\n    return a\n"
_HINTED = _PLAIN.replace("(a)", "(a: int)")
_ANY = "from typing import Any\n"
_USES_ANY = _PLAIN.replace("(a)", "(a: Any)")
_QUOTED = _PLAIN.replace("(a)", '(a: "Any")')
_CALLED = "def g(): return int\ndef h(a: g()): return a\n"
_BARE = "an annotation without a value"
_CLASS = "class C:\n    x = 1\n"
_COMMANDS = "import typer\nclass C:\n    def f(self, a):\n        return a\nregister({})\n"


def checking(head: str, test: str, reason: str = "") -> Case:
    """An import under a condition that may be false at run time."""
    before = f"{head}if {test}:\n    import os\n"
    after = f"{before}    from typing import Any\n{_QUOTED}"
    return hinted(f"an import under: {head}", before + _PLAIN, after, reason)


HINTS = [
    hinted(
        "a base that a call returns",
        "class A(Model(strict=True)):\n    x = 1\n",
        "class A(Model(strict=True)):\n    x: int = 1\n",
        "A makes a field of every annotation in its body",
    ),
    hinted(
        "the second part that does not parse is changed",
        f"x = = 1\ny = = 2\n{_PLAIN}",
        f"x = = 1\ny = = 3\n{_HINTED}",
        "a part that does not parse is changed",
    ),
    hinted("an import twice", _PLAIN, _ANY + _ANY + _USES_ANY, "Any is imported twice"),
    hinted(
        "another future",
        _PLAIN,
        f"from __future__ import division\n{_HINTED}",
        "this import from __future__ changes the program",
    ),
    hinted(
        "calls in annotations become strings",
        _CALLED + _PLAIN,
        f"from __future__ import annotations\n{_CALLED}{_HINTED}",
        "annotations with calls would no longer be evaluated",
    ),
    hinted(
        "one of two targets",
        "a = b = 1\n",
        "a: int = 1\n",
        "the code changes here, not only its hints",
    ),
    hinted(
        "a target in parentheses",
        "a = 1\n",
        "(a): int = 1\n",
        "the code changes here, not only its hints",
    ),
    hinted("a value gone", "a = 1\n", "a: int\n", _BARE),
    hinted(
        "a part of a list",
        "a = [1]\na[0] = 2\n",
        "a = [1]\na[0]: int = 2\n",
        "an annotation is evaluated here",
    ),
    hinted(
        "a bare annotation for a statement",
        "def f():\n    global x\n    x = 1\n",
        "def f():\n    x: int\n    x = 1\n",
        _BARE,
    ),
    hinted("a bare annotation for pass", "def f():\n    pass\n", "def f():\n    x: int\n", _BARE),
    hinted(
        "a comment at the end",
        _PLAIN,
        f"{_HINTED}# end\n",
        "the text changes outside of type hints and imports",
    ),
    hinted(
        "a text too deep to compare",
        f"{_DEEP}\n{_PLAIN}",
        f"{_DEEP}\n{_HINTED}",
        "it is nested too deeply",
    ),
    *(
        hinted(
            f"a method given to a library: {given}",
            _COMMANDS.format(given),
            _COMMANDS.format(given).replace("self, a", "self, a: int"),
            "f is passed to a library that reads annotations",
            confirm=True,
        )
        for given in ("C.f", "C().f", "fn=C.f")
    ),
    hinted(
        "bases in a circle",
        "class A(B):\n    x = 1\nclass B(A):\n    y = 1\n",
        "class A(B):\n    x: int = 1\nclass B(A):\n    y = 1\n",
        "A may make fields",
        confirm=True,
    ),
    *(
        hinted(
            f"the names of a class: {view}",
            f"{_CLASS}{view}\n",
            f"{_CLASS.replace('x =', 'x: int =')}{view}\n",
            "this file iterates over the names of C",
            confirm=True,
        )
        for view in (
            "vars(C)",
            "dir(C)",
            "C.__dict__",
            "import inspect\ninspect.getmembers(C)",
            "from inspect import getmembers\ngetmembers(C)",
        )
    ),
    *(
        hinted(
            f"the names of the module: {view}",
            f"{view}\n{_PLAIN}",
            f"{_ANY}{view}\n{_USES_ANY}",
            "this file inspects its own names",
            confirm=True,
        )
        for view in (
            "__all__ = sorted(globals())",
            "n = len(globals())",
            "d = {**globals()}",
            "d = globals() | {}",
            "d = globals()\nfor x in d: print(x)",
            "d = dir()",
            "d = vars()",
            "import sys\nd = dir(sys.modules[__name__])",
            "import sys\nd = dir(sys.modules[__name__])[0]",
            "import sys\nd = vars(sys.modules[__name__])",
            "import sys\nd = sys.modules[__name__].__dict__",
            "import __main__\nd = vars(__main__)",
            "import inspect, sys\nd = inspect.getmembers(sys.modules[__name__])",
            "import sys\nfrom inspect import getmembers\nd = getmembers(sys.modules[__name__])",
        )
    ),
    *(
        hinted(
            f"single names of the module: {use}",
            f"{use}\n{_PLAIN}",
            f"{_ANY}{use}\n{_USES_ANY}",
            "",
        )
        for use in (
            "globals()['x'] = 1",
            "x = globals().get('y')",
            "if 'x' in globals(): pass",
            "x = dict().items()",
            "for x in dict(): pass",
            "exec('x = 1', globals())",
            "import sys\nsys.modules[__name__].__dict__['x'] = 1",
            "import sys\nsetattr(sys.modules[__name__], 'x', 1)",
        )
    ),
    checking("TYPE_CHECKING = False\n", "TYPE_CHECKING"),
    checking("TYPE_CHECKING: bool = False\n", "TYPE_CHECKING"),
    checking("TYPE_CHECKING = True\n", "TYPE_CHECKING", "`if TYPE_CHECKING:` is at a place where"),
    checking(
        "import typing\ntyping.TYPE_CHECKING = True\n",
        "typing.TYPE_CHECKING",
        "`if TYPE_CHECKING:` is at a place where",
    ),
]


def converted(name: str, before: str, after: str, reason: str, *, confirm: bool = False) -> Case:
    """An edit that claims to only convert to async."""
    status = Status.CONFIRM if confirm else Status.REFUSED if reason else Status.ACCEPTED
    return Case(name, CONVERT_TO_ASYNC, before, after, status, reason)


def waiting(name: str, old: str, new: str, reason: str, head: str = "", late: str = "") -> Case:
    """A function that waits, with another change in its body or in the imports."""
    before = f"import time\n{head}def f(x=1):\n    time.sleep(1)\n    {old}\n"
    after = (
        f"import asyncio\n{late or head}async def f(x=1):\n    await asyncio.sleep(1)\n    {new}\n"
    )
    return converted(name, before, after, reason)


def locked(head: str, lock: str, reason: str, *, confirm: bool = False) -> Case:
    """A function that waits while it holds a possible lock."""
    text = f"import threading\n{head}def f(x=1):\n    with {lock}:\n        "
    after = text.replace("def f", "async def f") + "await asyncio.sleep(1)\n"
    name = f"held by a task: {head} {lock}"
    return converted(
        name,
        f"import time\n{text}time.sleep(1)\n",
        f"import asyncio\n{after}",
        reason,
        confirm=confirm,
    )


_LOCK = "l = threading.Lock()\n"
_MAY_BE = "l may be a lock of threads"
_LOAD = "def load(n):\n    {}\n"
_READ = "return open(str(n)).read()"
_CATCHES = f"try:\n        {_READ}\n    except KeyboardInterrupt:\n        return ''"
_JOBS = "async def main():\n    await asyncio.gather(job(), job())\n"


def threaded(name: str, load: str, reason: str, head: str = "", tail: str = "") -> Case:
    """A function that a coroutine calls, which a thread runs after the edit."""
    text = f"import asyncio\n{head}{load}async def job():\n    {{}}\n{tail}"
    new = "await asyncio.to_thread(load, 1)"
    return converted(name, text.format("load(1)"), text.format(new), reason, confirm=True)


def split(body: str, reason: str, head: str = "") -> Case:
    """A cached function that is split into two; a thread runs one of them."""
    text = f"{head}import time\nfrom functools import cache\n@cache\ndef load(a):\n    {body}\n"
    added = "async def load(a):\n    return await asyncio.to_thread(_load_cached, a)\n"
    after = f"import asyncio\n{text.replace('def load', 'def _load_cached')}{added}"
    return converted(f"split: {body}", text, after, reason, confirm=True)


_SLEEPS = "import time\nclass A:\n    def f(self):\n        time.sleep(1)\n"
_AWAITS = "import asyncio\nclass A:\n    async def f(self):\n        await asyncio.sleep(1)\n"
_LIST = "def g():\n    return [1]\n"
_BLOCK = "def f(p):\n    with open(p) as file:\n        print(file.read())\n    return 1\n"
_IN_CLASS = "class A:\n"
_STOPPED = "try: print(file.read())\n            except KeyboardInterrupt: pass"
_NO_LONGER = "Ctrl-C does not reach threads, so it is no longer caught here"
_QUEUES = "class C:\n    def __init__(self, x):\n        if x:\n            self.q = {}.Queue()\n        else:\n            self.q = queue.Queue()\n"


def block(parameters: str, given: str = "") -> Case:
    """A block that becomes a function with other parameters."""
    after = f"import asyncio\nasync def f(p):\n    def _block({parameters}):\n        with open(p) as file:\n            print(file.read())\n    await asyncio.to_thread(_block, p{given})\n    return 1\n"
    reason = f"`def _block({parameters}):` does not do what"
    return converted(f"a block with {parameters}", _BLOCK, after, reason)


def with_unsafe_class(given: str, *, confirm: bool) -> Case:
    """A thread runs a call, in a text with a class whose objects must not be used in a thread."""
    error = "class A(Exception):\n    def __str__(self): return str(sys.exc_info())\n"
    head = f"import subprocess, sys\n{error}"
    reason = "this runs in another thread: it may run A.__str__" if confirm else ""
    before = f"{head}def f(x):\n    subprocess.run({given})\n"
    after = f"{head}async def f(x):\n    await asyncio.to_thread(subprocess.run, {given})\n"
    return converted(
        f"in a thread: {given}", before, f"import asyncio\n{after}", reason, confirm=confirm
    )


def escaping(use: str, *, confirm: bool = True) -> Case:
    """An object with a method of a common name that is passed to another package."""
    late = f"(1)\n{use}\n"
    before = f"import lib, time\nclass C:\n    def write(self, x): time.sleep{late}"
    after = f"import asyncio\nimport lib\nclass C:\n    async def write(self, x): await asyncio.sleep{late}"
    reason = f"`{use.splitlines()[-1]}` may use C.write" if confirm else ""
    return converted(f"given away: {use}", before, after, reason, confirm=confirm)


def inherited(bases: str, reason: str) -> Case:
    """A method of a class that is also inherited or used elsewhere."""
    text = f"from abc import ABCMeta\nfrom lib import y\nclass B: pass\nclass C({bases}):\n    "
    before = f"import time\n{text}def f(self): time.sleep(1)\n"
    after = f"import asyncio\n{text}async def f(self): await asyncio.sleep(1)\n"
    return converted(f"a method of C({bases})", before, after, reason, confirm=True)


def returned(around: str, late: str, reason: str) -> Case:
    """A block that assigns a variable, with a possible error handler outside the block."""
    start = f"def f(p):\n    text = ''\n    {around}:\n"
    end = f"    {late}\n    return text\n"
    block = "with open(p) as file:\n{0}text = file.read()\n"
    before = f"{start}        {block.format(' ' * 12)}{end}"
    inner = f"        def _block(p):\n            {block.format(' ' * 16)}            return text\n"
    given = "        text = await asyncio.to_thread(_block, p)\n"
    after = f"async {start}{inner}{given}{end}"
    head = "import lib\n"
    return converted(
        f"a variable of a block: {around}", head + before, f"import asyncio\n{head}{after}", reason
    )


_ALSO_BOUND = (
    "import {0}\ndef one(): pass\ndef two(): pass\n"
    "def three(asyncio): print(asyncio)\ndef f(x):\n    "
)
_KEPT = """\
def f(ps):
    for p in ps:
        if p:
            with open(p) as file:
                if p.old: print(text)
                text = file.read()
"""
_KEPT_IN_THREAD = """\
import asyncio
async def f(ps):
    for p in ps:
        if p:
            def _block(p):
                with open(p) as file:
                    if p.old: print(text)
                    text = file.read()
            await asyncio.to_thread(_block, p)
"""
_TRIED = """\
def f(p):
    text = ''
    try:
        if p:
            with open(p) as file:
                text = file.read()
    except OSError: pass
    return text
"""
_TRIED_IN_THREAD = """\
import asyncio
async def f(p):
    text = ''
    try:
        if p:
            def _block(p):
                with open(p) as file:
                    text = file.read()
                return text
            text = await asyncio.to_thread(_block, p)
    except OSError: pass
    return text
"""
_NAMED_ALIKE = """\
import threading
class A:
    def __init__(self):
        self.pause = threading.Lock()
    {0}def go(self):
        {0}with self.pause: {1}(1)
{0}def pause(): {1}(1)
"""


def waiting_with_a_file_lock(call: str) -> Case:
    """A function that locks a file and waits."""
    text = f"import fcntl, msvcrt\ndef f(x):\n    {call}\n    "
    return converted(
        f"a locked file: {call}",
        f"import time\n{text}time.sleep(1)\n",
        f"import asyncio\n{text.replace('def', 'async def')}await asyncio.sleep(1)\n",
        f"{call}: a lock may be held while a task waits",
        confirm=True,
    )


def entered(base: str, *, confirm: bool) -> Case:
    """A task that waits in the context of an object whose class inherits its ``__enter__``."""
    head = "import unknown\nfrom contextlib import AbstractContextManager\nclass Plain: pass\n"
    text = f"{head}class C({base}):\n    def __exit__(self, *a): pass\n"
    return converted(
        f"in the context of a C({base})",
        f"import time\n{text}def f():\n    with C(): time.sleep(1)\n",
        f"import asyncio\n{text}async def f():\n    with C(): await asyncio.sleep(1)\n",
        "C() may be a lock of threads" if confirm else "",
        confirm=confirm,
    )


_CALLER = "async def h(): open('x')\ndef g(): return h()\n"

_PRIVATE = """\
class A:
    def __a(self): {0}
    def __f(self): {0}
    def g(self): self.__a(); self.__f()
print({1})
"""


def private(used: str) -> Case:
    """Private methods; the second one is used by its mangled name."""
    before = _PRIVATE.format("time.sleep(1)", used)
    after = _PRIVATE.format("await asyncio.sleep(1)", used).replace("def", "async def")
    after = after.replace("self.__", "await self.__")
    return converted(
        f"a private method: {used}",
        f"import time\n{before}",
        f"import asyncio\n{after}",
        "_A__f may be __f, and is not changed",
    )


def saved(made: str, *, confirm: bool, head: str = "", around: str = "if p") -> Case:
    """A block that a thread runs, which uses a list made before it."""
    start = f"import asyncio, json\n{head}def f(p, x):\n    {made}\n    {around}:\n"
    use = "with open(p, 'w') as file:\n{0}    json.dump(found, file)\n"
    end = "        x(found)\n"
    inner = f"        def _block():\n            {use.format(' ' * 12)}"
    call = "        await asyncio.to_thread(_block)\n"
    return converted(
        f"a block uses {made} ({head}{around})",
        f"{start}        {use.format(' ' * 8)}{end}",
        f"{start.replace('def f', 'async def f')}{inner}{call}{end}",
        "this block runs in another thread, where it uses found: other tasks" if confirm else "",
        confirm=confirm,
    )


_CLEANS_UP = """\
def v():
    try:
        {}(1)
        yield 1
    finally:
        print(2)
"""
_SEEN = """\
seen = []
def load(): {}(1)
def go(f):
    return {}
def job(): go(str); seen.append(1)
"""


def read_to_its_end(use: str, new: str, *, confirm: bool) -> Case:
    """A generator with a finally clause that is read in some way."""
    after = f"{_CLEANS_UP.format('await asyncio.sleep')}def f():\n    {new}\n"
    return converted(
        f"a generator that cleans up: {use}",
        f"import time\n{_CLEANS_UP.format('time.sleep')}def f():\n    {use}\n",
        f"import asyncio\n{after.replace('def ', 'async def ')}",
        "a loop over v may end early" if confirm else "",
        confirm=confirm,
    )


def read_before_a_wait(expression: str) -> Case:
    """An expression that first reads a list and then waits."""
    after = _SEEN.format("await asyncio.sleep", expression.replace("load", "await load"))
    after = after.replace("def ", "async def ").replace(": go(", ": await go(")
    main = "async def main(): await asyncio.gather(*[x])\n"
    return converted(
        f"read before a wait: {expression}",
        f"import asyncio, time\n{_SEEN.format('time.sleep', expression)}{main}",
        f"import asyncio\n{after}{main}",
        "while go waits, other tasks may change seen",
        confirm=True,
    )


CONVERSIONS = [
    read_to_its_end("for x in v(): print(x)", "async for x in v(): print(x)", confirm=True),
    read_to_its_end("return list(v())", "return [each async for each in v()]", confirm=False),
    read_to_its_end("yield from v()", "async for each in v(): yield each", confirm=False),
    *(
        read_before_a_wait(expression)
        for expression in (
            *("[len(seen), load()]", "(len(seen), load())", "{len(seen): load()}"),
            *("f(len(seen), load())", "len(seen) + load()", "len(seen) < load()"),
            "f'{len(seen)} {load()}'",
        )
    ),
    *(
        saved(f"found = {new}", confirm=False)
        for new in ("[1]", "{'a': 1}", "{1}", "[i for i in 'ab']", "{i: 1 for i in 'ab'}")
    ),
    saved("found = {i for i in 'ab'}", confirm=False),
    saved("found = []; x(other)", confirm=False),
    saved("found = []", head="def g(found): print(found)\n", confirm=False),
    *(
        saved(made, confirm=True)
        for made in (
            *("found = x", "found = [x]", "found = list()", "found = []; x(found)"),
            *("found = []; found = [1]", "global found; found = []"),
            "found = []; g = lambda: found",
        )
    ),
    saved("pass", head="found = []\n", confirm=True),
    *(saved("found = []", around=loop, confirm=True) for loop in ("for _ in p", "while p")),
    *(
        escaping(use)
        for use in (
            *("lib.go(1, C())", "lib.go(x=1, y=C())", "lib.go([1, C()])", "lib.go({'a': C()})"),
            *("lib.go(C() if lib else None)", "lib.go(*[C()])", "lib.go(lib.x or C())"),
            *("c = C()\nlib.go((1, c))", "lib.x = C()", "lib.x = [C()]", "lib.x['a'] = C()"),
            *("lib.x += [C()]", "lib.go((c := C()))"),
        )
    ),
    *(
        escaping(f"{call}(C())", confirm=False)
        for call in ("print", "repr", "str", "id", "type", "hash")
    ),
    *(
        converted(
            f"a thread opens a file with {mode}",
            f"def f(p):\n    with open(p, {mode}) as file:\n        print(p)\n",
            "import asyncio\nasync def f(p):\n"
            f"    with await asyncio.to_thread(open, p, {mode}) as file:\n        print(p)\n",
            f"closing `open(p, {mode})` still blocks the event loop" if confirm else "",
            confirm=confirm,
        )
        for mode, confirm in (
            ("'w'", True),
            ("mode='ab'", True),
            ("'rb'", False),
            ("mode='r'", False),
        )
    ),
    threaded(
        "an error of a function that a thread's function calls",
        "def deep(n):\n    if not n: raise futures.CancelledError()\n"
        f"    {_READ}\ndef load(n): return deep(n)\n",
        "raise futures.CancelledError() leaves a thread as another error",
        "from concurrent import futures\n",
    ),
    *(
        locked(
            f"import lib\nclass C:\n    __enter__ = {enter}\n    def __exit__(self, *a): pass\n",
            "C()",
            "C() may be a lock of threads",
            confirm=True,
        )
        for enter in ("lib.enter", "lib.make()")
    ),
    *(
        waiting_with_a_file_lock(call)
        for call in ("fcntl.flock(x, 2)", "fcntl.lockf(x, 2)", "msvcrt.locking(x, 1, 1)")
    ),
    entered("Plain", confirm=False),
    entered("AbstractContextManager", confirm=False),
    entered("unknown.make()", confirm=True),
    converted(
        "the class of a method given to another call",
        f"{_SLEEPS}x = isinstance(1, A)\n",
        f"{_AWAITS}x = isinstance(1, A)\n",
        "",
    ),
    converted(
        "the class of a method registered",
        f"import lib\n{_SLEEPS}lib.B.register(A)\n",
        f"import lib\n{_AWAITS}lib.B.register(A)\n",
        "code that calls A.f on this class may not await it",
        confirm=True,
    ),
    converted(
        "a variable of a block in a loop, read before it is bound",
        _KEPT,
        _KEPT_IN_THREAD,
        "text may be kept from one iteration to the next",
    ),
    converted(
        "a variable of a block below an if within a try",
        _TRIED,
        _TRIED_IN_THREAD,
        "text may have another value after the block",
    ),
    *(
        converted(
            f"a function found by name: {use}",
            f"import time\ndef f(): time.sleep(1)\ng = {use}\n",
            f"import asyncio\nasync def f(): await asyncio.sleep(1)\ng = {use}\n",
            f"{use} may find f by its name" if confirm else "",
            confirm=confirm,
        )
        for use, confirm in (("getattr", True), ("setattr", True), ("print", False))
    ),
    converted(
        "an attribute with the name of a coroutine gets its new lock",
        f"import time\n{_NAMED_ALIKE.format('', 'time.sleep')}",
        "import asyncio\n"
        + _NAMED_ALIKE.format("async ", "await asyncio.sleep")
        .replace("async def __init__", "def __init__")
        .replace("import threading\n", "")
        .replace("threading", "asyncio"),
        "",
    ),
    converted(
        "an import with the name of another function's parameter",
        _ALSO_BOUND.format("time") + "time.sleep(1)\n",
        _ALSO_BOUND.format("asyncio").replace("def f", "async def f") + "await asyncio.sleep(1)\n",
        "the name asyncio is already used",
    ),
    *(
        converted(
            f"cancelled: {use}",
            f"import asyncio, sched, threading\nimport time\ndef f(x):\n    {use}\n    time.sleep(1)\n",
            f"import asyncio, sched, threading\nasync def f(x):\n    {use}\n    await asyncio.sleep(1)\n",
            "a task that is cancelled, or that nothing waits for" if confirm else "",
            confirm=confirm,
        )
        for use, confirm in (
            ("x.cancel()", True),
            ("threading.Timer(1, print).cancel()", False),
            ("sched.scheduler.cancel(x, 1)", False),
        )
    ),
    returned("try", "except OSError: pass", "text may have another value after the block"),
    returned("with lib.ignored()", "", "text may have another value after the block"),
    returned("if p", "", ""),
    converted(
        "lines read into another variable",
        "def f(file):\n    line = 1\n    for line in file:\n        print(line)\n",
        "import asyncio\nasync def f(file):\n    line = 1\n    while other := await asyncio.to_thread(file.readline):\n        print(line)\n",
        "`while (other := ",
    ),
    converted("all that there was is gone", "# c\n", "", "`# c` differs"),
    private("A()._A__f"),
    private("getattr(A(), '_A__f')"),
    *(
        with_unsafe_class(given, confirm=True)
        for given in ("[x]", "(x,)", "{x}", "{1: x}", "['x'], env={1: x}", "['x', x]")
    ),
    *(
        with_unsafe_class(given, confirm=False)
        for given in ("['x']", "('x',)", "['x'], env={1: 'x'}")
    ),
    inherited("B, metaclass=y", "y may use C.f and not await it"),
    inherited("B, metaclass=ABCMeta, flag=y", "y may use C.f and not await it"),
    inherited("B, first=1, flag=y", "y may use C.f and not await it"),
    converted(
        "what was async before is not what blocks",
        f"import time\n{_CALLER}def f():\n    time.sleep(1)\n    g()\n",
        f"import asyncio\n{_CALLER}async def f():\n    await asyncio.sleep(1)\n    g()\n",
        "",
    ),
    waiting("a statement gone", "print(x)", "pass", "`Pass` does not do what `print(x)` did"),
    converted(
        "the last statement gone",
        "import time\ndef f(x):\n    time.sleep(1)\n    print(x)\n",
        "import asyncio\nasync def f(x):\n    await asyncio.sleep(1)\n",
        "`print(x)` is gone",
    ),
    waiting("another global", "global a; a = 1", "global b; a = 1", "`global b`"),
    waiting("other names for a star", "return {**x}", "return {x: x}", "`{x: x}` does not do what"),
    waiting(
        "another attribute in a pattern",
        "match x:\n        case P(a=1): return 2",
        "match x:\n        case P(b=1): return 2",
        "`P(b=1)` does not do what",
    ),
    waiting(
        "imports in another order",
        "return Queue, Empty",
        "return Queue, Empty",
        "the imports are in another order",
        "from queue import Queue, Empty\n",
        "from queue import Empty, Queue\n",
    ),
    waiting(
        "one more name imported",
        "return os",
        "return os",
        "sys is imported",
        "import os\n",
        "import os, sys\n",
    ),
    converted(
        "a comprehension no longer asynchronous",
        "import time\ndef f():\n    time.sleep(1)\nasync def g(y):\n    return [x async for x in y]\n",
        "import asyncio\nasync def f():\n    await asyncio.sleep(1)\nasync def g(y):\n    return [x for x in y]\n",
        "it differs",
    ),
    locked("class L(threading.Semaphore): pass\n", "L()", "L() is held while a task waits"),
    locked("from filelock import FileLock\nl = FileLock('x')\n", "l", _MAY_BE, confirm=True),
    locked(
        "from filelock import FileLock\nclass L(FileLock): pass\nl = L('x')\n",
        "l",
        _MAY_BE,
        confirm=True,
    ),
    locked(_LOCK, "l if x else l", _MAY_BE, confirm=True),
    locked(f"{_LOCK}def lock(): return l\n", "lock()", "l is held while a task waits"),
    locked(_LOCK, "(m := l)", _MAY_BE, confirm=True),
    locked(
        f"{_LOCK}class C:\n    def __enter__(self): l.acquire()\n    def __exit__(self, *a): l.release()\n",
        "C()",
        "l is held while a task waits",
    ),
    *(
        threaded(
            f"a cache, and several tasks: {decorator}",
            f"@functools.{decorator}\n{_LOAD.format(_READ)}",
            "tasks that call load at the same time may each run it in a thread",
            "import functools\n",
            _JOBS,
        )
        for decorator in ("cache", "lru_cache(maxsize=2)")
    ),
    threaded(
        "Ctrl-C in a thread",
        _LOAD.format(_CATCHES),
        "Ctrl-C does not reach threads: load catches it",
    ),
    split(
        "try: time.sleep(a)\n    except KeyboardInterrupt: return 1",
        "Ctrl-C does not reach threads: load catches it",
    ),
    split(
        "N.append(a); M.append(a); time.sleep(a)",
        "load runs in another thread: other tasks must not change what it uses, nor use M, N, ",
        "N = []\nM = []\n",
    ),
    split("time.sleep(a); mod.go(a)", "mod.go is called in another thread", "import mod\n"),
    split(
        "time.sleep(a); mod.go(a); mod.stop(a)",
        "mod.go, mod.stop are called in another thread",
        "import mod\n",
    ),
    *(
        converted(
            f"a class that is set: {sets}",
            f"{_SLEEPS}def g(x):\n    {sets}\n",
            f"{_AWAITS}def g(x):\n    {sets}\n",
            "the class set here may define f, and not as async",
            confirm=True,
        )
        for sets in ("x.__class__ = A", "setattr(x, '__class__', A)")
    ),
    converted(
        "an element awaited that is none",
        f"import time\n{_LIST}def f():\n    time.sleep(1)\n    return list(g())\n",
        f"import asyncio\n{_LIST}async def f():\n    await asyncio.sleep(1)\n    return [x async for x in g()]\n",
        "`g()` is not an asynchronous generator",
    ),
    converted(
        "one of two queues",
        f"import queue\n{_QUEUES.format('queue')}    def f(self):\n        return self.q.get()\n",
        f"import asyncio\nimport queue\n{_QUEUES.format('asyncio')}    async def f(self):\n        return await self.q.get()\n",
        "queue.Queue is replaced in one place only",
    ),
    converted(
        "an event loop where an object is deleted",
        "import asyncio\nimport time\ndef f():\n    time.sleep(1)\nclass C:\n    def __del__(self):\n        f()\n",
        "import asyncio\nasync def f():\n    await asyncio.sleep(1)\nclass C:\n    def __del__(self):\n        asyncio.run(f())\n",
        "C.__del__ starts an event loop of its own",
        confirm=True,
    ),
    *(
        converted(
            f"in a block: {body}",
            f"{_IN_CLASS}    def f(self, p):\n        with open(p) as file:\n            {body}\n        return 1\n",
            f"import asyncio\n{_IN_CLASS}    async def f(self, p):\n        def _block(p):\n            with open(p) as file:\n                {inner}\n        await asyncio.to_thread(_block, p)\n        return 1\n",
            reason,
            confirm=confirm,
        )
        for body, inner, reason, confirm in (
            (_STOPPED, _STOPPED.replace("\n", "\n    "), _NO_LONGER, True),
            ("print(super().x, file)", "print(super().x, file)", "super depends on", False),
            ("print(__class__, file)", "print(__class__, file)", "__class__ depends on", False),
        )
    ),
    block("p=1"),
    block("p, *, k=1"),
    block("p, q", ", p"),
]


@pytest.mark.parametrize("case", [*DOCSTRINGS, *HINTS, *CONVERSIONS], ids=lambda case: case.name)
def test_the_gate_gives_the_expected_verdict(case: Case) -> None:
    options = OPTIONS if case.action is CONVERT_TO_ASYNC else Options()
    verdict = case.action.prove(Source.of(case.before), Source.of(case.after), options)
    messages = [each.message for each in verdict.reasons]
    assert verdict.status is case.status, messages
    assert not case.reason or any(each.startswith(case.reason) for each in messages), messages
