"""The report of a rewrite."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from python_expert.gate.blocking import is_blocking
from python_expert.pipeline.result import Result
from python_expert.pipeline.summary import count
from python_expert.text.paths import name_of

if TYPE_CHECKING:
    from python_expert.llm.usage import Bill
    from python_expert.pipeline.result import Outcome


_MARKUP = re.compile(r"[\\`*<|]|(?<![^\W_])_|_(?![^\W_])|(?<=\])\(")
"""Characters that Markdown interprets as markup; an underscore within a word is not markup."""

_CODE = re.compile(r"(`[^`\n]+`)")


def report(outcome: Outcome) -> str:
    """Return the full report of a rewrite, as Markdown."""
    lines = [
        f"# {outcome.action.title}: {_plain(outcome.name)}",
        "",
        f"Result: **{outcome.result}**",
        "",
    ]
    lines += [f"- Asked for: {_names(outcome.asked)}", f"- Proposed by: {_plain(outcome.provider)}"]
    lines += [f"- Changed: {_names(outcome.changed)}"]
    lines += [
        f"- Changed in {_plain(e.name)}: {_names(e.written.changed)}" for e in outcome.callers
    ]
    lines += [f"- No proposal for: {_names(outcome.unanswered)}"] if outcome.unanswered else []
    lines += [f"- Time: {outcome.seconds:.2f} s"]
    lines += _costs(outcome.bill, outcome.repairs) if outcome.bill else []
    if outcome.left:
        lines += ["", "## Left out", ""]
        lines += [f"- {_code(each.key)}{_plain(each.reason)}" for each in outcome.left]
    if outcome.notices:
        lines += ["", "## Told before", "", *(f"- {_plain(each)}" for each in outcome.notices)]
    lines += ["", "## What the gate checked", ""]
    if outcome.result is not Result.CHANGED:
        lines += ["Nothing was written."]
    elif outcome.unproven:
        lines += ["The structure is the same, but this could not be proven:", ""]
        lines += [f"- line {each.line + 1}: {_plain(each.message)}" for each in outcome.unproven]
    else:
        lines += [outcome.action.proven]
    lines += (
        ["", *(f"{_plain(each.message)}." for each in outcome.evidence)] if outcome.evidence else []
    )
    if outcome.before or outcome.failed_tools:
        lines += ["", "| tool | findings before | after |", "|---|---|---|"]
        for name in {**outcome.before, **outcome.failed_tools}:
            after = _plain(outcome.failed_tools.get(name) or str(outcome.after.get(name, "")))
            lines += [f"| {name} | {outcome.before.get(name, '')} | {after} |"]
    if outcome.noted:
        lines += ["", "New findings that do not stop a rewrite:", ""]
        lines += [
            f"- line {each.range.start.line + 1}: {each.tool}: {_plain(each.message)} [{each.code}]"
            f"{' (you allowed it)' if is_blocking(each) else ''}"
            for each in outcome.noted
        ]
    if outcome.revealed and outcome.result is Result.CHANGED:
        lines += ["", "Found in code that was not checked without hints:", ""]
        lines += [
            f"- {_plain(name_of(uri))}, line {each.range.start.line + 1}: {each.tool}: "
            f"{_plain(each.message)} [{each.code}]"
            for uri, each in outcome.revealed
        ]
    return "\n".join(lines) + "\n"


def _costs(bill: Bill, repairs: int) -> list[str]:
    """Return the tokens and cost of a model, for the report."""
    lines = [f"- Model: {bill.summary}"]
    if repairs:
        lines += [f"- Answers sent back with what the checks found: {count(repairs, 'time')}"]
    if bill.redacted:
        lines += [f"- Privacy: {count(bill.redacted, 'secret')} replaced before sending"]
    return lines


def _names(keys: tuple[str, ...]) -> str:
    return ", ".join(f"`{key}`" for key in keys) or "nothing"


def _plain(text: str) -> str:
    """Return text escaped for Markdown, on one line; code in backticks stays code."""
    parts = _CODE.split(" ".join(text.split()))
    return "".join(
        part if place % 2 else _MARKUP.sub(r"\\\g<0>", part) for place, part in enumerate(parts)
    )


def _code(key: str) -> str:
    return f"`{key}`: " if key else ""
