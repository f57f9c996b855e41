"""A bad and a good sample for each anti-pattern that the expert profile covers.

The samples of our own rules are on their pages, in ``tools/antipatterns/rules``.
"""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """One anti-pattern.

    Attributes:
        name: Its name in docs/antipatterns.md.
        rules: Rules that report the bad sample, as in ``check --output-format json``; other
            rules may report it, too.
        bad: Code with the anti-pattern.
        good: The same code without it, in which no tool has a finding.
    """

    name: str
    rules: tuple[str, ...]
    bad: str
    good: str


SAMPLES = (
    Sample(
        "mutable default argument",
        ("B006",),
        "def f(xs: list[int] = []) -> list[int]:\n    return xs\n",
        "def f(xs: list[int] | None = None) -> list[int]:\n    return xs or []\n",
    ),
    Sample(
        "bare `except`",
        ("E722",),
        "def f() -> None:\n    try:\n        print()\n    except:\n        print(1)\n",
        "def f() -> None:\n    try:\n        print()\n    except OSError:\n        print(1)\n",
    ),
    Sample(
        "blanket `except`",
        ("BLE001",),
        "def f() -> None:\n    try:\n        print()\n    except Exception:\n        print(1)\n",
        "def f() -> None:\n    try:\n        print()\n    except OSError:\n        print(1)\n",
    ),
    Sample(
        "swallowed exception",
        ("S110",),
        "def f() -> None:\n    try:\n        print()\n    except Exception:\n        pass\n",
        (
            "import contextlib\n\n\ndef f() -> None:\n    with contextlib.suppress(OSError):\n"
            "        print()\n"
        ),
    ),
    Sample(
        "`type(x) == T`",
        ("E721",),
        "def f(x: object) -> bool:\n    return type(x) == int\n",
        "def f(x: object) -> bool:\n    return isinstance(x, int)\n",
    ),
    Sample(
        "file opened without a context manager",
        ("SIM115",),
        "def f(path: str) -> str:\n    file = open(path)\n    return file.read()\n",
        (
            "from pathlib import Path\n\n\ndef f(path: Path) -> str:\n"
            "    with path.open() as file:\n        return file.read()\n"
        ),
    ),
    Sample(
        "nested `if` that `and` would join",
        ("SIM102",),
        "def f(a: int, b: int) -> None:\n    if a:\n        if b:\n            print(a)\n",
        "def f(a: int, b: int) -> None:\n    if a and b:\n        print(a)\n",
    ),
    Sample(
        "magic number",
        ("PLR2004",),
        "def f(speed: int) -> bool:\n    return speed > 130\n",
        "LIMIT = 130\n\n\ndef f(speed: int) -> bool:\n    return speed > LIMIT\n",
    ),
    Sample(
        "dropped file",
        ("SIM115",),
        "def f(path: str) -> None:\n    open(path)\n",
        "from pathlib import Path\n\n\ndef f(path: Path) -> None:\n    path.touch()\n",
    ),
    Sample(
        "dropped coroutine",
        ("unused-coroutine",),
        "async def g() -> int:\n    return 1\n\n\nasync def f() -> None:\n    g()\n",
        "async def g() -> int:\n    return 1\n\n\nasync def f() -> None:\n    await g()\n",
    ),
    Sample(
        "dropped future of asyncio",
        ("unused-awaitable",),
        (
            "import asyncio\n\n\ndef g() -> asyncio.Future[int]:\n"
            "    return asyncio.get_running_loop().create_future()\n\n\n"
            "async def f() -> None:\n    g()\n"
        ),
        (
            "import asyncio\n\n\ndef g() -> asyncio.Future[int]:\n"
            "    return asyncio.get_running_loop().create_future()\n\n\n"
            "async def f() -> None:\n    await g()\n"
        ),
    ),
    Sample(
        "dropped task",
        ("RUF006",),
        (
            "import asyncio\n\n\nasync def g() -> None:\n    print()\n\n\n"
            "async def f() -> None:\n    asyncio.create_task(g())\n"
        ),
        (
            "import asyncio\n\n\nasync def g() -> None:\n    print()\n\n\n"
            "async def f() -> None:\n    async with asyncio.TaskGroup() as tasks:\n"
            "        tasks.create_task(g())\n"
        ),
    ),
    Sample(
        "secret in source",
        ("S105",),
        'PASSWORD = "hunter2"\n',
        'import os\n\nPASSWORD = os.environ["PASSWORD"]\n',
    ),
    Sample(
        "SQL built from strings",
        ("S608",),
        (
            "import sqlite3\n\n\ndef f(db: sqlite3.Connection, name: str) -> None:\n"
            "    db.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n"
        ),
        (
            "import sqlite3\n\n\ndef f(db: sqlite3.Connection, name: str) -> None:\n"
            '    db.execute("SELECT * FROM users WHERE name = ?", (name,))\n'
        ),
    ),
    Sample(
        "weak hash",
        ("S324",),
        "import hashlib\n\n\ndef f(x: bytes) -> str:\n    return hashlib.md5(x).hexdigest()\n",
        "import hashlib\n\n\ndef f(x: bytes) -> str:\n    return hashlib.sha256(x).hexdigest()\n",
    ),
    Sample(
        "`yaml.load`",
        ("S506",),
        (
            "import yaml  # type: ignore[import-untyped]\n\n\n"
            "def f(text: str) -> object:\n    return yaml.load(text)\n"
        ),
        (
            "import yaml  # type: ignore[import-untyped]\n\n\n"
            "def f(text: str) -> object:\n    return yaml.safe_load(text)\n"
        ),
    ),
    Sample(
        "subprocess with a shell",
        ("S602",),
        (
            "import subprocess\n\n\ndef f(name: str) -> None:\n"
            '    subprocess.run(f"/bin/ls {name}", shell=True, check=True)\n'
        ),
        (
            "import subprocess  # nosec B404\n\n\ndef f(name: str) -> None:\n"
            '    subprocess.run(["/bin/ls", name], check=True)  # noqa: S603\n'
        ),
    ),
    Sample(
        "blocking call in `async def`",
        ("ASYNC251",),
        "import time\n\n\nasync def f() -> None:\n    time.sleep(1)\n",
        "import asyncio\n\n\nasync def f() -> None:\n    await asyncio.sleep(1)\n",
    ),
    Sample(
        "naive datetime",
        ("DTZ005",),
        "import datetime\n\nNOW = datetime.datetime.now()\n",
        "import datetime\n\nNOW = datetime.datetime.now(datetime.timezone.utc)\n",
    ),
    Sample(
        "mutable class attribute",
        ("RUF012",),
        "class A:\n    names: list[str] = []\n",
        "class A:\n    names: tuple[str, ...] = ()\n",
    ),
    Sample(
        "`assert` for validation",
        ("S101",),
        "def f(x: int) -> int:\n    assert x > 0\n    return x\n",
        ("def f(x: int) -> int:\n    if x <= 0:\n        raise ValueError(x)\n    return x\n"),
    ),
    Sample(
        "possibly undefined name",
        ("possibly-undefined",),
        "def f(xs: list[int]) -> int:\n    for x in xs:\n        y = x\n    return y\n",
        "def f(xs: list[int]) -> int:\n    y = 0\n    for x in xs:\n        y = x\n    return y\n",
    ),
)
