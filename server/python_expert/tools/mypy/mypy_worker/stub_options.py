"""The options for mypy's own stubs, which are cached for all projects.

A stub has no bodies of functions, so that what mypy makes of it does not depend on the options that
only decide which errors are reported. For those options, cached stubs have mypy's defaults.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final, cast

from mypy.options import Options

from .dependencies import is_stub

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mypy.build import State

REPORTING: Final = (
    "check_untyped_defs",
    "disable_error_code",
    "disallow_any_decorated",
    "disallow_any_explicit",
    "disallow_any_expr",
    "disallow_any_generics",
    "disallow_any_unimported",
    "disallow_incomplete_defs",
    "disallow_subclassing_any",
    "disallow_untyped_calls",
    "disallow_untyped_decorators",
    "disallow_untyped_defs",
    "disabled_error_codes",
    "enable_error_code",
    "enabled_error_codes",
    "extra_checks",
    "ignore_errors",
    "ignore_missing_imports",
    "implicit_reexport",
    "strict_concatenate",
    "strict_equality",
    "strict_equality_for_none",
    "untyped_calls_exclude",
    "warn_no_return",
    "warn_return_any",
    "warn_unreachable",
    "warn_unused_ignores",
)
"""The options that have no effect on a stub's names and types; stubs re-export only explicitly."""


RARE: Final = (
    "custom_typing_module",
    "include_docstrings",
    "pos_only_special_methods",
    "semantic_analysis_only",
    "use_builtins_fixtures",
)
"""The options that have an effect on a stub's names and types, but not on mypy's own cache."""


def effects(options: Options) -> list[object]:
    """Return all options that have an effect on a stub's names and types."""
    platform, values = of_stubs(options).select_options_affecting_cache()
    rare = [getattr(options, name, None) for name in RARE]
    return [platform, list(options.python_version), values, rare]


def of_stubs(options: Options) -> Options:
    """Return options for stubs: those of a project, except for `REPORTING`."""
    usual = Options()
    names = [name for name in REPORTING if hasattr(usual, name)]
    changed = options.apply_changes({name: getattr(usual, name) for name in names})
    # `apply_changes` adds to these what it finds in the options that name them.
    changed.disabled_error_codes, changed.enabled_error_codes = set(), set()
    return changed


def stubs_in(options: Options, paths: Mapping[str, str]) -> set[str]:
    """Return the modules that are mypy's own stubs, of modules with their paths."""
    typeshed = options.abs_custom_typeshed_dir
    return {module for module, path in paths.items() if is_stub(typeshed, path)}


def as_in_project(options: Options, states: Iterable[State | None]) -> None:
    """Give modules the project's options again, for when they are opened."""
    for state in states:
        if state:
            state.options = options.clone_for_module(state.id)


@contextlib.contextmanager
def stubs_alike(options: Options, modules: Iterable[str]) -> Iterator[None]:
    """Make mypy use the options for stubs for some modules."""
    kinds: dict[Options, Options] = {}
    chosen: dict[str, Options] = {}
    for module in modules:
        usual = options.clone_for_module(module)
        if usual not in kinds:
            kinds[usual] = of_stubs(usual)
        chosen[module] = kinds[usual]
    # From its first use on, mypy looks here first.
    per_module = cast("dict[str, Options]", options._per_module_cache)  # noqa: SLF001
    before: Mapping[str, Any] = per_module.copy()
    per_module.update(chosen)
    try:
        yield
    finally:
        per_module.clear()
        per_module.update(before)
