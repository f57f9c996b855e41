"""The self-test: a small build shows whether this mypy's internals work as expected."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from mypy.version import __version__

from python_expert.processes.wire import RequestError

from .buffers import PROBE

if TYPE_CHECKING:
    from .program import MypyProgram
    from .quick import Quick

PROBES: Final = (
    'x: int = ""\n',
    'é = "😀"; x: int = ""\n',
    'def f() -> None:\n    x: int = ""\n',
    '\ndef f() -> None:\n    x: int = ""\n',
    '\ndef f() -> None:\n    print()\n    x: int = ""\n',
)
"""Texts for a build, an update, a function, one whose findings are kept, and an edit within it."""


def prove(program: MypyProgram, quick: Quick, variant: str, *, built: bool = True) -> str:
    """Test that mypy's internals work as expected; return the variant to use from now on.

    Args:
        program: The program.
        quick: Checks edited modules of it.
        variant: The fastest variant that may be used.
        built: Whether the probe was built with the program.

    Raises:
        RequestError: With kind "selftest": not even the slowest variant works.
    """
    overlay, probe = program.overlay, program.buffers.probe
    if built:
        _expect(program, PROBES[0])
    overlay.set(probe, PROBES[1].encode())
    program.buffers.use_parser(PROBE, native=False)
    program.update(probe, PROBE, followed=False)
    _expect(program, PROBES[1])
    if variant == "d2":
        try:
            for text in PROBES[2:]:
                overlay.set(probe, text.encode())
                quick.check(probe, PROBE, text)
                _expect(program, text)
        except RequestError as error:
            sys.stderr.write(f"variant d2 is not used: {error}\n")
            variant = "d1"
            program.live = True
        quick.start_anew()
    return variant


def _expect(program: MypyProgram, text: str) -> None:
    infos = program.fg.manager.errors.error_info_map.get(program.buffers.probe, [])
    found = [(info.line, info.column, info.code and info.code.code) for info in infos]
    lines = text.splitlines()
    if found != [(len(lines), lines[-1].encode().index(b'""'), "assignment")]:
        program.live = False
        raise RequestError(f"mypy {__version__} reports {found} for {text!r}", kind="selftest")
