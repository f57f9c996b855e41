"""The open files, and their modules in mypy."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from mypy.find_sources import InvalidSourceList, create_source_list
from mypy.modulefinder import BuildSource

from .excluded import is_excluded
from .floor import is_lowered
from .found import BOM, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mypy.errors import ErrorInfo
    from mypy.options import Options

    from python_expert.processes.wire import Json

    from .overlay import Overlay

PROBE: Final = "_python_expert_probe"
"""A module that is not on disk: with it each build has typeshed's core; the self-test uses it."""


@dataclass
class Buffer:
    """An open file.

    Attributes:
        path: The path as the parent spells it.
        text: The text in the editor.
        version: The editor's version of the text.
        result: The result that is sent to the parent.
        source: mypy's source for it; None if it gets no findings.
        careful: Whether it has findings at columns that the native parser gets wrong.
        readable: The last text that mypy could parse, if any.
    """

    path: str
    text: str
    version: int
    result: Json = field(default_factory=lambda: {"parsed": True, "findings": []})
    source: BuildSource | None = None
    careful: bool = False
    readable: str | None = None


class Buffers:
    """The open files by path, as mypy spells them, and their module names.

    Args:
        root: The folder, absolute; it is the working directory.
        options: mypy's options.
        overlay: mypy's view of the file system.

    Attributes:
        known: The paths of the current build's modules, by name.
    """

    def __init__(self, root: str, options: Options, overlay: Overlay) -> None:
        self.open: dict[str, Buffer] = {}
        self.known: Mapping[str, str] = {}
        self._root, self._cwd = os.path.normpath(root), str(Path.cwd())
        self._options, self._overlay = options, overlay
        self.probe = str(Path(self._cwd, PROBE + ".py"))
        probe = options.clone_for_module(PROBE).apply_changes({"disable_error_code": []})
        probe.ignore_errors, probe.disabled_error_codes = False, set()
        # Created on first use, and from then on mypy looks here first.
        self._per_module = cast("dict[str, Options]", options._per_module_cache)  # noqa: SLF001
        self._per_module[PROBE] = probe

    def inner(self, path: str) -> str:
        """Return a path as mypy spells it: the root may be a link, the working directory is not."""
        path = os.path.normpath(path)
        inside = path.startswith(self._root + os.sep)
        return self._cwd + path[len(self._root) :] if inside else path

    def show(self, path: str) -> None:
        """Make mypy see a buffer's text, or the file on disk if the buffer is not open."""
        text = None
        if buffer := self.open.get(path):
            # With a byte order mark mypy ignores a coding cookie: this text is already decoded.
            text = BOM + buffer.text.removeprefix("\ufeff").encode(errors="replace")
        self._overlay.set(path, text)

    def place(self) -> None:
        """Determine the module of each buffer for which it is unknown."""
        for path, buffer in self.open.items():
            if buffer.source is None:
                buffer.source = self._place(path)

    def module_of(self, path: str) -> str | None:
        """Return the name of a file's module."""
        buffer = self.open.get(path)
        if buffer and buffer.source:
            return buffer.source.module
        return next((module for module, where in self.known.items() if where == path), None)

    def is_lowered(self, path: str) -> bool:
        """Return whether the configuration makes mypy find less in a file than by default."""
        buffer = self.open.get(path)
        source = buffer.source if buffer else self._place(path)
        return source is None or is_lowered(self._options, source.module)

    def is_followed(self, path: str) -> bool:
        """Return whether a file is only checked because other files import it."""
        buffer = self.open.get(path)
        return not (buffer and buffer.source) and path != self.probe

    def sources(self) -> list[BuildSource]:
        """Return the sources to build: the probe, then the buffers that can have findings."""
        sources = [buffer.source for buffer in self.open.values() if buffer.source]
        return [BuildSource(self.probe, PROBE), *sources]

    def choose_parser(self, path: str, module: str) -> None:
        """Choose the parser for a buffer.

        The native parser is faster, but its columns are wrong after characters that are not ASCII
        (as of ast_serialize 0.13). That only matters at findings. The old parser does not support
        newer syntax than this interpreter's.
        """
        if buffer := self.open.get(path):
            self.use_parser(module, native=not buffer.careful or self._is_newer)

    def is_exact(self, buffer: Buffer, infos: Iterable[ErrorInfo]) -> bool:
        """Return whether columns are correct or undeterminable; otherwise the check is repeated."""
        careful, buffer.careful = buffer.careful, self.is_odd(buffer, infos)
        return careful or not buffer.careful

    def is_odd(self, buffer: Buffer, infos: Iterable[ErrorInfo]) -> bool:
        """Return whether the native parser's columns are wrong at one of the findings."""
        if buffer.text.isascii() or self._is_newer or not self._options.native_parser:
            return False
        lines = lines_of(buffer.text)
        last = len(lines)
        return any(
            not lines[min(max(line, 1), last) - 1].isascii()
            for info in infos
            for line in (info.line, info.end_line)
        )

    @property
    def _is_newer(self) -> bool:
        return self._options.python_version > sys.version_info[:2]

    def use_parser(self, module: str, *, native: bool) -> None:
        """Use the native parser for a module, if the project allows it, or the old one."""
        options = self._options.clone_for_module(module)
        native = native and self._options.native_parser
        if options.native_parser is not native:
            self._per_module[module] = options.apply_changes({"native_parser": native})

    @contextlib.contextmanager
    def parsed_as_usual(self, module: str) -> Iterator[None]:
        """Use the options for a module that each build starts with."""
        native = self._options.clone_for_module(module).native_parser
        self.use_parser(module, native=True)
        try:
            yield
        finally:
            self.use_parser(module, native=native)

    @contextlib.contextmanager
    def looking_inside(self, module: str) -> Iterator[None]:
        """Make mypy also check the bodies of functions without hints, and distinguish None."""
        known = self._per_module.get(module)
        options = self._options.clone_for_module(module)
        self._per_module[module] = options.apply_changes(
            {"check_untyped_defs": True, "strict_optional": True, "ignore_errors": False}
        )
        try:
            yield
        finally:
            if known:
                self._per_module[module] = known
            else:
                del self._per_module[module]

    def native(self, buffer: Buffer) -> bool:
        """Return whether the native parser is used for a buffer."""
        module = buffer.source.module if buffer.source else ""
        return self._options.clone_for_module(module).native_parser

    def _place(self, path: str) -> BuildSource | None:
        """Return the module that mypy would use for a file, renamed if the name is taken."""
        if is_excluded(path, self._options, self._overlay):
            return None
        try:
            source = create_source_list([path], self._options, self._overlay)[0]
        except InvalidSourceList:
            source = BuildSource(path, Path(path).stem)
        name, number = source.module, 1
        source.module = self.module_of(path) or name
        taken = {module for module, where in self.known.items() if where != path}
        taken.update(other.module for other in self.sources())
        while source.module in taken:
            number += 1
            source.module = f"{name}-{number}"
            self._per_module[source.module] = self._options.clone_for_module(name)
        return source
