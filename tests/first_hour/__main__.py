"""Write what the commands of docs/first-hour.md print now: ``python -m tests.first_hour``.

The README's pictures of rewrites are drawn again.

With ``screens`` behind it, what Emacs shows is written, too.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.first_hour.pictures import PICTURES, draw
from tests.first_hour.screens import with_screens
from tests.first_hour.session import PAGE, prepare, rewritten

with tempfile.TemporaryDirectory() as folder:
    home = Path(folder).resolve()
    prepare(home)
    page = rewritten(PAGE.read_text(encoding="utf-8"), home)
    if "screens" in sys.argv:
        (home / "emacs").mkdir()
        page = with_screens(page, home / "emacs")
    PAGE.write_text(page, encoding="utf-8")

for action, path in PICTURES.items():
    path.write_text(draw(action), encoding="utf-8")
