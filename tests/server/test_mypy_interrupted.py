"""A keystroke interrupts the effects of earlier edits on other files; none of them is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.mypy_client import write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.one_python

CORE = "def first() -> int:\n    return 1\n"

LINKS = 4
"""The number of modules through which a change takes effect, one after the other."""

LINK = """\
from {before} import {call} as before


class Link:
    def __init__(self) -> None:
        self.value = before{value}
"""

USER = f"from link_{LINKS} import Link\n\nnumber: int = Link().value\n"

INTERRUPTED = """
import json
import sys

from python_expert.tools.mypy.mypy_worker.checker import Checker

root, core, user, after = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
worker = Checker(root, ["--strict"], lambda _read: None, plugins=True)
worker.open("core.py", core, 0)
worker.open("user.py", user, 0)
worker.check()
told = []
for version, text in enumerate((core.replace("int", "str"), core), start=1):
    worker.open("core.py", text, version)
    worker.check()
    worker.tidy()
    asked = iter([False] * after)
    worker.settle_all(None, lambda: next(asked, True))
    worker.open("core.py", text + "#", version)
    worker.check()
    worker.tidy()
    is_settled = worker.settled
    worker.settle_all()
    found = [each["code"] for each in worker.buffers.open["user.py"].result["findings"]]
    told.append([is_settled, found])
print(json.dumps(told))
"""


def test_an_interrupted_change_is_completed_later(tmp_path: Path) -> None:
    files = {"core.py": CORE, "user.py": USER}
    files["link_1.py"] = LINK.format(before="core", call="first", value="()")
    for number in range(2, LINKS + 1):
        before = f"link_{number - 1}"
        files[f"link_{number}.py"] = LINK.format(before=before, call="Link", value="().value")
    write(tmp_path, files)
    settled = []
    for after in (1, LINKS):
        argv = [sys.executable, "-c", INTERRUPTED, str(tmp_path), CORE, USER, str(after)]
        run = subprocess.run(argv, capture_output=True, text=True, check=True)
        (one, found), (other, cleared) = json.loads(run.stdout)
        assert (found, cleared) == (["assignment"], [])
        settled += [one, other]
    assert not any(settled)  # also where direct dependents were done
