"""Replace running code by a mutant."""

from __future__ import annotations

import ast
import functools
import gc
import importlib
import sys
import warnings
from collections import Counter
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutation.mutants import Mutant


def apply(mutant: Mutant) -> None:
    """Apply a mutant in this process: replace functions, or a constant in all modules that have it.

    Raises:
        ValueError: The mutant cannot run in place of the original.
        SyntaxError: The mutant does not parse.
    """
    importlib.import_module(mutant.module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(mutant.applied(), str(mutant.path), "exec", dont_inherit=True)
    if mutant.function:
        _replace_functions(mutant, code)
    else:
        _replace_constant(mutant, code)
    _forget()


def _replace_functions(mutant: Mutant, code: CodeType) -> None:
    path = str(mutant.path)
    old = dict(_functions(compile(mutant.path.read_bytes(), path, "exec", dont_inherit=True)))
    new = dict(_functions(code))
    places = {
        (each.co_qualname, each.co_firstlineno): name
        for name, each in old.items()
        if each.co_qualname == mutant.function
    }
    done = 0
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename == path:
            place = places.get((each.__code__.co_qualname, each.__code__.co_firstlineno))
            if place is not None:
                each.__code__ = new[place]
                done += 1
    if not done:
        raise ValueError(f"{mutant.function} is not a function of this process")


def _functions(code: CodeType) -> Iterator[tuple[tuple[str, int], CodeType]]:
    """Yield the functions of a module and its classes, numbered among those of one name."""
    name_counts: Counter[str] = Counter()
    waiting = [code]
    while waiting:
        for each in waiting.pop().co_consts:
            if isinstance(each, CodeType) and "<" not in each.co_qualname:
                name_counts[each.co_qualname] += 1
                yield (each.co_qualname, name_counts[each.co_qualname]), each
                if not each.co_flags & 0x1:  # a class body: its names are not optimized
                    waiting.append(each)


def _replace_constant(mutant: Mutant, code: CodeType) -> None:
    own = sys.modules[mutant.module]
    name = mutant.constant
    copy = ModuleType(own.__name__)
    for each in ("__file__", "__package__", "__path__", "__spec__"):
        if hasattr(own, each):
            setattr(copy, each, getattr(own, each))
    exec(code, copy.__dict__)  # noqa: S102 - the module with a change
    old, new = vars(own)[name], vars(copy)[name]
    for module in list(sys.modules.values()):
        if module.__name__.startswith("python_expert") and vars(module).get(name) is old:
            setattr(module, name, new)


def _forget() -> None:
    """Clear the caches of all functions."""
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper) and (
            getattr(each, "__module__", "").partition(".")[0] in {"python_expert", "tests"}
        ):
            each.cache_clear()


def users_of(mutant: Mutant) -> set[int]:
    """Return the 1-based lines of a mutant's file that use its constant in functions."""
    tree = ast.parse(mutant.path.read_bytes())
    return {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == mutant.constant
    }
