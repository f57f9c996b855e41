"""The rewrites in an editor: the menu, the command, the edit, the refusal."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest

from python_expert.lsp.features.delivery import Delivery
from python_expert.pipeline.result import Result
from python_expert.text.paths import to_path
from tests.client import Client, apply_edits
from tests.conftest import RUFF_ALONE, RUFF_ONLY, workers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.client import Change
    from tests.conftest import ClientFactory, ProjectFactory

HERE = "refactor.rewrite.pythonExpert"
BARE = '''\
"""A shop."""

import time


def sort_prices(prices=None):
    # in cents
    return sorted(prices or [0])


def send_prices(delay=None):
    time.sleep(delay or 1)


class Shop:
    """A shop."""

    def open_door(self, hour=None):
        return hour or 9
'''


def span(line: int, column: int = 0) -> dict[str, Any]:
    """Return the cursor's range at a place."""
    return {
        "start": {"line": line, "character": column},
        "end": {"line": line, "character": column},
    }


def menu(
    editor: Client,
    document: str,
    where: dict[str, Any],
    only: list[str] | None = None,
    kind: int = 1,
) -> list[dict[str, Any]]:
    """Return the rewrites that are offered at a place."""
    context: dict[str, Any] = {"diagnostics": [], "triggerKind": kind}
    if only is not None:
        context["only"] = only
    params = {"textDocument": {"uri": document}, "range": where, "context": context}
    found = editor.request("textDocument/codeAction", params)
    return [each for each in found if "command" in each]


def argument(
    document: str, where: dict[str, Any] | None, action: str = "add-docstrings", version: int = 1
) -> dict[str, Any]:
    """Return the argument of the command."""
    return {"action": action, "uri": document, "version": version, "range": where}


def run(editor: Client, arguments: dict[str, Any]) -> dict[str, Any]:
    """Execute a rewrite, and return its result."""
    params = {"command": "pythonExpert.rewrite", "arguments": [arguments | {"wait": True}]}
    result: dict[str, Any] = editor.request("workspace/executeCommand", params)
    return result


def begin(editor: Client, arguments: dict[str, Any]) -> int:
    """Start a rewrite without waiting for its end; return the request's id."""
    params = {"command": "pythonExpert.rewrite", "arguments": [arguments | {"wait": True}]}
    return editor.send_request("workspace/executeCommand", params)


def report(editor: Client) -> str:
    """Return the report of the last rewrite."""
    params = {"command": "pythonExpert.lastReport", "arguments": []}
    text: str = editor.request("workspace/executeCommand", params)
    return text


@pytest.fixture
def shop(editor: Client, typed: Path) -> Iterator[str]:
    """A document with the text BARE."""
    yield editor.open(typed / "shop.py", BARE)
    editor.applied.clear()


def test_the_menu_offers_the_actions_that_apply_at_the_cursor(editor: Client, shop: str) -> None:
    def kinds(line: int) -> set[str]:
        return {each["kind"].removeprefix(HERE + ".") for each in menu(editor, shop, span(line))}

    assert kinds(5) == {"addDocstrings", "addTypeHints"}
    assert kinds(7) == {"addDocstrings", "addTypeHints"}
    assert kinds(11) == {"addDocstrings", "addTypeHints", "convertToAsync"}
    assert kinds(17) == {"addDocstrings", "addTypeHints"}
    assert kinds(0) == set()


@pytest.mark.skipif(
    sys.version_info < (3, 12), reason="Python before 3.12 cannot parse type parameters"
)
def test_the_menu_offers_the_actions_that_apply_in_a_generic_function(
    editor: Client, typed: Path
) -> None:
    text = "import time\n\n\ndef wait[T](x: T) -> T:\n    time.sleep(1)\n    return x\n"
    document = editor.open(typed / "generic.py", text)
    kinds = {each["kind"].removeprefix(HERE + ".") for each in menu(editor, document, span(4))}
    assert kinds == {"addDocstrings", "convertToAsync"}


def test_the_title_of_an_offline_action_says_offline_and_it_has_a_command(
    editor: Client, shop: str
) -> None:
    (action,) = menu(editor, shop, span(5), [HERE + ".addDocstrings"])
    assert action["title"] == "Add docstrings to `sort_prices` (offline)"
    assert "edit" not in action
    assert "isPreferred" not in action
    arguments = argument(shop, span(5)) | {"provider": "offline"}
    assert action["command"]["arguments"] == [arguments]
    assert editor.request("codeAction/resolve", action) == action


def test_whole_file_actions_are_offered_if_requested(editor: Client, shop: str) -> None:
    whole = ["source.addDocstrings.pythonExpert"]
    (action,) = menu(editor, shop, span(0), whole)
    assert action["title"] == "Add docstrings to the whole file (offline)"
    assert action["command"]["arguments"][0]["range"] is None
    assert menu(editor, shop, span(0), whole, kind=2) == []
    (docstrings, hints) = menu(editor, shop, span(0), ["source"])
    assert (docstrings, hints["kind"]) == (action, "source.addTypeHints.pythonExpert")
    assert menu(editor, shop, span(0), ["source"], kind=2) == []


def test_a_function_gets_its_docstring_in_one_versioned_edit(editor: Client, shop: str) -> None:
    answer = run(editor, argument(shop, span(6)))
    assert answer["result"] == "changed", answer["message"]
    (applied,) = editor.applied
    (change,) = applied["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": shop, "version": 1}
    text = apply_edits(BARE, applied["edit"])
    assert 'def sort_prices(prices=None):\n    """' in text
    assert "    # in cents\n    return sorted(prices or [0])\n" in text
    assert text.count('"""') == BARE.count('"""') + 2


def test_the_whole_file_gets_its_docstrings(editor: Client, shop: str) -> None:
    assert run(editor, argument(shop, None))["result"] == "changed"
    text = apply_edits(BARE, editor.applied[-1]["edit"])
    assert text.count('"""') == BARE.count('"""') + 6
    messages_of = report(editor)
    assert "`sort_prices`, `send_prices`, `Shop.open_door`" in messages_of
    end = {"kind": "end", "message": "Docstrings added to 3 of 3 definitions"}
    editor.wait(lambda: end in [each["value"] for each in editor.progress], "the result")
    assert not any("Docstrings" in each["message"] for each in editor.messages)
    assert "tree and tokens are the same" in messages_of
    assert "| mypy |" in messages_of


def test_an_edit_that_is_too_late_is_adapted_to_the_new_text(editor: Client, shop: str) -> None:
    result = typed_meanwhile(editor, argument(shop, span(6)), ((2, 0), (2, 0), "import os\n\n"))
    assert result["result"] == "changed"
    (change,) = editor.applied[-1]["edit"]["documentChanges"]
    assert change["textDocument"]["version"] == 2
    typed = BARE.replace("import time", "import os\n\nimport time", 1)
    assert 'def sort_prices(prices=None):\n    """' in apply_edits(
        typed, editor.applied[-1]["edit"]
    )


def test_a_discarded_edit_is_not_offered_again(editor: Client, shop: str) -> None:
    typing = ((2, 0), (2, 0), "import os\n\n")
    result = typed_meanwhile(editor, argument(shop, span(6)), typing, failureReason="discarded")
    assert result["result"] == "refused"
    assert "you discarded it" in result["message"]
    assert not any("discarded" in each for each in messages_of(editor))
    assert editor.applied == []


def test_a_function_changed_meanwhile_is_not_rewritten(editor: Client, shop: str) -> None:
    result = typed_meanwhile(editor, argument(shop, span(6)), ((5, 16), (5, 22), "numbers"))
    assert result["result"] == "refused"
    assert "changed" in result["message"]
    assert editor.applied == []


def test_a_place_in_a_dropped_version_is_refused(editor: Client, typed: Path) -> None:
    shop = editor.open(typed / "shop.py", BARE, version=7)
    assert run(editor, argument(shop, span(6), version=6))["result"] == "refused"
    assert "the code was changed in the meantime; choose" in editor.messages[-1]["message"]
    assert editor.applied == []


def test_a_function_edited_during_a_rewrite_is_skipped(editor: Client, shop: str) -> None:
    result = typed_meanwhile(editor, argument(shop, None), ((5, 16), (5, 22), "numbers"))
    assert result["result"] == "changed"
    assert result["message"] == (
        "Docstrings added to 2 of 3 definitions; 1 skipped: "
        "sort_prices: it was changed while it was being rewritten"
    )
    text = apply_edits(
        BARE.replace("sort_prices(prices", "sort_prices(numbers"), editor.applied[-1]["edit"]
    )
    assert "def sort_prices(numbers=None):\n    # in cents\n" in text
    assert 'def send_prices(delay=None):\n    """' in text
    assert "`sort_prices`: it was changed while" in report(editor)


def test_a_rewrite_that_is_cancelled_after_its_edit_was_made_is_not_reported_as_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def apply(*_given: object) -> dict[str, Any]:
        deliveries[0].cancel()
        await asyncio.sleep(0)
        return {"applied": True}

    async def deliver() -> bool:
        client = Mock(annotations=False, document_changes=False)
        delivery = Delivery(Mock(request=apply), Mock(), client, Mock())
        outcome = Mock(notices=(), unproven=(), created=(), result=Result.CHANGED)
        deliveries.append(asyncio.create_task(delivery.deliver(outcome)))
        return await deliveries[0]

    deliveries: list[asyncio.Task[bool]] = []
    monkeypatch.setattr(Delivery, "_current_edit", lambda *_given: {})
    assert asyncio.run(deliver())


def test_a_cancelled_rewrite_changes_nothing(editor: Client, shop: str) -> None:
    editor.progress.clear()
    number = begin(editor, argument(shop, None))
    begun = editor.wait(
        lambda: [each for each in editor.progress if each["value"]["kind"] == "begin"], "progress"
    )
    assert begun[0]["value"]["cancellable"]
    editor.notify("window/workDoneProgress/cancel", {"token": begun[0]["token"]})
    result = editor.result_of(number)["result"]
    assert result in ("cancelled", "changed")  # it may have finished already
    assert (result == "changed") == bool(editor.applied)
    assert run(editor, argument(shop, span(6)))["result"] == "changed"


def test_a_message_reports_that_nothing_is_to_be_changed(editor: Client, shop: str) -> None:
    assert run(editor, argument(shop, span(0)))["result"] == "unchanged"
    assert "no function or class at this place" in editor.messages[-1]["message"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"action": "add-jokes", "uri": "file:///x.py", "version": 1, "range": None}, "wrong"),
        ({}, "wrong"),
        (argument("file:///nowhere/at/all.py", None), "not open"),
    ],
)
def test_an_invalid_command_is_refused(
    editor: Client, arguments: dict[str, Any], words: str
) -> None:
    result = run(editor, arguments)
    assert result["result"] == "refused"
    assert words in result["message"]


def test_a_half_typed_function_does_not_stop_another_s_docstring(editor: Client, shop: str) -> None:
    broken = BARE.replace("    time.sleep(delay or 1)", "    time.sleep((")
    editor.change(shop, 2, broken)
    assert run(editor, argument(shop, span(6), version=2))["result"] == "changed"
    text = apply_edits(broken, editor.applied[-1]["edit"])
    assert 'def sort_prices(prices=None):\n    """' in text
    assert "    time.sleep((\n" in text
    result = run(editor, argument(shop, span(11), version=2))
    assert result["result"] != "changed"
    assert "parse" in result["message"]


def test_an_old_client_gets_an_edit_it_understands(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    editor.initialize(capabilities={"workspace": {"workspaceEdit": None}, "window": None})
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", BARE)
    assert run(editor, argument(document, span(6)))["result"] == "changed"
    (applied,) = editor.applied
    assert list(applied["edit"]["changes"]) == [document]


def test_an_unsaved_buffer_is_rewritten(editor: Client) -> None:
    document = editor.open("untitled:Untitled-1", BARE)
    assert run(editor, argument(document, span(6)))["result"] == "changed"


ROUTES = '''\
import typer

app = typer.Typer()


@app.command()
def greet(name, times=1):
    """Greet somebody."""
    return name * times


def plain(times=1):
    """Count."""
    return times
'''


@pytest.mark.parametrize(("choice", "written"), [("Apply", True), ("Discard", False)])
def test_hints_that_a_program_reads_are_written_only_with_consent(
    editor: Client, typed: Path, choice: str, *, written: bool
) -> None:
    document = editor.open(typed / "routes.py", ROUTES)
    editor.applied.clear()
    editor.choice = choice
    assert run(editor, argument(document, None, "add-type-hints"))["result"] == "changed"
    (question,) = [each for each in editor.messages if "actions" in each]
    assert "greet" in question["message"]
    assert "plain" not in question["message"]
    text = apply_edits(ROUTES, editor.applied[-1]["edit"])
    assert ("times: int = 1)" in text.partition("def plain")[0]) == written
    assert "def plain(times: int = 1) -> int:" in text


def test_a_docstring_without_sections_can_be_completed(editor: Client, typed: Path) -> None:
    header = "def total(prices: list[int] | None) -> int:\n"
    text = f'"""A shop."""\n\n\n{header}    """Add up."""\n    return sum(prices or [0])\n'
    document = editor.open(typed / "complete.py", text)
    (action,) = menu(editor, document, span(4), [HERE + ".addDocstrings"])
    assert action["title"] == "Complete docstrings of `total` (offline)"
    assert run(editor, action["command"]["arguments"][0])["result"] == "changed"
    after = apply_edits(text, editor.applied[-1]["edit"])
    assert '    """Add up.\n\n    Args:\n        prices: If None' in after


BLOCKING = "import time\n\n\ndef wait() -> None:\n    time.sleep(0)\n"


def test_a_conversion_is_refused_if_the_user_does_not_agree(editor: Client, typed: Path) -> None:
    document = editor.open(typed / "wait.py", BLOCKING)
    editor.applied.clear()
    editor.choice = "Discard"
    result = run(editor, argument(document, span(3), "convert-to-async"))
    assert result["result"] == "refused"
    assert "you discarded it" in result["message"]
    assert not any("discarded" in each for each in messages_of(editor))
    assert editor.applied == []


def test_a_capable_editor_shows_a_conversion_with_the_reason(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    support = {"changeAnnotationSupport": {"groupsOnLabel": True}}
    editor.initialize(capabilities={"workspace": {"workspaceEdit": support}})
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", BLOCKING)
    assert run(editor, argument(document, span(3), "convert-to-async"))["result"] == "changed"
    edit = editor.applied[-1]["edit"]
    (annotation,) = edit["changeAnnotations"].values()
    assert annotation["needsConfirmation"]
    assert "wait" in annotation["description"]
    assert "async def wait() -> None:\n    await asyncio.sleep(0)\n" in apply_edits(BLOCKING, edit)


BANNED = """\
[tool.ruff.lint]
select = ["TID251"]
flake8-tidy-imports.banned-api."asyncio.sleep".msg = "Use anyio."
"""


def test_a_rewrite_refused_for_a_finding_can_be_forced(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    editor.initialize(capabilities={"experimental": {"pythonExpertReport": True}})
    document = editor.open(project({"pyproject.toml": BANNED + RUFF_ONLY}) / "x.py", BLOCKING)
    arguments = argument(document, span(3), "convert-to-async")
    editor.choice = "Show Report"
    banned = "ruff would find: `asyncio.sleep` is banned: Use anyio. [TID251]"
    assert run(editor, arguments) == {
        "result": "refused",
        "message": f"Converted to async: 0 of 1 definition; 1 skipped: wait: {banned}",
    }
    editor.wait(lambda: ("pythonExpert/showReport", {}) in editor.notifications, "the report")
    assert editor.applied == []
    editor.wait(lambda: len(editor.messages) == 2, "the question, again without that answer")
    titles = [[each["title"] for each in question["actions"]] for question in editor.messages]
    assert titles == [["Show Report", "Make Anyway"], ["Make Anyway"]]
    editor.silent.add("window/showMessageRequest")
    run(editor, arguments)
    number = editor.wait(lambda: editor.unanswered and editor.unanswered[0], "the question")
    editor.silent.discard("window/showMessageRequest")
    editor.choice = "Apply"  # the conversion itself needs the usual consent
    answer(editor, number, {"title": "Make Anyway"})
    edit = editor.wait(lambda: editor.applied and editor.applied[0]["edit"], "the edit")
    assert "    await asyncio.sleep(0)\n" in apply_edits(BLOCKING, edit)
    line = "Converted to async: 1 of 1 definition; 1 new finding allowed"
    editor.wait(lambda: line in editor.messages[-1]["message"], "the result")
    assert "`asyncio.sleep` is banned: Use anyio. [TID251] (you allowed it)" in report(editor)


def test_a_worker_that_dies_changes_nothing_and_is_restarted(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    editor.initialize()
    many = "\n\n".join(f"def f{n}(a, b={n}):\n    return [a] * b\n" for n in range(800))
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", many)
    number = begin(editor, argument(document, None, "add-type-hints"))
    killed = editor.wait(lambda: workers(editor.pid, "pipeline.worker"), "the worker")
    os.kill(killed[0], signal.SIGKILL)
    result = editor.result_of(number)
    assert result["result"] == "refused"
    assert "nothing was changed, try again" in result["message"]
    assert editor.applied == []
    assert run(editor, argument(document, span(0), "add-type-hints"))["result"] == "changed"


def test_opening_the_menu_starts_the_process_early(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client()
    editor.initialize()
    document = editor.open(project({"pyproject.toml": RUFF_ONLY}) / "x.py", BARE)
    assert menu(editor, document, span(5), kind=2)  # the cursor has moved
    assert workers(editor.pid, "pipeline.worker") == []
    assert menu(editor, document, span(5))
    editor.wait(lambda: workers(editor.pid, "pipeline.worker"), "the worker")


CHECKED = """\
import time


def check(user: str) -> bool:
    time.sleep(0)
    return user == "me"
"""


def test_a_call_typed_during_the_question_is_awaited_as_well(editor: Client, typed: Path) -> None:
    document = editor.open(typed / "check.py", CHECKED)
    editor.applied.clear()
    editor.unanswered.clear()
    editor.silent.add("window/showMessageRequest")
    number = begin(editor, argument(document, span(3), "convert-to-async"))
    question = editor.wait(lambda: editor.unanswered and editor.unanswered[0], "the question")
    editor.silent.discard("window/showMessageRequest")
    editor.choice = "Apply"
    added = '\n\nif check("you"):\n    print("secret")\n'
    editor.change(document, 2, [((6, 0), (6, 0), added)])
    answer(editor, question, {"title": "Apply"})
    assert editor.result_of(number)["result"] == "changed"
    text = apply_edits(CHECKED + added, editor.applied[-1]["edit"])
    assert 'if asyncio.run(check("you")):' in text


def test_a_cancelled_rewrite_does_not_harm_another(editor: Client, typed: Path) -> None:
    many = "\n\n".join(f"def f{n}(a, b={n}):\n    return [a] * b\n" for n in range(300))
    one, other = (editor.open(typed / name, many) for name in ("one.py", "other.py"))
    numbers = [begin(editor, argument(each, None, "add-type-hints")) for each in (one, other)]
    editor.cancel(numbers[0])
    assert editor.result_of(numbers[1])["result"] == "changed"


def typed_meanwhile(
    editor: Client, arguments: dict[str, Any], change: Change, **answered: object
) -> dict[str, Any]:
    """Run a rewrite, and edit the document before its edit is applied, which is then too old."""
    editor.unanswered.clear()
    editor.silent.add("workspace/applyEdit")
    number = begin(editor, arguments)
    late = editor.wait(lambda: editor.unanswered and editor.unanswered[0], "the edit")
    editor.change(arguments["uri"], 2, [change])
    editor.silent.discard("workspace/applyEdit")
    answer(editor, late, {"applied": False, **answered})
    result: dict[str, Any] = editor.result_of(number)
    return result


def answer(editor: Client, number: object, result: dict[str, Any]) -> None:
    """Answer a request that was delayed."""
    body = {"jsonrpc": "2.0", "id": number, "result": result}
    editor.send_body(json.dumps(body).encode())


def test_a_rewrite_is_answered_immediately_even_if_its_question_waits(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client([*RUFF_ALONE, "server"])
    editor.initialize(capabilities={"window": {"workDoneProgress": None}})
    document = editor.open(project() / "x.py", BLOCKING)
    editor.silent.add("window/showMessageRequest")
    (action, *_) = menu(editor, document, span(3), [HERE + ".convertToAsync"])
    answer_at_once = editor.request("workspace/executeCommand", action["command"])
    assert answer_at_once == {"result": "started", "message": "Convert to async: started"}
    number = editor.wait(lambda: editor.unanswered and editor.unanswered[0], "the question")
    # Without progress support, a message says that the rewrite continues.
    under_way = "Python Expert: Convert to async: in progress"
    editor.wait(lambda: under_way in messages_of(editor), "the message")
    answer(editor, number, {"title": "Apply"})
    edit = editor.wait(lambda: editor.applied and editor.applied[0]["edit"], "the edit")
    assert "await asyncio.sleep(0)" in apply_edits(BLOCKING, edit)
    done = "Python Expert: Converted to async: 1 of 1 definition"
    editor.wait(lambda: any(done in each for each in messages_of(editor)), "the result")


def test_a_rewrite_that_waits_for_an_answer_can_be_cancelled(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client([*RUFF_ALONE, "server"])
    editor.initialize()
    document = editor.open(project() / "x.py", BLOCKING)
    editor.silent.add("window/showMessageRequest")
    number = begin(editor, argument(document, span(3), "convert-to-async"))
    editor.wait(lambda: editor.unanswered, "the question")
    editor.request("workspace/executeCommand", {"command": "pythonExpert.cancel"})
    assert editor.result_of(number)["result"] == "cancelled"
    assert editor.applied == []


def messages_of(editor: Client) -> list[str]:
    """Return the messages that the user has seen."""
    return [each["message"] for each in editor.messages]


def test_a_refused_rewrite_can_be_viewed_before_it_is_forced(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client([*RUFF_ALONE, "server"])
    editor.initialize(capabilities={"window": {"showDocument": {"support": True}}})
    document = editor.open(project({"pyproject.toml": BANNED}) / "x.py", BLOCKING)
    editor.choice = "Show Diff"
    run(editor, argument(document, span(3), "convert-to-async"))
    shown = editor.wait(
        lambda: [each for method, each in editor.requests if method == "window/showDocument"],
        "the diff",
    )
    path = to_path(shown[0]["uri"])
    assert path is not None
    assert "\n+    await asyncio.sleep(0)\n" in path.read_text(encoding="utf-8")
    editor.wait(lambda: len(editor.messages) == 2, "the question, again without that answer")
    titles = [[each["title"] for each in question["actions"]] for question in editor.messages]
    assert titles[1] == ["Show Report", "Make Anyway"]
    assert editor.applied == []
    editor.shutdown()
    assert not path.exists()


def test_a_conversion_is_shown_as_a_diff_before_the_user_is_asked(
    client: ClientFactory, project: ProjectFactory
) -> None:
    editor = client([*RUFF_ALONE, "server"])
    editor.initialize(capabilities={"window": {"showDocument": {"support": True}}})
    document = editor.open(project() / "x.py", BLOCKING)
    editor.choice = "Discard"
    run(editor, argument(document, span(3), "convert-to-async"))
    (shown,) = [each for method, each in editor.requests if method == "window/showDocument"]
    assert shown["uri"].endswith(".diff")
    path = to_path(shown["uri"])
    assert path is not None
    points = "- These functions become async: wait.\n- Other files that call wait must await "
    assert path.read_text(encoding="utf-8").startswith(f"Convert to async:\n{points}")
    (question,) = [each["message"] for each in editor.messages if "actions" in each]
    first = "Convert to async? These functions become async: wait."
    assert question == f"Python Expert: {first} (and 1 more point above the diff)"
    assert not shown["takeFocus"]
    assert editor.applied == []


def test_a_null_answer_to_an_edit_means_success(editor: Client, shop: str) -> None:
    editor.applied.clear()
    editor.apply_answer = None
    try:
        assert run(editor, argument(shop, span(6)))["result"] == "changed"
    finally:
        editor.apply_answer = {"applied": True}
    assert len(editor.applied) == 1
