"""A program that stands between the server and a tool, and disturbs what the tool says.

It is started as the tool would be, after a folder, the tool's name there and the program::

    disturber.py FOLDER NAME PROGRAM [ARGUMENT …]

It starts the program and passes on what goes to and fro. A file ``NAME.next.…`` in the folder
tells what to do to the next answer; taking it away says that it was done. For each file
``NAME.fails.…`` one start fails, and takes that file away.
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
LIVE = ("server", "mypy_worker.serve", "bandit_worker.serve", "python_expert.pipeline.worker")
"""By an argument that ends so one knows the program that stays, and can be disturbed."""


class Disturber:
    """One program and what is to be done to its answers.

    Args:
        folder: Where the plan is.
        name: The tool's name there.
        program: The program and its arguments.
    """

    def __init__(self, folder: Path, name: str, program: list[str]) -> None:
        self._folder = folder
        self._name = name
        self._tool = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._tool.stdin is not None
        assert self._tool.stdout is not None
        self._to, self._from = self._tool.stdin.fileno(), self._tool.stdout.fileno()
        self._heard = [0, self._from]
        self._received = b""

    def run(self) -> NoReturn:
        """Pass on what goes to and fro until the tool ends."""
        while True:
            ready, _, _ = select.select(self._heard, [], [])
            for source in ready:
                data = os.read(source, 1 << 16)
                if source == 0 and data:
                    _write(self._to, data)
                elif source == 0:
                    self._heard.remove(0)
                    os.close(self._to)
                elif data:
                    self._received += data
                    while (body := self._next()) is not None:
                        self._pass(body)
                else:
                    status = self._tool.wait()
                    os._exit(status if status >= 0 else STATUS)

    def _next(self) -> bytes | None:
        head, blank, rest = self._received.partition(b"\r\n\r\n")
        if not blank:
            return None
        length = int(head.lower().rpartition(b"content-length:")[2].split()[0])
        if len(rest) < length:
            return None
        self._received = rest[length:]
        return rest[:length]

    def _pass(self, body: bytes) -> None:
        message = json.loads(body)
        deed = None if message.get("result") is None else self._planned()
        if deed is None:
            _say(message)
        else:
            DEEDS[deed](self, message)

    def _planned(self) -> str | None:
        for plan in self._folder.glob(f"{self._name}.next.*"):
            deed = plan.read_text()
            plan.unlink()
            return deed
        return None

    # Deeds

    def garbage(self, message: Message) -> None:
        """Say what is no message at all, and never the same."""
        del message
        _write(1, os.urandom(700))

    def no_json(self, message: Message) -> None:
        """Say a message that is no JSON."""
        del message
        _write(1, _frame(b"{[(" * 9 + os.urandom(9)))

    def another_shape(self, message: Message) -> None:
        """Answer with what nobody expects."""
        _say({**message, "result": "nonsense"})

    def a_strange_id(self, message: Message) -> None:
        """Answer a request that nobody could make."""
        _say({**message, "id": [message["id"]]})

    def a_strange_error(self, message: Message) -> None:
        """Answer with an error that is none."""
        _say({"jsonrpc": "2.0", "id": message["id"], "error": "no"})

    def half(self, message: Message) -> None:
        """Say half of a message, and die."""
        data = _frame(json.dumps(message).encode())
        _write(1, data[: len(data) // 2])
        os._exit(STATUS)

    def closes_output(self, message: Message) -> None:
        """Say nothing any more, and live on."""
        del message
        os.close(1)

    def closes_input(self, message: Message) -> None:
        """Hear nothing any more, and live on."""
        del message
        self._heard.remove(0)
        os.close(0)

    def late(self, message: Message) -> None:
        """Keep the answer until it is asked for."""
        release = self._folder / f"{self._name}.release"
        while not release.exists():
            time.sleep(0.005)
        release.unlink()
        _say(message)

    def twice(self, message: Message) -> None:
        """Answer twice."""
        _say(message)
        _say(message)

    def an_old_id(self, message: Message) -> None:
        """Answer the first request once more, and this one never."""
        _say({**message, "id": 1})

    def another_version(self, message: Message) -> None:
        """Say that the answer is about a text of long ago, where an answer says so at all."""
        result = message["result"]
        files = result.get("files", {}).values() if isinstance(result, dict) else ()
        for file in files:
            file["version"] -= 1000
        _say(message)


DEEDS: dict[str, Callable[[Disturber, Message], None]] = {
    "garbage": Disturber.garbage,
    "no JSON": Disturber.no_json,
    "another shape": Disturber.another_shape,
    "a strange id": Disturber.a_strange_id,
    "a strange error": Disturber.a_strange_error,
    "half an answer": Disturber.half,
    "closed output": Disturber.closes_output,
    "closed input": Disturber.closes_input,
    "a late answer": Disturber.late,
    "two answers": Disturber.twice,
    "an old id": Disturber.an_old_id,
    "another version": Disturber.another_version,
}
"""What can be done to an answer, by its name in a plan."""


def _frame(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def _say(message: Message) -> None:
    _write(1, _frame(json.dumps(message).encode()))


def _write(target: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(target, data) :]
        except OSError:
            return  # who does not listen is not spoken to


def stays(program: list[str]) -> bool:
    """Whether these are the arguments of a program that stays; a worker told to run once ends."""
    return any(argument.endswith(LIVE) for argument in program) and "run" not in program


def main() -> NoReturn:
    """Disturb, or be the program where it does not stay."""
    folder, name, *program = sys.argv[1:]
    for plan in Path(folder).glob(f"{name}.fails.*"):
        plan.unlink()
        sys.exit(STATUS)
    if not stays(program):
        os.execv(program[0], program)  # noqa: S606 - it replaces itself with that program
    Disturber(Path(folder), name, program).run()


if __name__ == "__main__":
    main()
