"""Instructions for a model, in files that can be edited; ``$name`` is replaced by a value."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.actions.base import Action

FAULTS_TOLD = 10
"""The most findings in a correction."""

LONGEST_FAULT = 300
"""The most characters of a finding in a correction."""

_BACKTICKS = re.compile("`+")


def prompt(name: str, **values: str) -> str:
    """Return the text of ``name.md`` with values in their places."""
    return _template(__name__, name).substitute(values).strip()


def task(action: Action, **values: str) -> str:
    """Return the prompt of an action, from its folder, with values in their places."""
    return _template(type(action).__module__, "prompt").substitute(values).strip()


def fence(text: str, language: str = "") -> str:
    """Put data between fences that the data cannot close."""
    longest = max((len(each) for each in _BACKTICKS.findall(text)), default=0)
    mark = "`" * max(3, longest + 1)
    return f"{mark}{language}\n{text.rstrip()}\n{mark}"


def correction(faults: Sequence[str]) -> str:
    """Return the request to correct a proposal.

    Args:
        faults: The faults, each a sentence or a finding.
    """
    lines = [" ".join(fault.split())[:LONGEST_FAULT] for fault in faults[:FAULTS_TOLD]]
    return prompt("correction", faults=fence("\n".join(lines)))


@cache
def _template(package: str, name: str) -> Template:
    return Template(resources.files(package).joinpath(f"{name}.md").read_text(encoding="utf-8"))
