"""Edits after which something may still block, without a direct call that blocks."""

# ruff: noqa: E501 - program texts are on one line

from __future__ import annotations

from tests.gate.texts import code
from tests.gate.to_async_case import Case


def _then_runs(line: str, head: str = "", arguments: str = "") -> Case:
    """An edit of a function that sleeps and then runs another line."""
    function = f"def f({arguments}):\n    {{}}(1)\n    {line}\n"
    return Case(
        f"what is left: {head} {line} {arguments}",
        f"import os\nimport time\n{head}\n{function.format('time.sleep')}",
        f"import os\nimport asyncio\nimport time\n{head}\nasync {function.format('await asyncio.sleep')}",
    )


def _uses_opened(line: str, head: str = "") -> Case:
    """An edit of a function that opens a file in a thread and uses it on the event loop."""
    text = f"{head}\ndef f():\n    {line}\n".replace("<", "").replace(">", "")
    start, end = line.index("<"), line.index(">")
    func, _, rest = line[start + 1 : end].partition("(")
    called = f"{line[:start]}(await asyncio.to_thread({func}, {rest}){line[end + 1 :]}"
    return Case(
        f"opened in a thread: {line}",
        text,
        f"import asyncio\n{head}\nasync def f():\n    {called}\n",
    )


_SLOW = code("""
    class C:
        def {}(self, x=1):
            time.sleep(x)
    """)
_SETTER = "class C:\n    @property\n    def x(self): return 1\n    @x.setter\n    def x(self, y): time.sleep(y)"
_OUTER = "def throttled(g):\n    def wrapper():\n        time.sleep(1)\n        return g()\n    return wrapper\n@throttled"

BLOCKS_TO_CONFIRM = [
    *(
        (_then_runs(line, head, arguments), f"`{shown}` still blocks the event loop")
        for line, head, arguments, shown in (
            ("nap(1)", "", "nap=time.sleep", "time.sleep"),
            ("print(sorted(x, key=os.path.getmtime))", "", "x", "os.path.getmtime"),
            ("nap(1)", "nap = time.sleep", "", "nap(1)"),
            ("nap()", "nap = lambda: time.sleep(1)", "", "nap()"),
            ("select.select([], [], [], 1)", "import select", "", "select.select([], [], [], 1)"),
            ("os.read(0, 1)", "import os", "", "os.read(0, 1)"),
            ("os.write(1, b'')", "import os", "", "os.write(1, b'')"),
            (
                "threading.Barrier(2).wait()",
                "import threading",
                "",
                "threading.Barrier(2).wait()",
            ),
        )
    ),
    *(
        (_then_runs(line, head, arguments), f"{shown} may block the event loop")
        for line, head, arguments, shown in (
            ("DO[0](1)", "DO = [time.sleep]", "", "`DO`"),
            ("c.save()", f"{_SLOW.format('save')}    after = save", "c", "`c.save()`"),
            ("C()[1]", _SLOW.format("__getitem__"), "", "C.__getitem__ of `C()`"),
            ("C().x = 1", _SETTER, "", "setting `C().x`"),
            (
                "print(POOL.submit(print).result())",
                "from concurrent import futures\nPOOL = futures.ThreadPoolExecutor()",
                "",
                "`POOL.submit(print).result()`",
            ),
            (
                "retry(load)",
                "def load(): time.sleep(1)\nKEEP = [load]\ndef retry(g): g()",
                "",
                "`load`",
            ),
        )
    ),
    (_then_runs("print(1)", _OUTER), "`throttled` still blocks the event loop"),
    (
        _then_runs("with L: print(1)", "import threading\nL = threading.Lock()"),
        "with `L` still blocks the event loop",
    ),
    *(
        (_uses_opened(line, head), f"`{shown}` may read on the event loop what a thread opened")
        for line, head, shown in (
            ("for x in <open('x')>: print(x)", "", "for x in open('x'):"),
            ("print(list(<open('x')>))", "", "list(open('x'))"),
            ("print(<os.popen('x')>.read())", "import os", "os.popen('x').read"),
            (
                "r = <requests.get('x', stream=True)>; print(r.content)",
                "import requests",
                "r.content",
            ),
        )
    ),
]
"""Edits with the message about each."""

BLOCKS_NOT_BLOCKING = [
    *(
        _then_runs(line, head, arguments)
        for line, head, arguments in (
            ("x.run_in_executor(None, time.sleep, 1)", "", "x"),
            ("print(isinstance(x, subprocess.Popen))", "import subprocess", "x"),
            ("print(sorted(x, key=os.path.basename))", "", "x"),
            ("print(longest)", "longest = max('ab', key=lambda x: len(x))", ""),
            ("print(load.__name__)", "def load(): time.sleep(1)\nKEEP = [load]", ""),
            ("c.name = 1", _SETTER, "c"),
            ("C().name = 1", _SLOW.format("__getitem__"), ""),
        )
    ),
    _uses_opened("r = <requests.get('x')>; print(r.content)", "import requests"),
    _uses_opened("r = <urllib.request.urlopen('x')>; print(r.status)", "import urllib.request"),
]
"""Edits after which nothing blocks the event loop."""
