"""The options that a project's configuration cannot lower for the gate: mypy's own defaults.

Options that make mypy silent about contradictions of a hint are set to their defaults. Options
that define how a program is read (the Python version, the platform, plugins, the location of
modules, whether names are redefined) keep the project's value.
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
    # Code that counts as unreachable is not checked.
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
"""Options that make mypy find less than by default."""

NOTED: Final = (
    "disallow_untyped_calls",
    "disallow_untyped_decorators",
    "disallow_untyped_defs",
    "disallow_incomplete_defs",
    "warn_unused_ignores",
)
"""Options for findings that block no edit; in a file that the project silences, they
count as known."""

HARMLESS: Final = frozenset({
    # A module that is not found is Any, independent of the report.
    *("import", "import-not-found", "import-untyped", "annotation-unchecked"),
    # They are never reported by default: other options enable them.
    *("no-untyped-def", "no-untyped-call", "untyped-decorator", "type-arg", "no-any-return"),
    *("no-any-unimported", "explicit-any", "redundant-cast", "comparison-overlap", "unreachable"),
})  # fmt: skip
"""Codes that a project may disable."""

SKIPPED: Final = frozenset({"skip", "error"})
"""Modes that do not follow an import: its names are Any."""


def is_lowered(options: Options, module: str) -> bool:
    """Return whether a configuration makes mypy find less in a module than by default."""
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
    """Raise options that have not been used yet to at least the defaults in every module."""
    reset = (*SILENCING, *NOTED, "exclude", "exclude_gitignore", "files")
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
    options._per_module_cache = None  # noqa: SLF001 - it is created again when it is needed


def _harmless(codes: Iterable[str]) -> list[str]:
    return [code for code in codes if not _counts(code)]


def _counts(code: str) -> bool:
    """Return whether mypy enables a code by default, and its errors may contradict a hint."""
    return code not in HARMLESS and (code not in error_codes or error_codes[code].default_enabled)


def _is_of_project(pattern: str) -> bool:
    """Return whether a pattern for modules matches modules in the working directory."""
    top = pattern.partition(".")[0]
    places = (Path(folder, name) for folder in ("", "src") for name in (top, f"{top}.py"))
    return "*" in top or any(place.exists() for place in places)
