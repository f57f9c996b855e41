"""Open modules that edits of other modules affected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

    from .program import MypyProgram
    from .propagation import Interrupted
    from .quick import Quick
    from .skeletons import Skeletons
    from .updates import Updates, Work

ROUNDS: Final = 20
"""The number of open modules through which a change is followed before other work may be done."""


class Dependents:
    """The open modules that edits affected and that were not checked since.

    Args:
        program: The program.
        quick: Checks modules of it.
        updates: Makes mypy update modules for which that is not enough.
        skeletons: Records modules of which a cache only has the interface.
    """

    def __init__(
        self, program: MypyProgram, quick: Quick, updates: Updates, skeletons: Skeletons
    ) -> None:
        self._program, self._quick = program, quick
        self._updates, self._skeletons = updates, skeletons
        self._affected: Work = {}

    @property
    def waiting(self) -> set[str]:
        """The modules whose changes have not taken effect, and those that wait to be checked."""
        return {*self._quick.pending, *self._affected.values()}

    def start_anew(self) -> None:
        """Forget everything, because the program is built again."""
        self._affected.clear()

    def settle(self, within: Collection[str] | None, interrupted: Interrupted) -> None:
        """Check the open modules that edits affected, until there are no more.

        Args:
            within: The modules to consider, if not all; others may miss the changes.
            interrupted: Whether other work is waiting; the rest is then kept for later.
        """
        for _ in range(ROUNDS):
            found = self._quick.settle(within, interrupted)
            self._affected |= self._updates.open_ones(found)
            self._skeletons.note(found, within)
            while self._affected and not interrupted():
                path = next(iter(self._affected))
                module = self._affected.pop(path)
                if path in self._program.buffers.open and not self.check(path, module):
                    self._updates.apply({path: module})
            if not self._quick.pending or interrupted():
                break

    def check(self, path: str, module: str) -> bool:
        """Check an open module; return False if mypy's own update is needed."""
        if self._check(path, module):
            return True
        # Modules that it newly imports are loaded separately, which needs no check of this module.
        imported, graph = self._quick.imported, self._program.fg.graph
        for other, name in imported.items():
            if name not in graph:
                self._updates.apply({other: name})
        return bool(imported) and self._check(path, module)

    def _check(self, path: str, module: str) -> bool:
        buffers = self._program.buffers
        buffers.choose_parser(path, module)
        while self._quick.check(path, module, buffers.open[path].text):
            if self._program.harvest(path):
                return True
            self._quick.forget(module)
        return False
