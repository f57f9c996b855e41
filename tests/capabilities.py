"""What the server tells a client of itself, by pygls.

``python -m tests.capabilities`` writes it into the file that the greeting is made of; a test fails
while that says something else.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from python_expert.lsp.greeting import CAPABILITIES
from python_expert.lsp.server import make_server

Json = dict[str, Any]

PULLING: Json = {"textDocument": {"diagnostic": {}}}


class Said:
    """A writer that keeps what is written."""

    def __init__(self) -> None:
        self.messages: list[Json] = []

    def write(self, data: bytes) -> None:
        self.messages.append(json.loads(data.partition(b"\r\n\r\n")[2]))

    def close(self) -> None:
        pass


def answer(capabilities: Json) -> Json:
    """The server's own result for ``initialize``."""

    async def ask() -> Json:
        server, said = make_server(), Said()
        server.protocol.direct = {}
        server.protocol.set_writer(said)
        params = {"processId": None, "rootUri": None, "capabilities": capabilities}
        message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
        server.protocol.receive(json.dumps(message).encode())
        [result] = [each["result"] for each in said.messages if each.get("id") == 1]
        await server.session.stop()
        return dict(result)

    return asyncio.run(ask())


def generated() -> str:
    """The file's text."""
    known = answer(PULLING)["capabilities"]
    return json.dumps(known, indent=2) + "\n"


if __name__ == "__main__":
    CAPABILITIES.write_text(generated(), encoding="utf-8")
