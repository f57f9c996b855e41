"""Checks a text in place of a file's, and undoes it afterwards."""

from __future__ import annotations

import traceback
from functools import partial
from typing import TYPE_CHECKING

from .calls import foreign_calls
from .inference import Inference

if TYPE_CHECKING:
    from collections.abc import Callable

    from python_expert.processes.wire import Json

    from .checker import Checker


class Imagination:
    """Asks a checker about texts. After each answer it has to tidy before anything else.

    Args:
        checker: The checker.
    """

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._buffers = checker.buffers
        # The modules that get to see what is imagined: what others would make of it nobody is told.
        self._within: set[str] = set()

    def what_if(self, path: str, text: str) -> Json:
        """Tell what mypy would find in all buffers, were `text` that of a file.

        Where the configuration has mypy find less than by default, it tells that instead.
        """
        if self._checker.is_lowered(path):
            return {"lowered": True}
        self._imagine(path, text)
        self._checker.settle(self._within)
        buffers = self._buffers.open.values()
        return {"files": {each.path: {"version": each.version, **each.result} for each in buffers}}

    def types(self, path: str, text: str, about: str = "functions") -> Json:
        """Tell of the types of a file, were `text` that of it.

        Args:
            path: The file.
            text: The text.
            about: What to tell of: ``functions`` are the hints that these could have, ``calls``
                what these run.

        Returns:
            That under its name, and `known`, which is false where mypy did not get through the
            file.
        """
        checker, inner = self._checker, self._buffers.inner(path)
        checker.bring_up_to_date()
        checker.settle()  # before the options change: other modules are checked for it
        module = self._buffers.module_of(inner)
        if module:
            checker.quick.forget(module)  # the types of what would be taken over are not kept
        with self._buffers.looking_inside(module or ""):
            self._imagine(path, text, seen=False)
        module = self._buffers.module_of(inner) or ""
        state = checker.quick.fresh(module)
        told: list[Json] = []
        try:
            if state:
                told = foreign_calls(state, text) if about == "calls" else Inference(state).hints()
        except Exception:  # noqa: BLE001 - types are not worth the findings of a worker that ends
            traceback.print_exc()
            state = None
        checker.quick.forget(module)  # what is undone is to be checked with the usual options
        return {"known": state is not None, about: told}

    def _imagine(self, path: str, text: str, *, seen: bool = True) -> None:
        """Take a text for that of a file; what undoes it is kept.

        Args:
            path: The file.
            text: The text.
            seen: Whether other modules are to see it. They do all the same where mypy's own
                update takes it in, as it does with an import of what was not read yet.
        """
        checker, inner = self._checker, self._buffers.inner(path)
        checker.bring_up_to_date()
        checker.settle()
        updates = checker.updates
        buffer = self._buffers.open.get(inner)
        results = {each: known.result for each, known in self._buffers.open.items()}
        if buffer is None:
            undo = partial(checker.close, path)
            checker.open(path, text, 0)
        else:
            undo = partial(self._put_back, inner, buffer.text, buffer.readable)
            checker.edit(inner, text)
        checker.undo = lambda: self._restore(
            undo, results, seen=seen, all_saw=checker.updates > updates
        )
        checker.bring_up_to_date()
        self._within = checker.program.seen()

    def _put_back(self, path: str, text: str, readable: str | None) -> None:
        """Restore a buffer's text."""
        if readable is None:  # nothing was known of it, and so it has to be again
            self._checker.program.live = False
        elif text != readable:  # what others see of it is what was readable
            self._checker.edit(path, readable)
            self._checker.bring_up_to_date()
            self._checker.settle()
        self._checker.edit(path, text)

    def _restore(
        self, undo: Callable[[], None], results: dict[str, Json], *, seen: bool, all_saw: bool
    ) -> None:
        """Undo what was imagined, as far as other modules have `seen` it."""
        undo()
        self._checker.bring_up_to_date()
        if not (seen or all_saw):  # who has not seen it come need not see it go
            self._checker.quick.forget_changes()
        self._checker.settle(None if all_saw else self._within)
        for path, result in results.items():
            self._buffers.open[path].result = result
