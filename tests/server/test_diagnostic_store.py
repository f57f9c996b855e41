"""The command shows findings that the diagnostic store would drop or limit."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from python_expert.diagnostics.store import MOST
from tests.conftest import write

if TYPE_CHECKING:
    from pathlib import Path


def test_the_command_shows_any_number_of_findings(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "", "x.py": "import os\n" * (MOST + 2)})
    argv = [sys.executable, "-m", "python_expert", "check", "--tools", "ruff", "x.py"]
    argv += ["--output-format", "json"]
    done = subprocess.run(argv, cwd=tmp_path, check=False, capture_output=True)
    found = [each["code"] for each in json.loads(done.stdout)]
    assert found.count("F811") == MOST + 1
