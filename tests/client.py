"""A small raw LSP client over a child process's pipes, for tests and benchmarks.

Messages are plain dicts, and nothing here knows the product. One thread reads the server's
messages, one writes, and one drains its stderr, so that neither side can block the other. A
condition, never a timer, wakes a thread that waits. Every wait fails after ``DEADLINE`` seconds
with a report of what arrived instead.
"""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

Json: TypeAlias = Any
"""Any JSON value."""

Place: TypeAlias = tuple[int, int]
"""An LSP position: line and character, the latter in the negotiated encoding's units."""

Change: TypeAlias = tuple[Place, Place, str]
"""One edit: start, end, new text."""

T = TypeVar("T")

DEADLINE = 60.0
"""Seconds after which a wait fails."""

LOOK_S = 1.0
"""The longest time in seconds between two looks at what a test waits for."""

CAPABILITIES: dict[str, Json] = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "workspaceFolders": True,
        "workspaceEdit": {"documentChanges": True, "failureHandling": "abort"},
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True},
        "executeCommand": {"dynamicRegistration": True},
        "diagnostics": {"refreshSupport": True},
    },
    "textDocument": {
        "synchronization": {"dynamicRegistration": True, "didSave": True},
        "publishDiagnostics": {
            "versionSupport": True,
            "relatedInformation": True,
            "codeDescriptionSupport": True,
            "dataSupport": True,
            "tagSupport": {"valueSet": [1, 2]},
        },
        "codeAction": {
            "dynamicRegistration": True,
            "isPreferredSupport": True,
            "disabledSupport": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
            "codeActionLiteralSupport": {
                "codeActionKind": {
                    "valueSet": [
                        "quickfix",
                        "refactor",
                        "refactor.rewrite",
                        "source",
                        "source.fixAll",
                        "source.organizeImports",
                    ]
                }
            },
        },
        "hover": {"contentFormat": ["markdown", "plaintext"]},
    },
    "window": {"workDoneProgress": True, "showMessage": {}},
}
"""The capabilities of a current editor. It does not pull diagnostics, as most do not yet."""


MOST_INSPECTED = 5_000
"""Messages of one server that are kept for `Client.inspectors`."""


class ResponseError(Exception):
    """The server answered a request with an error."""

    def __init__(self, code: int, message: str, data: Json = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.data = data


class WaitError(AssertionError):
    """Raised if an expected event did not arrive in time; the text lists what did arrive."""


class Said(NamedTuple):
    """A message from the server.

    Attributes:
        method: Its method; for a response, that of the request.
        message: The whole message.
        answers: Whether it is a response.
    """

    method: str
    message: dict[str, Json]
    answers: bool


@dataclass(frozen=True, slots=True)
class Publish:
    """One ``textDocument/publishDiagnostics``.

    Attributes:
        at: When it arrived, on the monotonic clock.
        uri: The document.
        version: The document version that the server named, if any.
        diagnostics: The diagnostics.
    """

    at: float
    uri: str
    version: int | None
    diagnostics: list[dict[str, Json]]


class Client:
    """One editor with one server.

    Leaving the ``with`` block shuts the server down if it was initialized and not ended before
    (kills its process group if the block failed), and fails if it broke the protocol: see
    ``faults``.

    Attributes:
        server: The answer to ``initialize``.
        publishes: Every publish, oldest first.
        messages: The parameters of every ``window/showMessage`` and ``showMessageRequest``.
        logs: The parameters of every ``window/logMessage``.
        progress: The parameters of every ``$/progress``.
        notifications: Every other notification, as ``(method, params)``.
        requests: Every request of the server, as ``(method, params)``.
        applied: The parameters of every ``workspace/applyEdit``.
        choice: The title of the action that is chosen when ``showMessageRequest`` offers it.
        apply_answer: How ``workspace/applyEdit`` is answered.
        configuration: How ``workspace/configuration`` is answered, by (dotted) section.
        scoped: The answers to it for an item with a scope, by the scope's URI.
        silent: Methods of the server's requests that are not answered.
        unanswered: The ids of the requests that were not answered.
        opened: The documents that are open.
        answered: When the answer to each request arrived, by its id.
        faults: What the server did that LSP forbids.
        inspectors: Functions that return the faults in the server's messages, called at the end.
    """

    inspectors: ClassVar[list[Callable[[Sequence[Said]], list[str]]]] = []

    def __init__(
        self,
        argv: Sequence[str | Path],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str | None] | None = None,
    ) -> None:
        """Store how to start the server; the ``with`` statement starts it.

        Args:
            argv: The command.
            cwd: Where to start it.
            env: Changes to this process's environment; None removes a variable.
        """
        self._argv = [str(argument) for argument in argv]
        self._cwd = cwd
        merged = {**os.environ, **(env or {})}
        self._env = {name: value for name, value in merged.items() if value is not None}
        self._process: subprocess.Popen[bytes] | None = None
        self._threads: list[threading.Thread] = []
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._gone = False
        self._ended = False
        self._last_id = 0
        self._pending: dict[int, str] = {}
        self._said: list[Said] = []
        self._answers: dict[int, dict[str, Json]] = {}
        self._last: dict[str, Publish] = {}
        self._stderr: deque[str] = deque(maxlen=200)
        self._seen: deque[str] = deque(maxlen=12)
        self.server: dict[str, Json] = {}
        self.publishes: list[Publish] = []
        self.messages: list[dict[str, Json]] = []
        self.logs: list[dict[str, Json]] = []
        self.progress: list[dict[str, Json]] = []
        self.notifications: list[tuple[str, Json]] = []
        self.requests: list[tuple[str, Json]] = []
        self.applied: list[dict[str, Json]] = []
        self.choice = ""
        self.apply_answer: dict[str, Json] | None = {"applied": True}
        self.configuration: dict[str, Json] = {}
        self.scoped: dict[str, dict[str, Json]] = {}
        self.silent: set[str] = set()
        self.unanswered: list[Json] = []
        self.opened: set[str] = set()
        self.answered: dict[int, float] = {}
        self.faults: list[str] = []

    # Life

    def __enter__(self) -> Self:
        """Start the server in a process group of its own."""
        self._process = subprocess.Popen(
            self._argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self._cwd,
            env=self._env,
            start_new_session=True,
        )
        for target in (self._read, self._write, self._drain):
            thread = threading.Thread(target=target, daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the server, and fail if it broke the protocol."""
        try:
            # This fails, as it should, if the server ended without the test's request.
            if kind is None and self.server and not self._ended:
                self.shutdown()
        finally:
            self.kill()
            self.hang_up()
            for thread in self._threads:
                # A grandchild that outlives the server may hold its pipes open.
                thread.join(timeout=5)
        if kind is None:
            self.faults += [fault for inspect in self.inspectors for fault in inspect(self._said)]
        if kind is None and self.faults:
            raise AssertionError("the server broke the protocol:\n" + "\n".join(self.faults))

    def initialize(
        self,
        folders: Sequence[Path] = (),
        encodings: Sequence[str] | None = ("utf-16",),
        options: Json = None,
        capabilities: Mapping[str, Json] | None = None,
        configuration: Mapping[str, Json] | None = None,
    ) -> dict[str, Json]:
        """Do the LSP handshake.

        Args:
            folders: The workspace's folders.
            encodings: The position encodings to offer; None omits the key, as older editors do.
            options: The ``initializationOptions``.
            capabilities: Changes to ``CAPABILITIES``, merged deeply; None removes a key.
            configuration: The answers to ``workspace/configuration``, by section.

        Returns:
            The server's answer.
        """
        self.configuration.update(configuration or {})
        general = None if encodings is None else {"positionEncodings": list(encodings)}
        offered = _merge(CAPABILITIES, {"general": general})
        roots = [{"uri": uri(folder), "name": folder.name} for folder in folders]
        result: dict[str, Json] = self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "clientInfo": {"name": "tests", "version": "1"},
                "rootUri": roots[0]["uri"] if roots else None,
                "workspaceFolders": roots or None,
                "capabilities": _merge(offered, capabilities or {}),
                "initializationOptions": options,
            },
        )
        self.server = result
        self.notify("initialized", {})
        return result

    @property
    def encoding(self) -> str:
        """The position encoding that the server chose."""
        capabilities: dict[str, Json] = self.server.get("capabilities", {})
        chosen: str = capabilities.get("positionEncoding", "utf-16")
        return chosen

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The server's process."""
        assert self._process is not None, "the client is used outside its with block"
        return self._process

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self.process.pid

    @contextmanager
    def not_reading(self) -> Iterator[None]:
        """Stop reading the server's messages for a while, as a busy editor does."""
        with self._changed:
            yield

    def wait_stderr(self, words: str) -> str:
        """Wait for a line on the server's stderr that contains some words, and return it."""
        return self.wait(
            lambda: next((line for line in tuple(self._stderr) if words in line), ""), words
        )

    @property
    def stderr(self) -> str:
        """The last lines of the server's stderr."""
        return "\n".join(self._stderr)

    def shutdown(self) -> int:
        """Ask the server to shut down and exit, and wait until it has ended.

        Returns:
            Its exit status.
        """
        self._ended = True
        self.request("shutdown")
        self.notify("exit")
        return self.wait_exit()

    def wait_exit(self) -> int:
        """Wait until the server's process has ended, and return its exit status."""
        self._ended = True
        try:
            return self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            raise WaitError(self._report("the server's end")) from None

    def hang_up(self) -> None:
        """Close the server's stdin, as an editor that crashes does."""
        self._outbox.put(None)

    def kill(self) -> None:
        """Kill the server and the rest of its process group."""
        self._ended = True
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()

    # Requests and notifications

    def request(self, method: str, params: Json = None) -> Json:
        """Send a request and wait for its result.

        Raises:
            ResponseError: The server answered with an error.
        """
        return self.result_of(self.send_request(method, params), what=method)

    def send_request(self, method: str, params: Json = None) -> int:
        """Send a request and return its id at once."""
        with self._changed:
            self._last_id += 1
            number = self._last_id
            self._pending[number] = method
        self._send({"id": number, "method": method} | _params_of(params))
        return number

    def result_of(self, number: int, *, what: str = "") -> Json:
        """Wait for the answer to a request that was sent before.

        Raises:
            ResponseError: The server answered with an error.
        """
        answer = self.wait(lambda: self._answers.get(number), f"the answer to {what or number}")
        error = answer.get("error")
        if error is not None:
            raise ResponseError(error["code"], error["message"], error.get("data"))
        return answer.get("result")

    def cancel(self, number: int) -> None:
        """Send ``$/cancelRequest`` for a request."""
        self.notify("$/cancelRequest", {"id": number})

    def notify(self, method: str, params: Json = None) -> None:
        """Send a notification."""
        self._send({"method": method} | _params_of(params))

    def send_body(self, body: bytes) -> None:
        """Send a message with any bytes as its body, valid or not."""
        self._outbox.put(framed(body))

    def send_raw(self, data: bytes) -> None:
        """Send bytes without a header; they may be invalid, or only a part of a message."""
        self._outbox.put(data)

    def take_faults(self) -> list[str]:
        """Return the faults so far and clear them, for tests that expect some."""
        with self._changed:
            taken, self.faults = self.faults, []
        return taken

    # Documents

    def open(
        self, document: str | Path, text: str, version: int = 1, language: str = "python"
    ) -> str:
        """Open a document and return its URI; the file need not exist."""
        name = uri(document)
        self.opened.add(name)
        item = {"uri": name, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return name

    def change(self, document: str | Path, version: int, changes: str | Sequence[Change]) -> None:
        """Change a document by edits, each relative to the one before, or replace all its text."""
        content: list[dict[str, Json]]
        if isinstance(changes, str):
            content = [{"text": changes}]
        else:
            content = [text_edit(*change, key="text") for change in changes]
        item = {"uri": uri(document), "version": version}
        params = {"textDocument": item, "contentChanges": content}
        self.notify("textDocument/didChange", params)

    def save(self, document: str | Path, text: str | None = None) -> None:
        """Send ``textDocument/didSave``."""
        params: dict[str, Json] = {"textDocument": {"uri": uri(document)}}
        if text is not None:
            params["text"] = text
        self.notify("textDocument/didSave", params)

    def close(self, document: str | Path) -> None:
        """Close a document."""
        self.opened.discard(uri(document))
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri(document)}})

    # Waiting

    def last(self, document: str | Path) -> Publish | None:
        """Return the last publish for a document, or None."""
        return self._last.get(uri(document))

    def diagnostics(self, document: str | Path) -> list[dict[str, Json]]:
        """Return the diagnostics now shown for a document: those of its last publish."""
        last = self._last.get(uri(document))
        return last.diagnostics if last else []

    def wait_diagnostics(
        self,
        document: str | Path,
        predicate: Callable[[list[dict[str, Json]]], object] = lambda _: True,
        version: int | None = None,
    ) -> list[dict[str, Json]]:
        """Wait until the diagnostics shown for a document fulfil a condition.

        Only the last publish counts: use ``wait_publish`` for a state that may pass.

        Args:
            document: Its path or URI.
            predicate: The condition on its diagnostics.
            version: The version that the publish must be about; None for any.

        Returns:
            The diagnostics.
        """
        name = uri(document)

        def matching() -> Publish | None:
            last = self._last.get(name)
            if last is None or (version is not None and last.version != version):
                return None
            return last if predicate(last.diagnostics) else None

        about = f"diagnostics of {name}" + ("" if version is None else f", version {version}")
        return self.wait(matching, about).diagnostics

    def wait_publish(
        self, predicate: Callable[[Publish], object], start: int = 0, what: str = "a publish"
    ) -> Publish:
        """Wait for the first of ``publishes[start:]`` that fulfils a condition."""
        looked = start

        def find() -> Publish | None:
            nonlocal looked
            while looked < len(self.publishes):
                looked += 1
                if predicate(self.publishes[looked - 1]):
                    return self.publishes[looked - 1]
            return None

        return self.wait(find, what)

    def wait(
        self, look: Callable[[], T | None], what: str = "something", deadline: float = DEADLINE
    ) -> T:
        """Call ``look`` after each message until it returns a true value, and return that.

        It is also called every ``LOOK_S``: no message says, for example, that a process has ended.

        Raises:
            WaitError: It returned none in time, or the server has ended.
        """
        end = time.monotonic() + deadline
        with self._changed:
            while True:
                found = look()
                if found:
                    return found
                remaining = end - time.monotonic()
                if self._gone or remaining <= 0:
                    break
                self._changed.wait(min(remaining, LOOK_S))
        raise WaitError(self._report(what))

    def _report(self, what: str) -> str:
        if self._gone:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
            self._threads[-1].join(5)  # the end of its stderr may still be unread
        state = f"exit status {self.process.poll()}" if self._gone else "the server runs"
        last = [
            f"  {name} version {publish.version}: "
            + json.dumps(publish.diagnostics, ensure_ascii=False)[:1500]
            for name, publish in tuple(self._last.items())
        ]
        return "\n".join(
            [
                f"waited in vain for {what} ({state})",
                "the last messages:",
                *(f"  {message}" for message in tuple(self._seen)),
                "shown:",
                *last,
                "stderr:",
                *list(self._stderr)[-40:],
            ]
        )

    # The threads

    def _send(self, message: dict[str, Json]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False)
        data = body.encode("utf-8", "surrogatepass")
        self._outbox.put(framed(data))

    def _write(self) -> None:
        stdin = self.process.stdin
        assert stdin is not None
        # The thread that waits for the server reports that it has ended.
        with suppress(OSError), stdin:
            while (data := self._outbox.get()) is not None:
                stdin.write(data)
                stdin.flush()

    def _drain(self) -> None:
        stderr = self.process.stderr
        assert stderr is not None
        with stderr:
            for line in stderr:
                with self._changed:
                    self._stderr.append(line.decode("utf-8", "replace").rstrip())
                    self._changed.notify_all()

    def _read(self) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        try:
            with stdout:
                while (body := read_body(stdout)) is not None:
                    at = time.monotonic()
                    message = json.loads(body)
                    with self._changed:
                        self._seen.append(body[:400].decode("utf-8", "replace"))
                        self._take(message, at)
                        self._changed.notify_all()
        except Exception as error:  # noqa: BLE001 - raised where a message is awaited
            self.faults.append(f"cannot read what the server wrote: {error!r}")
        finally:
            with self._changed:
                self._gone = True
                self._changed.notify_all()

    def _take(self, message: dict[str, Json], at: float) -> None:
        method: str | None = message.get("method")
        params: Json = message.get("params")
        if self.inspectors and len(self._said) < MOST_INSPECTED:
            method_asked = self._pending.get(message.get("id", 0), "")
            self._said.append(Said(method or method_asked, message, method is None))
        if method is None:
            number = message.get("id")
            if number in self._pending:
                del self._pending[number]
                self.answered[number] = at
                self._answers[number] = message
            else:
                self.faults.append(f"an answer to nothing, or a second one: {message}")
        elif "id" in message:
            self.requests.append((method, params))
            if method in self.silent:
                self.unanswered.append(message["id"])
                return
            self._send({"id": message["id"], **self._answer(method, params)})
        elif method == "textDocument/publishDiagnostics":
            publish = Publish(at, params["uri"], params.get("version"), params["diagnostics"])
            self.publishes.append(publish)
            self._last[publish.uri] = publish
        elif method == "window/showMessage":
            self.messages.append(params)
        elif method == "window/logMessage":
            self.logs.append(params)
        elif method == "$/progress":
            self.progress.append(params)
        else:
            self.notifications.append((method, params))

    def _answer(self, method: str, params: Json) -> dict[str, Json]:
        match method:
            case "workspace/configuration":
                items = params["items"]
                return {"result": [self._configured(item) for item in items]}
            case "workspace/applyEdit":
                self.applied.append(params)
                return {"result": self.apply_answer}
            case "window/showMessageRequest":
                self.messages.append(params)
                chosen = [each for each in params["actions"] if each["title"] == self.choice]
                return {"result": chosen[0] if chosen else None}
            case "window/showDocument":
                return {"result": {"success": True}}
            case (
                "client/registerCapability"
                | "client/unregisterCapability"
                | "window/workDoneProgress/create"
                | "workspace/diagnostic/refresh"
                | "workspace/codeLens/refresh"
                | "workspace/inlayHint/refresh"
            ):
                return {"result": None}
            case _:
                return {"error": {"code": -32601, "message": f"no such method: {method}"}}

    def _configured(self, item: Mapping[str, Json]) -> Json:
        section: str | None = item.get("section")
        values = self.scoped.get(item.get("scopeUri", ""), self.configuration)
        if section is None or section in values:
            return values if section is None else values[section]
        value: Json = values
        for key in section.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        return value


def uri(document: str | Path) -> str:
    """Return the URI of a file; a URI is returned unchanged."""
    return document.absolute().as_uri() if isinstance(document, Path) else document


def framed(body: bytes) -> bytes:
    """Return a message with its LSP header, as it is sent."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def text_edit(start: Place, end: Place, text: str, *, key: str = "newText") -> dict[str, Json]:
    """Return an LSP TextEdit (or, with ``key="text"``, a content change)."""
    places = {
        name: {"line": line, "character": character}
        for name, (line, character) in (("start", start), ("end", end))
    }
    return {"range": places, key: text}


def codes(diagnostics: Sequence[Mapping[str, Json]], source: str = "") -> list[str]:
    """Return the sorted codes of diagnostics, of all tools or of one."""
    wanted = (item for item in diagnostics if item["source"].startswith(source))
    return sorted(item.get("code", "") for item in wanted)


def shows(*expected: str) -> Callable[[Sequence[Mapping[str, Json]]], bool]:
    """Return a condition: the diagnostics have exactly these codes, in any order."""
    return lambda items: codes(items) == sorted(expected)


def apply_edits(
    text: str, edits: Sequence[Mapping[str, Json]] | Mapping[str, Json], encoding: str = "utf-16"
) -> str:
    """Apply LSP TextEdits by LSP's rule: all of them refer to the original text.

    Written for clarity and independent of the product's code, because tests compare the two.

    Args:
        text: The text before.
        edits: TextEdits, or a WorkspaceEdit that touches one document only.
        encoding: The unit of the edits' columns.

    Raises:
        ValueError: Two edits overlap, or the WorkspaceEdit does more than edit one document.
    """
    if isinstance(edits, Mapping):
        edits = _edits_of(edits)
    spans = [
        (
            _offset(text, edit["range"]["start"], encoding),
            _offset(text, edit["range"]["end"], encoding),
            edit["newText"],
        )
        for edit in edits
    ]
    # Stable, so that insertions at one place keep their order.
    spans.sort(key=lambda span: span[:2])
    result, done = [], 0
    for start, end, new in spans:
        if start < done or end < start:
            raise ValueError(f"edits overlap or are turned round: {edits}")
        result += [text[done:start], new]
        done = end
    return "".join([*result, text[done:]])


def apply_changes(text: str, changes: str | Sequence[Change], encoding: str = "utf-16") -> str:
    """Apply the changes of ``Client.change`` to a text, one after the other."""
    if isinstance(changes, str):
        return changes
    for change in changes:
        text = apply_edits(text, [text_edit(*change)], encoding)
    return text


def _edits_of(workspace_edit: Mapping[str, Json]) -> list[dict[str, Json]]:
    documents: list[dict[str, Json]] = workspace_edit.get("documentChanges") or [
        {"edits": edits} for edits in (workspace_edit.get("changes") or {}).values()
    ]
    if len(documents) != 1 or "edits" not in documents[0]:
        raise ValueError(f"not an edit of one document: {workspace_edit}")
    found: list[dict[str, Json]] = documents[0]["edits"]
    return found


def _offset(text: str, position: Mapping[str, int], encoding: str) -> int:
    """Return a position's offset in a text, in code points; a position outside is clamped."""
    starts = [0, *(match.end() for match in re.finditer("\r\n|\r|\n", text))]
    if position["line"] >= len(starts):
        return len(text)
    start = starts[position["line"]]
    unit = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
    codec, width = unit[encoding]
    left, offset = position["character"] * width, start
    while offset < len(text) and text[offset] not in "\r\n":
        left -= len(text[offset].encode(codec, "surrogatepass"))
        if left < 0:
            break
        offset += 1
    return offset


def read_body(stream: IO[bytes]) -> bytes | None:
    """Read one message's body; return None if the stream ends before it."""
    length = None
    while line := stream.readline():
        name, _, value = line.partition(b":")
        if line == b"\r\n":
            if length is None:
                raise ValueError("a message without Content-Length")
            body = stream.read(length)
            if len(body) < length:
                raise ValueError(f"the stream ended inside a message: {body[:200]!r}")
            return body
        if name.lower() == b"content-length":
            length = int(value)
        elif name.lower() != b"content-type":
            raise ValueError(f"not LSP: {line!r}")
    return None


def _merge(base: Mapping[str, Json], over: Mapping[str, Json]) -> dict[str, Json]:
    merged = dict(base)
    for key, value in over.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = _merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def _params_of(params: Json) -> dict[str, Json]:
    return {} if params is None else {"params": params}
