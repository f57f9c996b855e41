"""Text with colours."""

from typing import Optional

from .color import Color


def paint(text: str, color: Optional[Color] = None) -> str:
    if color is None:
        return text
    return "\x1b[3%dm%s\x1b[0m" % (color.numbr, text)
