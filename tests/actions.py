"""The actions that come with the server, by name."""

from __future__ import annotations

from python_expert.actions.registry import ACTIONS

ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC = ACTIONS
