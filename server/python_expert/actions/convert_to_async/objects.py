"""Objects that are replaced by awaitable objects, with all their uses in the text."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.replacements import (
    HTTP_ARGUMENTS,
    HTTP_BODIES,
    RESPONSE_ATTRIBUTES,
    SWAPS,
    WITHOUT_ARGUMENTS,
    Swap,
)
from python_expert.analysis.function_bodies import obstacle
from python_expert.analysis.library import MADE_BY
from python_expert.analysis.process_input import left_open
from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.names import Names, Slot
    from python_expert.analysis.scopes import Function


class RefusedError(Exception):
    """Something cannot be converted; the message gives the reason.

    Attributes:
        node: The node that cannot be converted, if known.
    """

    node: ast.AST | None = None


@dataclass
class Exchange:
    """The uses of one variable whose object is exchanged.

    Attributes:
        swap: The new object.
        makers: The calls that create the object.
        awaits: The method calls that are awaited.
        items: The ``with`` items that enter the object.
        loops: The loops over the object.
        owners: The functions that must be async because of the exchange.
        annotations: The names of the old object's class in the variable's annotations.
        plain: The uses of attributes that are the same as before.
    """

    swap: Swap
    makers: list[ast.Call] = field(default_factory=list)
    awaits: list[ast.Call] = field(default_factory=list)
    items: list[ast.withitem] = field(default_factory=list)
    loops: list[ast.For | ast.comprehension] = field(default_factory=list)
    owners: list[Function] = field(default_factory=list)
    annotations: list[ast.expr] = field(default_factory=list)
    plain: list[ast.Attribute] = field(default_factory=list)


def made_by(names: Names, call: ast.AST) -> str | None:
    """Return the full name of the object that a call creates, if the table has a replacement."""
    if not isinstance(call, ast.Call):
        return None
    full = names.dotted(call.func) or ""
    full = MADE_BY.get(full, full)
    return full if full in SWAPS else None


def makers(names: Names, node: ast.expr) -> list[ast.Call]:
    """Return the calls that create the object that an expression refers to."""
    slot = names.slot(node)
    values = names.values(slot) if slot else []
    plain = [each.context_expr if isinstance(each, ast.withitem) else each for each in values]
    return [each for each in plain if isinstance(each, ast.Call) and made_by(names, each)]


def annotated_class(names: Names, maker: ast.Call) -> ast.expr | None:
    """Return the class in the annotation of the variable that a call's result is assigned to."""
    holder = names.parents[maker]
    if not isinstance(holder, ast.AnnAssign):
        return None
    annotation = holder.annotation
    return annotation.value if isinstance(annotation, ast.Subscript) else annotation


def exchange(program: Program, maker: ast.Call, swap: Swap) -> Exchange:
    """Collect all changes that exchanging one object requires.

    Raises:
        RefusedError: A use of the object is not supported by the new object.
    """
    names = program.names
    found = Exchange(swap)
    holder = names.parents[maker]
    target = maker_target(names, maker)
    slot = names.slot(target) if target is not None else None
    if slot is None:
        if not (isinstance(holder, ast.withitem) and swap.enters and holder.optional_vars is None):
            raise RefusedError(f"{_at(maker)} is not stored in its own variable")
        _make(program, maker, found)
        _enter(program, holder, found)
        return found
    _exchange_values(program, maker, slot, found)
    for node in all_nodes(names.tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            if names.slot(node) == slot:
                _use(program, node, found)
            elif _may_be(program, node, slot):
                text = ast.unparse(node)
                raise RefusedError(f"line {node.lineno}: {text} may be the same object")
    for call, sure in left_open(names, found.makers, found.awaits):
        if sure:
            raise RefusedError(f"{_at(call)}: asyncio would not close the input of the process")
    return found


def _may_be(program: Program, node: ast.Name | ast.Attribute, slot: Slot) -> bool:
    """Return whether an attribute of an unknown object, or of a class, may be a given variable."""
    names = program.names
    if not isinstance(node, ast.Attribute) or f".{node.attr}" != slot[1]:
        return False
    kind = names.kind(node.value)
    if isinstance(kind, ast.ClassDef) and isinstance(slot[0], ast.ClassDef):
        return kind in program.hierarchy.may_be(slot[0])
    return kind is None and names.dotted(node.value) is None


def _exchange_values(program: Program, maker: ast.Call, slot: Slot, found: Exchange) -> None:
    """Exchange all values that are assigned to a variable."""
    names = program.names
    for value in names.values(slot):
        made = value.context_expr if isinstance(value, ast.withitem) else value
        if isinstance(made, ast.Constant) and made.value is None:
            continue
        if not isinstance(made, ast.Call) or made_by(names, made) != made_by(names, maker):
            raise RefusedError(f"{slot[1].lstrip('.')} may be something else than {_at(maker)}")
        _make(program, made, found)
        if isinstance(value, ast.withitem):
            _enter(program, value, found)
        elif found.swap.constructor == "aiofiles.open":
            raise RefusedError(f"{_at(made)} is not opened by a with statement")


def _at(node: ast.expr) -> str:
    return f"{ast.unparse(node)} (line {node.lineno})"


def loads(names: Names, slot: Slot) -> list[ast.Name | ast.Attribute]:
    """Return the places where a variable is read."""
    return [
        each
        for each in all_nodes(names.tree)
        if isinstance(each, ast.Name | ast.Attribute)
        and isinstance(each.ctx, ast.Load)
        and names.slot(each) == slot
    ]


def maker_target(names: Names, maker: ast.Call) -> ast.expr | None:
    """Return the variable that a call's result is assigned to, as written in the assignment."""
    holder = names.parents[maker]
    if isinstance(holder, ast.Assign) and len(holder.targets) == 1:
        return holder.targets[0]
    if isinstance(holder, ast.AnnAssign | ast.NamedExpr) and holder.value is maker:
        return holder.target
    return holder.optional_vars if isinstance(holder, ast.withitem) else None


def _make(program: Program, maker: ast.Call, found: Exchange) -> None:
    swap, names = found.swap, program.names
    full = names.dotted(maker.func) or ""
    if not any(each is swap for each in SWAPS.get(full, ())):
        raise RefusedError(f"{_at(maker)} has no counterpart")
    if swap.arguments is not None and any(
        each.arg not in swap.arguments for each in maker.keywords
    ):
        raise RefusedError(f"{_at(maker)} has an argument that {swap.constructor} does not know")
    if full == "subprocess.Popen":
        [command, *rest] = maker.args or [maker.func]
        if rest or not isinstance(command, ast.List) or not command.elts:
            raise RefusedError(f"{_at(maker)} does not get its command as a list")
    if full in {"requests.Session", "threading.Condition"} and maker.args:
        raise RefusedError(f"{_at(maker)} has arguments")
    found.makers.append(maker)
    annotation = annotated_class(names, maker)
    if annotation is not None and names.dotted(annotation) == full:
        found.annotations.append(annotation)
    if swap.awaits:
        _own(program, maker, found)


def _enter(program: Program, item: ast.withitem, found: Exchange) -> None:
    if not found.swap.enters:
        raise RefusedError(f"{found.swap.constructor} cannot be used in a with statement")
    if not any(each is item for each in found.items):
        found.items.append(item)
        _own(program, item.context_expr, found)


def _own(program: Program, node: ast.expr, found: Exchange) -> None:
    """Note that the function around a node must become async."""
    owner, why = program.names.function_of(node), obstacle(program.names, node)
    if owner is None or why:
        raise RefusedError(f"{_at(node)} stands in {why or 'no function'}")
    found.owners.append(owner)


def _use(program: Program, node: ast.Name | ast.Attribute, found: Exchange) -> None:
    parents, swap = program.names.parents, found.swap
    parent = parents[node]
    if isinstance(parent, ast.withitem) and parent.context_expr is node:
        _enter(program, parent, found)
        return
    if isinstance(parent, ast.For | ast.comprehension) and parent.iter is node and swap.iterates:
        if isinstance(parents[parent], ast.GeneratorExp):
            raise RefusedError(f"line {node.lineno}: a generator expression reads {_at(node)}")
        found.loops.append(parent)
        _own(program, node, found)
        return
    if isinstance(parent, ast.Attribute):
        call = parents[parent]
        called = isinstance(call, ast.Call) and call.func is parent
        if called and parent.attr in swap.methods:
            assert isinstance(call, ast.Call)  # noqa: S101  # nosec B101 - checked by `called`
            _check_arguments(program, call, parent.attr, swap)
            found.awaits.append(call)
            _own(program, call, found)
            return
        given = called and parent.attr == "release" and (call.args or call.keywords)  # type: ignore[attr-defined]  # checked by `called`
        if parent.attr in swap.plain and isinstance(parent.ctx, ast.Load) and not given:
            found.plain.append(parent)
            return
    raise RefusedError(
        f"line {node.lineno}: {swap.constructor} cannot be used like {_at(node)} here"
    )


def _check_arguments(program: Program, call: ast.Call, method: str, swap: Swap) -> None:
    given = len(call.args) + len(call.keywords)
    if swap.constructor.endswith("Queue"):
        most = 1 if method == "put" else 0
        if given != most or call.keywords:
            raise RefusedError(f"{_at(call)} has an argument that {swap.constructor} does not know")
    elif (given and method in WITHOUT_ARGUMENTS) or (
        method == "wait_for" and given != len(call.args[:1])
    ):
        raise RefusedError(f"{_at(call)} has an argument that {swap.constructor} does not know")
    elif swap.constructor == "asyncio.create_subprocess_exec":
        if any(each.arg != "input" for each in call.keywords) or given > 1:
            raise RefusedError(f"{_at(call)} has an argument that asyncio's does not know")
    elif swap.constructor == "httpx.AsyncClient":
        _check_request(program, call)


def _check_request(program: Program, call: ast.Call) -> None:
    names = program.names
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method not in HTTP_BODIES and any(each.arg == "json" for each in call.keywords):
        raise RefusedError(f"{_at(call)}: httpx sends no body with {method}")
    if len(call.args) != 1 or any(each.arg not in HTTP_ARGUMENTS for each in call.keywords):
        raise RefusedError(f"{_at(call)} has an argument that httpx does not know")
    holder = names.parents[call]
    if isinstance(holder, ast.Expr):
        return
    uses: list[ast.expr] = [call]
    target = maker_target(names, call)
    slot = names.slot(target) if target is not None else None
    if slot:
        uses = [*loads(names, slot)]
    for use in uses:
        parent = names.parents[use]
        if not isinstance(parent, ast.Attribute) or parent.attr not in RESPONSE_ATTRIBUTES:
            raise RefusedError(f"{_at(use)}: httpx does not have everything of a requests response")
        if parent.attr == "headers" and not _looks_up(names, parent):
            raise RefusedError(f"{_at(use)}: httpx has header names in lower case")


def _looks_up(names: Names, headers: ast.expr) -> bool:
    """Return whether code looks up only a single header by name."""
    parent = names.parents[headers]
    get = isinstance(parent, ast.Attribute) and parent.attr == "get"
    return get or (isinstance(parent, ast.Subscript) and parent.value is headers)
