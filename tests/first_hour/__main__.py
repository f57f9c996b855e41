"""Write what the commands of docs/first-hour.md print now: ``python -m tests.first_hour``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.first_hour.session import PAGE, prepare, rewritten

with tempfile.TemporaryDirectory() as folder:
    home = Path(folder).resolve()
    prepare(home)
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), home), encoding="utf-8")
