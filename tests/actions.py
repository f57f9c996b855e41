"""Names of the actions that come with the server."""

from __future__ import annotations

from python_expert.actions.registry import ACTIONS
from python_expert.config.docstring_demands import DEFINITIONS, SECTIONS

ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC = ACTIONS

DEMANDED = tuple(sorted(DEFINITIONS | SECTIONS))
"""Every demand that a linter can make of docstrings, so that no entry is omitted."""

DEMANDING = """
[tool.ruff.lint]
extend-select = ["D1"]

[tool.pydoclint]
skip-checking-short-docstrings = false
"""
"""The configuration of a project whose linters make every one of these demands."""
