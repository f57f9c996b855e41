"""Our rules, in the order of their codes; to add one, add it here and write its page."""

from __future__ import annotations

from typing import Final

from python_expert.tools.antipatterns.rules import string_concatenation
from python_expert.tools.antipatterns.rules.base import PatternRule

RULES: Final = (PatternRule("PE001", "string-concatenation-in-loop", string_concatenation.find),)
