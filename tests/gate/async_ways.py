"""Edits that meet asyncio's own ways of sleeping, failing and ending, and those of httpx."""

# ruff: noqa: E501 - texts of programs stand on one line

from __future__ import annotations

from tests.gate.to_async_case import Case


def _slept(length: str, head: str = "") -> Case:
    """An edit of a function that sleeps for a length of time."""
    text = f"{head}\ndef f(a, b):\n    time.sleep({length})\n"
    after = text.replace("def f", "async def f").replace("time.sleep", "await asyncio.sleep")
    return Case(f"a sleep of {length}", f"import time\n{text}", f"import asyncio\n{after}")


def _waited(name: str, function: str, head: str = "", tail: str = "") -> Case:
    """An edit of a function ``f`` that sleeps."""
    after = function.replace("def f", "async def f").replace("time.sleep", "await asyncio.sleep")
    end = tail.replace("f()", "asyncio.run(f())", 1)
    return Case(name, f"import time\n{head}{function}{tail}", f"import asyncio\n{head}{after}{end}")


def _in_thread(name: str, function: str, head: str = "") -> Case:
    """An edit after which a thread calls ``keep``."""
    text = f"import asyncio\nimport time\n{head}\ndef keep(n):\n    time.sleep(n)\n    {function}\nKEEP = [keep]\n"
    work = "async def f(n):\n    try:\n        {}\n    except TimeoutError as e:\n        print(e.__cause__)\n"
    return Case(
        name,
        text + work.format("keep(n)"),
        text + work.format("await asyncio.to_thread(keep, n)"),
    )


def _requested(use: str, arguments: str = "'x'") -> Case:
    """An edit of a request that httpx sends now."""
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
_QUIET = "import contextlib\n@contextlib.contextmanager\ndef quiet():\n    try:\n        yield\n    except KeyboardInterrupt:\n        pass\n"
_EXIT = "class Quiet:\n    def __enter__(self): pass\n    def __exit__(self, kind, *a): return kind is KeyboardInterrupt\n"
_LATE = "where the main thread has ended, no other thread can be started: the event loop that this runs may fail, or keep the program from ending"
_HTTPX = (
    "httpx takes the place of requests: its exceptions, its environment settings, the User-Agent that it sends"
    " and its limit of redirects (20 instead of 30) differ"
)
_READ = "from pathlib import Path\nimport {}\nimport asyncio\n{}def f():\n    print({}Path('x').read_text{})\n{}"


def _ended(imported: str, text: str) -> Case:
    """An edit of what runs while the program ends."""
    before = _READ.format(imported, "", "", "()", f"def run():\n    f()\n{text}")
    after = _READ.format(
        imported,
        "async ",
        "await asyncio.to_thread(",
        ")",
        f"def run():\n    asyncio.run(f())\n{text}",
    )
    return Case(f"threads at the end of a program: {imported}", before, after)


_PROCESS = "import subprocess\ndef f():\n    p = subprocess.Popen(['x'])\n    {}\n    {}\n"


def _process(first: str, second: str) -> Case:
    """An edit of a function that waits for a process."""
    before = _PROCESS.format(first, second)
    after = before.replace("def f", "async def f").replace("p.wait()", "await p.wait()")
    after = after.replace("import subprocess", "import asyncio")
    after = after.replace("subprocess.Popen(['x'])", "await asyncio.create_subprocess_exec('x')")
    return Case(f"a process: {first}; {second}", before, after)


_WARNS = "import warnings\ndef f():\n    time.sleep(1)\n    warnings.warn('x', stacklevel={})\n"
_ROWS = "class Tx:\n    def __enter__(self): pass\n    def __exit__(self, *a): print(1)\ndef rows():\n    {}yield 1\ndef f():\n    for n in rows():\n        time.sleep(1)\n        yield n\n"


def _left_early(start: str) -> Case:
    """An edit of a generator that loops over another one."""
    text = f"{_ROWS.format(start)}def g():\n    for x in f():\n        break\n"
    after = text.replace("def f", "async def f").replace("def g", "async def g")
    after = after.replace("time.sleep", "await asyncio.sleep").replace("for x", "async for x")
    return Case(
        f"a generator left early: {start}", f"import time\n{text}", f"import asyncio\n{after}"
    )


_CONDITION = "import threading\ndef f():\n    c = threading.Condition()\n    with c:\n        c.wait_for({})\n"


def _conditional(argument: str) -> Case:
    """An edit of a wait for a condition."""
    before = _CONDITION.format(argument)
    after = before.replace("def f", "async def f").replace("    with", "    async with")
    after = after.replace("c.wait_for", "await c.wait_for").replace("threading", "asyncio")
    return Case(f"a condition that waits for {argument}", before, after)


WAYS_ASKED = [
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
    (
        _waited(
            "Ctrl-C by another name",
            "def f():\n    try: time.sleep(1)\n    except STOPS: pass\n",
            "STOPS = (KeyboardInterrupt, EOFError)\n",
        ),
        _INTERRUPTED,
    ),
    (
        _waited(
            "Ctrl-C in a context manager", "def f():\n    with quiet(): time.sleep(1)\n", _QUIET
        ),
        _INTERRUPTED,
    ),
    (
        _waited("Ctrl-C in a class", "def f():\n    with Quiet(): time.sleep(1)\n", _EXIT),
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
        "if n is cancelled, asyncio.CancelledError arrives, which is no Exception",
    ),
    (_ended("threading", "threading.Thread(target=run).start()\n"), _LATE),
    (_ended("atexit", "atexit.register(run)\n"), _LATE),
    (
        Case(
            "a future after asyncio.run",
            "import asyncio\nimport time\ndef f():\n    time.sleep(1)\nf()\nprint(asyncio.Future())\n",
            "import asyncio\nasync def f():\n    await asyncio.sleep(1)\nasyncio.run(f())\nprint(asyncio.Future())\n",
        ),
        "after asyncio.run there is no current event loop any more",
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
            "def f():\n    time.sleep(1)\n    return where()\n",
            "import traceback\ndef where():\n    return traceback.extract_stack()[-3].name\n",
            "print(f())\n",
        ),
        "where looks at its callers, and asyncio is one of them now",
    ),
    (
        _waited("a warning about the caller", _WARNS.format(2), "", "f()\n"),
        "f looks at its caller, which is asyncio now",
    ),
    (_conditional("print"), "a condition of asyncio cannot be entered again by who holds it"),
]
"""Edits with what is asked of them."""

WAYS_WRONG = [
    _conditional("print, 0.1"),
    _conditional("print, timeout=0.1"),
    _requested("print(dict(r.headers))"),
    _requested("print(list(r.headers))"),
]
"""Edits that do not do the same."""

WAYS_RIGHT = [
    *map(
        _slept, ("max(0, a - b)", "2 ** (a - 1)", "a[b - 1]", "abs(a - b)", "a + b", "len(a) * 2")
    ),
    _waited(
        "Ctrl-C around the event loop",
        "def f():\n    time.sleep(1)\n",
        "",
        "try:\n    f()\nexcept KeyboardInterrupt:\n    pass\n",
    ),
    _waited(
        "everything raised again",
        "def f():\n    try: time.sleep(1)\n    except BaseException:\n        print(1)\n        raise\n",
    ),
    _process("p.wait()", "print(p.returncode)"),
    _left_early(""),
    _waited("a warning about itself", _WARNS.format(1), "", "f()\n"),
    _in_thread(
        "an error of a known class", "raise Late() from None", "class Late(Exception): pass"
    ),
]
"""Edits near the others that do the same."""
