"""Imports the SDK, which takes seconds, without blocking the event loop."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from typing import TypeAlias

Busy: TypeAlias = Callable[[], bool]
"""Returns whether the user is typing, so that other work should wait."""

SWITCH_S = 0.0005
"""The switch interval of threads during the import, in seconds.

Python's default of 5 ms adds up.
"""

PAUSE_S = 0.05
"""The duration of one pause of the import, in seconds."""


class _BeforeEachModule(MetaPathFinder):
    """Finds no module, but calls a function before each module that one thread imports."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._thread = threading.get_ident()

    def find_spec(self, *_: object) -> None:
        """Leave the module to the other finders."""
        if threading.get_ident() == self._thread:
            self._call()


class Import:
    """The import of the SDK, which pauses while the user types.

    Attributes:
        wanted: Set once the SDK is needed immediately, so that the import no longer pauses.
    """

    def __init__(self) -> None:
        self.wanted = threading.Event()
        self._stopped = False

    def stop(self) -> None:
        """Cancel the import if it is running."""
        self._stopped = True
        self.wanted.set()

    def run(self, busy: Busy | None) -> None:
        """Import the SDK; call this in a separate thread.

        The garbage collector is paused: there are many new objects and hardly any garbage among
        them, and a collection would stop all threads, including the event loop's, for a tenth of a
        second.

        Args:
            busy: Returns whether to pause between two modules; None for never.

        Raises:
            InterruptedError: The import was stopped.
        """
        if "anthropic.resources.messages" in sys.modules:
            return
        interval = sys.getswitchinterval()
        finder = _BeforeEachModule(lambda: self._wait_for_user(busy))
        sys.meta_path.insert(0, finder)
        sys.setswitchinterval(SWITCH_S)
        gc.disable()
        try:
            import anthropic.resources.messages  # noqa: F401, PLC0415 - the part that is used
        finally:
            gc.freeze()  # the imported objects stay
            gc.enable()
            sys.setswitchinterval(interval)
            sys.meta_path.remove(finder)

    def _wait_for_user(self, busy: Busy | None) -> None:
        while busy and not self.wanted.is_set() and busy():
            self.wanted.wait(PAUSE_S)
        if self._stopped:
            raise InterruptedError("the SDK is not needed any more")
