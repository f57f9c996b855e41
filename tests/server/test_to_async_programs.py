"""Small programs behave the same after a conversion to async, or are refused for a reason."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from python_expert.actions.base import Options, Skipped
from python_expert.actions.convert_to_async import ConvertToAsync
from python_expert.actions.convert_to_async.offline import propose
from python_expert.actions.convert_to_async.proof import prove
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = sorted((Path(__file__).parents[1] / "async_programs").glob("*.py"))
REFUSED = {
    "refused_cache": "lru_cache",
    "refused_callback": "passed on as a value",
    "refused_property": "decorated with property",
    "refused_sqlite": "belongs to the thread",
}
PARTLY = {
    "partly_cache": "lru_cache",
    "partly_callback": "passed on as a value",
    "partly_class_body": "the body of a class",
    "partly_constructor": "called by Python itself",
    "partly_default": "a default value",
    "partly_dunder": "called by Python itself",
    "partly_error": "decorated with property",
    "partly_event": "asyncio.Event does not know",
    "partly_exit": "decorated with property",
    "partly_generator_expression": "a generator expression",
    "partly_generator_result": "returns a value",
    "partly_lambda": "a lambda",
    "partly_mixed_with": "of this with statement can wait",
    "partly_override": "passed on as a value",
    "partly_property": "decorated with property",
    "partly_rlock": "an RLock belongs to the thread",
    "partly_sqlite": "belongs to the thread",
    "partly_submit": "passed on as a value",
    "partly_thread_class": "threading.Thread",
    "partly_thread_pool": "passed on as a value",
    "partly_unknown_object": "it is not certain whether source.get",
}
STILL_BLOCKING = {
    "partly_callback": ["`sorted(['bb', 'a'], key=weight)`"],
    "partly_dunder": ["Pile.__len__ of `pile` may block the event loop"],
    "partly_event": ["`READY.wait(1)`"],
    "partly_generator_expression": ["`odd(n)`", "`odd(n)`"],
    "partly_generator_result": ["`walk(3)`"],
    "partly_lambda": ["`size(text)`"],
    "partly_override": ["`map(Child.load, [Child()])`"],
    "partly_property": ["`sensor.value`"],
    "partly_rlock": ["`note('a')`", "`note('b')`"],
    "partly_sqlite": ["`rows()`"],
}
OPTIONS = Options(packages=("httpx",))


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        body = json.dumps({"path": path}).encode()
        self.send_response(404 if path == "/missing" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server that answers with the requested path."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Converted(NamedTuple):
    """A program after the offline conversion.

    Attributes:
        before: The text before.
        after: The text after; the same if the conversion was refused.
        left: The skipped definitions.
        verdict: The proof's verdict.
    """

    before: Source
    after: Source
    left: tuple[Skipped, ...]
    verdict: Verdict


def convert(path: Path) -> Converted:
    """Convert all blocking code of a program with the offline provider's proposals."""
    before = Source.of(path.read_text(encoding="utf-8"))
    rewrite = ConvertToAsync()
    targets, _ = rewrite.targets(before, None, OPTIONS)
    facts = dict(propose(before, [each.key for each in targets], OPTIONS))
    candidate = rewrite.write(before, facts, OPTIONS)
    after = before.with_edits(candidate.edits)
    return Converted(before, after, candidate.left, prove(before, after, OPTIONS))


def run(text: str, folder: Path, url: str) -> tuple[int, str, str]:
    """Run a program; return its exit code, output and errors."""
    folder.mkdir()
    (folder / "program.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "utf8", "program.py", url],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def converted() -> dict[str, Converted]:
    """All programs after their conversion."""
    return {path.stem: convert(path) for path in PROGRAMS}


def test_programs_behave_the_same_after_the_conversion(
    converted: dict[str, Converted], url: str, tmp_path: Path
) -> None:
    jobs = [
        (text, tmp_path / f"{name}-{when}", url)
        for name, each in converted.items()
        for when, text in (("before", each.before.text), ("after", each.after.text))
    ]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda job: run(*job), jobs))
    wrong = {
        name: (before, after)
        for name, before, after in zip(converted, results[::2], results[1::2], strict=True)
        if before != after or before[2]
    }
    assert wrong == {}


def test_every_program_is_converted_or_refused_for_its_reason(
    converted: dict[str, Converted],
) -> None:
    refused = {name for name, each in converted.items() if each.after.text == each.before.text}
    partly = {name for name, each in converted.items() if each.left} - refused
    accepted = [
        name
        for name, each in converted.items()
        if name not in refused and each.verdict.status is not Status.REFUSED
    ]
    print(f"{len(accepted)} programs converted, {len(partly)} in part, {len(refused)} refused")  # noqa: T201 - the counts are asked for
    assert refused == set(REFUSED)
    assert partly == set(PARTLY)
    assert len(accepted) + len(refused) == len(PROGRAMS)
    assert len(accepted) >= 60
    for name, reason in (REFUSED | PARTLY).items():
        assert any(reason in each.reason for each in converted[name].left), converted[name].left


def test_the_gate_asks_only_about_packages_and_threads(converted: dict[str, Converted]) -> None:
    reasons = {
        name: [each.message for each in one.verdict.reasons] for name, one in converted.items()
    }
    still = {
        name: [e.split(" still blocks")[0] for e in each if e.endswith("the event loop")]
        for name, each in reasons.items()
    }
    assert {name: each for name, each in still.items() if each} == STILL_BLOCKING
    other = [
        each
        for name in reasons
        for each in reasons[name]
        if "thread" not in each
        and not each.endswith("the event loop")
        and "while an event loop runs" not in each  # in programs without a guard
    ]
    assert len(other) == 1
    assert "httpx takes the place of requests" in other[0]


def test_converted_programs_have_no_findings(
    converted: dict[str, Converted], tmp_path: Path
) -> None:
    for name, each in converted.items():
        if name not in REFUSED:
            (tmp_path / f"{name}.py").write_text(each.after.text, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--preview"]
    done = subprocess.run(
        # The loop reads Path.iterdir: the report says that it still blocks.
        [*ruff, "--select", "ASYNC,F", "--per-file-ignores", "paths.py:ASYNC240", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    mypy = [sys.executable, "-m", "mypy", "--check-untyped-defs"]
    mypy += ["--enable-error-code", "unused-awaitable"]
    mypy += ["--config-file", os.devnull, "--cache-dir", os.devnull, "--ignore-missing-imports"]
    done = subprocess.run(
        [*mypy, "--disable-error-code", "import-untyped", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


OVERLAPPING = {
    "a thread for a call": """import requests


def fetch(url):
    return requests.get(url).text
""",
    "a client for asyncio": """import requests


def fetch(url):
    with requests.Session() as session:
        return session.get(url).text
""",
    "a thread for a block": """import urllib.request


def fetch(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()
""",
    "a thread for a function that stays": """import functools
import requests


@functools.cache
def load(url):
    return requests.get(url).text


def fetch(url):
    return load(url)
""",
}


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that answers a request only while another request is open."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    barrier = threading.Barrier(2, timeout=60)  # the second arrives immediately or never

    class Handler(_Handler):
        def do_GET(self) -> None:
            barrier.wait()
            super().do_GET()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("text", OVERLAPPING.values(), ids=OVERLAPPING.keys())
def test_converted_functions_wait_at_the_same_time(text: str, meeting: str) -> None:
    before = Source.of(text)
    facts = {"fetch": {"convert": True}}
    after = before.with_edits(ConvertToAsync().write(before, facts, OPTIONS).edits)
    assert prove(before, after, OPTIONS).status is not Status.REFUSED
    names: dict[str, Any] = {}
    exec(after.text, names)  # noqa: S102 - a program of ours

    async def both() -> Any:  # noqa: ANN401 - of a program of ours
        return await asyncio.gather(*(names["fetch"](f"{meeting}/{n}") for n in range(2)))

    assert asyncio.run(both()) == ['{"path": "/0"}', '{"path": "/1"}']
