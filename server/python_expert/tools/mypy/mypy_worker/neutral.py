"""Options that change mypy's output or the files that it writes, but not its findings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy.options import Options

NEUTRAL: Final[Mapping[str, Any]] = {
    # The format of errors.
    **dict.fromkeys(("pretty", "color_output", "error_summary", "show_error_context"), False),
    **dict.fromkeys(("show_column_numbers", "show_error_end", "show_absolute_path"), False),
    **dict.fromkeys(("hide_error_codes", "show_error_code_links", "bazel"), False),
    "verbosity": 0,
    # Additional output; after a dump of the graph nothing is checked at all.
    **dict.fromkeys(("dump_graph", "dump_deps", "dump_type_stats"), False),
    **dict.fromkeys(("dump_inference_stats", "dump_build_stats", "pdb"), False),
    # Files that are written.
    **dict.fromkeys(("junit_xml", "timing_stats", "line_checking_stats"), None),
    **dict.fromkeys(("debug_cache", "export_ref_info", "logical_deps"), False),
    "report_dirs": {},
    # Messages about the configuration, not in JSON.
    "warn_unused_configs": False,
    # Packages that are installed.
    **dict.fromkeys(("install_types", "non_interactive"), False),
    # Whether the cache of an earlier run is used and checked first; parallel processes.
    "incremental": True,
    **dict.fromkeys(("skip_cache_mtime_checks", "skip_version_check"), False),
    "num_workers": 0,
}
"""Each option with the value that replaces the project's."""

VARIABLES: Final = ("MYPY_CACHE_DIR", "MYPY_NUM_WORKERS", "MYPY_FORCE_COLOR", "FORCE_COLOR")
"""Environment variables with the same effect."""

_READ: Final = "MYPY_CONFIG_FILE_DIR"
"""mypy sets this when it has read a configuration; it continues without an unreadable one."""


def neutralise(options: Options, values: Mapping[str, Any] = NEUTRAL) -> None:
    """Set options to values, as far as this mypy has them."""
    for name, value in values.items():
        if hasattr(options, name):
            setattr(options, name, value.copy() if isinstance(value, dict) else value)


def could_read_configuration(options: Options) -> bool:
    """Return whether the named configuration, if any, is the one in effect."""
    return not options.config_file or _READ in os.environ


def clear_environment() -> None:
    """Remove environment variables with the same effect; call it before mypy is imported."""
    for name in (*VARIABLES, _READ):
        os.environ.pop(name, None)
