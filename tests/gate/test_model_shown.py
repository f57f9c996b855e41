"""Text from a model or its endpoint cannot control the terminal."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import RUFF_ALONE, write
from tests.messages import MessagesServer, error, refusal, reply
from tests.model import says

if TYPE_CHECKING:
    from pathlib import Path

    from tests.messages import Behaviour

pytestmark = pytest.mark.one_python


HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b2J\u202eevil\u2066\u200b\r\x08" + "x" * 50_000


@pytest.mark.parametrize(
    "response",
    [
        refusal(HOSTILE),
        error(400, "invalid_request_error", HOSTILE),
        error(500, HOSTILE, HOSTILE),
        error(403, "permission_error", HOSTILE),
        reply(HOSTILE),
        reply(says(HOSTILE, types=["a: int"])),
        reply(says("f", types=[f"{HOSTILE[:90]}: int"])),
        reply(says("f", types=[f"a: {HOSTILE[:90]}"])),
        reply(says("f", types=["a: int"], imports=[f"from {HOSTILE[:90]} import x"])),
        reply(says("f", types=["a: int"]), stop_reason=HOSTILE[:90]),
    ],
)
def test_model_text_cannot_move_the_cursor_or_fill_the_screen(
    tmp_path: Path, response: Behaviour
) -> None:
    config = "[tool.python-expert]\nllm.retries = 0\n"
    write(tmp_path, {"pyproject.toml": config, "a.py": "def f(a):\n    return a\n"})
    with MessagesServer() as server:
        server.answer = lambda _request: response
        words = [*RUFF_ALONE, "rewrite", "add-type-hints", "a.py"]
        done = subprocess.run(
            [*words, "--provider", "anthropic"],
            cwd=tmp_path,
            env=server.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        shown = done.stdout + done.stderr
        assert server.requests, shown
    odd = {each for each in shown if not each.isprintable()} - {"\n"}
    assert odd == set(), shown[:500]
    assert len(shown) < 4_000, shown[:500]
