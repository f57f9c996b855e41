"""Edits for which the sleeps, errors and shutdown of asyncio and httpx matter."""

# ruff: noqa: E501 - program texts are on one line

from __future__ import annotations

from tests.gate.texts import code
from tests.gate.to_async_case import Case


def _slept(length: str, head: str = "") -> Case:
    """An edit of a function that sleeps for a given time."""
    text = f"{head}\ndef f(a, b):\n    time.sleep({length})\n"
    after = text.replace("def f", "async def f").replace("time.sleep", "await asyncio.sleep")
    return Case(f"a sleep of {length}", f"import time\n{text}", f"import asyncio\n{after}")


_CAUGHT = code("""
    import time
    def f(a):
        try:
            time.sleep({})
        except ValueError:
            return 1
    """)


def _caught(length: str) -> Case:
    """An edit of a function that catches the error of a sleep with a negative time."""
    before = _CAUGHT.format(length)
    after = before.replace("def f", "async def f").replace("time.sleep", "await asyncio.sleep")
    return Case(f"a caught error of a sleep of {length}", before, after.replace("time", "asyncio"))


def _passed(call: str) -> Case:
    """An edit of a function that sleeps for a time that a call returns."""
    before = f"import time\ndef f(a, b=1):\n    time.sleep(b)\ndef g():\n    {call}\n"
    after = before.replace("def ", "async def ").replace("time.sleep", "await asyncio.sleep")
    after = after.replace("import time", "import asyncio").replace(call, f"await {call}")
    return Case(f"a sleep of what is passed: {call}", before, after)


def _waited(name: str, function: str, head: str = "", tail: str = "") -> Case:
    """An edit of a function ``f`` that sleeps."""
    after = function.replace("def f", "async def f").replace("time.sleep", "await asyncio.sleep")
    end = tail.replace("f()", "asyncio.run(f())", 1)
    return Case(name, f"import time\n{head}{function}{tail}", f"import asyncio\n{head}{after}{end}")


def _in_thread(name: str, function: str, head: str = "") -> Case:
    """An edit after which a thread calls ``keep``."""
    text = f"import asyncio\nimport time\n{head}\ndef keep(n):\n    time.sleep(n)\n    {function}\nKEEP = [keep]\n"
    work = code("""
        async def f(n):
            try:
                {}
            except TimeoutError as e:
                print(e.__cause__)
        """)
    return Case(
        name,
        text + work.format("keep(n)"),
        text + work.format("await asyncio.to_thread(keep, n)"),
    )


def _requested(use: str, arguments: str = "'x'") -> Case:
    """An edit of a request that httpx now sends."""
    text = f"def f():\n    with requests.Session() as s:\n        r = s.get({arguments})\n        {use}\n"
    after = text.replace("def f", "async def f").replace("s.get", "await s.get")
    after = after.replace(
        "with requests.Session()",
        "async with httpx.AsyncClient(follow_redirects=True, timeout=httpx.Timeout(None))",
    )
    return Case(
        f"a response of httpx: {use} {arguments}",
        f"import requests\n{text}",
        f"import httpx\n{after}",
    )


_INTERRUPTED = (
    "Ctrl-C arrives as asyncio.CancelledError where f waits, and no longer as KeyboardInterrupt"
)
_QUIET = code("""
    import contextlib
    @contextlib.contextmanager
    def quiet():
        try:
            yield
        except KeyboardInterrupt:
            pass
    """)
_EXIT = code("""
    class Quiet:
        def __enter__(self): pass
        def __exit__(self, kind, *a): return kind is KeyboardInterrupt
    """)
_LATE = "after the main thread has ended, no thread can be started: the event loop that this runs may fail, or keep the program from ending"
_HTTPX = (
    "httpx takes the place of requests: its exceptions, its environment settings, the User-Agent that it sends"
    " and its limit of redirects (20 instead of 30) differ"
)
_READ = "from pathlib import Path\nimport {}\nimport asyncio\n{}def f():\n    print({}Path('x').read_text{})\n{}"


def _ended(imported: str, text: str) -> Case:
    """An edit of code that runs while the program exits."""
    before = _READ.format(imported, "", "", "()", f"def run():\n    f()\n{text}")
    after = _READ.format(
        imported,
        "async ",
        "await asyncio.to_thread(",
        ")",
        f"def run():\n    asyncio.run(f())\n{text}",
    )
    return Case(f"threads at the end of a program: {imported}", before, after)


_PROCESS = code("""
    import subprocess
    def f():
        p = subprocess.Popen(['x'])
        {}
        {}
    """)


def _process(first: str, second: str) -> Case:
    """An edit of a function that waits for a process."""
    before = _PROCESS.format(first, second)
    after = before.replace("def f", "async def f").replace("p.wait()", "await p.wait()")
    after = after.replace("import subprocess", "import asyncio")
    after = after.replace("subprocess.Popen(['x'])", "await asyncio.create_subprocess_exec('x')")
    return Case(f"a process: {first}; {second}", before, after)


_WARNS = code("""
    import warnings
    def f():
        time.sleep(1)
        warnings.warn('x', stacklevel={})
    """)
_ROWS = code("""
    class Tx:
        def __enter__(self): pass
        def __exit__(self, *a): print(1)
    def rows():
        {}yield 1
    def f():
        for n in rows():
            time.sleep(1)
            yield n
    """)


def _left_early(start: str) -> Case:
    """An edit of a generator that loops over another one."""
    text = f"{_ROWS.format(start)}def g():\n    for x in f():\n        break\n"
    after = text.replace("def f", "async def f").replace("def g", "async def g")
    after = after.replace("time.sleep", "await asyncio.sleep").replace("for x", "async for x")
    return Case(
        f"a generator left early: {start}", f"import time\n{text}", f"import asyncio\n{after}"
    )


_CONDITION = code("""
    import threading
    def f():
        c = threading.Condition()
        with c:
            c.wait_for({})
    """)


def _conditional(argument: str) -> Case:
    """An edit of a wait for a condition."""
    before = _CONDITION.format(argument)
    after = before.replace("def f", "async def f").replace("    with", "    async with")
    after = after.replace("c.wait_for", "await c.wait_for").replace("threading", "asyncio")
    return Case(f"a condition that waits for {argument}", before, after)


WAYS_TO_CONFIRM = [
    *(
        (
            _slept(length, head),
            f"time.sleep({length}) fails where {length} is negative, asyncio.sleep does not",
        )
        for length, head in (
            ("(a - b) / 2", ""),
            ("min(1, a - b)", ""),
            ("left(a, b)", "def left(a, b):\n    rest = a\n    rest -= b\n    return rest"),
            ("LEFT", "LEFT = -1"),
            ("float('-1')", ""),
        )
    ),
    *(
        (_passed(call), "time.sleep(b) fails where b is negative, asyncio.sleep does not")
        for call in ("f(0, -1)", "f(0, b=-1)", "f(*[0, -1])", "f(0, **{'b': -1})")
    ),
    *(
        (
            case,
            "time.sleep(a) fails where a is negative, which is caught; asyncio.sleep does not fail",
        )
        for case in (
            _caught("a"),
            _waited(
                "a suppressed error of a sleep",
                code("""
                    def f(a):
                        with suppress(ValueError): time.sleep(a)
                    """),
                "from contextlib import suppress\n",
            ),
        )
    ),
    (
        _waited(
            "a length that another function sets",
            code("""
                def f():
                    try: time.sleep(d)
                    except ValueError: pass
                """),
            "d = 1\ndef change(to):\n    global d\n    d, _ = to\n",
        ),
        "time.sleep(d) fails where d is negative, which is caught; asyncio.sleep does not fail",
    ),
    (
        _waited(
            "Ctrl-C by another name",
            code("""
                def f():
                    try: time.sleep(1)
                    except STOPS: pass
                """),
            "STOPS = (KeyboardInterrupt, EOFError)\n",
        ),
        _INTERRUPTED,
    ),
    (
        _waited(
            "Ctrl-C in a context manager",
            code("""
                def f():
                    with quiet(): time.sleep(1)
                """),
            _QUIET,
        ),
        _INTERRUPTED,
    ),
    (
        _waited(
            "Ctrl-C in a class",
            code("""
            def f():
                with Quiet(): time.sleep(1)
            """),
            _EXIT,
        ),
        _INTERRUPTED,
    ),
    *(
        (
            _in_thread(f"an error of unknown class: {statement}", statement, head),
            f"{statement} may leave a thread as another error: if it raises TimeoutError, its cause and attributes are lost",
        )
        for statement, head in (
            ("raise Late()", "Late = TimeoutError"),
            ("raise build()", "def build(): return TimeoutError()"),
            ("raise KINDS['t']()", "KINDS = {'t': TimeoutError}"),
        )
    ),
    (
        _in_thread(
            "a future that is cancelled",
            "n.cancel(); print(n.result())",
            "import concurrent.futures",
        ),
        "if n is cancelled, asyncio.CancelledError, not an Exception, arrives",
    ),
    (_ended("threading", "threading.Thread(target=run).start()\n"), _LATE),
    (_ended("atexit", "atexit.register(run)\n"), _LATE),
    (
        Case(
            "a future after asyncio.run",
            code("""
                import asyncio
                import time
                def f():
                    time.sleep(1)
                f()
                print(asyncio.Future())
                """),
            code("""
                import asyncio
                async def f():
                    await asyncio.sleep(1)
                asyncio.run(f())
                print(asyncio.Future())
                """),
        ),
        "after asyncio.run there is no longer a current event loop",
    ),
    (
        _requested("r.raise_for_status()"),
        f"{_HTTPX}; raise_for_status fails for 3xx too, 304 among them, and returns the response",
    ),
    (
        _requested("print(r.headers['a'])", "'x', params={'a': 1}, headers={'b': 'c'}"),
        f"{_HTTPX}; it joins parameters to a query in another way; a header that is None is an error",
    ),
    (_requested("print(r.status_code)"), _HTTPX),
    (
        _process("print(p.returncode)", "p.wait()"),
        "p.returncode may be set before the process is waited for",
    ),
    (
        _left_early("with Tx(): "),
        "a loop over f may end early; what the generator does at its end may then happen later",
    ),
    (
        _waited(
            "the stack of callers",
            code("""
                def f():
                    time.sleep(1)
                    return where()
                """),
            code("""
                import traceback
                def where():
                    return traceback.extract_stack()[-3].name
                """),
            "print(f())\n",
        ),
        "where inspects its callers, and asyncio is now one of them",
    ),
    (
        _waited("a warning about the caller", _WARNS.format(2), "", "f()\n"),
        "f inspects its caller, which is now asyncio",
    ),
    (_conditional("print"), "an asyncio condition cannot be entered again by its holder"),
]
"""Edits with the message about each."""

WAYS_WRONG = [
    _conditional("print, 0.1"),
    _conditional("print, timeout=0.1"),
    _requested("print(dict(r.headers))"),
    _requested("print(list(r.headers))"),
]
"""Wrong edits, which change the program's behaviour."""

WAYS_RIGHT = [
    _caught("max(0, a)"),
    _caught("2"),
    _passed("f(-1)"),
    *map(
        _slept, ("max(0, a - b)", "2 ** (a - 1)", "a[b - 1]", "abs(a - b)", "a + b", "len(a) * 2")
    ),
    _waited(
        "Ctrl-C around the event loop",
        code("""
            def f():
                time.sleep(1)
            """),
        "",
        code("""
            try:
                f()
            except KeyboardInterrupt:
                pass
            """),
    ),
    _waited(
        "everything raised again",
        code("""
            def f():
                try: time.sleep(1)
                except BaseException:
                    print(1)
                    raise
            """),
    ),
    _process("p.wait()", "print(p.returncode)"),
    _left_early(""),
    _waited("a warning about itself", _WARNS.format(1), "", "f()\n"),
    _in_thread(
        "an error of a known class", "raise Late() from None", "class Late(Exception): pass"
    ),
]
"""Right edits, similar to the others."""
