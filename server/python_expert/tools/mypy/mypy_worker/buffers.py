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
from .found import BOM, LINE_BREAK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mypy.errors import ErrorInfo
    from mypy.options import Options

    from python_expert.processes.wire import Json

    from .overlay import Overlay

PROBE: Final = "_python_expert_probe"
"""A made-up module: it brings the core of typeshed into each build, and serves the self-test."""


@dataclass
class Buffer:
    """An open file.

    Attributes:
        path: As the parent spells it.
        text: As the editor has it.
        version: The editor's version of the text.
        result: What is sent to the parent.
        source: What it is to mypy; None where it gets no findings.
        careful: Whether something was found where the native parser's columns are wrong.
        readable: The last text that mypy could read, if there was one.
    """

    path: str
    text: str
    version: int
    result: Json = field(default_factory=lambda: {"parsed": True, "findings": []})
    source: BuildSource | None = None
    careful: bool = False
    readable: str | None = None


class Buffers:
    """The open files by their paths, as mypy spells those, and their names as modules.

    Args:
        root: The folder, absolute; it is the working directory.
        options: mypy's options.
        overlay: mypy's view of the file system.

    Attributes:
        known: The paths of the modules of the present build, by name.
    """

    def __init__(self, root: str, options: Options, overlay: Overlay) -> None:
        self.open: dict[str, Buffer] = {}
        self.known: Mapping[str, str] = {}
        self._root, self._cwd = os.path.normpath(root), str(Path.cwd())
        self._options, self._overlay = options, overlay
        self.probe = str(Path(self._cwd, PROBE + ".py"))
        probe = options.clone_for_module(PROBE).apply_changes({"disable_error_code": []})
        probe.ignore_errors, probe.disabled_error_codes = False, set()
        # Made when first asked for, and from then on what mypy looks into first.
        self._per_module = cast("dict[str, Options]", options._per_module_cache)  # noqa: SLF001
        self._per_module[PROBE] = probe

    def inner(self, path: str) -> str:
        """The path as mypy spells it: a root may be a link, a working directory is none."""
        path = os.path.normpath(path)
        inside = path.startswith(self._root + os.sep)
        return self._cwd + path[len(self._root) :] if inside else path

    def show(self, path: str) -> None:
        """Have mypy see a buffer's text; or where none is open, what is on disk."""
        text = None
        if buffer := self.open.get(path):
            # With the mark mypy ignores a coding cookie: this text is already decoded.
            text = BOM + buffer.text.removeprefix("\ufeff").encode(errors="replace")
        self._overlay.set(path, text)

    def place(self) -> None:
        """Find for each buffer the module it is, where that is not known."""
        for path, buffer in self.open.items():
            if buffer.source is None:
                buffer.source = self._place(path)

    def module_of(self, path: str) -> str | None:
        """The name of the module that a file is."""
        buffer = self.open.get(path)
        if buffer and buffer.source:
            return buffer.source.module
        return next((module for module, where in self.known.items() if where == path), None)

    def is_lowered(self, path: str) -> bool:
        """Whether the configuration has mypy find less in a file than by default."""
        buffer = self.open.get(path)
        source = buffer.source if buffer else self._place(path)
        return source is None or is_lowered(self._options, source.module)

    def is_followed(self, path: str) -> bool:
        """Whether a file is checked for what others import of it alone."""
        buffer = self.open.get(path)
        return not (buffer and buffer.source) and path != self.probe

    def sources(self) -> list[BuildSource]:
        """What to build: the probe, then the buffers that can have findings."""
        sources = [buffer.source for buffer in self.open.values() if buffer.source]
        return [BuildSource(self.probe, PROBE), *sources]

    def choose_parser(self, path: str, module: str) -> None:
        """Choose the parser for a buffer.

        The native parser is the faster one, but its columns are wrong after characters other
        than ASCII (as of ast_serialize 0.13). That matters only where something is found. The old
        one knows no newer syntax than this interpreter's.
        """
        if buffer := self.open.get(path):
            self.use_parser(module, native=not buffer.careful or self._is_newer)

    def is_exact(self, buffer: Buffer, infos: Iterable[ErrorInfo]) -> bool:
        """Whether columns are correct, or cannot be determined; if not, the check is repeated."""
        careful, buffer.careful = buffer.careful, self.is_odd(buffer, infos)
        return careful or not buffer.careful

    def is_odd(self, buffer: Buffer, infos: Iterable[ErrorInfo]) -> bool:
        """Whether the native parser's columns are wrong for something that was found."""
        if buffer.text.isascii() or self._is_newer or not self._options.native_parser:
            return False
        lines = LINE_BREAK.split(buffer.text)
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
        """Have a module parsed by the native parser, if the project allows that, or the old one."""
        options = self._options.clone_for_module(module)
        native = native and self._options.native_parser
        if options.native_parser is not native:
            self._per_module[module] = options.apply_changes({"native_parser": native})

    @contextlib.contextmanager
    def parsed_as_usual(self, module: str) -> Iterator[None]:
        """Have a module's options be those that each build begins with."""
        native = self._options.clone_for_module(module).native_parser
        self.use_parser(module, native=True)
        try:
            yield
        finally:
            self.use_parser(module, native=native)

    @contextlib.contextmanager
    def looking_inside(self, module: str) -> Iterator[None]:
        """Have mypy check the bodies of functions without hints, too, and tell None apart."""
        known = self._per_module.get(module)
        options = self._options.clone_for_module(module)
        self._per_module[module] = options.apply_changes(
            {"check_untyped_defs": True, "strict_optional": True}
        )
        try:
            yield
        finally:
            if known:
                self._per_module[module] = known
            else:
                del self._per_module[module]

    def native(self, buffer: Buffer) -> bool:
        """Whether the native parser is in use for a buffer."""
        module = buffer.source.module if buffer.source else ""
        return self._options.clone_for_module(module).native_parser

    def _place(self, path: str) -> BuildSource | None:
        """The module that mypy would take a file for, under another name if that is taken."""
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
