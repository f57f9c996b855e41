"""The specification of bandit."""

from __future__ import annotations

import re

from python_expert.config.security_rules import SHARED
from python_expert.config.settings import BackgroundToolSettings
from python_expert.config.tool_spec import CodeArguments, ConfigSearch, ToolSpec
from python_expert.diagnostics.deduplication import MergeRules
from python_expert.diagnostics.finding import ToolName

DUPLICATES = {
    **{f"B{number}": f"S{number}" for number in SHARED},
    "B613": "PLE2502",
    "B703": "S308",
}
"""The tests of bandit, with the space-separated rules of ruff that report the same code."""

BANDIT = ToolName("bandit", "Bandit")

SPEC = ToolSpec(
    BANDIT,
    home="https://bandit.readthedocs.io/",
    module=True,
    config=ConfigSearch((".bandit", "bandit.yaml", "bandit.yml", "pyproject.toml")),
    settings=BackgroundToolSettings,
    rules=CodeArguments(re.compile(r"B[1-7][0-9][0-9]"), "--tests"),
    merging=MergeRules("ruff", DUPLICATES, comment="nosec"),
)
