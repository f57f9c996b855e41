"""A mypy plugin that completes mypy's own update."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.errorcodes import IGNORE_WITHOUT_CODE, UNUSED_IGNORE
from mypy.plugin import Plugin

if TYPE_CHECKING:
    from mypy.nodes import MypyFile
    from mypy.server.update import FineGrainedBuildManager


class Finisher(Plugin):
    """Checks the function bodies that mypy's own update skips.

    mypy defers a body that uses types inferred elsewhere, possibly twice; an update then forgets
    it, while a build continues, first with the bodies that infer. This hook runs in between.
    """

    fg: FineGrainedBuildManager | None = None

    def get_additional_indirect_deps(self, file: MypyFile) -> set[str]:
        """Finish the check of a module; no dependencies are added."""
        state = self.fg and self.fg.graph[file.fullname]
        if state and (waiting := state.type_checker().deferred_nodes):
            state.type_checker().deferred_nodes = []
            for infers in (True, False):
                state.type_check_second_pass(
                    [
                        each
                        for each in waiting
                        if getattr(each.node, "def_or_infer_vars", False) is infers
                    ]
                )
            early = {UNUSED_IGNORE, IGNORE_WITHOUT_CODE}  # reported before all ignores were used
            infos = state.manager.errors.error_info_map.get(state.xpath, [])
            infos[:] = [info for info in infos if info.code not in early]
            state.generate_unused_ignore_notes()
            state.generate_ignore_without_code_notes()
        return set()
