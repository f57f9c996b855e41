"""mypy's options: the project's, with the changes that the engine needs."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import mypy.build
from mypy.errors import CompileError, Errors
from mypy.main import process_options
from mypy.modulefinder import compute_search_paths, matches_exclude

from python_expert.processes.wire import RequestError

from .floor import hold
from .neutral import NEUTRAL, could_read_configuration, neutralise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy.options import Options

    from python_expert.processes.wire import Json

    from .overlay import Overlay

FORCED: Final[Json] = {
    **NEUTRAL,
    **dict.fromkeys(("incremental", "fine_grained_incremental", "local_partial_types"), True),
    **dict.fromkeys(("use_fine_grained_cache", "cache_fine_grained"), False),
    "cache_dir": os.devnull,
    "fixed_format_cache": True,
    "cache_map": {},
    "quickstart_file": None,
    "output": None,
    "raise_exceptions": True,
}
"""Options that the engine needs, and those that no configuration may change."""


@contextlib.contextmanager
def using_cache(options: Options, folder: Path, *, is_whole: bool = True) -> Iterator[None]:
    """Make mypy use a cache in a folder, with everything that its own updates depend on.

    Args:
        options: mypy's options.
        folder: The folder.
        is_whole: Whether all modules are to be taken from it as they are; otherwise mypy reads
            those that have changed or are not in it.
    """
    changed = {
        "cache_dir": str(folder),
        **dict.fromkeys(("sqlite_cache", "cache_fine_grained"), True),
        "use_fine_grained_cache": is_whole,
        "fine_grained_incremental": is_whole,
        "sqlite_num_shards": 1,  # several files could not be complete at once
    }
    before = {name: getattr(options, name) for name in changed}
    neutralise(options, changed)
    try:
        yield
    finally:
        neutralise(options, before)


def load(args: list[str], overlay: Overlay, *, plugins: bool, floor: bool) -> tuple[Options, str]:
    """Read the options in the working directory.

    Args:
        args: mypy's command line arguments.
        overlay: The file system for mypy.
        plugins: Whether plugins that the configuration names may be imported.
        floor: Whether no option may make mypy find less than by default.

    Returns:
        The options, and mypy's warnings about its configuration.

    Raises:
        RequestError: With kind "config" and mypy's own message.
    """
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            options = _load(args, overlay, plugins=plugins, floor=floor)
    except SystemExit as error:
        words = said.getvalue().rpartition("error: ")[2]
        raise RequestError(words or f"it was ended: {error}", kind="config") from error
    except CompileError as error:
        raise RequestError("\n".join(error.messages), kind="config") from error
    except Exception as error:  # a plugin may raise anything
        raise RequestError(f"{said.getvalue()}{error}", kind="config") from error
    warnings = said.getvalue().strip()
    if (warnings and options.config_file is None) or not could_read_configuration(options):
        raise RequestError(warnings, kind="config")  # mypy would continue without the file
    return options, warnings


def _load(args: list[str], overlay: Overlay, *, plugins: bool, floor: bool) -> Options:
    # Without trust, an interpreter that the configuration names must not be run either.
    safe = [] if plugins else ["--python-executable", sys.executable]
    sources, options = process_options(
        [*safe, *args], require_targets=False, server_options=True, fscache=overlay
    )
    neutralise(options, FORCED)
    if floor:
        hold(options)
    if not plugins:
        options.plugins = []
    if not options.explicit_package_bases:  # with it these would be more than search paths
        roots = {source.base_dir: None for source in sources if source.base_dir}
        if Path("src").is_dir() and not Path("src/__init__.py").exists():
            roots[str(Path.cwd() / "src")] = None
        options.mypy_path += roots
    # Errors in the configuration must show now, so all of it is used once.
    mypy.build.load_plugins(options, Errors(options), sys.stderr, ())
    options.process_error_codes(error_callback=mypy.build.build_error)
    compute_search_paths([], options, mypy.build.default_data_dir())
    matches_exclude(str(Path.cwd()), options.exclude, overlay, verbose=False)
    return options
