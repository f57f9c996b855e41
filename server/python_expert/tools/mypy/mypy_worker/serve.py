"""The worker's life: answers its parent, and uses the pauses."""

from __future__ import annotations

import os
import platform
import queue
import traceback
from typing import TYPE_CHECKING, Any, Final, NoReturn

from . import neutral
from .wire import Wire, WorkerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .checker import Checker
    from .wire import Json

MYPY_VERSIONS: Final = ((2, 0), (3, 0))
"""The first version that can be driven, and the first that may not be."""

SETTLE_S: Final = 0.2
"""The pause after which what was edited takes effect on other buffers."""

IDLE_S: Final = 1.0
EX_SOFTWARE: Final = 70

NICE: Final = 5
"""How far mypy stands back for ruff and the editor where there are too few cores for all."""


class Worker:
    """Answers the parent's messages.

    Args:
        wire: The connection with the parent.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._checker: Checker | None = None
        self._handlers: Mapping[str, Callable[..., Json | None]] = {"start": self._start}

    def serve(self) -> NoReturn:
        """Answer the parent until it says stop, or mypy fails within."""
        while True:
            message = self._next()
            request, method = message.get("id"), message.get("method", "")
            try:
                handler = self._handlers.get(method)
                result = handler(**message.get("params") or {}) if handler else None
            except WorkerError as error:
                if request is not None:
                    self._wire.fail(request, error.kind, str(error).strip())
                continue
            except BaseException as error:  # noqa: BLE001 - whatever it is, mypy's state is lost
                self._die(error, request)
            if request is not None:
                self._wire.send(id=request, result=result)
            if method == "stop":
                os._exit(0)
            self._rest(lambda checker: checker.tidy())

    def _start(self, root: str, args: list[str], **flags: Any) -> Json:  # noqa: ANN401 - JSON
        """Make what the parent asked for, and tell what it is.

        Raises:
            WorkerError: There is no mypy, its version is wrong, or its configuration at fault.
        """
        try:
            from mypy.version import __version__  # noqa: PLC0415 - it may not be there

            from .checker import Checker  # noqa: PLC0415
        except ImportError as error:
            raise WorkerError("version", f"no mypy that can be driven: {error}") from error
        oldest, newest = MYPY_VERSIONS
        if not oldest <= tuple(map(int, __version__.split(".")[:2])) < newest:
            raise WorkerError("version", f"mypy {__version__} is not of {oldest} up to {newest}")

        def report(done: int) -> None:
            params = {"message": "mypy is reading modules", "done": done, "total": None}
            self._wire.send(method="progress", params=params)

        self._checker = checker = Checker(root, args, report, **flags)
        self._handlers = {
            "open": checker.open,
            "change": checker.open,
            "close": checker.close,
            "disk": checker.disk,
            "rebuild": checker.rebuild,
            "check": checker.check,
            "what_if": checker.what_if,
        }
        facts = {"column_unit": "utf8", "warnings": checker.warnings}
        return {"mypy": __version__, "python": platform.python_version(), **facts}

    def _next(self) -> Json:
        """The next message; what is pending is done while there is none."""
        try:
            return self._wire.inbox.get(timeout=SETTLE_S)
        except queue.Empty:
            self._rest(self._settle)
        try:
            return self._wire.inbox.get(timeout=IDLE_S)
        except queue.Empty:
            self._rest(self._prepare)
        return self._wire.inbox.get()

    def _settle(self, checker: Checker) -> None:
        if checker.dirty:
            return  # a check is on its way
        settled = checker.settled
        checker.settle()
        news = checker.news()
        if news["files"] or not settled:
            self._wire.send(method="settled", params=news)

    def _prepare(self, checker: Checker) -> None:
        if not checker.dirty:
            checker.prepare()
        checker.collect()

    def _rest(self, work: Callable[[Checker], None]) -> None:
        """Do work that nobody has asked for."""
        try:
            if self._checker:
                work(self._checker)
        except BaseException as error:  # noqa: BLE001 - as above
            self._die(error, None)

    def _die(self, error: BaseException, request: object) -> NoReturn:
        traceback.print_exception(error)
        if request is not None:
            self._wire.fail(request, "internal", f"{type(error).__name__}: {error}")
        os._exit(EX_SOFTWARE)


def main() -> NoReturn:
    """Serve the parent on standard input and output."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    neutral.clear_environment()
    Worker(Wire()).serve()
