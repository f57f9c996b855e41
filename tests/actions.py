"""The actions that come with the server, by name."""

from __future__ import annotations

from python_expert.actions.registry import ACTIONS
from python_expert.config.docstring_demands import DEFINITIONS, SECTIONS

ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC = ACTIONS

DEMANDED = tuple(sorted(DEFINITIONS | SECTIONS))
"""All that linters may demand of docstrings, so that none is left out."""

DEMANDING = """
[tool.ruff.lint]
extend-select = ["D1"]

[tool.pydoclint]
skip-checking-short-docstrings = false
"""
"""The configuration of a project whose linters demand all of it."""
