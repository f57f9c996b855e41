"""All tools: to add one, add its class here."""

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
"""In the order in which reports name them. Read when it is needed, so that a test can add one."""
