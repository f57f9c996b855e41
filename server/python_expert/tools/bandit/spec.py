"""What bandit is."""

from __future__ import annotations

import re

from python_expert.config.settings import SlowToolSettings
from python_expert.config.tool_spec import CodeArguments, ConfigSearch, ToolSpec
from python_expert.diagnostics.deduplication import MergeRules
from python_expert.diagnostics.finding import ToolName

# Ruff has taken most of bandit's tests over under their numbers.
_SAME_NUMBERS = """
    101 102 103 104 105 106 107 108 110 112 113 201 202
    301 302 303 304 305 306 307 308 310 311 312 313 314 315 316 317 318 319 321 323 324
    401 402 403 404 405 406 407 408 409 411 412 413 415
    501 502 503 504 505 506 507 508 509
    601 602 603 604 605 606 607 608 609 610 611 612 701 702 704
"""

DUPLICATES = {
    **{f"B{number}": f"S{number}" for number in _SAME_NUMBERS.split()},
    "B613": "PLE2502",
    "B703": "S308",
}
"""For tests of bandit's, the rules of ruff's that report the same, with spaces between."""

BANDIT = ToolName("bandit", "Bandit")

SPEC = ToolSpec(
    BANDIT,
    home="https://bandit.readthedocs.io/",
    module=True,
    config=ConfigSearch((".bandit", "bandit.yaml", "bandit.yml", "pyproject.toml")),
    settings=SlowToolSettings,
    rules=CodeArguments(re.compile(r"B[1-7][0-9][0-9]"), "--tests"),
    merging=MergeRules("ruff", DUPLICATES, comment="nosec"),
)
