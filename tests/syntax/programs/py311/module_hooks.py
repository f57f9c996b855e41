#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Module-level hooks: __all__, __getattr__, __dir__, dunder names."""

from __future__ import annotations

__all__ = ["describe", "main"]
__all__ += ["lazy"]
__version__, __author__ = "1.0", "somebody"

import time
import sys as _sys


def __getattr__(name: str):
    if name == "lazy":
        return "made now"
    raise AttributeError(name)


def __dir__():
    return __all__


def describe(value):
    return f"{value}"


def wait(seconds=0.001):
    time.sleep(seconds)


class _Hidden:
    def __private(self):
        return "private"

    def call(self):
        return self.__private()


def main() -> None:
    wait()
    print(__dir__(), __getattr__("lazy"), __version__, _Hidden().call(), describe(_sys.byteorder != ""))


if __name__ == "__main__":
    raise SystemExit(main())
