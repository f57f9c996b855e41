"""Hints from methods of base classes and of subclasses."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from mypy.expandtype import expand_type_by_instance
from mypy.maptype import map_instance_to_supertype
from mypy.types import Instance, NoneType, has_type_vars
from mypy.typevars import fill_typevars

from .flow import runs_out
from .places import (
    RETURN,
    UNKNOWN,
    EmptySlot,
    declared_type,
    function_of,
    has_open_result,
    is_open,
    open_arguments,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mypy.nodes import Expression, FuncDef
    from mypy.types import Type

    Shown = tuple[EmptySlot, Sequence[Type]]

FREE: Final = frozenset({"__init__", "__new__", "__init_subclass__", "__post_init__"})
"""Methods that need not match those of a base class."""


def inherited(function: FuncDef) -> Iterator[Shown]:
    """Yield the types that the nearest base class declares for a method's result and parameters."""
    instance = fill_typevars(function.info) if function.info else None
    if not isinstance(instance, Instance) or function.name in FREE:
        return
    for base in function.info.mro[1:]:
        declared = declared_type(function_of(base.names.get(function.name)))
        if declared is None:
            continue
        owner = map_instance_to_supertype(instance, base)
        if not is_open(declared.ret_type) and has_open_result(function):
            yield EmptySlot(function, RETURN), [expand_type_by_instance(declared.ret_type, owner)]
        for argument in open_arguments(function):
            name = argument.variable.name
            at = declared.arg_names.index(name) if name in declared.arg_names else None
            if at is not None and not is_open(declared.arg_types[at]):
                type_ = expand_type_by_instance(declared.arg_types[at], owner)
                yield EmptySlot(function, name), [type_]
        return


def unhinted(function: FuncDef) -> Iterator[tuple[str, FuncDef]]:
    """Yield the parameters that the nearest base class also has without a hint, with its method."""
    if not function.info or function.name in FREE:
        return
    for base in function.info.mro[1:]:
        if known := function_of(base.names.get(function.name)):
            declared = declared_type(known)
            own = (each.variable for each in function.arguments)
            for name in (each.name for each in own if not (each.is_self or each.is_cls)):
                at = known.arg_names.index(name) if name in known.arg_names else None
                if at is not None and (declared is None or is_open(declared.arg_types[at])):
                    yield name, known
            return


def overridden(functions: Iterable[FuncDef], types: Mapping[Expression, Type]) -> Iterator[Shown]:
    """Yield the types that all overriding methods of a method declare, if they agree.

    Args:
        functions: The functions of a file.
        types: The types of its expressions.
    """
    overriding: dict[FuncDef, list[FuncDef]] = defaultdict(list)
    # In the order of the text: a set's order would depend on memory addresses.
    ours = dict.fromkeys(each for each in functions if each.info and each.name not in FREE)
    for function in ours:
        for base in function.info.mro[1:]:
            known = function_of(base.names.get(function.name))
            if known is not None and known in ours:
                overriding[known].append(function)
    for function, others in overriding.items():
        declared = [declared_type(each) for each in others]
        if has_open_result(function):
            results = [UNKNOWN if each is None else each.ret_type for each in declared]
            if runs_out(function.body.body, types):
                results.append(NoneType())
            if _are_known(results):
                yield EmptySlot(function, RETURN), results
        for argument in open_arguments(function):
            name = argument.variable.name
            given = [
                each.arg_types[each.arg_names.index(name)]
                if each and name in each.arg_names
                else UNKNOWN
                for each in declared
            ]
            if len(given) > 1 and _are_known(given) and all(each == given[0] for each in given):
                yield EmptySlot(function, name), given[:1]


def _are_known(types: Sequence[Type]) -> bool:
    return not any(is_open(each) or has_type_vars(each) for each in types)
