"""Reads the output of ``ruff rule``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from python_expert.tools.answers import text
from python_expert.tools.ruff.spec import SPEC

if TYPE_CHECKING:
    from collections.abc import Mapping


class RuffRule(NamedTuple):
    """A rule of ruff.

    Attributes:
        name: Its name: ``unused-import``.
        code: Its code: ``F401``.
        explanation: Ruff's explanation, as Markdown.
    """

    name: str
    code: str
    explanation: str


def read_rules(out: bytes) -> tuple[RuffRule, ...]:
    """Read the output of ``ruff rule --all --output-format json``.

    Raises:
        ValueError, LookupError, TypeError, AttributeError: It is invalid.
    """
    return tuple(
        RuffRule(text(rule["name"]), text(rule["code"]), _explanation(rule))
        for rule in orjson.loads(out)
        if rule["code"]
    )


def _explanation(rule: Mapping[str, Any]) -> str:
    """Return a rule's explanation, with the header of ``ruff rule`` and a link to its page."""
    parts = [
        f"# {text(rule['name'])} ({text(rule['code'])})",
        text(rule.get("fix") or ""),
        text(rule.get("explanation") or rule.get("summary") or "").strip(),
        f"[Ruff's documentation]({SPEC.home}rules/{rule['name']}/)",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
