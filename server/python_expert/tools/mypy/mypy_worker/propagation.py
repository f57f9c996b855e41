"""The effects of a change on other modules: mypy's own algorithm, made interruptible."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from mypy.server.update import find_targets_recursive, reprocess_nodes
from mypy.typestate import type_state

if TYPE_CHECKING:
    from collections.abc import Collection

    from mypy.server.update import FineGrainedBuildManager

Interrupted: TypeAlias = Callable[[], bool]
"""Returns whether other work is waiting."""

ROUNDS: Final = 1_000
"""The number of rounds after which mypy assumes an endless loop."""


def never() -> bool:
    """Report that no other work is waiting."""
    return False


class Propagated(NamedTuple):
    """The effects of a change.

    Attributes:
        targets: The parts of modules that were checked again.
        left: The modules that the caller must check.
        unread: The modules that must be read for that.
        followed: The triggers that were followed.
        triggered: The new triggers that were not followed, or not by all modules.
        again: Whether the change itself was not followed by all modules.
    """

    targets: list[str]
    left: set[str]
    unread: set[str]
    followed: set[str]
    triggered: set[str]
    again: bool


def propagate(
    fg: FineGrainedBuildManager,
    triggered: set[str],
    up_to_date: Collection[str],
    others: Collection[str],
    interrupted: Interrupted,
) -> Propagated:
    """Check everything again that depends on a change, transitively.

    It may be interrupted between two modules; then what these and the modules before depend on must
    be followed once more.

    Args:
        fg: mypy's engine.
        triggered: The triggers of the change.
        up_to_date: The modules that already have the change.
        others: The modules that the caller checks itself.
        interrupted: Whether other work is waiting.

    Raises:
        RuntimeError: The propagation does not end.
    """
    manager, graph, deps = fg.manager, fg.graph, fg.deps
    targets: list[str] = []
    left: set[str] = set()
    unread: set[str] = set()
    followed: set[str] = set()
    skipped = set(up_to_date)
    for turn in range(ROUNDS):
        if not triggered:
            break
        current, triggered = triggered, set()
        todo, unloaded, protocols = find_targets_recursive(manager, graph, current, deps, skipped)
        unread |= unloaded
        followed |= current
        for info in protocols:
            type_state.reset_subtype_caches_for(info)
        for module, nodes in sorted(todo.items(), key=lambda each: each[0]):
            if interrupted():
                rest = triggered | current if turn else triggered
                return Propagated(targets, left, unread, followed, rest, again=not turn)
            if module in others:
                left.add(module)
            else:
                triggered |= reprocess_nodes(manager, graph, module, nodes, deps, targets)
        skipped = set()  # a change elsewhere may lead back to the first module
    else:
        raise RuntimeError("changes trigger one another without end")
    return Propagated(targets, left, unread, followed, set(), again=False)
