"""The registry of actions.

To add an action, add a folder here and its class to the tuple below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.actions.add_docstrings import AddDocstrings
from python_expert.actions.add_type_hints import AddTypeHints
from python_expert.actions.convert_to_async import ConvertToAsync

if TYPE_CHECKING:
    from python_expert.actions.base import Action

ACTIONS: tuple[Action, ...] = (AddDocstrings(), AddTypeHints(), ConvertToAsync())


def action_of(name: str) -> Action:
    """Return the action with a name.

    Raises:
        ValueError: There is no such action.
    """
    for action in ACTIONS:
        if action.name == name:
            return action
    raise ValueError(f"there is no action {name!r}")
