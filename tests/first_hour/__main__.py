"""Update the outputs of the commands in docs/first-hour.md: ``python -m tests.first_hour``.

It also draws the README's pictures of rewrites.

With the argument ``screens`` it also updates the text of the Emacs screen.
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
