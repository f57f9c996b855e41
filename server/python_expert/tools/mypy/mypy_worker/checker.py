"""mypy for one folder."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

from mypy.defaults import RECURSION_LIMIT

from . import options as configuration
from .buffers import Buffer, Buffers
from .cache import Cache
from .dependents import Dependents
from .overlay import Overlay
from .program import MASK, MypyProgram
from .propagation import never
from .quick import Quick
from .reader import Reader, TooManyModulesError
from .resuming import Resumption
from .self_test import PROBES, prove
from .skeletons import Skeletons
from .updates import Updates

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from python_expert.processes.wire import Json

    from .propagation import Interrupted

UNCOLLECTED: Final = 40
"""The number of checks without a pause after which garbage is collected while the user types."""


class Checker:
    """mypy for one folder.

    Args:
        root: The folder, absolute; it becomes the working directory.
        args: mypy's command line arguments.
        report: Called with the number of files that a build has read so far.
        plugins: Whether plugins that the configuration names may be imported.
        variant: The fastest variant that may be used.
        floor: Whether no option may make mypy find less than by default.

    Attributes:
        warnings: mypy's warnings about its configuration.
        variant: The variant in use.
        buffers: The open files.
        program: mypy's build of them.
        quick: Checks edited modules.
        dependents: The open modules that edits affected.
        skeletons: The modules that were loaded from a cache and not read since.
        cache: The cache for a later process.
        updates: The number of times that mypy itself updated other modules after an edit.

    Raises:
        RequestError: With kind "config" and mypy's own message.
    """

    def __init__(
        self,
        root: str,
        args: list[str],
        report: Callable[[int], None],
        *,
        plugins: bool,
        variant: str = "d2",
        floor: bool = False,
    ) -> None:
        with contextlib.suppress(OSError):  # it may have been deleted while its buffers are open
            os.chdir(root)
        sys.setrecursionlimit(RECURSION_LIMIT)
        reader = Reader(report)
        self._overlay = Overlay(reader)
        options, self.warnings = configuration.load(
            args, self._overlay, plugins=plugins, floor=floor
        )
        self._floor = floor
        self.buffers = Buffers(root, options, self._overlay)
        self.program = MypyProgram(options, self._overlay, reader, self.buffers)
        self._updates = Updates(self.program)
        self.quick = Quick(self.program)
        self.variant = variant
        self._dirty: dict[str, None] = {}
        self._disk = False
        self._reported: dict[str, Json] = {}
        self.updates = 0
        self.cache = Cache(options, floor=floor)
        self.skeletons = Skeletons(self.program, self.quick, self._updates)
        self.dependents = Dependents(self.program, self.quick, self._updates, self.skeletons)
        self._resumption = Resumption(self.cache, self.program, self.skeletons)
        self._checks = 0
        self._edited = ""
        self._opened: Callable[[list[str]], None] = _ignore

    def open(self, path: str, text: str, version: int) -> None:
        """Open a buffer or set its text; `path` need not exist on disk."""
        inner = self.buffers.inner(path)
        buffer = self.buffers.open.get(inner)
        if buffer is None:
            buffer = self.buffers.open[inner] = Buffer(path, text, version)
            self._dirty[inner] = None
        elif buffer.text != text:
            self._dirty[inner] = None
        buffer.text, buffer.version = text, version

    def close(self, path: str) -> None:
        """Close a buffer."""
        inner = self.buffers.inner(path)
        self.buffers.open.pop(inner, None)
        self._reported.pop(path, None)
        self._dirty[inner] = None

    def disk(self) -> None:
        """Make the next check search for changes on disk."""
        self._disk = True

    def rebuild(self) -> None:
        """Build from scratch."""
        self.cache.drop_all("mypy starts from scratch")
        self.program.live = False
        self.bring_up_to_date()

    def check(self, first: Callable[[Json], None] = lambda _news: None) -> Json:
        """Update mypy, and report new findings of the buffers.

        Args:
            first: Called with the findings of buffers that are known long before the check ends.

        Raises:
            RequestError: mypy can build nothing with the configuration, or the self-test failed.
        """
        self._opened = lambda paths: first(self.news(paths))
        try:
            self.bring_up_to_date()
        finally:
            self._opened = _ignore  # in other builds a text may be a candidate
        return self.news()

    def news(self, paths: Iterable[str] | None = None) -> Json:
        """Return the findings that have not been reported yet, of all buffers or of some."""
        files = {}
        opened = self.buffers.open
        for buffer in map(opened.__getitem__, opened if paths is None else paths):
            result = {"version": buffer.version, **buffer.result}
            if self._reported.get(buffer.path) != result:
                files[buffer.path] = self._reported[buffer.path] = result
        return {"variant": self.variant, "settled": self.settled, "files": files}

    @property
    def dirty(self) -> bool:
        """Whether a file was opened, changed or closed since the last check."""
        return bool(self._dirty)

    @property
    def settled(self) -> bool:
        """Whether no change waits for a pause to take effect on other buffers."""
        return not (self.dependents.waiting or self.skeletons.touched)

    def edit(self, path: str, text: str) -> None:
        """Set a buffer's text, by the path as mypy spells it."""
        self.buffers.open[path].text = text
        self._dirty[path] = None

    def is_lowered(self, path: str) -> bool:
        """Return whether the configuration makes mypy find less in a file than by default."""
        for each in self._dirty:  # the module of a file depends on the open files
            self.buffers.show(each)
        self.buffers.place()
        return not self._floor and self.buffers.is_lowered(self.buffers.inner(path))

    def tidy(self) -> None:
        """Do work that no request waits for; call this after each answer."""
        self.quick.finish()
        self.program.forget_stubs()
        if self._checks >= UNCOLLECTED:
            self.collect()

    def settle(
        self, within: Collection[str] | None = None, interrupted: Interrupted = never
    ) -> None:
        """Apply the effects of edits on the other buffers.

        Args:
            within: The modules to consider, if not all; others may miss the changes.
            interrupted: Whether other work is waiting, tested between two modules.
        """
        if self.dependents.waiting:
            try:
                self.dependents.settle(within, interrupted)
            except TooManyModulesError:
                self._build()

    def settle_all(
        self, within: Collection[str] | None = None, interrupted: Interrupted = never
    ) -> None:
        """Like `settle`, and also read modules for it until other work is waiting."""
        self.settle(within, interrupted)
        try:
            self.skeletons.read_on(partial(self.settle, within), interrupted)
        except TooManyModulesError:
            self._build()

    def write(self, interrupted: Interrupted) -> bool:
        """Write the cache if it is time; return whether it was written."""
        self.cache.due |= self.skeletons.was_read
        if not self.cache.due:
            return False
        self.skeletons.was_read = False
        self.settle_all(None, interrupted)
        return self.settled and self.cache.write(self.program, self._updates.stamps, interrupted)

    def prepare(self) -> None:
        """Prepare for the next edit, which is most likely in the same place as the last one."""
        module = self.buffers.module_of(self._edited) if self.program.live else None
        if module and not self.quick.is_ready(module):
            self.quick.go_over(module)
            self._check_quickly([self._edited])
            self.quick.finish()

    def collect(self) -> None:
        """Collect garbage."""
        self._checks = 0
        gc.collect()

    def bring_up_to_date(self) -> None:
        """Check the files that were opened, changed or closed since the last time."""
        dirty, self._dirty = self._dirty, {}
        self._checks += bool(dirty)
        self.program.renamed.clear()
        for path in dirty:
            self._edited = path
            self.buffers.show(path)
            self._disk |= not self._overlay.isfile(path)  # its folder may only have existed for it
        self.buffers.place()
        for path in dirty:
            self._updates.adopt(path)
        if not self.program.live:
            if self.buffers.open:
                self._build()
        elif dirty or self._disk:
            try:
                if not self._check_quickly(list(dirty)):
                    self._update(dirty)
            except TooManyModulesError:
                self._build()
        self._disk = False

    def _check_quickly(self, dirty: list[str]) -> bool:
        """Check the edited files in variant d2, if possible."""
        if self._disk or len(dirty) != 1 or self.variant != "d2":
            return False
        (path,) = dirty
        buffer = self.buffers.open.get(path)
        if buffer is None or buffer.source is None or self._overlay.texts[path] is MASK:
            return False
        module = buffer.source.module
        if self.dependents.waiting - {module, ""}:
            self.settle()
        return self.dependents.check(path, module)

    def _update(self, dirty: dict[str, None]) -> None:
        self.updates += 1
        self.settle()
        changes = self._updates.changes(dirty, disk=self._disk)
        self._updates.apply(self.skeletons.check_changed(changes))
        for path in dirty if self.variant == "d2" else ():
            # mypy's own update may lose findings if an import cycle leads back to the file.
            buffer = self.buffers.open.get(path)
            if buffer and buffer.source and buffer.result["parsed"]:
                self.dependents.check(path, buffer.source.module)

    def _build(self) -> None:
        self.quick.start_anew()
        self._updates.start_anew()
        self.skeletons.touched.clear()
        self.dependents.start_anew()
        if self.variant == "d2" and self._resumption.attempt(self.dependents.check, self._update):
            return
        built = self.program.build(PROBES[0], self._opened, self.cache.stubs)
        again = {}
        for path, buffer in self.buffers.open.items():
            done = self.program.harvest(path) and buffer.source in built
            if buffer.source and (self._overlay.texts[path] is MASK or not done):
                again[path] = buffer.source.module
        self.variant = prove(self.program, self.quick, self.variant)
        self.cache.due = self.variant == "d2"
        self._updates.apply(again)
        self.program.built()


def _ignore(_paths: object) -> None:
    """Ignore the paths."""
