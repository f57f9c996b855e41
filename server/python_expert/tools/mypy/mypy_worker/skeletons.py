"""Modules of which a cache has the interface only: their trees have no bodies.

Where an edit has an effect on such a module, it is read and checked as a whole, as the types of
others can depend on what mypy infers in it.
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
        updates: Has mypy update those for which that is not enough.

    Attributes:
        quick: See above.
        updates: See above.
        touched: Those on which an edit has had an effect.
        was_read: Whether one has been read since.
    """

    def __init__(self, program: MypyProgram, quick: Quick, updates: Updates) -> None:
        self._program, self.quick, self.updates = program, quick, updates
        self.touched: set[str] = set()
        self.was_read = False

    def note(self, modules: Collection[str], within: Collection[str] | None = None) -> None:
        """Note which of some modules are to be read.

        Args:
            modules: Modules on which an edit had an effect.
            within: The modules that matter, if that are not all.
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
        """Read those that are touched, and those that are touched by that.

        Args:
            settle: Lets the changes of a module take effect on others.
            interrupted: Whether something else is to be done first.
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
        """Check files that have changed and are not open; returns what mypy's update is to do.

        That would read all that is touched at once, and nothing could come in between.
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
        """Check a module that is not open; False if mypy's own update has to."""
        overlay, state = self._program.overlay, self._program.fg.graph.get(module)
        if state is None or not overlay.isfile(state.xpath):
            return False
        self.was_read = True
        text = decode_python_encoding(overlay.read(state.xpath))
        done = self.quick.check(state.xpath, module, text)
        self.quick.finish()
        self.quick.forget(module)
        return done
