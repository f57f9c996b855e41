"""Edits in texts with tasks: what is asked of what they share, and what is not."""

# ruff: noqa: E501 - texts of programs stand on one line

from __future__ import annotations

from tests.gate.to_async_case import Case

_TASKS = "async def main():\n    await asyncio.gather(job(), job())\n"
CANCELLED = (
    "a task that is cancelled, or that nothing waits for, may end where f and 1 more wait now"
)


def _tasks(name: str, function: str, head: str = "", tasks: str = _TASKS) -> Case:
    """A function ``f`` that sleeps, called by several tasks."""
    before = f"{head}\n{function}\nasync def job(x=1, y=()):\n    f(x, y)\n{tasks}"
    after = before.replace("def f(", "async def f(").replace("    f(x", "    await f(x")
    after = after.replace("time.sleep(", "await asyncio.sleep(")
    return Case(name, f"import asyncio\nimport time\n{before}", f"import asyncio\n{after}")


def _shared(function: str, what: str, head: str = "", tasks: str = _TASKS) -> tuple[Case, str]:
    case = _tasks(f"tasks that share {what}: {function}", function, head, tasks)
    return case, f"while f waits, other tasks may change {what}"


def _wide(function: str, what: str, head: str) -> tuple[Case, str]:
    case = _tasks(f"what is for all tasks: {function}", function, head)
    return case, f"{what} is for the whole process: other tasks meet it while f waits"


_PUT = "    time.sleep(1)\n    C[x] = 1\n"
_LOCAL = "import threading\nT = threading.local()\ndef user():\n    return T.user"
_FILES = "p = Path('x')\n    text = p.read_text()\n    p.write_text"
_FILES = f"def f(x, y):\n    {_FILES}(text + x)\n"
_FILED = _FILES.replace("p.read_text()", "await asyncio.to_thread(p.read_text)").replace(
    "p.write_text(", "await asyncio.to_thread(p.write_text, "
)

TASKS_ASKED = [
    _shared(
        "def f(x, y):\n    n = S.n\n    time.sleep(1)\n    S.n = n + 1\n",
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
        "def f(x, y):\n    time.sleep(1)\n    for each in C: time.sleep(each)\n    C[x] = 1\n",
        "C",
        "C = {}",
    ),
    _shared("def f(x, y):\n    if x in y: return\n    time.sleep(1)\n    y.append(x)\n", "y"),
    _shared(
        "def f(x, y):\n    c = C[y]\n    if x in c: return\n    time.sleep(1)\n    c[x] = 1\n",
        "C",
        "C = {}",
    ),
    _shared(
        "def f(x, y):\n    with nested(x): time.sleep(1)\n",
        "D",
        "import contextlib\nD = []\n@contextlib.contextmanager\ndef nested(x):\n    D.append(x)\n    yield\n    D.pop()",
    ),
    _shared(
        "def f(x, y):\n    T.user = x\n    time.sleep(1)\n    return user()\n", "T.user", _LOCAL
    ),
    _shared(
        f"def f(x, y):\n    if x in C: return\n{_PUT}",
        "C",
        "C = {}",
        "async def main():\n    await asyncio.start_server(job)\n",
    ),
    _wide("def f(x, y):\n    os.environ['X'] = x\n    time.sleep(1)\n", "os.environ", "import os"),
    _wide("def f(x, y):\n    sys.stdout = x\n    time.sleep(1)\n", "sys.stdout", "import sys"),
    _wide(
        "def f(x, y):\n    enter(x)\n    time.sleep(1)\n",
        "os.chdir",
        "import os\ndef enter(x): os.chdir(x)",
    ),
    (
        _tasks(
            "a task in the background",
            "def f(x, y):\n    time.sleep(1)\n",
            "",
            "async def main():\n    asyncio.create_task(job())\n",
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
"""Edits with what is asked of them."""

_DUMP = "import asyncio\nimport json\nS = {}\ndef g(k): S[k] = 1\ndef pick():\n    yield from S\nasync def step(file):\n    "


def _dumped(statement: str) -> Case:
    """An edit in which a thread walks through ``data``, in a text with tasks."""
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


LIVE_ASKED = [
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
            "import asyncio\nimport time\nclass C:\n    n = 0\ndef keep(n):\n    C.n = 1\n    time.sleep(n)\nKEEP = [keep]\nasync def job(x=1):\n    keep(x)\n"
            + _TASKS,
            "import asyncio\nimport time\nclass C:\n    n = 0\ndef keep(n):\n    C.n = 1\n    time.sleep(n)\nKEEP = [keep]\nasync def job(x=1):\n    await asyncio.to_thread(keep, x)\n"
            + _TASKS,
        ),
        "keep runs in another thread: other tasks must not change what it uses, nor use C.n, meanwhile",
    ),
]
"""Edits by which threads and tasks meet at an object, with what is asked."""

_STEP = "def f(x, y):\n    {}\n    time.sleep(1)\n    {}\n"
TASKS_APART = [
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
"""Edits that are only asked for what may be cancelled."""

DUMPED_APART = [
    _dumped(f"data = {value}")
    for value in ("{'x': 1}", "json.loads(file.name)", "[1, 2]", "{str(n): n for n in range(9)}")
]
"""Edits by which a thread has an object for itself."""
