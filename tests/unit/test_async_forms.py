"""Blocking calls in unusual places: each is converted, or stays for one stated reason."""

# ruff: noqa: E501 - texts of programs stand on one line

from __future__ import annotations

import pytest

from python_expert.actions.base import Options
from python_expert.actions.convert_to_async import ConvertToAsync
from python_expert.actions.convert_to_async.offline import propose
from python_expert.actions.convert_to_async.proof import prove
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status

_SLEEPER = "import time\ndef g(x=1):\n    time.sleep(x)\n    return x\n"
_STREAM = "import time\ndef g():\n    time.sleep(1)\n    yield 1\n"
_CLASS = "import time\nclass A:\n    def __enter__(self):\n        time.sleep(1)\n        return self\n    def __exit__(self, *a):\n        pass\n"
_POOL = f"{_SLEEPER}from concurrent.futures import ThreadPoolExecutor, as_completed\ndef f(xs):\n    with ThreadPoolExecutor(max_workers=2) as pool:\n"
_SPLIT = (
    "line {}: only {} of this with statement can wait: put the rest into a separate with statement"
)

FORMS = {
    "a file and a session": (
        "import requests\nsession = requests.Session()\ndef f(p, u):\n    with open(p) as a, session.get(u) as b:\n        return a.read(), b.text\n",
        "with await asyncio.to_thread(open, p) as a, await asyncio.to_thread(session.get, u) as b:",
        {},
    ),
    "a lock and a file": (
        "import threading\nlock = threading.Lock()\ndef f(p):\n    with lock, open(p) as a:\n        return a.read()\n",
        "",
        {"f": _SPLIT.format(4, "lock")},
    ),
    "a lock, and in it a file": (
        "import threading\nlock = threading.Lock()\ndef f(p):\n    with lock:\n        with open(p) as a:\n            return a.read()\n",
        "    async with lock:\n        def read_file():\n",
        {},
    ),
    "a class of the file and another": (
        f"{_CLASS}def f(p):\n    with A() as a, open(p) as b:\n        return a, b.read()\n",
        "",
        {
            "A.__enter__": f"its caller f stays as it is: {_SPLIT.format(9, 'A()')}",
            "f": _SPLIT.format(9, "A()"),
        },
    ),
    "only one end of it blocks": (
        f"{_CLASS}def f():\n    with A() as a:\n        return a\n",
        "async with A() as a:",
        {},
    ),
    "a process in a with statement": (
        "import subprocess\ndef f(c):\n    with subprocess.Popen(c) as p:\n        p.wait()\n    return p.returncode\n",
        "p = await asyncio.to_thread(run)",
        {},
    ),
    "a loop that asks again and again": (
        "import time\ndef f(ready):\n    end = time.monotonic() + 5\n    while not ready() and time.monotonic() < end:\n        time.sleep(1)\n",
        "await asyncio.sleep(1)",
        {},
    ),
    "a loop that asks a process": (
        "import subprocess\nimport time\ndef f(c):\n    p = subprocess.Popen(c)\n    while p.poll() is None:\n        time.sleep(1)\n",
        "await asyncio.sleep(1)",
        {},
    ),
    "a lambda": (
        f"{_SLEEPER}def f(xs):\n    return sorted(xs, key=lambda x: g(x))\n",
        "",
        {
            "g": "line 6: g is used in a lambda, where await is not allowed",
            "f": "nothing would be gained: line 6: g(x) is in a lambda",
        },
    ),
    "a default value": (
        f"{_SLEEPER}def f(x=g()):\n    time.sleep(2)\n",
        "async def f(x=g()):\n    await asyncio.sleep(2)",
        {
            "g": "line 5: g is used in a default value, a decorator or an annotation, where await is not allowed"
        },
    ),
    "a generator that is used in a generator expression": (
        f"{_STREAM}def f():\n    return sum(x for x in g())\n",
        "",
        {
            "g": "line 6: g is used in a generator expression",
            "f": "nothing would be gained: line 6: g() still blocks: g is a generator: it runs where it is iterated",
        },
    ),
    "a comprehension": (
        f"{_SLEEPER}def f(xs):\n    return [g(x) for x in xs]\n",
        "[await g(x) for x in xs]",
        {},
    ),
    "a pool that maps": (
        f"{_POOL}        return list(pool.map(g, xs))\n",
        "return await asyncio.to_thread(run)",
        {"g": "line 8: g is passed on as a value, and would not be awaited"},
    ),
    "a pool that is given work": (
        f"{_POOL}        todo = [pool.submit(g, x) for x in xs]\n        return [each.result() for each in todo]\n",
        "return await asyncio.to_thread(run)",
        {"g": "line 8: g is passed on as a value, and would not be awaited"},
    ),
    "a pool whose results come as they are ready": (
        f"{_POOL}        for each in as_completed([pool.submit(g, x) for x in xs]):\n            print(each.result())\n",
        "    await asyncio.to_thread(run)",
        {"g": "line 8: g is passed on as a value, and would not be awaited"},
    ),
    "a pool of other functions": (
        f"{_POOL}        for x in xs:\n            g(x)\n            pool.shutdown()\n",
        "        for x in xs:\n            await g(x)\n",
        {},
    ),
}
"""By form: a text, its expected part after the conversion (empty if none), and skip reasons."""


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_converted_or_skipped_for_one_reason(form: str) -> None:
    text, expected, reasons = FORMS[form]
    source, rewrite, options = Source.of(text), ConvertToAsync(), Options(python=(3, 11))
    targets, _ = rewrite.targets(source, None, options)
    facts = dict(propose(source, [each.key for each in targets], options))
    candidate = rewrite.write(source, facts, options)
    after = source.with_edits(candidate.edits)
    assert expected in after.text
    assert bool(expected) == bool(candidate.edits)
    assert prove(source, after, options).status is not Status.REFUSED
    skip_reasons = {each.key: each.reason for each in candidate.left}
    assert {key: skip_reasons.get(key) for key in reasons} == reasons
    assert len(skip_reasons) == len(candidate.left)
