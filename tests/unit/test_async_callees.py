"""Convert to async if only a type checker knows that a call blocks."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from python_expert.actions.base import Candidate, Options, Skipped
from python_expert.actions.convert_to_async import ConvertToAsync
from python_expert.actions.convert_to_async.offline import propose, types_wanted
from python_expert.actions.convert_to_async.proof import prove
from python_expert.actions.convert_to_async.targets import NOTHING
from python_expert.actions.menu import Offer, offers
from python_expert.analysis.library import SHARED_FILE
from python_expert.analysis.source import Source
from python_expert.gate.verdict import Status, Verdict
from python_expert.text.document import Position, Range
from tests.actions import CONVERT_TO_ASYNC

REWRITE = ConvertToAsync()

CLIENT = """\
class Base:
    def fetch(self, url):
        return self._session.get(url, timeout=1)


class Client(Base):
    def load(self, url):
        return self.fetch(url).json()
"""
CONVERTED = """\
import asyncio

class Base:
    async def fetch(self, url):
        return await asyncio.to_thread(self._session.get, url, timeout=1)


class Client(Base):
    async def load(self, url):
        return (await self.fetch(url)).json()
"""
SESSION = ("jira.resilientsession.ResilientSession.get", "requests.sessions.Session.get")


def options_with_types(source: Source, **known: tuple[str, ...]) -> Options:
    """Return options with the types of a text's calls, by the last names of the callees."""
    calls = [
        {"range": source.range(node), "names": names, "sure": True}
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and (names := known.get(ast.unparse(node.func).rpartition(".")[2]))
    ]
    return Options(types=({"text": source.code, "calls": calls},))


def converted(text: str, **known: tuple[str, ...]) -> tuple[str, Candidate, Verdict | None]:
    """Return a text after the offline conversion, the candidate and the proof's verdict."""
    source = Source.of(text)
    options = options_with_types(source, **known)
    targets, skipped_targets = REWRITE.targets(source, None, options)
    facts = dict(propose(source, [each.key for each in targets], options))
    found = REWRITE.write(source, facts, options)
    found = found._replace(left=(*skipped_targets, *found.left))
    if not found.edits:
        return text, found, None
    after = source.with_edits(found.edits)
    return after.text, found, prove(source, after, options)


def test_a_method_that_blocks_runs_in_a_thread_and_its_callers_wait() -> None:
    text, found, verdict = converted(CLIENT, get=SESSION)
    assert text == CONVERTED
    assert found.changed == ("Base.fetch", "Client.load")
    assert verdict is not None
    assert verdict.status is Status.CONFIRM
    message_text = "self._session.get runs in another thread: mypy says it is requests.Session.get"
    assert message_text in [each.message for each in verdict.reasons]


def test_the_proof_needs_more_than_a_type() -> None:
    before, after = Source.of(CLIENT), Source.of(CONVERTED)
    assert prove(before, after, Options()).status is Status.REFUSED
    options = options_with_types(before, get=SESSION)
    for part, other in (
        ("self._session.get,", "self._session.post,"),
        ("self._session.get,", "self.session.get,"),
        ("url, timeout=1", "url + '', timeout=1"),
        ("url, timeout=1", "url"),
        ("await self.fetch", "self.fetch"),
    ):
        wrong = Source.of(CONVERTED.replace(part, other))
        assert prove(before, wrong, options).status is Status.REFUSED
    moved = options_with_types(before, get=("sqlite3.Connection.execute",))
    assert prove(before, after, moved).status is Status.REFUSED


@pytest.mark.parametrize(
    ("call", "names", "why"),
    [
        ("self.db.execute('')", "sqlite3.Connection.execute", "a connection of sqlite3 belongs"),
        ("self.lock.acquire()", "_thread.LockType.acquire", "it waits for another thread"),
        ("self.thread.join()", "threading.Thread.join", "it waits for another thread"),
        ("self.file.read()", "typing.IO.read", SHARED_FILE),
    ],
)
def test_an_object_that_must_stay_in_its_thread_is_reported_and_the_rest_is_converted(
    call: str, names: str, why: str
) -> None:
    known = {names.rpartition(".")[2]: (names,)}
    alone = f"class A:\n    def f(self):\n        {call}\n"
    text, found, _ = converted(alone, **known)
    assert text == alone
    (reason,) = [each.reason for each in found.left]
    assert reason.startswith(f"line 3: {call.partition('(')[0]} blocks, but {why}")
    beside = f"import time\nclass A:\n    def f(self):\n        time.sleep(1)\n        {call}\n"
    text, found, _ = converted(beside, **known)
    assert f"await asyncio.sleep(1)\n        {call}" in text
    assert any(f"line 5: {call.partition('(')[0]} still blocks" in each for each in found.confirm)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("out.write('')", ("_io.StringIO.write", "_io._TextIOBase.write", "typing.IO.write")),
        ("import sys; sys.stdout.write('')", ("typing.IO.write",)),
        ("out.write('')", ("rich.console.Console.write",)),
    ],
)
def test_memory_files_and_writes_to_the_terminal_do_not_block(
    body: str, names: tuple[str, ...]
) -> None:
    _, found, _ = converted(f"def f(out):\n    {body}\n", write=names)
    assert found.left == (Skipped("", NOTHING),)


def test_a_file_that_belongs_to_the_function_is_read_in_a_thread() -> None:
    text, *_ = converted("def f(file):\n    return file.read()\n", read=("typing.IO.read",))
    assert "return await asyncio.to_thread(file.read)" in text


RESOURCE = """\
import time


class Resource:
    def delete(self):
        time.sleep(1)

    def clear(self):
        self.session.delete("a")
        self.delete()
"""


def test_a_method_of_another_class_is_not_confused_with_one_of_the_text() -> None:
    other = ("shop.Session.delete",)
    assert "async def delete" not in converted(RESOURCE)[0]  # session.delete may be this one
    text, _, verdict = converted(RESOURCE, delete=other)
    assert "        self.session.delete(" in text
    assert "        await self.delete()" in text
    assert verdict is not None
    message_text = "self.session.delete is not Resource.delete: mypy says it is shop.Session.delete"
    assert [each.message for each in verdict.reasons] == [message_text]
    assert prove(Source.of(RESOURCE), Source.of(text), Options()).status is Status.REFUSED
    heir = RESOURCE.replace("Resource:", "Resource(Other):\n    pass\n\n\nclass Last(Resource):")
    text = converted(heir, delete=other)[0]
    assert "async def delete" not in text  # it may be one that inherits from Session


def test_the_menu_offers_conversions_that_only_types_can_confirm() -> None:
    def is_offered(text: str) -> bool:
        lines = text.splitlines(keepends=True)
        found = offers(lines, Range(Position(1, 5), Position(1, 5)), "")
        return Offer(CONVERT_TO_ASYNC, name="f") in found

    assert is_offered("\ndef f(session):\n    return session.get('a')\n")
    assert not is_offered("\ndef f(session):\n    return session.strip('a')\n")
    assert not is_offered("\ndef f():\n    return {}.get('a')\n")
    assert is_offered("import time\ndef f():\n    time.sleep(1)\n")


def test_types_of_another_text_are_not_used() -> None:
    source = Source.of(CLIENT)
    options: Any = options_with_types(Source.of(CLIENT + "\n"), get=SESSION)
    assert not REWRITE.targets(source, None, options)[0]
    assert types_wanted(source, options) == source.code
    assert types_wanted(source, options_with_types(source)) is None


@pytest.mark.parametrize("base", ["requests.Session", "lib.Client"])
def test_the_callee_may_be_a_method_of_a_subclass_in_this_file(base: str) -> None:
    head = f"import asyncio, lib, requests\nclass Fake({base}):\n    def get(self, url):\n"
    call = "def f(s):\n    return s.get('u')\n"
    after = call.replace("def", "async def").replace("s.get(", "await asyncio.to_thread(s.get, ")
    for line, expected in (
        ("        return url\n", Status.CONFIRM),
        ("        return asyncio.get_running_loop()\n", Status.REFUSED),
    ):
        before = Source.of(head + line + call)
        verdict = prove(
            before, Source.of(head + line + after), options_with_types(before, get=SESSION)
        )
        assert verdict.status is expected
        assert "Fake.get may run in another thread" in verdict.reasons[-1].message
        assert converted(before.text, get=SESSION)[0] in {before.text, head + line + after}


def test_calls_of_sqlite_connections_are_not_converted() -> None:
    text = (
        "import asyncio, time\ndef save(db):\n    time.sleep(0)\n    db.execute('')\n{}"
        "KEEP = [save]\ndef f(db):\n    save({})\n"
    )
    for line, given in (("", "db"), ("def rows(x): pass\n", "db.execute('')")):
        before = text.format(line, given)
        after = before.replace("def f", "async def f").replace(
            f"    save({given})", f"    await asyncio.to_thread(save, {given})"
        )
        source = Source.of(before)
        options = options_with_types(source, execute=("sqlite3.Connection.execute",))
        assert prove(source, Source.of(after), options).status is Status.REFUSED


def test_a_call_that_cannot_run_in_a_thread_has_a_reason() -> None:
    text = "import asyncio, shutil\ndef copy(a, b):\n    asyncio.get_running_loop()\n"
    _, found, _ = converted(f"{text}def f():\n    shutil.copytree('a', 'b', copy_function=copy)\n")
    assert "no counterpart: copy: it uses asyncio" in " ".join(each.reason for each in found.left)


def test_a_function_with_the_name_of_a_library_function_is_awaited_once() -> None:
    """Requests itself is such a case: the type of a call is a function that the text defines."""
    text = "import time\ndef get():\n    time.sleep(1)\ndef load():\n    return get()\n"
    text, *_ = converted(text, get=("requests.api.get",))
    assert "return await get()" in text


INHERITING = "import time\nclass A(Base[int]):\n    def load(self):\n        time.sleep(1)\n"


@pytest.mark.parametrize(
    ("free", "unread", "status"),
    [
        (["load"], ["builtins.object", "builtins.ValueError"], Status.CONFIRM),
        (["load"], ["typing.MutableMapping", "abc.ABC"], Status.CONFIRM),
        ([], ["builtins.object"], Status.REFUSED),
        (["load"], ["http.server.BaseHTTPRequestHandler"], Status.REFUSED),
        (["other"], [], Status.REFUSED),
    ],
)
def test_a_method_that_no_base_class_knows_becomes_async(
    free: list[str], unread: list[str], status: Status
) -> None:
    """A base class that cannot be read must be a known one that calls only its own methods."""
    source = Source.of(INHERITING)
    place = Range(Position(1, 8), Position(1, 17))
    call_facts = {"range": place, "free": free, "unread": unread}
    options = Options(types=({"text": source.code, "calls": [call_facts]},))
    after = Source.of(
        "import asyncio\nclass A(Base[int]):\n    async def load(self):\n"
        "        await asyncio.sleep(1)\n"
    )
    verdict = prove(source, after, options)
    assert verdict.status is status
    assert prove(source, after, Options()).status is Status.REFUSED
    message_text = "A.load is assumed not to be a method of Base[int]: mypy says so"
    assert (message_text in [each.message for each in verdict.reasons]) == (
        status is Status.CONFIRM
    )


@pytest.mark.parametrize(
    ("base", "name", "is_known"),
    [
        ("collections.abc.MutableMapping[str, int]", "load", True),
        ("collections.abc.MutableMapping[str, int]", "pop", False),
        ("threading.Thread", "load", True),
        ("threading.Thread", "run", False),
        ("threading.Thread", "_bootstrap_inner", False),
        ("http.server.BaseHTTPRequestHandler", "do_GET", False),
        ("cmd.Cmd", "do_load", False),
        ("requests.auth.AuthBase", "load", True),
        ("requests.auth.AuthBase", "__call__", False),
    ],
)
def test_classes_of_the_library_are_known(base: str, name: str, *, is_known: bool) -> None:
    head = "import cmd, collections.abc, http.server, requests.auth, threading, time\n"
    text = f"{head}class A({base}):\n    def {name}(self):\n        time.sleep(1)\n"
    after, *_ = converted(text)
    assert (f"async def {name}" in after) == is_known
