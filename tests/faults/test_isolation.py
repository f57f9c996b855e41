"""A failure in the server costs only its own part of an answer.

The tests let each fault barrier fail in turn, while a server does typical work in phases. `COSTS`
lists what each failure may cost. A barrier that is not in it may cost nothing, so the tests cover a
new barrier automatically.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import python_expert
from python_expert.actions.registry import ACTIONS
from python_expert.baseline import file
from python_expert.baseline.file import NAME
from python_expert.isolation import BARRIERS, TOOL_BARRIERS
from tests.client import Client, shows
from tests.conftest import RUFF_ONLY, SERVER, write
from tests.faults.conftest import selected
from tests.tools import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.conftest import Tally

pytestmark = pytest.mark.one_python

Items = list[dict[str, Any]]

START = {"line": 0, "character": 0}

SITE = """
import os
path = os.environ.get("PYTHON_EXPERT_BROKEN")
try:
    from python_expert.isolation import FaultBarrier
except ImportError:  # the interpreter of a project
    path = None
if path:
    def broken(*args, **kwargs):
        raise RuntimeError("told to fail")

    def breakable(method):
        def replaced(self, otherwise, function, *args, **kwargs):
            with open(path + ".reached", "a") as file:
                file.write(self.name + "\\n")
            with open(path) as file:
                function = broken if file.read() == self.name else function
            return method(self, otherwise, function, *args, **kwargs)
        return replaced

    FaultBarrier.ask = breakable(FaultBarrier.ask)
    FaultBarrier.call = breakable(FaultBarrier.call)
"""
"""A sitecustomize.py: the function behind the barrier that a file names raises an exception."""

TOOLS = [name.title for name in NAMES]

PARTIAL = {
    "reporting the progress of {}": ("mypy",),
    "telling {} about files on disk": ("mypy",),
    "{}'s code actions": ("ruff",),
    "finding tests with {}": ("pytest",),
    "showing the coverage of {}": ("pytest",),
}
"""The barriers that only some tools have."""

# Each module that has barriers is imported, whatever other tests have imported before.
for source in Path(python_expert.__file__).parent.rglob("*.py"):
    if re.search(r"\b(FaultBarrier|ToolBarriers)\(", source.read_text(encoding="utf-8")):
        parts = source.relative_to(Path(python_expert.__file__).parents[1]).with_suffix("").parts
        importlib.import_module(".".join(parts))

for barriers in TOOL_BARRIERS:
    for tool in PARTIAL.get(barriers.template, NAMES):
        assert barriers[tool].name in BARRIERS

TEXT = """\
import re
import subprocess
import time

count: int =  "many"
subprocess.run("ls", shell=True)


def start_pause(delay):
    time.sleep(delay)


sorted([count])
"""
FUNCTION = 8
"""The line of the function in TEXT."""


def _each(template: str) -> dict[str, set[str]]:
    return {template.format(name): {name.title} for name in NAMES}


COSTS: dict[str, set[str]] = {
    "passing findings on": {*TOOLS},
    "telling a problem": {"problem"},
    "reporting the progress of mypy": {"progress"},
    "reporting the status": {"status", "model", *(f"status of {name}" for name in NAMES)},
    **{f"reporting the status of {name}": {f"status of {name}"} for name in NAMES},
    "reporting the status of the model": {"model"},
    **_each("passing a document to {}"),
    **_each("storing a report of {}"),
    **_each("showing a finding of {}"),
    **_each("moving {}'s findings"),
    **_each("starting {}"),
    "starting mypy": {"Mypy", "progress"},
    "passing a document to mypy": {"Mypy", "progress"},
    "checking a document that is open": {*TOOLS, "status", "progress"},
    "waiting for the tools": {*TOOLS},
    "telling mypy about files on disk": {"module on disk"},
    "checking a project's files on disk": {"module on disk"},
    "checking what depends on files on disk": {"module on disk"},
    "applying the settings of a project": {"new settings", "new file", "problem"},
    "looking at a project's configuration files": {"new file"},
    "looking at the configuration files": {"new file"},
    "watching a folder's configuration files": {"new file"},
    "deduplicating findings": {"twins"},
    "the rule PE005": {"Python Expert"},
    "ruff's code actions": {"quick fix"},
    "running tests": {"tests"},
    "the menu of rewrites": {*map(str, ACTIONS)},
    **{f"offering {action}": {str(action)} for action in ACTIONS},
    "looking for what can be rewritten": {"nothing to rewrite"},
    "answering textDocument/hover": {"hover"},
    "explaining a rule": {"explanation"},
    "answering textDocument/formatting": {"format"},
    "answering textDocument/rangeFormatting": {"format range"},
    **_each("storing the findings of {} in the workspace"),
    "showing what the workspace check has found": {*TOOLS},
    "removing the findings of the workspace check": {"found before"},
}
"""What may be missing while a barrier fails. A barrier that is not listed may cost nothing."""


class Server(NamedTuple):
    """A server with a barrier that can fail.

    Attributes:
        editor: The server's client.
        folder: The server's workspace folder.
        broken: The file with the name of the barrier that fails.
        log: The server's log.
    """

    editor: Client
    folder: Path
    broken: Path
    log: Path

    def take_reached(self) -> set[str]:
        """Return the barriers that were reached since the last call."""
        path = self.broken.with_name(self.broken.name + ".reached")
        names = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return set(names)


class Work:
    """The context of one phase of the work.

    Args:
        server: The server.
        number: A number that no other phase has.
        failing: The barrier that fails during the phase.
    """

    def __init__(self, server: Server, number: int, failing: str) -> None:
        self.editor = server.editor
        self.folder = server.folder
        self.number = number
        self._costs = COSTS.get(failing, set())

    def expects(self, part: str) -> bool:
        """Return whether a part of the answers must be present."""
        return part not in self._costs

    def open(self, name: str, text: str = TEXT) -> str:
        """Open a document with a name that no other phase uses."""
        return self.editor.open(self.folder / f"{name}{self.number}.py", text)

    def wait_findings(self, document: str, version: int = 1, *, beside: str = "") -> None:
        """Wait for the findings of all tools that must work, except ``beside``."""
        for tool in TOOLS:
            if self.expects(tool) and tool != beside:
                self.editor.wait_diagnostics(document, has_finding_of(tool), version)


def has_finding_of(tool: str) -> Callable[[Items], bool]:
    return lambda items: any(item["source"] == tool for item in items)


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """A function that starts servers with a barrier that can fail."""
    site = write(tmp_path / "site", {"sitecustomize.py": SITE})
    numbers = itertools.count()
    running: list[Client] = []

    def start(failing: str = "", **capabilities: object) -> Server:
        files = {"pyproject.toml": "", NAME: file.write({})}
        folder = write(tmp_path / f"folder{next(numbers)}", files)
        broken, log = folder.with_suffix(".broken"), folder.with_suffix(".log")
        broken.write_text(failing)
        env = {"PYTHONPATH": str(site), "PYTHON_EXPERT_BROKEN": str(broken)}
        editor = Client([*SERVER, "--log-file", log], env=env).__enter__()
        running.append(editor)
        wanted = {"experimental": {"pythonExpertStatus": True}} | capabilities
        editor.initialize([folder], capabilities=wanted)
        return Server(editor, folder, broken, log)

    yield start
    for editor in running:
        editor.__exit__(None, None, None)


# The phases


def typing(work: Work) -> None:
    """Open, change and close documents, and send all requests about them."""
    editor, document = work.editor, work.open("typed")
    work.wait_findings(document)
    other = work.open("other", "import os\n")
    if work.expects("Ruff"):
        editor.wait_diagnostics(other, shows("F401"))
    editor.change(document, 2, [((0, 0), (0, 0), "import os  # noqa: F401\n")])
    work.wait_findings(document, 2)
    if work.expects("twins"):
        items = editor.diagnostics(document)
        assert len({item["code"] for item in items} & {"B602", "S602"}) <= 1
    send_all_requests(work, document)
    editor.save(document)
    editor.change(document, 3, [((0, 0), (1, 0), "")])
    work.wait_findings(document, 3)
    editor.close(document)
    editor.wait(lambda: editor.diagnostics(document) == [] or None, "no findings")
    editor.close(other)


def send_all_requests(work: Work, document: str) -> None:
    """Send all requests that an editor sends about a document."""
    editor, line = work.editor, FUNCTION + 1
    about: dict[str, Any] = {"textDocument": {"uri": document}}
    found: dict[str, set[str]] = {}
    for place in (0, 1, line):
        where = _span(place, 7, place, 7)
        context: dict[str, Any] = {"diagnostics": []}
        kinds: list[str] = []
        params = about | {"range": where, "context": context}
        for action in editor.request("textDocument/codeAction", params):
            command = action.get("command")
            kind = command["arguments"][0]["action"] if command else action["kind"]
            found.setdefault(kind, set()).add(action["title"])
            kinds.append("fix" if action["kind"] == "quickfix" else "rewrite")
        assert kinds == sorted(kinds), "the quick fixes come first"
    for action in ACTIONS:
        assert action.name in found or not work.expects(action.name), found
    source = about | {
        "range": _span(0, 0, 0, 0),
        "context": {"diagnostics": [], "only": ["source.fixAll"]},
    }
    assert editor.request("textDocument/codeAction", source) or not work.expects("quick fix")
    assert "quickfix" in found or not work.expects("quick fix")
    params = about | {"range": _span(0, 0, 0, 0), "context": {"diagnostics": []}}
    if work.expects("nothing to rewrite"):
        offered = editor.request("textDocument/codeAction", params)
        assert not [each for each in offered if "command" in each]
    hover = editor.request("textDocument/hover", about | {"position": _span(0, 19, 0, 19)["start"]})
    assert hover or not work.expects("hover")
    if work.expects("explanation") and work.expects("Ruff"):
        finding = about | {"position": _span(1, 7, 1, 7)["start"]}
        assert "F401" in editor.request("textDocument/hover", finding)["contents"]["value"]
    options = {"options": {"tabSize": 4, "insertSpaces": True}}
    edits = editor.request("textDocument/formatting", about | options)
    assert edits is not None or not work.expects("format")
    part: dict[str, Any] = {"range": _span(0, 0, 6, 0)}
    edits = editor.request("textDocument/rangeFormatting", about | options | part)
    assert edits is not None or not work.expects("format range")
    assert editor.request("textDocument/codeLens", about) == []
    start = len(editor.messages)
    params = {"command": "pythonExpert.runTests", "arguments": [{"uri": "untitled:tests"}]}
    assert editor.request("workspace/executeCommand", params)["result"] == "started"
    if work.expects("tests"):
        _wait_message(editor, start, "there are no tests to run")
    arguments: dict[str, Any] = {"action": "add-docstrings", "uri": document, "version": 2}
    arguments["range"] = _span(line, 4, line, 4)
    params = {"command": "pythonExpert.rewrite", "arguments": [arguments | {"wait": True}]}
    assert editor.request("workspace/executeCommand", params)["result"] == "changed"


def _span(line: int, column: int, end: int, end_column: int) -> dict[str, dict[str, int]]:
    return {
        "start": {"line": line, "character": column},
        "end": {"line": end, "character": end_column},
    }


def settings(work: Work) -> None:
    """Change the editor's settings, a configuration file, a module on disk, and the folders.

    At the end the tools are restarted.
    """
    editor, document = work.editor, work.open("configured")
    work.wait_findings(document)
    start = len(editor.messages)
    wrong = {"tools": {"bandit": {"enabled": False, f"odd{work.number}": 1}}}
    _configure(editor, wrong)
    if work.expects("problem"):
        _wait_message(editor, start, f"odd{work.number}")
    if work.expects("Bandit") and work.expects("new settings"):
        editor.wait_diagnostics(document, lambda items: not has_finding_of("Bandit")(items))
    work.wait_findings(document, beside="Bandit")
    _configure(editor, {})
    work.wait_findings(document)
    on_disk(work)
    another_folder(work)
    _restart(editor)
    editor.change(document, 2, [((0, 0), (0, 0), "\n")])
    work.wait_findings(document, 2)
    editor.close(document)


def _configure(editor: Client, settings: dict[str, Any]) -> None:
    editor.configuration["pythonExpert"] = settings
    editor.notify("workspace/didChangeConfiguration", {"settings": None})


def _wait_message(editor: Client, start: int, words: str) -> None:
    editor.wait(lambda: any(words in each["message"] for each in editor.messages[start:]), words)


def on_disk(work: Work) -> None:
    """Change a module on disk that a document imports."""
    editor, module = work.editor, work.folder / f"module{work.number}.py"
    module.write_text("value: int = 1\n")
    text = f"from {module.stem} import value\n\ntext: str = value\n"
    document = work.open("importing", text)
    if not work.expects("Mypy"):
        return
    editor.wait_diagnostics(document, shows("assignment"))
    module.write_text('value: str = ""\n')
    event = {"uri": module.as_uri(), "type": 2}
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [event]})
    if work.expects("module on disk"):
        editor.wait_diagnostics(document, lambda items: not items)
    editor.close(document)


def another_folder(work: Work) -> None:
    """Add a folder, change its configuration, and remove it."""
    editor = work.editor
    folder = write(
        work.folder.with_name(f"{work.folder.name}-{work.number}"), {"pyproject.toml": RUFF_ONLY}
    )
    added = {"uri": folder.as_uri(), "name": "added"}
    _change_folders(editor, added=[added])
    document = editor.open(folder / "x.py", "import os\n")
    if work.expects("Ruff"):
        editor.wait_diagnostics(document, shows("F401"))
    status(work, folder)
    settings = RUFF_ONLY + '[tool.ruff]\nlint.select = ["E"]\n'
    (folder / "pyproject.toml").write_text(settings)
    event = {"uri": (folder / "pyproject.toml").as_uri(), "type": 2}
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [event]})
    if work.expects("Ruff") and work.expects("new file"):
        editor.wait_diagnostics(document, lambda items: not items)
    editor.close(document)
    _change_folders(editor, removed=[added])


def _change_folders(editor: Client, **changed: object) -> None:
    event = {"added": [], "removed": []} | changed
    editor.notify("workspace/didChangeWorkspaceFolders", {"event": event})


def status(work: Work, folder: Path) -> None:
    """Wait until the status lists a project's tools."""

    def rows() -> dict[str, Any] | None:
        statuses = [params for method, params in work.editor.notifications if "status" in method]
        tools = statuses[-1]["tools"] if statuses else []
        found = {tool["name"]: tool for tool in tools if tool["root"] == str(folder)}
        expected = [name for name in NAMES if work.expects(f"status of {name}")]
        return found if all(name in found for name in expected) else None

    if work.expects("status"):
        work.editor.wait(rows, "the status")
    if work.expects("model"):
        statuses = [params for method, params in work.editor.notifications if "status" in method]
        assert not statuses or statuses[-1]["message"]


def workspace(work: Work) -> None:
    """Check the workspace, and delete a file that has findings."""
    editor, path = work.editor, work.folder / "closed.py"
    path.write_text(TEXT)
    params: dict[str, Any] = {"command": "pythonExpert.checkWorkspace", "arguments": []}
    assert editor.request("workspace/executeCommand", params)["result"] == "started"
    params["arguments"] = [{"wait": True}]  # which cancels the previous check
    answer = editor.request("workspace/executeCommand", params)
    assert answer["result"] == "done", answer
    work.wait_findings(path.as_uri(), None)  # type: ignore[arg-type]
    path.unlink()
    event = {"uri": path.as_uri(), "type": 3}
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [event]})
    if work.expects("found before"):
        editor.wait(lambda: editor.diagnostics(path.as_uri()) == [] or None, "no findings")


def _restart_missing(server: Server, name: str) -> None:
    """Restart the tools if the barrier kept one from starting."""
    if name.startswith("starting"):
        _restart(server.editor)


def _restart(editor: Client) -> None:
    editor.request("workspace/executeCommand", {"command": "pythonExpert.restartTools"})


def life(work: Work) -> None:
    """Use a server from its start to its shutdown."""
    editor = work.editor
    document = work.open("early")
    work.wait_findings(document)
    status(work, work.folder)
    if work.expects("progress"):
        editor.wait(lambda: editor.progress, "progress")
    assert editor.shutdown() == 0


def pulling(work: Work) -> None:
    """Request diagnostics, as an editor does that pulls them."""
    document = work.open("pulled")
    about = {"textDocument": {"uri": document}}
    expected = {tool for tool in TOOLS if work.expects(tool)}
    for _ in range(12):  # an answer waits for the tools, but only for a limited time
        answer: Items = work.editor.request("textDocument/diagnostic", about)["items"]
        missing = expected - {item["source"] for item in answer}
        if not missing:
            break
    assert not missing, answer


PULL: dict[str, Any] = {
    "textDocument": {"publishDiagnostics": None, "diagnostic": {"relatedDocumentSupport": False}},
    "workspace": {"diagnostics": None},
}

ONE_SERVER = (typing, settings, workspace)
OWN_SERVER: dict[Callable[[Work], None], dict[str, Any]] = {life: {}, pulling: PULL}


def failed_once(server: Server, name: str) -> None:
    """Check that the log has the failure, and its traceback once."""
    text = server.log.read_text()
    entries = re.split(r"(?m)^\d{4}-\d\d-\d\d .* ERROR ", text)
    own = [entry for entry in entries if f"{name} failed (" in entry]
    assert own, text
    assert sum("Traceback" in entry for entry in own) == 1, own
    assert "(1 so far)" in own[0]


@contextlib.contextmanager
def survives(tally: Tally, phase: Callable[[Work], None], name: str) -> Iterator[None]:
    """Count a failure, and add the barrier's name to the exception if a check fails."""
    try:
        with tally.survives(f"{phase.__name__}: something within fails"):
            yield
    except BaseException as error:
        error.add_note(f"(while {name!r} fails)")
        raise


def barriers_to_try(start_server: Callable[..., Server], reached: set[str]) -> list[str]:
    """Return the barriers to try in a phase: those that typing does not reach, and some others."""
    server = start_server()
    document = Work(server, 0, "").open("first")
    server.editor.wait_diagnostics(document, has_finding_of("Mypy"))
    assert server.take_reached()
    typing(Work(server, 1, ""))
    return selected(sorted(reached), reached - server.take_reached(), 1)


@pytest.mark.parametrize("phase", ONE_SERVER, ids=lambda phase: phase.__name__)
def test_failing_barrier_costs_only_its_part_of_answers(
    start_server: Callable[..., Server], tally: Tally, phase: Callable[[Work], None]
) -> None:
    server, numbers = start_server(), itertools.count()
    phase(Work(server, next(numbers), ""))
    reached = server.take_reached() & BARRIERS.keys()
    for name in reached if phase is typing else barriers_to_try(start_server, reached):
        with survives(tally, phase, name):
            server.broken.write_text(name)
            server.take_reached()  # these were reached before the failure
            phase(Work(server, next(numbers), name))
            nothing = {"textDocument": {"uri": (server.folder / "nothing.py").as_uri()}}
            server.editor.request(
                "textDocument/hover", nothing | {"position": START}
            )  # waits until the server has done all its work
            server.broken.write_text("")
            if name in server.take_reached():
                failed_once(server, name)
                _restart_missing(server, name)


@pytest.mark.parametrize("phase", OWN_SERVER, ids=lambda phase: phase.__name__)
def test_failing_barrier_at_start_costs_only_its_part_of_answers(
    start_server: Callable[..., Server], tally: Tally, phase: Callable[[Work], None]
) -> None:
    server = start_server(**OWN_SERVER[phase])
    phase(Work(server, 0, ""))
    for name in barriers_to_try(start_server, server.take_reached() & BARRIERS.keys()):
        with survives(tally, phase, name):
            failing = start_server(name, **OWN_SERVER[phase])
            phase(Work(failing, 0, name))
            if name in failing.take_reached():  # periodic work may not have happened
                failed_once(failing, name)


def test_every_barrier_is_reached(start_server: Callable[..., Server]) -> None:
    server = start_server()
    for number, phase in enumerate((*ONE_SERVER, life)):
        phase(Work(server, number, ""))
    puller = start_server(**PULL)
    pulling(Work(puller, 0, ""))
    assert BARRIERS.keys() - server.take_reached() - puller.take_reached() == set()
    assert COSTS.keys() - BARRIERS.keys() == set()
