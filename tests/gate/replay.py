"""Edits of the corpus, made by way of a model that answers through the loopback endpoint."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.actions.registry import action_of
from python_expert.cli.gate_files import FileGate
from python_expert.cli.rewrite_files import FileRewriter
from python_expert.config.settings import ProviderName
from python_expert.gate.verdict import Status
from python_expert.llm.usage import Usage
from python_expert.text.decoding import encoding_of
from python_expert.tools import registry
from python_expert.tools.ruff.tool import Ruff
from tests.actions import CONVERT_TO_ASYNC
from tests.conftest import write
from tests.gate.said import chosen, facts, smuggled
from tests.messages import PROXIES, MessagesServer, reply
from tests.model import asked_for, says
from tests.tools import TOOLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from python_expert.actions.base import Action
    from tests.gate.said import Answers
    from tests.messages import Behaviour, Request

EVIL = "open(__file__ + '.ran', 'w').close()\n\n\nclass Thing:\n    pass\n"
"""A module beside texts that bid a model to do harm: it runs code when it is imported."""

BATCH = 40
"""Files of one project; all its rewrites have one process."""

PROCESSES = 2

LINT = """
[tool.ruff.lint]
select = ["E9", "F", "ASYNC"]
[tool.mypy]
strict = true
"""
MODEL = """
[tool.python-expert]
llm.repair-attempts = 0
"""
"""The model would give the same answer again."""


@dataclass(frozen=True)
class Play:
    """An edit to be brought about.

    Attributes:
        kind: The name of the action that it claims to be: there is one action of a name in a
            process, and plays are sent to others.
        name: What it does.
        before: The text before.
        after: The text after.
        suffix: Of the file.
        python: The oldest Python that the text must run on.
        packages: The packages that the project has.
        tools: Whether all tools judge it, or only ruff.
        complete: Whether existing docstrings are completed.
        place: Where the text after is put, for a model that hands it in whole; None for one that
            answers with the facts.
        obeys: A definition, and what the model says when it is asked about it.
    """

    kind: str
    name: str
    before: str
    after: str
    suffix: str = ".py"
    python: tuple[int, int] = (3, 11)
    packages: tuple[str, ...] = ()
    tools: bool = False
    complete: bool = False
    place: int | None = None
    obeys: tuple[str, str] | None = None

    @property
    def action(self) -> Action:
        """The action that it claims to be."""
        return action_of(self.kind)

    @property
    def setting(self) -> tuple[object, ...]:
        """What has to be the same for those that are played in one project."""
        return self.kind, self.python, self.packages, self.tools, self.complete


@dataclass(frozen=True)
class Played:
    """What came of it.

    Attributes:
        result: ``changed``, ``unchanged`` or ``refused``, as the user is told.
        text: The text as the rewrite leaves it.
        reason: What was left out, and why.
        unproven: Whether the user must agree to it first.
        judged: What the gate says of the text, were it handed in by anybody.
        ran: Whether the module that runs code when it is imported was.
    """

    result: str
    text: str
    reason: str
    unproven: bool
    judged: Status
    ran: bool


def play(plays: Sequence[Play]) -> list[Played]:
    """Bring edits about, and have what comes of them judged; equal ones once."""
    groups: dict[tuple[object, ...], dict[str, list[Play]]] = {}
    for each in plays:
        groups.setdefault(each.setting, {}).setdefault(_essence(each), []).append(each)
    jobs = [
        [same[0] for same in list(group.values())[start : start + BATCH]]
        for group in groups.values()
        for start in range(0, len(group), BATCH)
    ]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(PROCESSES, len(jobs)), mp_context=spawn) as pool:
        found = {
            (first.setting, _essence(first)): played
            for job, results in zip(jobs, pool.map(_run, jobs), strict=True)
            for first, played in zip(job, results, strict=True)
        }
    return [found[each.setting, _essence(each)] for each in plays]


def _essence(play: Play) -> str:
    """What a play depends on: many edits of the corpus come from the same facts."""
    if play.place is not None or play.obeys is not None:
        said: object = [play.after, play.place, play.obeys]
    elif play.action is CONVERT_TO_ASYNC:
        said = {
            key: [name for name in _NAMES if name in _part(play.after, key)]
            for key in facts(play.action, play.before, play.after)
        }
    else:
        said = facts(play.action, play.before, play.after)
    return json.dumps([play.before, play.suffix, said])


_NAMES = (
    "asyncio.sleep", "asyncio.to_thread", "asyncio.create_subprocess_exec", "aiofiles.open",
    "asyncio.Lock", "asyncio.Semaphore", "asyncio.BoundedSemaphore", "asyncio.Condition",
    "asyncio.Event", "asyncio.Queue", "asyncio.LifoQueue", "asyncio.PriorityQueue",
    "anyio.open_file", "httpx.AsyncClient",
)  # fmt: skip


def _part(text: str, key: str) -> str:
    """A definition's lines."""
    from python_expert.analysis.source import Source  # noqa: PLC0415 - only needed here

    source = Source.of(text)
    definition = source.definition(key)
    return source.slice(definition.range) if definition else ""


def _run(job: Sequence[Play]) -> list[Played]:
    """Bring the edits of one project about; in a process of its own."""
    registry.TOOLS = TOOLS if job[0].tools else (Ruff,)
    with MessagesServer() as server, tempfile.TemporaryDirectory() as folder:
        for name in PROXIES:
            os.environ.pop(name, None)
        os.environ.update(server.variables)
        os.environ["VIRTUAL_ENV"] = _environment(Path(folder) / "venv", job[0].packages)
        return asyncio.run(_play_all(job, Path(folder), server))


def _environment(folder: Path, packages: Iterable[str]) -> str:
    """A virtual environment that has some packages, as far as anybody looks at them."""
    site = f"lib/python3.{sys.version_info[1]}/site-packages"
    files = {
        f"{site}/{name}/{file}": "" for name in packages for file in ("__init__.py", "py.typed")
    }
    write(folder, {"pyvenv.cfg": "version = 3.11.0\n", f"{site}/none.py": "", **files})
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(sys.executable)
    return str(folder)


async def _play_all(job: Sequence[Play], folder: Path, server: MessagesServer) -> list[Played]:
    first = job[0]
    python = f'\n[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.{first.python[1]}"\n'
    files = {"pyproject.toml": LINT + python + MODEL}
    names = {f"case_{number:04}{each.suffix}": each for number, each in enumerate(job)}
    for side in ("before", "result"):
        write(folder / side, files)
    for name, one in names.items():
        if one.obeys is not None:
            write(folder / "before", {"evil.py": EVIL})
            write(folder / "result", {"evil.py": EVIL})
        (folder / "before" / name).write_bytes(_bytes(one.before))
    # Here, not when a question comes: Python 3.11 may fail to parse in two threads at once.
    said = {
        name: facts(one.action, one.before, one.after)
        for name, one in names.items()
        if one.obeys is None and one.place is None
    }
    now: list[str] = []
    server.answer = lambda request: _answer(names[now[-1]], said.get(now[-1], {}), request)
    rewriter = FileRewriter(
        first.action,
        key="",
        line=None,
        complete=first.complete,
        confirmed=False,
        provider=ProviderName.ANTHROPIC,
        warn=lambda _text: None,
        progress=lambda path, *_: now.append(path.name),
    )
    found = []
    try:
        async for each in rewriter.rewrite([folder / "before" / name for name in names]):
            found.append(each)
            data = (folder / "before" / each.path.name).read_bytes()
            if each.before != each.after:
                data = _bytes(each.after)
            (folder / "result" / each.path.name).write_bytes(data)
    finally:
        await rewriter.stop()
    judged = await _judged(first.action, folder)
    return [
        Played(
            each.outcome.result,
            each.after if each.before != each.after else names[each.path.name].before,
            each.outcome.reason,
            bool(each.outcome.unproven),
            judged.get(each.path.name, Status.ACCEPTED),
            (folder / "before" / "evil.py.ran").exists(),
        )
        for each in found
    ]


def _bytes(text: str) -> bytes:
    """What is on disk for a text."""
    plain = text.encode("utf-8", "surrogatepass")
    try:
        return text.encode(encoding_of(plain))
    except ValueError:
        return plain


async def _judged(action: Action, folder: Path) -> dict[str, Status]:
    """What the gate says of the results, each as the edit of a colleague.

    By itself: together they would be edits that have to do with each other.
    """
    gate = FileGate(action, lambda _text: None)
    try:
        return {
            each.path.name: each.status
            for path in sorted((folder / "result").glob("case_*"))
            async for each in gate.judge(folder / "before" / path.name, path)
        }
    finally:
        await gate.stop()


def _answer(play: Play, said: Answers, request: Request) -> Behaviour:
    """The model's reply to one question about a play, with these facts about each definition."""
    key = asked_for(request)
    if play.obeys is not None:
        text = play.obeys[1] if key == play.obeys[0] else says(key)
    elif play.place is not None:
        number = play.place + len(key)
        text = smuggled(play.action, key, play.after, number)
    else:
        answer = said.get(key, {})
        if play.action is CONVERT_TO_ASYNC and answer:
            answer = chosen(request.question, answer, _part(play.after, key))
        text = says(key, **answer)
    return reply(text, usage=Usage(1, 1), piece=10_000)
