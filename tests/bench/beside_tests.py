"""Measure how much tests slow findings down: ``python -m tests.bench.beside_tests``.

Each edit adds an unknown name, which ruff finds, and an unknown attribute, which mypy finds. Blocks
of edits with and without a test run alternate, so that noise affects both equally.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.many_tests import make_project, say, spread
from tests.client import Client, ResponseError
from tests.conftest import SERVER

if TYPE_CHECKING:
    from collections.abc import Sequence

TESTS = 4_000
"""The number of tests in the project, which run for longer than a block of edits."""

SOURCES = ("Ruff", "Mypy")


class _Editor:
    """An editor that edits one open file repeatedly."""

    def __init__(self, client: Client, root: Path) -> None:
        self.client = client
        self.root = root
        self.file = root / "shop/m0.py"
        self.text = self.file.read_text()
        self.version = 1
        self.client.open(self.file, self.text)
        self.client.wait_diagnostics(self.file, lambda found: found)

    def edit(self) -> dict[str, float]:
        """Add both findings; return how many ms each tool took to find its own."""
        self.version += 1
        name = f"probe_{self.version}"
        begun = time.perf_counter()
        self.client.change(self.file, self.version, f'{self.text}{name}\n"".{name}\n')
        times: dict[str, float] = {}

        def all_found(found: list[dict[str, object]]) -> bool:
            for source in SOURCES:
                if source not in times and any(
                    str(each.get("source")) == source and name in str(each["message"])
                    for each in found
                ):
                    times[source] = (time.perf_counter() - begun) * 1000
            return len(times) == len(SOURCES)

        self.client.wait_diagnostics(self.file, all_found)
        return times

    def run_tests(self) -> int:
        """Start a run of all tests; return the request's id."""
        arguments = [{"uri": self.root.as_uri(), "wait": True}]
        params = {"command": "pythonExpert.runTests", "arguments": arguments}
        return self.client.send_request("workspace/executeCommand", params)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=4)
    parser.add_argument("--edits", type=int, default=20)
    given = parser.parse_args(argv)
    os.environ["VIRTUAL_ENV"] = sys.prefix  # Python Expert looks for the project's Python here
    options = {"trusted": True}
    times: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        make_project(root, TESTS)
        with Client(SERVER, cwd=root) as client:
            client.initialize([root], options=options)
            editor = _Editor(client, root)
            editor.edit()
            for _ in range(given.blocks):
                for state in ("alone", "beside tests"):
                    number = editor.run_tests() if state == "beside tests" else 0
                    for _ in range(given.edits):
                        if number and number in client.answered:
                            raise RuntimeError("the tests have ended before the edits")
                        for source, taken in editor.edit().items():
                            times.setdefault((source, state), []).append(taken)
                    if number:
                        client.cancel(number)
                        with suppress(ResponseError):
                            client.result_of(number)
    for (source, state), measured in sorted(times.items()):
        say(f"{source} {state}: {spread(measured)}")


if __name__ == "__main__":
    main()
