"""The rewrites there are.

A new one is a folder of the same name here, and a line below.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING

from python_expert.actions.base import Action
from python_expert.isolation import FaultBarrier

if TYPE_CHECKING:
    from python_expert.actions.base import Rewrite

MODULES = {
    Action.ADD_DOCSTRINGS: "add_docstrings",
    Action.ADD_TYPE_HINTS: "add_type_hints",
    Action.CONVERT_TO_ASYNC: "convert_to_async",
}

_CLASSES = {
    Action.ADD_DOCSTRINGS: "AddDocstrings",
    Action.ADD_TYPE_HINTS: "AddTypeHints",
    Action.CONVERT_TO_ASYNC: "ConvertToAsync",
}


_LOADED = {action: FaultBarrier(f"loading {action}") for action in Action}


@cache
def rewrite_of(action: Action) -> Rewrite:
    """The rewrite of an action; its module is loaded when it is first asked for."""
    module = importlib.import_module(f"python_expert.actions.{MODULES[action]}.action")
    rewrite: Rewrite = getattr(module, _CLASSES[action])()
    return rewrite


def load() -> None:
    """Load all rewrites, which takes some 100 ms: not for the loop."""
    for action in Action:
        _LOADED[action].call(None, rewrite_of, action)
