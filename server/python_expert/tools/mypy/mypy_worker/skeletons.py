"""Modules that are only cached with their interface: their trees have no bodies.

If an edit affects such a module, it is read and checked as a whole, because the types of other
modules may depend on what mypy infers in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.util import decode_python_encoding

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from .program import MypyProgram
    from .quick import Quick
    from .updates import Updates, Work


class Skeletons:
    """The modules of a program that were loaded from a cache and not read since.

    Args:
        program: The program.
        quick: Checks modules of it.
        updates: Makes mypy update modules for which that is not enough.

    Attributes:
        quick: See above.
        updates: See above.
        touched: The modules among them that an edit affected.
        was_read: Whether any of them has been read since.
    """

    def __init__(self, program: MypyProgram, quick: Quick, updates: Updates) -> None:
        self._program, self.quick, self.updates = program, quick, updates
        self.touched: set[str] = set()
        self.was_read = False

    def note(self, modules: Collection[str], within: Collection[str] | None = None) -> None:
        """Record which of some modules must be read.

        Args:
            modules: Modules that an edit affected.
            within: The modules to consider, if not all.
        """
        graph, known = self._program.fg.graph, self._program.fg.manager.modules
        self.touched |= {
            each
            for each in modules
            if each in graph
            and (each not in known or known[each].is_cache_skeleton)
            and self._program.buffers.is_followed(graph[each].xpath)
            and (within is None or each in within)
        }

    def read_on(self, settle: Callable[[], None], interrupted: Callable[[], bool]) -> None:
        """Read the affected modules, and those that are affected by that.

        Args:
            settle: Applies the changes of a module to other modules.
            interrupted: Whether other work is waiting.
        """
        graph = self._program.fg.graph if self.touched else {}
        while self.touched and not interrupted():
            module = min(self.touched)
            self.touched.discard(module)
            if module in graph and not self.check(module):
                self.updates.apply({graph[module].xpath: module})
            if not self.touched:
                settle()

    def check_changed(self, work: Work) -> Work:
        """Check changed files that are not open; return the work for mypy's update.

        mypy's update would read all affected modules at once, without interruption.
        """
        if not self._program.is_cached:
            return work
        rest: Work = {}
        for path, module in work.items():
            closed = self._program.buffers.is_followed(path)
            if closed and not self.updates.is_skipped(path, module) and self.check(module):
                self.updates.stamps[path] = self._program.overlay.stamp(path)
            else:
                rest[path] = module
        return rest

    def check(self, module: str) -> bool:
        """Check a module that is not open; return False if mypy's own update is needed."""
        overlay, state = self._program.overlay, self._program.fg.graph.get(module)
        if state is None or not overlay.isfile(state.xpath):
            return False
        self.was_read = True
        text = decode_python_encoding(overlay.read(state.xpath))
        done = self.quick.check(state.xpath, module, text)
        self.quick.finish()
        self.quick.forget(module)
        return done
