"""The specification of our own rules."""

from __future__ import annotations

import re

from python_expert.config.settings import SlowToolSettings
from python_expert.config.tool_spec import CodeArguments, Role, ToolSpec
from python_expert.diagnostics.deduplication import MergeRules
from python_expert.diagnostics.finding import ToolName

DUPLICATES = {
    "PE002": "SIM115",
    "PE004": "PLR2004",
}
"""Our rules, with the rules of ruff that report some of the same code."""

ANTIPATTERNS = ToolName("antipatterns", "Python Expert")

SPEC = ToolSpec(
    ANTIPATTERNS,
    home="",
    module=True,
    settings=SlowToolSettings,
    rules=CodeArguments(re.compile(r"PE[0-9]{0,3}"), "--select"),
    merging=MergeRules("ruff", DUPLICATES, better=frozenset({"PE004"})),
    role=Role.NONE,
)
