"""The worker's loop: answers its parent, and uses pauses between messages."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NoReturn

from python_expert.processes.wire import Connection, RequestError, lower_priority, serve

from . import neutral

if TYPE_CHECKING:
    from collections.abc import Callable

    from python_expert.processes.wire import Json

    from .checker import Checker
    from .imagination import Imagination
    from .naming import Naming

MYPY_VERSIONS: Final = ((2, 0), (3, 0))
"""The first version of mypy that is supported, and the first one that is not."""

HELD_S: Final = 0.2
"""The time in seconds that a candidate text is kept, as it may become the file's text."""

IDLE_S: Final = 1.0
EX_SOFTWARE: Final = 70

NICE: Final = 5
"""The niceness of mypy after its first findings, for which the user waits: ruff and the editor have
priority if there are too few cores."""


class RequestHandler:
    """Answers the parent's messages.

    Args:
        connection: The connection with the parent.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._imagination: Imagination | None = None
        self._naming: Naming | None = None
        self._gives_way = False
        self._handlers: dict[str, Callable[..., Json | None]] = {"start": self._start}

    def serve(self) -> NoReturn:
        """Answer the parent until it ends, or mypy fails."""
        serve(
            self._connection,
            self._handlers,
            self._explain,
            pauses=(
                (0.0, self._rest(self._settle)),
                (HELD_S, self._rest(self._let_go)),
                (IDLE_S, self._rest(self._prepare)),
                (IDLE_S, self._rest(self._write)),
            ),
            after=self._rest(lambda imagination: imagination.tidy()),
        )

    def _start(self, root: str, args: list[str], **flags: Any) -> Json:  # noqa: ANN401 - JSON
        """Create the checker, and describe it.

        Raises:
            RequestError: mypy is not installed, its version is unsupported, or its configuration is
                invalid.
        """
        try:
            from mypy.version import __version__  # noqa: PLC0415 - it may not be there

            from .checker import Checker  # noqa: PLC0415
            from .imagination import Imagination  # noqa: PLC0415
        except ImportError as error:
            raise RequestError(f"mypy cannot check live: {error}", kind="version") from error
        oldest, newest = MYPY_VERSIONS
        if not oldest <= tuple(map(int, __version__.split(".")[:2])) < newest:
            text = f"mypy {__version__} is not of {oldest} up to {newest}"
            raise RequestError(text, kind="version")

        def report(done: int) -> None:
            params = {"message": "mypy is reading modules", "done": done, "total": None}
            self._connection.notify("progress", params)

        if flags.get("floor"):
            self._give_way()  # it only judges edits
        checker = Checker(root, args, report, **flags)
        self._imagination = imagination = Imagination(checker)
        about_what_is: dict[str, Callable[..., Json | None]] = {
            "open": checker.open,
            "close": checker.close,
            "disk": checker.disk,
            "rebuild": checker.rebuild,
            "name": partial(self._name, checker),
            "check": partial(self._check, checker),
        }
        self._handlers |= {
            name: partial(_after, imagination.end, handler)
            for name, handler in about_what_is.items()
        }
        self._handlers |= {
            "change": imagination.change,
            "what_if": imagination.what_if,
            "types": imagination.types,
        }
        return {"mypy": __version__, "warnings": checker.warnings}

    def _check(self, checker: Checker) -> Json:
        def first(news: Json) -> None:
            self._connection.notify("first", news)
            self._give_way()

        news = checker.check(first)
        self._give_way()
        return news

    def _give_way(self) -> None:
        if not self._gives_way:
            self._gives_way = True
            lower_priority(NICE)

    def _name(self, checker: Checker, **place: Any) -> Json:  # noqa: ANN401 - JSON
        if self._naming is None:
            from .naming import Naming  # noqa: PLC0415 - most workers never get such a request

            self._naming = Naming(checker)
        return self._naming.name(**place)

    def _let_go(self, imagination: Imagination) -> None:
        imagination.end()
        self._settle(imagination)

    def _settle(self, imagination: Imagination) -> None:
        checker = imagination.checker
        if imagination.holds or checker.dirty:
            return  # a check is on its way, or another request about the same text
        settled = checker.settled
        checker.settle_all(None, lambda: self._connection.waiting)
        news = checker.news()
        if news["files"] or not (settled or self._connection.waiting):
            self._connection.notify("settled", news)

    def _prepare(self, imagination: Imagination) -> None:
        checker = imagination.checker
        if not checker.dirty:
            checker.prepare()
        checker.collect()

    def _write(self, imagination: Imagination) -> None:
        imagination.end()
        checker = imagination.checker
        if not checker.dirty and checker.write(lambda: self._connection.waiting):
            self._connection.notify("written", {})

    def _explain(self, error: BaseException) -> RequestError:
        """Convert an exception to an error: mypy's state is lost, maybe because of the cache."""
        traceback.print_exception(error)
        if self._imagination:
            self._imagination.checker.cache.drop_all(error)
        text = f"{type(error).__name__}: {error}"
        return RequestError(text, kind="internal", exit_status=EX_SOFTWARE)

    def _rest(self, work: Callable[[Imagination], None]) -> Callable[[], None]:
        """Work for pauses, once there is a checker."""

        def rest() -> None:
            try:
                if self._imagination:
                    work(self._imagination)
            except BaseException as error:  # noqa: BLE001 - after any exception mypy's state is lost
                self._explain(error)
                os._exit(EX_SOFTWARE)

        return rest


def _after(first: Callable[[], None], handler: Callable[..., Json | None], **params: Any) -> Any:  # noqa: ANN401 - JSON
    first()
    return handler(**params)


def main() -> NoReturn:
    """Serve the parent on standard input and output."""
    gc.disable()  # until the first build: imports leave no garbage
    neutral.clear_environment()
    with contextlib.suppress(Exception):  # `start` reports it
        importlib.import_module(".checker", __package__)
        importlib.import_module(".imagination", __package__)
    RequestHandler(Connection()).serve()
