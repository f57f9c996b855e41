"""Variables with inferred types that the code contradicts.

mypy gives a variable without a hint the type of its first value. If it reports an error where
another value is stored, the inferred type is no evidence. The module is then checked again with
``Any`` as the type of such a variable, or for a local variable with the union of its values, if all
are known: everything that mypy infers from the variable changes with it.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from mypy.nodes import LDEF, CallExpr, MemberExpr, NameExpr
from mypy.types import AnyType, CallableType, get_proper_type

from .distant_stores import DistantStores
from .flow import instance_of
from .joining import union_of
from .places import UNKNOWN
from .stores import holders, stores

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mypy.build import State
    from mypy.nodes import Expression, Var
    from mypy.types import Type

    from .buffers import Buffer
    from .stores import Store

REPLACED: Final = frozenset({
    *("assignment", "call-overload", "dict-item", "has-type", "index", "list-item", "misc"),
    *("no-redef", "operator", "type-var"),
})  # fmt: skip
"""Codes of errors where a value is stored that contradict the variable's type."""

CHANGED: Final = REPLACED | {"arg-type", "typeddict-item", "typeddict-unknown-key"}
"""Codes of errors where an object is added to the variable's object that contradict its type."""

COMPUTED: Final = REPLACED - {"misc", "no-redef"} | {"return-value"}
"""Codes of errors in an expression that make its own type doubtful."""


class Contradictions:
    """The errors of a module that contradict what mypy infers.

    Args:
        state: The module, just checked.
    """

    def __init__(self, state: State) -> None:
        assert state.tree is not None  # noqa: S101  # nosec B101 - it was checked
        errors = state.manager.errors
        self._codes: dict[int, set[str]] = defaultdict(set)
        for info in errors.error_info_map.get(state.xpath, ()):
            if info.severity == "error" and info.code:
                self._codes[info.line].add(info.code.code)
        for line, codes in errors.used_ignored_lines.get(state.xpath, {}).items():
            self._codes[line].update(codes)
        self._types = state.type_map()
        self._defs = state.tree.defs

    def doubts(self, value: Expression) -> bool:
        """Return whether an error makes the type of an expression doubtful."""
        called = self._types.get(value.callee) if isinstance(value, CallExpr) else None
        called = get_proper_type(called)
        if isinstance(called, CallableType) and not called.variables:
            return False  # for any arguments
        return not COMPUTED.isdisjoint(self._within(value.line, value.end_line))

    def variables(self, marked: Collection[Var]) -> set[Var]:
        """Return the variables whose types errors contradict.

        Args:
            marked: Variables that have another type than the one that mypy inferred.
        """
        found: set[Var] = set()
        for store in stores(self._defs, self._types):
            codes = self._within(store.line, store.end_line)
            is_wrong = not codes.isdisjoint(CHANGED if store.is_inside else REPLACED)
            if is_wrong:
                found.update(holders(store.target, self._types, marked))
        for node in [each for each in self._types if isinstance(each, MemberExpr)]:
            is_variable = isinstance(node.expr, NameExpr | MemberExpr)
            if (
                is_variable
                and "attr-defined" in self._codes.get(node.line, ())
                and self._lacks(node)
            ):
                found.update(holders(node.expr, self._types, marked))
        return found

    def _lacks(self, node: MemberExpr) -> bool:
        """Return whether a built-in object has no attribute of a name; others may get it later."""
        owner = instance_of(self._types.get(node.expr))
        if owner is None or owner.type.module_name != "builtins":
            return False
        return owner.type.get(node.name) is None

    def _within(self, first: int, last: int | None) -> set[str]:
        """Return the codes of the errors on some lines."""
        lines = range(first, (last or first) + 1)
        return {code for line in self._codes if line in lines for code in self._codes[line]}


class _Marks:
    """The variables of a module that have another type for a while.

    Args:
        state: The module.
        distant: The values that other files store in its objects.
    """

    def __init__(self, state: State, distant: DistantStores) -> None:
        self._distant = distant
        assert state.tree is not None  # noqa: S101  # nosec B101 - it was checked
        self._state, self._defs = state, state.tree.defs
        self._before: dict[Var, tuple[Type | None, bool]] = {}
        self._unknown: set[Var] = set()
        self._definitions: list[NameExpr | MemberExpr] = []

    def mark(self) -> bool:
        """Give the variables that errors contradict other types; return whether there are any."""
        types = self._state.type_map()
        wrong = Contradictions(self._state).variables(self._before)
        targets: dict[Var, list[Store]] = defaultdict(list)
        for store in stores(self._defs, types):
            for variable in holders(store.target, types, self._before):
                targets[variable].append(store)
        shared = [each for each in targets if each.info or each.fullname != each.name]
        wrong.update(each for each in shared if self._distant.contradict(each))
        wrong -= self._unknown
        for variable in wrong:
            is_first = variable not in self._before
            self._before.setdefault(variable, (variable.type, variable.is_inferred))
            known = _values(targets[variable], types) if is_first else None
            if known is None:
                self._unknown.add(variable)
            # As if the type was declared at the first assignment:
            variable.type, variable.is_inferred = known or UNKNOWN, False
            for store in targets[variable]:
                if store.target.is_inferred_def:
                    store.target.is_inferred_def = False
                    self._definitions.append(store.target)
        return bool(wrong)

    def restore(self) -> None:
        """Give the variables their types back."""
        for variable, (type_, is_inferred) in self._before.items():
            variable.type, variable.is_inferred = type_, is_inferred
        for target in self._definitions:
            target.is_inferred_def = True


@contextmanager
def without_contradictions(state: State, others: Collection[Buffer]) -> Iterator[None]:
    """Change the types of a module's expressions where errors contradict them.

    Args:
        state: The module, just checked. Later, its variables have their types again, but the
            expressions do not.
        others: The other open files.
    """
    marks = _Marks(state, DistantStores(others, CHANGED))
    disabled, state.options.disabled_error_codes = state.options.disabled_error_codes, set()
    try:
        if disabled:
            _check_again(state)
        while marks.mark():
            _check_again(state)
        yield
    finally:
        state.options.disabled_error_codes = disabled
        marks.restore()


def _check_again(state: State) -> None:
    """Check a module again, with the types that its variables have."""
    errors = state.manager.errors
    errors.error_info_map.pop(state.xpath, None)
    errors.used_ignored_lines.pop(state.xpath, None)
    state.type_checker().reset()
    state.type_check_first_pass()
    while state.type_check_second_pass():
        pass


def _values(places: Sequence[Store], types: Mapping[Expression, Type]) -> Type | None:
    """Return the union of the values stored in a local variable; None if it is unknown."""
    found: list[Type] = []
    for store in places:
        type_ = types.get(store.value) if store.value else None
        if not isinstance(store.target, NameExpr) or store.target.kind != LDEF:
            return None
        if store.is_inside or type_ is None or _is_any(type_):
            return None
        found.append(type_)
    return union_of(found) if found else None


def _is_any(type_: Type | None) -> bool:
    return isinstance(get_proper_type(type_), AnyType)
