"""Edits in texts with tasks: which shared objects need a confirmation, and which do not."""

# ruff: noqa: E501 - program texts are on one line

from __future__ import annotations

from tests.gate.texts import code
from tests.gate.to_async_case import Case

_TASKS = code("""
    async def main():
        await asyncio.gather(job(), job())
    """)
CANCELLED = (
    "a task that is cancelled, or that nothing waits for, may end where f and 1 more wait now"
)


def _tasks(name: str, function: str, head: str = "", tasks: str = _TASKS) -> Case:
    """An edit of a function ``f`` that sleeps and that several tasks call."""
    before = f"{head}\n{function}\nasync def job(x=1, y=()):\n    f(x, y)\n{tasks}"
    after = before.replace("def f(", "async def f(").replace("    f(x", "    await f(x")
    after = after.replace("time.sleep(", "await asyncio.sleep(")
    return Case(name, f"import asyncio\nimport time\n{before}", f"import asyncio\n{after}")


def _shared(function: str, what: str, head: str = "", tasks: str = _TASKS) -> tuple[Case, str]:
    case = _tasks(f"tasks that share {what}: {function}", function, head, tasks)
    return case, f"while f waits, other tasks may change {what}"


def _process_wide(function: str, what: str, head: str) -> tuple[Case, str]:
    case = _tasks(f"what is for all tasks: {function}", function, head)
    return case, f"{what} affects the whole process: other tasks notice it while f waits"


_PUT = "    time.sleep(1)\n    C[x] = 1\n"
_LOCAL = "import threading\nT = threading.local()\ndef user():\n    return T.user"
_FILES = "p = Path('x')\n    text = p.read_text()\n    p.write_text"
_FILES = f"def f(x, y):\n    {_FILES}(text + x)\n"
_FILED = _FILES.replace("p.read_text()", "await asyncio.to_thread(p.read_text)").replace(
    "p.write_text(", "await asyncio.to_thread(p.write_text, "
)

TASKS_TO_CONFIRM = [
    _shared(
        code("""
            def f(x, y):
                n = S.n
                time.sleep(1)
                S.n = n + 1
            """),
        "S.n",
        "class S:\n    n = 0",
    ),
    _shared(
        f"def f(x, y):\n    try: return C[x]\n    except KeyError:\n    {_PUT}".replace(
            "\n    C[", "\n        C["
        ),
        "C",
        "C = {}",
    ),
    _shared(
        f"def f(x, y):\n    if has(x): return\n{_PUT}", "C", "C = {}\ndef has(x): return x in C"
    ),
    _shared(
        code("""
            def f(x, y):
                time.sleep(1)
                for each in C: time.sleep(each)
                C[x] = 1
            """),
        "C",
        "C = {}",
    ),
    _shared(
        code("""
        def f(x, y):
            if x in y: return
            time.sleep(1)
            y.append(x)
        """),
        "y",
    ),
    _shared(
        code("""
            def f(x, y):
                c = C[y]
                if x in c: return
                time.sleep(1)
                c[x] = 1
            """),
        "C",
        "C = {}",
    ),
    _shared(
        code("""
            def f(x, y):
                with nested(x): time.sleep(1)
            """),
        "D",
        "import contextlib\nD = []\n@contextlib.contextmanager\ndef nested(x):\n    D.append(x)\n    yield\n    D.pop()",
    ),
    _shared(
        code("""
            def f(x, y):
                T.user = x
                time.sleep(1)
                return user()
            """),
        "T.user",
        _LOCAL,
    ),
    _shared(
        f"def f(x, y):\n    if x in C: return\n{_PUT}",
        "C",
        "C = {}",
        code("""
            async def main():
                await asyncio.start_server(job)
            """),
    ),
    _process_wide(
        code("""
        def f(x, y):
            os.environ['X'] = x
            time.sleep(1)
        """),
        "os.environ",
        "import os",
    ),
    _process_wide(
        code("""
        def f(x, y):
            sys.stdout = x
            time.sleep(1)
        """),
        "sys.stdout",
        "import sys",
    ),
    _process_wide(
        code("""
            def f(x, y):
                enter(x)
                time.sleep(1)
            """),
        "os.chdir",
        "import os\ndef enter(x): os.chdir(x)",
    ),
    (
        _tasks(
            "a task in the background",
            code("""
                def f(x, y):
                    time.sleep(1)
                """),
            "",
            code("""
                async def main():
                    asyncio.create_task(job())
                """),
        ),
        CANCELLED,
    ),
    (
        Case(
            "a file that is read and written again",
            f"import asyncio\nfrom pathlib import Path\n{_FILES}{_TASKS}",
            f"import asyncio\nfrom pathlib import Path\nasync {_FILED}{_TASKS}",
        ),
        "while f waits, other tasks may change the files that it reads and writes",
    ),
]
"""Edits with the message about each."""

_DUMP = "import asyncio\nimport json\nS = {}\ndef g(k): S[k] = 1\ndef pick():\n    yield from S\nasync def step(file):\n    "


def _dumped(statement: str) -> Case:
    """An edit after which a thread iterates over ``data``, in a text with tasks."""
    before = f"{_DUMP}{statement}\n    json.dump(data, file)\nasync def job(x=1):\n    await step(open('x', 'w'))\n{_TASKS}"
    return Case(
        f"a thread walks through what comes of {statement}",
        before,
        before.replace("json.dump(", "await asyncio.to_thread(json.dump, "),
    )


def _thread_uses(head: str, call: str, name: str) -> tuple[Case, str]:
    func, _, rest = call.partition("(")
    before = f"import asyncio\n{head}\nasync def f(x, y):\n    {call}\nasync def job(x=1, y=()):\n    await f(x, y)\n{_TASKS}"
    case = Case(
        f"a thread uses {name}: {call}",
        before,
        before.replace(call, f"await asyncio.to_thread({func}, {rest}"),
    )
    return case, f"others may use {name} while a thread uses it"


LIVE_TO_CONFIRM = [
    *(
        (_dumped(statement), f"other tasks must not change {what} while a thread uses it")
        for statement, what in (
            ("data, n = S['a'], 1", "data"),
            ("data = dict(rows=S)", "S"),
            ("data = {}; data.update(rows=S)", "S"),
            ("data = {'x': {}}; data['x']['y'] = S", "S"),
            ("data = S.copy()", "S"),
            ("data = []; data += S", "data"),
            ("for data in pick(): break", "S"),
        )
    ),
    _thread_uses(
        "import http.client\nC = http.client.HTTPConnection('')", "C.request('GET', x)", "C"
    ),
    (
        Case(
            "what a thread changes for other tasks",
            code("""
                import asyncio
                import time
                class C:
                    n = 0
                def keep(n):
                    C.n = 1
                    time.sleep(n)
                KEEP = [keep]
                async def job(x=1):
                    keep(x)
                """)
            + _TASKS,
            code("""
                import asyncio
                import time
                class C:
                    n = 0
                def keep(n):
                    C.n = 1
                    time.sleep(n)
                KEEP = [keep]
                async def job(x=1):
                    await asyncio.to_thread(keep, x)
                """)
            + _TASKS,
        ),
        "keep runs in another thread: other tasks must not change what it uses, nor use C.n, meanwhile",
    ),
]
"""Edits after which threads and tasks share an object, with the message about each."""

_STEP = code("""
    def f(x, y):
        {}
        time.sleep(1)
        {}
    """)
TASKS_ONLY_CANCELLED = [
    _tasks(f"tasks that share nothing: {before}; {after}", _STEP.format(before, after), head)
    for before, after, head in (
        ("n = [x]", "n.append(1)", ""),
        ("n = S.limit", "print(n, S.limit)", "class S:\n    limit = 3"),
        (
            "print(S(x).n)",
            "print(S(x).n)",
            "class S:\n    def __init__(self, n):\n        self.n = n",
        ),
        ("pass", "C[x] = 1", "C = {}"),
        ("if x in C: return", "print(x)", "C = {}\ndef g(x):\n    C[x] = 1"),
        ("n = json.loads(x)", "n.update(x)", "import json"),
        ("log.info(x)", "log.info(y)", "import logging\nlog = logging.getLogger()"),
        ("print(os.environ['X'])", "print(os.getcwd())", "import os"),
        ("heapq.insert(x)", "heapq.remove(x)", "import heapq"),
        ("n = dict(C)", "n[x] = 1", "C = {}"),
    )
]
"""Edits that need a confirmation only because of cancellation."""

DUMPED_NOT_SHARED = [
    _dumped(f"data = {value}")
    for value in ("{'x': 1}", "json.loads(file.name)", "[1, 2]", "{str(n): n for n in range(9)}")
]
"""Edits after which only one thread uses an object."""
