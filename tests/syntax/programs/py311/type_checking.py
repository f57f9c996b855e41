"""Imports under conditions."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from pathlib import Path as File
else:
    File = str

try:
    import tomllib
except ImportError:
    tomllib = None

try:
    from nowhere_to_be_found import thing
except ModuleNotFoundError:

    def thing(x):
        return x


if sys.version_info >= (3, 12):
    from itertools import batched
elif sys.platform == "win32":
    batched = None
else:

    def batched(values, n):
        for start in range(0, len(values), n):
            yield tuple(values[start : start + n])


def first(values: Iterable[int], default: int | None = None) -> int | None:
    return next(iter(values), default)


def name(file: File, environment: os._Environ[str] | None = None) -> str:
    return str(file)


def describe(value):
    if TYPE_CHECKING:
        assert isinstance(value, int)
    from math import floor

    return f"{floor(value)}"


def pause():
    import time as clock

    clock.sleep(0.001)


def main():
    pause()
    print(first([1]), name("f"), list(batched([1, 2, 3], 2)), thing(4), tomllib is not None, describe(1.5))
    time.sleep(0)


if __name__ == "__main__":
    main()
