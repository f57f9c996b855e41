"""The specification of ruff."""

from __future__ import annotations

import re

from python_expert.config.tool_spec import CodeArguments, ConfigSearch, ToolSpec
from python_expert.diagnostics.deduplication import MergeRules
from python_expert.diagnostics.finding import ToolName

RUFF = ToolName("ruff", "Ruff")

_FILES = ("ruff.toml", ".ruff.toml", "pyproject.toml")

SPEC = ToolSpec(
    RUFF,
    home="https://docs.astral.sh/ruff/",
    versions=((0, 9), (1, 0)),
    config=ConfigSearch(_FILES, user=tuple(f"{{config}}/ruff/{name}" for name in _FILES)),
    # Ruff's security findings are kept while the text has a syntax error.
    rules=CodeArguments(re.compile(r"(?!(?:B[1-7][0-9][0-9]|PE[0-9]*)$)[A-Z]+[0-9]*"), "--select"),
    merging=MergeRules(noqa=True, kept_on_syntax_error=r"S\d"),
    instant=True,
    python_key="target-version",
    docstring_key=("lint", "pydocstyle", "convention"),
    length_key="line-length",
)
