"""The data that would be sent, as text for the user."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.llm.anthropic.preview import Preview


def describe_payload(
    previews: Sequence[tuple[str, Preview]], *, repair_attempts: int, redacted: int
) -> str:
    """Describe requests: once as the model reads them, once byte for byte.

    Args:
        previews: For each definition's key, the request.
        repair_attempts: The number of repair attempts after failed checks.
        redacted: The number of secrets that are replaced in the data.
    """
    return "\n".join(_lines(previews, repair_attempts, redacted)) + "\n"


def _lines(
    previews: Sequence[tuple[str, Preview]], repair_attempts: int, redacted: int
) -> Iterator[str]:
    yield "# What would be sent"
    yield ""
    if not previews:
        yield "Nothing."
        return
    first = previews[0][1]
    bodies: list[dict[str, Any]] = [json.loads(preview.content) for _, preview in previews]
    yield f"- To: {first.method} {first.url}"
    yield f"- Model: {bodies[0]['model']}"
    yield f"- Requests: {len(previews)}, {sum(len(each.content) for _, each in previews):,} bytes"
    yield f"- Secrets replaced: {redacted}"
    if repair_attempts:
        times = "once" if repair_attempts == 1 else f"up to {repair_attempts} times"
        yield f"- If the checks find faults in an answer, it goes back with them, {times}."
    yield from ("", "## Headers of each request", "")
    yield from _fenced("".join(f"{name}: {value}\n" for name, value in first.headers))
    yield from ("", "## What the model reads each time", "")
    yield from _fenced("".join(block["text"] for block in bodies[0]["system"]))
    for (key, preview), body in zip(previews, bodies, strict=True):
        yield from ("", f"## `{key}`", "")
        yield from _fenced(body["messages"][-1]["content"])
        yield from ("", "The whole request, byte for byte:", "")
        yield from _fenced(preview.content.decode("utf-8"))


def _fenced(text: str) -> Iterator[str]:
    """Yield a text in a code fence that nothing in the text can close."""
    longest = max(map(len, re.findall(r"~+", text)), default=0)
    fence = "~" * max(3, longest + 1)
    yield fence
    yield text.removesuffix("\n")
    yield fence
