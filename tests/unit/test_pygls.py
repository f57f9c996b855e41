"""What is used of pygls without being promised by it: a list, and a test of each."""

from __future__ import annotations

import ast
import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pygls
import pytest
from lsprotocol import types

import python_expert.lsp
from python_expert.lsp.server import ExpertServer, make_server
from tests.client import shows
from tests.conftest import RUFF_ONLY

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from tests.conftest import ClientFactory, ProjectFactory

USED = {
    "_converter": "JSON becomes lsprotocol's objects and back, as pygls itself does it",
    "_register_builtin_features": "pygls's own documents are switched off",
    "_execute_handler": "a command that is cancelled is cancelled indeed",
    "_request_futures": "what is under way is cancelled at `shutdown`, and then answered",
    "_send_data": "messages go to a thread that writes, as bytes",
    "_serialize_message": "the objects in those messages become JSON",
    "_shutdown": "nothing is accepted after `shutdown`",
}
"""The private names of pygls that the server uses or overrides, and what for."""

BASES = {"LanguageServer", "LanguageServerProtocol"}
"""Of pygls's classes those that the server derives from."""


def modules(package: Any) -> Iterator[ast.Module]:  # noqa: ANN401 - a module
    for folder in package.__path__:
        for path in sorted(Path(folder).rglob("*.py")):
            yield ast.parse(path.read_text(encoding="utf-8"))


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def defined(tree: ast.AST) -> Iterator[str]:
    """The private names that classes and modules define."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()) | ast.Name(id=name, ctx=ast.Store()):
                yield name


def reaching(tree: ast.Module) -> Iterator[str]:
    """The private names that may be pygls's: of other objects, and of its subclasses."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                pass
            case ast.Attribute(attr=name):
                yield name
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("pygls"):
                yield from (part for part in module.split(".") if is_private(part))
                yield from (each.name for each in names)
            case ast.ClassDef(bases=bases) if BASES & {getattr(each, "id", "") for each in bases}:
                yield from defined(node)
                yield from (each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute))


def test_the_private_names_of_pygls_in_use_are_those_listed() -> None:
    theirs = {name for tree in modules(pygls) for name in defined(tree)}
    ours = {name for tree in modules(python_expert.lsp) for name in reaching(tree)}
    assert {name for name in ours & theirs if is_private(name)} == USED.keys()
    assert ours >= BASES


class Wire:
    """A server without a transport."""

    def __init__(self) -> None:
        self.server = make_server()
        self.said: list[dict[str, Any]] = []
        self.server.protocol.direct = {}
        self.server.protocol.on_exit = lambda _status: None
        self.server.protocol.set_writer(self)

    def write(self, data: bytes) -> None:
        self.said.append(json.loads(data.partition(b"\r\n\r\n")[2]))

    def close(self) -> None:
        pass

    def ask(self, number: int, method: str, params: object = None) -> None:
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self.server.protocol.receive(json.dumps(message).encode())

    async def answer(self, number: int) -> dict[str, Any]:
        while True:
            for message in self.said:
                if message.get("id") == number and "method" not in message:
                    return message
            await asyncio.sleep(0)

    async def begin(self) -> dict[str, Any]:
        self.ask(1, "initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        return await self.answer(1)


async def converter() -> None:
    wire = Wire()
    assert wire.server.plain(types.Position(1, 2)) == {"line": 1, "character": 2}
    edit: dict[str, Any] = {"changes": {"file:///x.py": []}}
    made = wire.server.protocol._converter.structure(edit, types.WorkspaceEdit)
    assert isinstance(made, types.WorkspaceEdit)
    assert wire.server.plain(made) == edit


async def register_builtin_features() -> None:
    builtin = make_server().protocol.fm.builtin_features.keys()
    assert {"initialize", "shutdown", "workspace/executeCommand"} <= builtin
    assert not [name for name in builtin if name.startswith(("textDocument", "notebookDocument"))]


def waiting(server: ExpertServer) -> tuple[asyncio.Event, asyncio.Event]:
    """Add a command that never ends by itself, and tell when it begins and is cancelled."""
    begun, cancelled = asyncio.Event(), asyncio.Event()

    @server.command("wait")
    async def wait(*_arguments: Any) -> None:  # noqa: ANN401 - JSON
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    return begun, cancelled


async def execute_handler() -> None:
    wire = Wire()
    begun, cancelled = waiting(wire.server)
    await wire.begin()
    wire.ask(2, "workspace/executeCommand", {"command": "wait", "arguments": [{}]})
    await begun.wait()
    cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 2}}
    wire.server.protocol.receive(json.dumps(cancel).encode())
    assert (await wire.answer(2))["error"]["code"] == -32800
    await cancelled.wait()
    await wire.server.session.stop()


async def request_futures() -> None:
    wire = Wire()
    begun, cancelled = waiting(wire.server)
    await wire.begin()
    wire.ask(2, "workspace/executeCommand", {"command": "wait"})
    await begun.wait()
    assert 2 in wire.server.protocol._request_futures
    wire.ask(3, "shutdown")
    await wire.server.protocol.answered()
    assert (await wire.answer(2))["error"]["code"] == -32800
    assert (await wire.answer(3))["result"] is None
    assert cancelled.is_set()
    assert not wire.server.protocol._request_futures


async def send_data() -> None:
    wire = Wire()
    wire.server.window_log_message(types.LogMessageParams(types.MessageType.Info, "é"))
    assert wire.said == [
        {"jsonrpc": "2.0", "method": "window/logMessage", "params": {"type": 3, "message": "é"}}
    ]


async def serialize_message() -> None:
    answer = (await Wire().begin())["result"]
    assert answer["serverInfo"]["name"] == "python-expert"
    assert answer["capabilities"]["textDocumentSync"]["change"] == 2


async def shutdown() -> None:
    wire = Wire()
    await wire.begin()
    assert not wire.server.protocol._shutdown
    wire.ask(2, "shutdown")
    await wire.answer(2)
    assert wire.server.protocol._shutdown
    wire.ask(3, "textDocument/hover", {})
    assert (await wire.answer(3))["error"]["code"] == -32600


TRIED: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
    "_converter": converter,
    "_register_builtin_features": register_builtin_features,
    "_execute_handler": execute_handler,
    "_request_futures": request_futures,
    "_send_data": send_data,
    "_serialize_message": serialize_message,
    "_shutdown": shutdown,
}


@pytest.mark.parametrize("name", USED)
def test_pygls_does_what_the_server_relies_on(name: str) -> None:
    asyncio.run(asyncio.wait_for(TRIED[name](), 60))


def test_a_server_answers_where_warnings_are_errors(
    client: ClientFactory, project: ProjectFactory
) -> None:
    folder = project({"pyproject.toml": RUFF_ONLY})
    editor = client(env={"PYTHONWARNINGS": "error"})
    editor.initialize([folder])
    document = editor.open(folder / "x.py", "import os\n")
    editor.wait_diagnostics(document, shows("F401"))
    about: dict[str, Any] = {"textDocument": {"uri": document}}
    where = {"start": {"line": 0, "character": 7}, "end": {"line": 0, "character": 9}}
    context: dict[str, Any] = {"diagnostics": []}
    params = about | {"range": where, "context": context}
    assert editor.request("textDocument/codeAction", params)
    assert editor.request("workspace/executeCommand", {"command": "pythonExpert.lastReport"}) == ""
    assert editor.shutdown() == 0
