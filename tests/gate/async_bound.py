"""Edits that move code to a thread that must stay in its own thread."""

# ruff: noqa: E501 - program texts are on one line

from __future__ import annotations

from tests.gate.texts import code
from tests.gate.to_async_case import Case


def _calls_unchanged(name: str, head: str, function: str, argument: str = "x") -> Case:
    """An edit after which a thread calls the unchanged ``f``."""
    before = f"import asyncio\nimport time\n{head}\ndef f(x):\n    time.sleep(0)\n    {function}\nKEEP = [f]\ndef g(x=0):\n    f({argument})\n"
    after = before.replace("def g", "async def g").replace(
        f"    f({argument})", f"    await asyncio.to_thread(f, {argument})"
    )
    return Case(f"a thread calls {name}", before, after)


def _library(name: str, head: str, function: str, arguments: str) -> Case:
    """An edit after which a thread makes a call of a library."""
    before = f"import asyncio, functools, json, pickle, shutil\n{head}\ndef g(x, file):\n    {function}({arguments})\n"
    after = before.replace("def g", "async def g").replace(
        f"    {function}(", f"    await asyncio.to_thread({function}, "
    )
    return Case(f"a thread calls {function} with {name}", before, after)


_HELPER = "def helper(*a):\n    return asyncio.get_running_loop()"
_ROWS = "def rows():\n    yield str(asyncio.get_running_loop())"

BOUND_WRONG = [
    _calls_unchanged(
        "what formats an exception", "import traceback", "return f'{x}' + traceback.format_exc()"
    ),
    _calls_unchanged("what asks for an exception", "import sys", "return sys.exc_info()"),
    _calls_unchanged("what raises an exception again", "", "raise"),
    _calls_unchanged("what logs an exception", "import logging", "logging.exception(x)"),
    _calls_unchanged("what logs exc_info", "import logging", "logging.error(x, exc_info=True)"),
    _calls_unchanged(
        "what calls what asks for an exception",
        "import sys\ndef h():\n    return sys.exc_info()",
        "try:\n        h()\n    except ValueError:\n        pass",
    ),
    _calls_unchanged(
        "what warns about its caller", "import warnings", "warnings.warn('x', stacklevel=2)"
    ),
    _calls_unchanged(
        "what asks for its thread's number", "import threading", "threading.get_native_id()"
    ),
    _calls_unchanged("what changes the directory", "import os", "os.chdir(x)"),
    _calls_unchanged(
        "what is given a cursor", "import sqlite3\nC = sqlite3.connect('')", "x", "C.cursor()"
    ),
    _calls_unchanged(
        "what uses a connection, by its annotation",
        "import sqlite3\nclass S:\n    def __init__(self, c: sqlite3.Connection):\n        self.c = c\ndef h(s: S):\n    s.c.commit()",
        "h(x)",
    ),
    _calls_unchanged(
        "what uses a connection that a function made",
        "import sqlite3\ndef connect():\n    return sqlite3.connect('')\nC = connect()",
        "C.commit()",
    ),
    _calls_unchanged(
        "what uses an attribute that is a task",
        "class S:\n    def __init__(self):\n        self.task = asyncio.create_task(asyncio.sleep(9))\n    def stop(self):\n        self.task.cancel()\ndef h(s: S):\n    s.stop()",
        "h(x)",
    ),
    _calls_unchanged(
        "what uses data of a thread in a dictionary",
        "import threading\nD = {1: threading.local()}",
        "D[1].x = x",
    ),
    _calls_unchanged(
        "a method of a protocol",
        "class P(asyncio.Protocol):\n    def go(self): pass\nP1 = P()",
        "P1.go()",
    ),
    _calls_unchanged(
        "what uses a queue, by its annotation as a string",
        "class S:\n    def __init__(self, q: 'asyncio.Queue[int] | None'):\n        self.q = q\ndef h(s: S):\n    s.q.put_nowait(1)",
        "h(x)",
    ),
    _calls_unchanged("what is given a generator that uses asyncio", _ROWS, "list(x)", "rows()"),
    _calls_unchanged("what is given a function that uses asyncio", _HELPER, "x()", "helper"),
    _calls_unchanged(
        "what is given a lambda that uses asyncio", _HELPER, "x()", "lambda: helper()"
    ),
    _calls_unchanged(
        "what is given a partial of what uses asyncio",
        f"import functools\n{_HELPER}",
        "x()",
        "functools.partial(helper, 1)",
    ),
    _calls_unchanged("what is found in a dictionary", f"{_HELPER}\nD = {{1: helper}}", "D[1]()"),
    _calls_unchanged(
        "what is a lambda in an attribute",
        "class S:\n    c = staticmethod(lambda: asyncio.get_running_loop())",
        "S.c()",
    ),
    _calls_unchanged(
        "what uses asyncio in a subscript",
        "class S:\n    def __getitem__(self, key):\n        return asyncio.get_running_loop()",
        "x['a']",
    ),
    _calls_unchanged(
        "what makes an object of a class that is a value",
        "import sqlite3\nclass S:\n    def __init__(self):\n        self.c = sqlite3.connect('')\nD = [S]",
        "D[0]()",
    ),
    _calls_unchanged(
        "what makes an object of its class",
        "class S:\n    def __init__(self):\n        self.l = asyncio.get_running_loop()\n    @classmethod\n    def make(cls):\n        return cls()",
        "x.make()",
    ),
    _calls_unchanged(
        "what calls a handler of a library",
        "import logging\nclass H(logging.Handler):\n    def emit(self, record):\n        asyncio.get_running_loop()",
        "logging.info(x)",
    ),
    _calls_unchanged(
        "next in a try that catches something else",
        "",
        "try:\n        next(x)\n    except ValueError:\n        pass",
    ),
    _calls_unchanged(
        "next in a try that raises again",
        "",
        "try:\n        next(x)\n    except Exception:\n        raise",
    ),
    _calls_unchanged(
        "next in a lambda in a try",
        "",
        "try:\n        return lambda: next(x)\n    except StopIteration:\n        pass",
    ),
    _calls_unchanged("what raises a subclass", "class Done(StopIteration): pass", "raise Done"),
    _calls_unchanged("what raises a variable", "", "e = StopIteration()\n    raise e"),
    _library("a function that uses asyncio", _HELPER, "shutil.copytree", "'a', 'b', False, helper"),
    _library(
        "a partial of what uses asyncio",
        _HELPER,
        "shutil.copytree",
        "'a', 'b', copy_function=functools.partial(helper, 1)",
    ),
    _library(
        "a lambda that uses asyncio", _HELPER, "json.dump", "1, file, default=lambda o: helper()"
    ),
    _library(
        "an encoder that uses asyncio",
        "class E(json.JSONEncoder):\n    def default(self, o):\n        return str(asyncio.get_running_loop())",
        "json.dump",
        "1, file, cls=E",
    ),
    _library(
        "an object that uses asyncio",
        "class E:\n    def __getstate__(self):\n        asyncio.get_running_loop()\n        return {}",
        "pickle.dump",
        "E(), file",
    ),
    _library(
        "a function of a dictionary that uses asyncio",
        f"{_HELPER}\nD = {{1: helper}}",
        "open",
        "'a', opener=D[1]",
    ),
    _library("a function as opener", _HELPER, "open", "'a', opener=helper"),
    Case(
        "a coroutine raises a subclass of StopIteration",
        code("""
            import time
            class Done(StopIteration): pass
            def f():
                time.sleep(0)
                raise Done
            """),
        code("""
            import asyncio
            class Done(StopIteration): pass
            async def f():
                await asyncio.sleep(0)
                raise Done
            """),
    ),
    *(
        Case(
            f"what is written is replaced by {how.partition('(')[0]}",
            f"import asyncio, time\nfrom unittest import mock\nasync def fake(n): pass\n{how}\ndef f():\n    time.sleep(0)\n",
            f"import asyncio\nfrom unittest import mock\nasync def fake(n): pass\n{how}\nasync def f():\n    await asyncio.sleep(0)\n",
        )
        for how in (
            "setattr(asyncio, 'sleep', fake)",
            "asyncio.sleep = fake",
            "mock.patch('asyncio.sleep', fake).start()",
            "mock.patch.object(asyncio, 'sleep', fake).start()",
        )
    ),
    Case(
        "json hook",
        code("""
            import json
            import sqlite3
            c = sqlite3.connect(':memory:')
            def hook(d):
                c.execute('select 1')
                return d
            def f():
                with open('a') as g:
                    return json.load(g, object_hook=hook)
            """),
        code("""
            import asyncio
            import json
            import sqlite3
            c = sqlite3.connect(':memory:')
            def hook(d):
                c.execute('select 1')
                return d
            async def f():
                with open('a') as g:
                    return await asyncio.to_thread(json.load, g, object_hook=hook)
            """),
    ),
    Case(
        "an own reader in a thread",
        code("""
            import time
            import json
            import threading
            class R:
                def read(self):
                    return threading.current_thread().name
            def f():
                return json.load(R())
            """),
        code("""
            import asyncio
            import json
            import threading
            class R:
                def read(self):
                    return threading.current_thread().name
            async def f():
                return await asyncio.to_thread(json.load, R())
            """),
    ),
]
"""Edits that let a thread run code that belongs to another thread."""

BOUND_TO_CONFIRM = [
    (
        _calls_unchanged("a library", "import lib", "lib.publish(x)"),
        "lib.publish is called in another thread",
    ),
    (_calls_unchanged("a callback", "", "x.send(None)"), "x.send is called in another thread"),
    (
        _calls_unchanged(
            "what is given a generator", "def rows():\n    yield 'x'", "list(x)", "rows()"
        ),
        "rows would run in another thread",
    ),
    (_calls_unchanged("what runs any text", "", "exec(x)"), "exec is called in another thread"),
    (
        _library("a function of a library", "import lib", "open", "'a', opener=lib.opener"),
        "lib.opener would run in another thread",
    ),
    (
        Case(
            "a coroutine that calls next in a try that catches something else",
            code("""
                import time
                def f(x):
                    time.sleep(0)
                    try:
                        next(x)
                    except ValueError:
                        pass
                """),
            code("""
                import asyncio
                async def f(x):
                    await asyncio.sleep(0)
                    try:
                        next(x)
                    except ValueError:
                        pass
                """),
        ),
        "f: if this raises StopIteration, a coroutine turns it into RuntimeError",
    ),
]
"""Edits that may be right, with the message to the user."""
