"""What no configuration of a project lowers for the gate: mypy's own defaults.

An option by which mypy is silent about what contradicts a hint has its default. Those that say how
a program is meant to be read (the Python, the platform, plugins, where modules are, whether names
are redefined) stay the project's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from mypy.errorcodes import error_codes
from mypy.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULTS: Final = Options()

SILENCING: Final = (
    "ignore_errors",
    "strict_optional",
    "implicit_optional",
    "warn_no_return",
    "allow_empty_bodies",
    "strict_bytes",
    "disable_bytearray_promotion",
    "disable_memoryview_promotion",
    # What counts as never reached is not checked.
    "always_true",
    "always_false",
    "semantic_analysis_only",
    "many_errors_threshold",
    # Another standard library, in which anything may be Any.
    "custom_typeshed_dir",
    "abs_custom_typeshed_dir",
    "custom_typing_module",
    "use_builtins_fixtures",
)
"""Options that have mypy find less than by default."""

NOTED: Final = (
    "disallow_untyped_calls",
    "disallow_untyped_decorators",
    "disallow_untyped_defs",
    "disallow_incomplete_defs",
    "warn_unused_ignores",
)
"""Options for findings that stop no edit: in a file that the project silences they are no news."""

HARMLESS: Final = frozenset({
    # A module that is not found is Any, whether that is said or not.
    *("import", "import-not-found", "import-untyped", "annotation-unchecked"),
    # By default they are never found: other options ask for them.
    *("no-untyped-def", "no-untyped-call", "untyped-decorator", "type-arg", "no-any-return"),
    *("no-any-unimported", "explicit-any", "redundant-cast", "comparison-overlap", "unreachable"),
})  # fmt: skip
"""Codes that a project may switch off."""

SKIPPED: Final = frozenset({"skip", "error"})
"""Ways not to follow an import: what it brings is Any."""


def is_lowered(options: Options, module: str) -> bool:
    """Whether a configuration has mypy find less in a module than by default."""
    own = options.clone_for_module(module)
    return (
        any(getattr(own, name, None) != getattr(DEFAULTS, name, None) for name in SILENCING)
        or any(_counts(code.code) for code in own.disabled_error_codes)
        or own.follow_imports in SKIPPED
        or any(
            changes.get("follow_imports") in SKIPPED and _is_of_project(pattern)
            for pattern, changes in options.per_module_options.items()
        )
    )


def hold(options: Options) -> None:
    """Have options, which nothing has used yet, be no lower than the defaults in any module."""
    reset = (*SILENCING, *NOTED, "exclude", "exclude_gitignore")
    for name in reset:
        if hasattr(options, name):
            setattr(options, name, getattr(DEFAULTS, name))
    if options.follow_imports in SKIPPED:
        options.follow_imports = DEFAULTS.follow_imports
    options.disable_error_code = _harmless(options.disable_error_code)
    options.disabled_error_codes = {
        code for code in options.disabled_error_codes if not _counts(code.code)
    }
    for pattern, changes in options.per_module_options.items():
        for name in reset:
            changes.pop(name, None)
        if changes.get("follow_imports") in SKIPPED and _is_of_project(pattern):
            del changes["follow_imports"]
        if isinstance(codes := changes.get("disable_error_code"), list):
            changes["disable_error_code"] = _harmless(codes)
    options._per_module_cache = None  # noqa: SLF001 - made again when it is next asked for


def _harmless(codes: Iterable[str]) -> list[str]:
    return [code for code in codes if not _counts(code)]


def _counts(code: str) -> bool:
    """Whether mypy has a code by default, and an error of it may contradict a hint."""
    return code not in HARMLESS and (code not in error_codes or error_codes[code].default_enabled)


def _is_of_project(pattern: str) -> bool:
    """Whether a pattern for modules is one for those of the working directory."""
    top = pattern.partition(".")[0]
    places = (Path(folder, name) for folder in ("", "src") for name in (top, f"{top}.py"))
    return "*" in top or any(place.exists() for place in places)
