"""The list of all tools; to add a tool, add its class here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.tools.antipatterns.tool import Antipatterns
from python_expert.tools.bandit.tool import Bandit
from python_expert.tools.mypy.tool import Mypy
from python_expert.tools.pytest.tool import Pytest
from python_expert.tools.ruff.tool import Ruff

if TYPE_CHECKING:
    from python_expert.tools.base import Tool

TOOLS: tuple[type[Tool], ...] = (Ruff, Mypy, Bandit, Antipatterns, Pytest)
"""The tools in the order of reports. The tuple is read on each use, so that a test can add one."""
