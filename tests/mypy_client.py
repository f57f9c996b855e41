"""A client of the mypy worker, for tests that control it as its parent process does."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import textwrap
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.client import framed, read_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Json = dict[str, Any]

PACKAGE = Path(__file__).parents[1] / "server" / "python_expert"
WORKER = "python_expert.tools.mypy.mypy_worker.serve"


class WorkerError(Exception):
    """Raised if the worker answers with an error."""

    def __init__(self, error: Json) -> None:
        super().__init__(error["message"])
        self.kind = error["data"]["kind"]


class Worker:
    """The parent process's side of one worker."""

    def __init__(self, package: Path = PACKAGE, **env: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(package / "processes" / "run_worker.py"), WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **env},
        )
        assert self.process.stdin
        assert self.process.stdout
        self.input, self.output = self.process.stdin, self.process.stdout
        self.notifications: list[Json] = []
        self.files: dict[str, Json] = {}
        self.first: dict[str, Json] = {}
        self.settled, self.variant = True, ""
        self._ids = itertools.count(1)

    def send(self, method: str, params: Json, **more: object) -> None:
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        self.input.write(framed(body))
        self.input.flush()

    def receive(self) -> Json:
        body = read_body(self.output)
        assert body is not None, "the worker has closed its output"
        message: Json = json.loads(body)
        return message

    def request(self, method: str, **params: object) -> Any:  # noqa: ANN401 - JSON is untyped
        number = next(self._ids)
        self.send(method, params, id=number)
        while (message := self.receive()).get("id") != number:
            self.notifications.append(message)
            if message["method"] in {"first", "settled"}:
                self.files |= message["params"]["files"]
            if message["method"] == "first":
                self.first |= message["params"]["files"]
        if "error" in message:
            raise WorkerError(message["error"])
        return message["result"]

    def start(self, root: Path, *args: str, plugins: bool = True) -> Json:
        answer: Json = self.request("start", root=str(root), args=list(args), plugins=plugins)
        return answer

    def show(self, path: Path, text: str, version: int = 1) -> None:
        """Open a buffer or change it; the worker treats both alike."""
        params = {"path": str(path), "text": textwrap.dedent(text), "version": version}
        self.send("open" if version == 1 else "change", params)

    def close(self, path: Path) -> None:
        self.send("close", {"path": str(path)})
        self.files.pop(str(path), None)

    def news(self) -> dict[str, Json]:
        """Return the immediate result of a check, by path: only the buffers whose findings are new.

        What the worker reports while mypy is still building is also in `first`.
        """
        self.first.clear()
        answer = self.request("check")
        self.variant, self.settled = answer["variant"], answer["settled"]
        files: dict[str, Json] = self.first | answer["files"]
        self.files |= files
        return files

    def settle(self) -> dict[str, Json]:
        """Return what the worker reports by itself after a pause, by path."""
        while (message := self.receive()).get("method") != "settled":
            self.notifications.append(message)
        files: dict[str, Json] = message["params"]["files"]
        self.settled = message["params"]["settled"]
        self.files |= files
        return files

    def written(self) -> None:
        """Wait until the worker has written the cache for later workers."""
        while (message := self.receive()).get("method") != "written":
            self.notifications.append(message)

    @property
    def built(self) -> bool:
        """Whether the worker has read files for a build, which is slower than loading a cache."""
        return any(message["method"] == "progress" for message in self.notifications)

    def check(self) -> dict[str, Json]:
        """Return the final findings, by path."""
        self.news()
        if not self.settled:
            self.settle()
        return self.files

    def what_if(self, path: Path, text: str) -> dict[str, Json]:
        """Return the findings in all buffers, by path, if an open buffer had the text `text`."""
        answer = self.request("what_if", path=str(path), text=textwrap.dedent(text))
        files: dict[str, Json] = answer["files"]
        return files

    def codes(self) -> dict[str, list[str]]:
        """Return the findings by file name: `line:code`, and `!` first if it was not parsed."""
        return codes(self.check())

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.input, self.output):
            with suppress(BrokenPipeError):
                pipe.close()


@contextmanager
def checked(folder: Path, texts: Mapping[str, str], *options: str) -> Iterator[Worker]:
    """Start a worker that has checked open buffers in a folder without a configuration file.

    Args:
        folder: The folder.
        texts: The buffers' texts by their names.
        options: Options of mypy.
    """
    worker = Worker()
    worker.start(folder, "--config-file", "", *options)
    for name, text in texts.items():
        worker.show(folder / name, text)
    worker.check()
    yield worker
    worker.end()


def codes(files: Mapping[str, Json]) -> dict[str, list[str]]:
    """Return the findings by file name: `line:code`, and `!` first if it was not parsed."""
    return {
        Path(path).name: ["!"] * (not result["parsed"])
        + [f"{each['line']}:{each['code']}" for each in result["findings"]]
        for path, result in files.items()
    }


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files, by their paths in a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
