"""The list of our rules, in the order of their codes; a new rule is added here, with its page."""

from __future__ import annotations

from typing import Final

from python_expert.diagnostics.finding import Severity
from python_expert.tools.antipatterns.rules import (
    closed_in_finally,
    fast_password_hash,
    http_status,
    ignored_result,
    jwt_without_verification,
    nested_ifs,
    string_concatenation,
    timing_unsafe,
)
from python_expert.tools.antipatterns.rules.base import PatternRule

_INFORMATION: Final = Severity.INFORMATION

RULES: Final = (
    PatternRule("PE001", "string-concatenation-in-loop", string_concatenation.find),
    PatternRule("PE002", "closed-in-finally", closed_in_finally.find, _INFORMATION),
    PatternRule("PE003", "nested-conditions", nested_ifs.find, _INFORMATION, is_style=True),
    PatternRule("PE004", "http-status-number", http_status.find, _INFORMATION, is_style=True),
    PatternRule("PE005", "ignored-result", ignored_result.find),
    PatternRule("PE006", "jwt-without-verification", jwt_without_verification.find),
    PatternRule("PE007", "fast-password-hash", fast_password_hash.find),
    PatternRule("PE008", "timing-unsafe-comparison", timing_unsafe.find),
)
