"""A proxy between the server and a tool that tampers with the tool's answers.

Its command line is that of the tool, after a folder and the tool's name in that folder::

    disturber.py FOLDER NAME PROGRAM [ARGUMENT …]

It starts the program and forwards the messages in both directions. A file ``NAME.next.…`` in the
folder names the disturbance of the next answer; the proxy deletes the file when it has applied the
disturbance. For each file ``NAME.fails.…`` one start fails, and deletes that file.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

Message = dict[str, Any]

STATUS = 70
LONG_RUNNING = (
    "server",
    "mypy_worker.serve",
    "bandit_worker.serve",
    "python_expert.pipeline.worker",
)
"""Endings of the arguments of long-running programs, whose answers can be disturbed."""


class Proxy:
    """A proxy in front of one program that disturbs its answers.

    Args:
        folder: The folder with the planned disturbances.
        name: The tool's name in that folder.
        program: The program and its arguments.
    """

    def __init__(self, folder: Path, name: str, program: list[str]) -> None:
        self._folder = folder
        self._name = name
        self._tool = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._tool.stdin is not None
        assert self._tool.stdout is not None
        self._to, self._from = self._tool.stdin.fileno(), self._tool.stdout.fileno()
        self._open_inputs = [0, self._from]
        self._received = b""

    def run(self) -> NoReturn:
        """Forward the messages in both directions until the tool ends."""
        while True:
            ready, _, _ = select.select(self._open_inputs, [], [])
            for source in ready:
                data = os.read(source, 1 << 16)
                if source == 0 and data:
                    _write(self._to, data)
                elif source == 0:
                    self._open_inputs.remove(0)
                    os.close(self._to)
                elif data:
                    self._received += data
                    while (body := self._next_body()) is not None:
                        self._forward(body)
                else:
                    status = self._tool.wait()
                    os._exit(status if status >= 0 else STATUS)

    def _next_body(self) -> bytes | None:
        head, blank, rest = self._received.partition(b"\r\n\r\n")
        if not blank:
            return None
        length = int(head.lower().rpartition(b"content-length:")[2].split()[0])
        if len(rest) < length:
            return None
        self._received = rest[length:]
        return rest[:length]

    def _forward(self, body: bytes) -> None:
        message = json.loads(body)
        disturbance = None if message.get("result") is None else self._take_plan()
        if disturbance is None:
            _send(message)
        else:
            DISTURBANCES[disturbance](self, message)

    def _take_plan(self) -> str | None:
        for plan in self._folder.glob(f"{self._name}.next.*"):
            disturbance = plan.read_text()
            plan.unlink()
            return disturbance
        return None

    # Disturbances

    def garbage(self, message: Message) -> None:
        """Send random bytes instead of a message."""
        del message
        _write(1, os.urandom(700))

    def no_json(self, message: Message) -> None:
        """Send a message whose body is not JSON."""
        del message
        _write(1, _frame(b"{[(" * 9 + os.urandom(9)))

    def another_shape(self, message: Message) -> None:
        """Answer with a result of an unexpected type."""
        _send({**message, "result": "nonsense"})

    def a_strange_id(self, message: Message) -> None:
        """Answer with an id that no request can have."""
        _send({**message, "id": [message["id"]]})

    def a_strange_error(self, message: Message) -> None:
        """Answer with an error that is not an error object."""
        _send({"jsonrpc": "2.0", "id": message["id"], "error": "no"})

    def half(self, message: Message) -> None:
        """Send half of a message, and exit."""
        data = _frame(json.dumps(message).encode())
        _write(1, data[: len(data) // 2])
        os._exit(STATUS)

    def closes_output(self, message: Message) -> None:
        """Close the output, and keep running."""
        del message
        os.close(1)

    def closes_input(self, message: Message) -> None:
        """Close the input, and keep running."""
        del message
        self._open_inputs.remove(0)
        os.close(0)

    def late(self, message: Message) -> None:
        """Hold the answer back until the test releases it."""
        release = self._folder / f"{self._name}.release"
        while not release.exists():
            time.sleep(0.005)
        release.unlink()
        _send(message)

    def twice(self, message: Message) -> None:
        """Answer twice."""
        _send(message)
        _send(message)

    def an_old_id(self, message: Message) -> None:
        """Answer with the id of the first request, so that this request gets no answer."""
        _send({**message, "id": 1})

    def another_version(self, message: Message) -> None:
        """Answer with old document versions, if the answer has any."""
        result = message["result"]
        files = result.get("files", {}).values() if isinstance(result, dict) else ()
        for file in files:
            file["version"] -= 1000
        _send(message)


DISTURBANCES: dict[str, Callable[[Proxy, Message], None]] = {
    "garbage": Proxy.garbage,
    "no JSON": Proxy.no_json,
    "another shape": Proxy.another_shape,
    "a strange id": Proxy.a_strange_id,
    "a strange error": Proxy.a_strange_error,
    "half an answer": Proxy.half,
    "closed output": Proxy.closes_output,
    "closed input": Proxy.closes_input,
    "a late answer": Proxy.late,
    "two answers": Proxy.twice,
    "an old id": Proxy.an_old_id,
    "another version": Proxy.another_version,
}
"""The disturbances of an answer, by their names in a plan."""


def _frame(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def _send(message: Message) -> None:
    _write(1, _frame(json.dumps(message).encode()))


def _write(target: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(target, data) :]
        except OSError:
            return


def is_long_running(program: list[str]) -> bool:
    """Return whether the arguments are those of a long-running program, not of a single run."""
    return any(argument.endswith(LONG_RUNNING) for argument in program) and "run" not in program


def main() -> NoReturn:
    """Run the proxy, or replace this process with a program that is not long-running."""
    folder, name, *program = sys.argv[1:]
    for plan in Path(folder).glob(f"{name}.fails.*"):
        plan.unlink()
        sys.exit(STATUS)
    if not is_long_running(program):
        os.execv(program[0], program)  # noqa: S606 - it replaces itself with that program
    Proxy(Path(folder), name, program).run()


if __name__ == "__main__":
    main()
