"""Source files' bytes as text, in the encoding that Python would read them in."""

from __future__ import annotations

import io
import tokenize


def encoding_of(data: bytes) -> str:
    """The encoding of source text: by its BOM (``utf-8-sig``), its coding cookie, or UTF-8.

    Raises:
        ValueError: There is no such encoding.
    """
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except (SyntaxError, LookupError) as error:
        raise ValueError(str(error)) from error


def decode(data: bytes) -> str:
    """Decode source text as Python does.

    Raises:
        ValueError: The bytes do not fit the encoding, or there is no such encoding.
    """
    try:
        return data.decode(encoding_of(data))
    except LookupError as error:  # there is such an encoding, and it is none of text
        raise ValueError(str(error)) from error


def readable(data: bytes) -> str:
    """Source text, even if it is not in the encoding it should be in."""
    try:
        return decode(data)
    except ValueError:
        return data.decode("utf-8", "replace")
