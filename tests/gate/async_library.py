"""Calls of the library of which a thread can do a part: right edits, wrong ones, and doubtful ones."""

# ruff: noqa: E501 - texts of programs stand on one line

from __future__ import annotations

from tests.gate.to_async_case import Case


def _process(then: str, later: str | None = None) -> Case:
    """A process that is started in a thread, and what is done with it."""
    head = "import {}subprocess\n{}def f(c):\n"
    before = head.format("", "") + f"    p = subprocess.Popen(c, stdout=-1)\n    {then}\n"
    start = "await asyncio.to_thread(subprocess.Popen, c, stdout=-1)"
    after = head.format("asyncio\nimport ", "async ") + f"    p = {start}\n    {later or then}\n"
    return Case(f"a process: {then}", before, after)


LIBRARY_RIGHT = [
    _process("return p.wait()", "return await asyncio.to_thread(p.wait)"),
    _process("return p.communicate(b'')", "return await asyncio.to_thread(p.communicate, b'')"),
    _process("return p.poll()"),
]
LIBRARY_WRONG = [
    _process("return p.wait()", "return await p.wait()"),
    _process("return p.wait()", "return await asyncio.to_thread(p.communicate)"),
    _process("p.kill()", "await asyncio.to_thread(p.kill)"),
]
LIBRARY_ASKED = [
    (_process("return p.wait()"), "`p.wait()` still blocks the event loop"),
    (_process("return p.stdout.read()"), "the use of `p.stdout` still blocks the event loop"),
    (_process("with p: pass"), "leaving `p` still blocks the event loop"),
]
