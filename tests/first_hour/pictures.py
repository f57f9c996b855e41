"""The README's pictures of rewrites in the shell, without a model."""

from __future__ import annotations

import html
import io
import re
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.first_hour.session import output_of

ROOT = Path(__file__).parents[2]
PICTURES = {name: ROOT / f"docs/{name}.svg" for name in ("add-type-hints", "add-docstrings")}
"""The picture file of each action."""

_COLORS = {"-": "red", "+": "green", "@": "cyan"}
_ROW = re.compile(r'<text [^>]*x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>')


def expected_lines(action: str) -> list[str]:
    """Return the lines that a picture must show."""
    command = f"python-expert rewrite {action} tests/examples/weather.py"
    with tempfile.TemporaryDirectory() as home:
        output = output_of(command, ROOT, Path(home))
    return [f"$ {command}", *output.splitlines()]


def draw(action: str) -> str:
    """Return the picture of an action as SVG."""
    lines = expected_lines(action)
    console = Console(width=max(map(len, lines)), record=True, file=io.StringIO())
    for line in lines:
        console.print(Text(line, style=_COLORS.get(line[:1], "")))
    return console.export_svg(title="Python Expert in a shell", unique_id=action)


def lines_in(svg: str) -> list[str]:
    """Return the lines of a picture from top to bottom, without spaces."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for x, y, text in _ROW.findall(svg):
        rows.setdefault(float(y), []).append((float(x), html.unescape(text)))
    lines = ("".join(text for _, text in sorted(row)) for _, row in sorted(rows.items()))
    return ["".join(line.split()) for line in lines]
