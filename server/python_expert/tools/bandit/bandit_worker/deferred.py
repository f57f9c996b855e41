"""Modules that bandit imports, and that load only if they are used."""

from __future__ import annotations

import importlib.util
import sys

PROGRESS = "rich.progress"
"""The progress bar, which a server never shows, and which takes a quarter of bandit's import."""


def defer(name: str) -> None:
    """Make a module of a package load only when one of its names is needed.

    Source: https://docs.python.org/3/library/importlib.html#implementing-lazy-imports

    Args:
        name: The module, with its package.

    Raises:
        ImportError: There is no such package.
    """
    package, _, child = name.rpartition(".")
    spec = None if name in sys.modules else importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    # An import statement that finds it only in sys.modules would load it.
    setattr(sys.modules[package], child, module)
