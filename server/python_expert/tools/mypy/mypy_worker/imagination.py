"""Checks a candidate text in place of a file's text, and restores the file afterwards."""

from __future__ import annotations

import traceback
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from .bases import foreign_bases
from .calls import foreign_calls
from .contradictions import without_contradictions
from .inference import Inference

if TYPE_CHECKING:
    from collections.abc import Callable

    from python_expert.processes.wire import Json

    from .checker import Checker
    from .program import MypyProgram


class Imagination:
    """Checks candidate texts with a checker. Call `tidy` after each answer.

    The last text of `what_if` is kept for a while, because the next request is probably about the
    same file, or the text becomes the file's; the last text of `types` is kept too. Before the
    checker is used for anything else, `end` must be called.

    Attributes:
        checker: The checker.
    """

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self._buffers = checker.buffers
        # The modules that use the candidate text; findings in other modules are not reported.
        self._within: set[str] = set()
        self._path = ""
        self._typed = ""  # likewise, with options whose findings must not be reported
        self._real: dict[str, Json] = {}
        self._undo: Callable[[], None] | None = None

    def what_if(self, path: str, text: str) -> Json:
        """Report what mypy would find in all buffers if a file had the text `text`.

        If the configuration makes mypy find less than by default, this is reported instead.
        """
        if path != self._path:
            self.end()
        if self.checker.is_lowered(path):
            return {"lowered": True}
        buffer = self._buffers.open.get(self._buffers.inner(path))
        if buffer is None or buffer.text != text:
            self._imagine(path, text)
            if self._path and not self._buffers.open[self._buffers.inner(path)].result["parsed"]:
                # If a text cannot be parsed, other modules see the last text that could be parsed,
                # which must not be a candidate.
                self.end()
                self._imagine(path, text)
            self._path = path
        else:
            self.checker.bring_up_to_date()
        self.checker.settle_all(self._within or None)
        buffers = self._buffers.open.values()
        return {"files": {each.path: {"version": each.version, **each.result} for each in buffers}}

    def types(self, path: str, text: str, about: str = "functions") -> Json:
        """Report the types of a file if it had the text `text`.

        Args:
            path: The file.
            text: The text.
            about: The requested information: ``functions`` for the possible hints of functions,
                ``calls`` for what calls run and which methods no base class has.

        Returns:
            The report under its name, and `known`, which is false if mypy could not check the file
            to the end.
        """
        checker, inner = self.checker, self._buffers.inner(path)
        if path != self._typed:
            self.end()
            checker.bring_up_to_date()
            checker.settle_all()  # before the options change, as it checks other modules
        module = self._buffers.module_of(inner)
        if module:
            checker.quick.forget(module)  # the types of unchanged functions are not kept
        with self._buffers.looking_inside(module or ""):
            self._imagine(path, text, seen=False)
        self._typed = path
        module = self._buffers.module_of(inner) or ""
        state = checker.quick.fresh(module)
        answer: list[Json] = []
        try:
            if state:
                if about == "calls":
                    answer = [*foreign_calls(state, text), *foreign_bases(state, text)]
                else:
                    opened = self._buffers.open.items()
                    others = [buffer for each, buffer in opened if each != inner]
                    with without_contradictions(state, others):
                        answer = Inference(state).hints()
        except Exception:  # noqa: BLE001 - an error in the types must not end a worker with findings
            traceback.print_exc()
            state = None
        checker.quick.forget(module)  # the restored text is to be checked with the usual options
        return {"known": state is not None, about: answer}

    @property
    def holds(self) -> bool:
        """Whether a candidate text currently replaces a file's text."""
        return self._undo is not None

    def change(self, path: str, text: str, version: int) -> None:
        """Set a buffer's new text; a text that equals the candidate is not checked again."""
        buffer = self._buffers.open.get(self._buffers.inner(path))
        if (
            buffer
            and path == self._path
            and buffer.text == text
            and buffer.result["parsed"]
            and self._real.get(self._buffers.inner(path))  # otherwise it was not open
        ):
            self._forget()
            self.checker.quick.tell_others()
        else:
            self.end()
        self.checker.open(path, text, version)

    def tidy(self) -> None:
        """Do work that no request waits for; call this after each answer."""
        if not (self._path or self._typed):
            self.end()
        self.checker.tidy()

    def end(self) -> None:
        """Restore the file if it has a candidate text."""
        undo, self._path, self._typed, self._undo = self._undo, "", "", None
        if undo:
            undo()
        self._forget()

    def _forget(self) -> None:
        self._path, self._typed, self._undo = "", "", None
        self._within, self._real = set(), {}

    def _imagine(self, path: str, text: str, *, seen: bool = True) -> None:
        """Replace a file's text by a candidate, and record how to undo it.

        Args:
            path: The file.
            text: The text.
            seen: Whether other modules are to see it. They always do if mypy's own update is
                needed, as for an import of a module that was not read yet.
        """
        checker, inner = self.checker, self._buffers.inner(path)
        checker.bring_up_to_date()
        if seen or not self._undo:  # a text that other modules did not see has no effects to apply
            checker.settle_all(self._within or None)
        updates = checker.updates
        buffer = self._buffers.open.get(inner)
        if not self._undo:
            self._real = {each: known.result for each, known in self._buffers.open.items()}
        if buffer is None:
            undo = partial(checker.close, path)
            checker.open(path, text, 0)
        else:
            undo = partial(self._put_back, inner, buffer.text, buffer.readable)
            checker.edit(inner, text)
        self._undo = self._undo or (
            lambda: self._restore(undo, seen=seen, all_saw=checker.updates > updates)
        )
        checker.bring_up_to_date()
        self._within |= _seen(checker.program)

    def _put_back(self, path: str, text: str, readable: str | None) -> None:
        """Restore a buffer's text."""
        if readable is None:  # mypy had no tree of the file, which only a new build restores
            self.checker.program.live = False
        elif text != readable:  # other modules see the last text that could be parsed
            self.checker.edit(path, readable)
            self.checker.bring_up_to_date()
            self.checker.settle()
        self.checker.edit(path, text)

    def _restore(self, undo: Callable[[], None], *, seen: bool, all_saw: bool) -> None:
        """Undo a candidate text, as far as other modules have `seen` it."""
        undo()
        self.checker.bring_up_to_date()
        if not (seen or all_saw):  # a module that never saw the text need not see its restoration
            self.checker.quick.forget_changes()
        self.checker.settle(None if all_saw else self._within)
        self.checker.quick.missed.clear()  # the restoration reverts these changes
        self.checker.skeletons.touched.clear()  # they were not read, and are right again
        for path, result in self._real.items():
            self._buffers.open[path].result = result


def _seen(program: MypyProgram) -> set[str]:
    """Return the open modules and all modules that they import, directly or indirectly."""
    graph = program.fg.graph if program.live else {}
    found: set[str] = set()
    rest = {source.module for source in program.buffers.sources()}
    while rest:
        found |= rest
        imported = (graph[each].dependencies for each in rest if each in graph)
        rest = {*chain.from_iterable(imported)} - found
    return found
