"""Decoding of source files in the encoding that Python would use."""

from __future__ import annotations

import io
import tokenize


def encoding_of(data: bytes) -> str:
    """Return the encoding of source text: by its BOM (``utf-8-sig``), its coding cookie, or UTF-8.

    Raises:
        ValueError: The encoding does not exist.
    """
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except (SyntaxError, LookupError) as error:
        raise ValueError(str(error)) from error


def decode(data: bytes) -> str:
    """Decode source text as Python does.

    Raises:
        ValueError: The bytes are invalid in the encoding, or it does not exist.
    """
    try:
        return data.decode(encoding_of(data))
    except LookupError as error:  # the encoding exists, but is not a text encoding
        raise ValueError(str(error)) from error


def readable(data: bytes) -> str:
    """Decode source text, with replacement characters if it is invalid in its encoding."""
    try:
        return decode(data)
    except ValueError:
        return data.decode("utf-8", "replace")
