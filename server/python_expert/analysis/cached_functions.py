"""Functions with a cache of functools, which cannot be async but can run in a thread."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from python_expert.analysis.external_bases import external_base
from python_expert.analysis.function_bodies import is_generator
from python_expert.analysis.library import CACHE_METHODS, CACHES
from python_expert.analysis.nodes import is_special
from python_expert.analysis.signatures import docstring_node
from python_expert.analysis.thread_calls import anywhere, by_name
from python_expert.analysis.threads import bound_to_thread, is_async, uses_at

if TYPE_CHECKING:
    from python_expert.analysis.call_graph import Program
    from python_expert.analysis.names import Names
    from python_expert.analysis.scopes import Function

_PLAIN = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.BinOp, ast.BitOr)


def cache_of(names: Names, function: Function) -> ast.expr | None:
    """Return the cache that is a function's only decorator."""
    if len(function.decorator_list) != 1:
        return None
    [cache] = function.decorator_list
    called = cache if isinstance(cache, ast.Call) else None
    given = [*called.args, *(each.value for each in called.keywords)] if called else []
    plain = all(isinstance(each, ast.Constant) for each in given)
    return cache if plain and names.dotted(called.func if called else cache) in CACHES else None


def cache_uses(program: Program, function: Function) -> list[ast.Name | ast.Attribute] | None:
    """Return the uses of a function's cache methods, or None if its name has other uses."""
    names, found = program.names, list[ast.Name | ast.Attribute]()
    for use in program.uses[function]:
        parent, node = names.parents[use.node], use.node
        method = isinstance(parent, ast.Attribute) and parent.attr in CACHE_METHODS
        if not (method and use.sure and isinstance(node, ast.Name | ast.Attribute)):
            return None
        if len(uses_at(program, node)) != 1:
            return None
        found.append(node)
    return found


def why_not_split(program: Program, function: Function) -> str | None:
    """Return why a cached function cannot become a coroutine and a thread function, or None."""
    names, owner = program.names, program.names.class_of(function)
    given = [*function.args.posonlyargs, *function.args.args]
    base = external_base(program, function)
    place = names.parents[function]
    reasons = {
        "is not decorated with a cache alone": cache_of(names, function) is None,
        "is neither a function of the module nor a method": place not in {names.tree, owner},
        "is private, or special": function.name.startswith("__") or is_special(function.name),
        "is async, or a generator": is_async(function) or is_generator(function),
        "has no parameter for its object": owner is not None and not given,
        "is defined more than once": [*program.family(function)] not in ([function], []),
        "is used in this file": cache_uses(program, function) is None,
        f"may be a method that {base} calls": base is not None,
        "has defaults or annotations that cannot be evaluated twice": not _is_plain(function),
    }
    why = next((text for text, is_so in reasons.items() if is_so), None)
    return (
        (f"{program.name(function)} {why}" if why else None)
        or bound_to_thread(program, [function])
        or anywhere(program)
        or by_name(program, [function], unused=True)
    )


def _is_plain(function: Function) -> bool:
    """Return whether defaults and annotations are only constants and names."""
    given = function.args
    defaults = [each for each in (*given.defaults, *given.kw_defaults) if each is not None]
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    typed = [function.returns, *(each.annotation for each in every if each is not None)]
    return all(isinstance(each, ast.Constant) for each in defaults) and all(
        isinstance(part, (*_PLAIN, ast.expr_context))
        for each in typed
        if each is not None
        for part in ast.walk(each)
    )


def passed_on(names: Names, function: Function) -> str:
    """Return the arguments with which a wrapper passes its own parameters on to a function."""
    given = function.args
    plain = [each.arg for each in (*given.posonlyargs, *given.args)]
    if names.class_of(function) is not None:
        plain = plain[1:]
    found = [*plain, *([f"*{given.vararg.arg}"] if given.vararg else [])]
    found += [f"{each.arg}={each.arg}" for each in given.kwonlyargs]
    found += [f"**{given.kwarg.arg}"] if given.kwarg else []
    return ", ".join(found)


def docstring_of(function: Function) -> ast.Expr | None:
    """Return the docstring of a function that also has other statements."""
    return docstring_node(function) if len(function.body) > 1 else None


def cached_name(function: Function) -> str:
    """Return the new name of a cached function after the coroutine takes the old name."""
    return f"_{function.name.lstrip('_')}_cached"


def call_of(names: Names, function: Function) -> str:
    """Return the arguments for ``to_thread`` that run a cached function with the same arguments."""
    given = [*function.args.posonlyargs, *function.args.args]
    owner = f"{given[0].arg}." if names.class_of(function) is not None else ""
    passed = passed_on(names, function)
    return f"{owner}{cached_name(function)}{', ' * bool(passed)}{passed}"
