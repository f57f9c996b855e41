"""The mypy worker: checks unsaved buffers with mypy's fine-grained engine.

A child process, run as a script by the interpreter that has the project's mypy (Python 3.10 or
later); it imports the standard library and mypy, nothing else. It speaks JSON-RPC 2.0, framed as
in LSP, on standard input and output:

    start {root, args, plugins, selftest?} -> {mypy, python, variant, column_unit, warnings}
    open, change {path, text, version}        the last text before a check counts
    close {path}                              back to what is on disk, if anything is
    disk {}                                   files changed on disk
    check {}                               -> {files: {path: {version, parsed, findings}}}
    stop {}                                -> null, then exit status 0
    progress {message, done, total}           told to the parent while a build reads files

Lines are 0-based and LSP's own; columns are 0-based UTF-8 bytes, or -1 where mypy knows none.
An error's `data.kind` is "config", "version", "selftest" or "internal"; after "internal" mypy's
state is lost and the process ends with status 70. It ends at once when its input does.
"""
# ruff: noqa: E402, SLF001 - imports wait until sys.path is safe; options per module are private

from __future__ import annotations

import os
import sys

_FOLDER = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120 - pathlib is not safe yet
sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry) != _FOLDER]

import contextlib
import gc
import io
import json
import platform
import queue
import re
import stat
import threading
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate, count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mypy.modulefinder import SearchPaths
    from mypy.nodes import MypyFile
    from mypy.options import Options

    Json = dict[str, Any]

MYPY_VERSIONS: Final = ((2, 0), (3, 0))
"""The first version that can be driven, and the first that may not be."""

NEW_MODULES: Final = 15
"""Files that an update may read; it takes them one by one, so for more a new build is faster."""

ROUNDS: Final = 3
"""How often one check looks at the same file, should files keep changing one another."""

IDLE_S: Final = 1.0
PROGRESS_S: Final = 0.1
EX_SOFTWARE: Final = 70

NICE: Final = 5
"""How far mypy stands back for ruff and the editor where there are too few cores for all."""

BOM: Final = b"\xef\xbb\xbf"
MASK: Final = b"def __getattr__(name): ...\n"
"""Stands in for a file that mypy never could read: whatever is imported from it is Any."""

WORD: Final = re.compile(rb"[\w\x80-\xff]+")
"""What is underlined, in UTF-8, where mypy knows only the start."""

PROBE: Final = "_python_expert_probe"
"""A made-up module: it brings the core of typeshed into each build, and serves the self-test."""

PROBES: Final = ('x: int = ""\n', 'é = "😀"; x: int = ""\n')

FORCED: Final[Json] = {
    **dict.fromkeys(("incremental", "fine_grained_incremental", "local_partial_types"), True),
    **dict.fromkeys(("use_fine_grained_cache", "cache_fine_grained", "pdb"), False),
    **dict.fromkeys(("junit_xml", "timing_stats", "line_checking_stats", "output"), None),
    "cache_dir": os.devnull,
    "num_workers": 0,
    "raise_exceptions": True,
    "report_dirs": {},
    "show_error_code_links": False,
    "verbosity": 0,
}
"""Options that the engine needs, and those by which a configuration would have files written."""


class WorkerError(Exception):
    """What the parent is told instead of a result.

    Attributes:
        kind: "config", "version", "selftest" or "internal".
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Wire:
    """The connection with the parent, out of reach for plugins that print or read."""

    def __init__(self) -> None:
        self.inbox: queue.SimpleQueue[Json] = queue.SimpleQueue()
        self._input = os.fdopen(os.dup(0), "rb")
        self._output = os.fdopen(os.dup(1), "wb")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, **message: object) -> None:
        """Send a message to the parent."""
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._output.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._output.flush()

    def fail(self, request: object, kind: str, message: str) -> None:
        """Answer a request with an error."""
        error = {"code": -32000, "message": message, "data": {"kind": kind}}
        self.send(id=request, error=error)

    def _listen(self) -> None:
        length = 0
        try:
            while line := self._input.readline():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
                elif not line.strip():
                    self.inbox.put(json.loads(self._input.read(length)))
        finally:
            os._exit(0)  # the parent is gone


try:
    import mypy.build
    from mypy.defaults import RECURSION_LIMIT
    from mypy.errorcodes import IGNORE_WITHOUT_CODE, SYNTAX, UNUSED_IGNORE
    from mypy.errors import CompileError, ErrorInfo, Errors
    from mypy.find_sources import InvalidSourceList, create_source_list
    from mypy.fscache import FileSystemCache
    from mypy.main import process_options
    from mypy.modulefinder import (
        BuildSource,
        FindModuleCache,
        compute_search_paths,
        matches_exclude,
        matches_gitignore,
    )
    from mypy.plugin import Plugin
    from mypy.server.update import FineGrainedBuildManager, refresh_suppressed_submodules
    from mypy.util import hash_digest, module_prefix
    from mypy.version import __version__
except ImportError as missing:
    _wire = Wire()
    _wire.fail(_wire.inbox.get().get("id"), "version", f"no mypy that can be driven: {missing}")
    raise


class TooManyModulesError(BaseException):
    """An update came upon many new files. mypy lets it through, as it is no Exception."""


class Overlay(FileSystemCache):
    """mypy's view of the file system, with texts laid over it.

    What was read stays known until `flush`: the disk is not asked at every keystroke.

    Args:
        on_read: Called with the path of each file that mypy is about to read.
    """

    def __init__(self, on_read: Callable[[str], None]) -> None:
        self.texts: dict[str, bytes] = {}
        self._on_read = on_read
        self._clock = count(int(time.time()))  # mypy compares times by the second
        super().__init__()

    def set(self, path: str, text: bytes | None) -> None:
        """Lay `text` over a path, which need not exist, or with None uncover what is on disk."""
        known = self.texts.pop(path, None)
        if text is not None:
            self.texts[path] = text
        if text is None or known is None:
            self.flush()
        else:
            self._prime(path)

    def flush(self) -> None:
        """Forget what was read from disk."""
        super().flush()
        for path in self.texts:
            self._prime(path)

    def read(self, path: str) -> bytes:
        """Read a file, or the text laid over it."""
        self._on_read(path)
        return super().read(path)

    def exists(self, path: str, real_only: bool = False) -> bool:  # noqa: FBT001, FBT002 - mypy's
        """Tell whether a path exists; what is `real_only`, the native parser reads by itself."""
        if real_only:
            self._on_read(path)
        return super().exists(path) and not (real_only and path in self.texts)

    def _prime(self, path: str) -> None:
        text = self.texts[path]
        self.stat_or_none_cache[path] = self._stat(stat.S_IFREG, len(text))
        self.read_cache[path] = text
        self.hash_cache[path] = hash_digest(text)
        for child in (Path(path), *Path(path).parents):
            folder = str(child.parent)
            made_up = self.stat_or_none(folder) is None
            if made_up:
                self.stat_or_none_cache[folder] = self._stat(stat.S_IFDIR, 0)
                self.listdir_cache[folder] = []
            with contextlib.suppress(OSError):
                names = self.listdir(folder)
                if child.name not in names:
                    names.append(child.name)
            if not made_up:
                break

    def _stat(self, kind: int, size: int) -> os.stat_result:
        now = next(self._clock)
        return os.stat_result((kind | 0o644, now, 0, 1, 0, 0, size, now, now, now))


class Finisher(Plugin):
    """Checks the function bodies that mypy's own update leaves out.

    A body that uses what is inferred elsewhere is put off, and may be so twice; an update then
    forgets it. A build goes on, with those bodies first that infer. This hook comes in between.
    """

    fg: FineGrainedBuildManager | None = None

    def get_additional_indirect_deps(self, file: MypyFile) -> set[str]:
        """Finish the check of a module; there are no dependencies to add."""
        state = self.fg and self.fg.graph[file.fullname]
        if state and (waiting := state.type_checker().deferred_nodes):
            state.type_checker().deferred_nodes = []
            for infers in (True, False):
                state.type_check_second_pass(
                    [
                        each
                        for each in waiting
                        if getattr(each.node, "def_or_infer_vars", False) is infers
                    ]
                )
            early = {UNUSED_IGNORE, IGNORE_WITHOUT_CODE}  # told before all ignores were used
            infos = state.manager.errors.error_info_map.get(state.xpath, [])
            infos[:] = [info for info in infos if info.code not in early]
            state.generate_unused_ignore_notes()
            state.generate_ignore_without_code_notes()
        return set()


@dataclass
class Buffer:
    """An open file.

    Attributes:
        path: As the parent spells it.
        text: As the editor has it.
        result: What the parent is told of it.
        source: What it is to mypy; None where it gets no findings.
    """

    path: str
    text: str
    result: Json = field(default_factory=lambda: {"parsed": True, "findings": []})
    source: BuildSource | None = None


class Checker:
    """mypy at work on one folder.

    mypy's own daemon ends an update by checking every target again that has an error anywhere.
    As each buffer's findings are kept here, only what a change has an effect on is checked.

    Args:
        root: The folder, absolute; it becomes the working directory.
        args: mypy's command line arguments.
        report: Called with the number of files that a build has read so far.
        plugins: Whether plugins that the configuration names may be imported.
        selftest: Whether to prove at each build that this mypy can be driven.

    Attributes:
        warnings: mypy's complaints about its configuration.

    Raises:
        WorkerError: With kind "config", and mypy's own words.
    """

    def __init__(
        self,
        root: str,
        args: list[str],
        report: Callable[[int], None],
        *,
        plugins: bool,
        selftest: bool = True,
    ) -> None:
        os.chdir(root)
        sys.setrecursionlimit(RECURSION_LIMIT)
        self._root, self._cwd = os.path.normpath(root), str(Path.cwd())
        self._probe = str(Path(self._cwd, PROBE + ".py"))
        self._selftest = selftest
        self._report, self._next_report = report, 0.0
        self._fs = Overlay(self._reads)
        self._read: set[str] = set()
        self._limit = sys.maxsize
        self._fg: FineGrainedBuildManager
        self._live = False
        self._buffers: dict[str, Buffer] = {}
        self._dirty: dict[str, None] = {}
        self._disk = False
        self._stamps: dict[str, object] = {}
        self._renamed: set[tuple[str, str]] = set()
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said):
                self._configure(args, plugins=plugins)
        except SystemExit as error:
            raise WorkerError("config", said.getvalue().rpartition("error: ")[2]) from error
        except CompileError as error:
            raise WorkerError("config", "\n".join(error.messages)) from error
        except Exception as error:
            raise WorkerError("config", f"{said.getvalue()}{error}") from error
        self.warnings = said.getvalue().strip()
        if self.warnings and self._options.config_file is None:
            raise WorkerError("config", self.warnings)  # mypy would go on without the file

    def _configure(self, args: list[str], *, plugins: bool) -> None:
        # Without trust, an interpreter that the configuration names must not be run either.
        safe = [] if plugins else ["--python-executable", sys.executable]
        sources, options = process_options(
            [*safe, *args], require_targets=False, server_options=True, fscache=self._fs
        )
        for name, value in FORCED.items():
            setattr(options, name, value)
        if not plugins:
            options.plugins = []
        if not options.explicit_package_bases:  # there they would be more than search paths
            roots = {source.base_dir: None for source in sources if source.base_dir}
            if Path("src").is_dir() and not Path("src/__init__.py").exists():
                roots[str(Path(self._cwd, "src"))] = None
            options.mypy_path += roots
        mypy.build.load_plugins(options, Errors(options), sys.stderr, ())
        options.process_error_codes(error_callback=mypy.build.build_error)
        self._options = options
        self._search_paths()  # asks the interpreter
        matches_exclude(self._cwd, options.exclude, self._fs, verbose=False)
        probe = options.clone_for_module(PROBE).apply_changes({"disable_error_code": []})
        probe.ignore_errors, probe.disabled_error_codes = False, set()
        # Made when first asked for, and from then on what mypy looks into first.
        self._per_module = cast("dict[str, Options]", options._per_module_cache)
        self._per_module[PROBE] = probe
        self._finisher = Finisher(options)

    def open(self, path: str, text: str, version: int) -> None:
        """Take a buffer, or its new text; `path` need not exist on disk."""
        inner = self._inner(path)
        if inner not in self._buffers or self._buffers[inner].text != text:
            self._dirty[inner] = None
        buffer = self._buffers.setdefault(inner, Buffer(path, text))
        buffer.text, buffer.result["version"] = text, version

    def close(self, path: str) -> None:
        """Let a buffer go."""
        self._buffers.pop(self._inner(path), None)
        self._dirty[self._inner(path)] = None

    def disk(self) -> None:
        """Have the next check look for what changed on disk."""
        self._disk = True

    def check(self) -> Json:
        """Bring mypy up to date, and tell what it finds in each buffer.

        Raises:
            WorkerError: The configuration lets mypy build nothing, or the self-test failed.
        """
        dirty, self._dirty = self._dirty, {}
        self._renamed.clear()
        for path in dirty:
            self._show(path)
            self._disk |= not self._fs.isfile(path)  # made-up folders may have gone with it
        for path, buffer in self._buffers.items():
            if buffer.source is None:
                buffer.source = self._place(path)
        try:
            if self._live:
                self._update(self._changes(dirty))
            elif self._buffers:
                self._build()
        except TooManyModulesError:
            self._build()
        self._disk = False
        return {"files": {buffer.path: buffer.result for buffer in self._buffers.values()}}

    # What mypy is shown, and under which name

    def _inner(self, path: str) -> str:
        """The path as mypy spells it: a root may be a link, a working directory is none."""
        path = os.path.normpath(path)
        inside = path.startswith(self._root + os.sep)
        return self._cwd + path[len(self._root) :] if inside else path

    def _show(self, path: str) -> None:
        text = None
        if buffer := self._buffers.get(path):
            # With the mark mypy heeds no coding cookie: this text has been decoded already.
            text = BOM + buffer.text.removeprefix("\ufeff").encode(errors="replace")
        self._fs.set(path, text)

    def _place(self, path: str) -> BuildSource | None:
        """The module that mypy would take a file for, under another name if that is taken."""
        excludes, ignores = self._options.exclude, self._options.exclude_gitignore
        for part in accumulate(Path(path).parts, os.path.join):
            if part.startswith(self._cwd + os.sep) and (
                matches_exclude(part, excludes, self._fs, verbose=False)
                or (ignores and matches_gitignore(part, self._fs, verbose=False))
            ):
                return None
        try:
            source = create_source_list([path], self._options, self._fs)[0]
        except InvalidSourceList:
            source = BuildSource(path, Path(path).stem)
        name, number = source.module, 1
        source.module = self._module_of(path) or name
        known = self._fg.previous_modules.items() if self._live else ()
        taken = {module for module, where in known if where != path}
        taken.update(other.module for other in self._sources())
        while source.module in taken:
            number += 1
            source.module = f"{name}-{number}"
            self._per_module[source.module] = self._options.clone_for_module(name)
        return source

    def _module_of(self, path: str) -> str | None:
        buffer = self._buffers.get(path)
        if buffer and buffer.source:
            return buffer.source.module
        known = self._fg.previous_modules.items() if self._live else ()
        return next((module for module, where in known if where == path), None)

    def _sources(self) -> list[BuildSource]:
        """What to build: the probe, then the buffers that can have findings."""
        sources = [buffer.source for buffer in self._buffers.values() if buffer.source]
        return [BuildSource(self._probe, PROBE), *sources]

    def _search_paths(self) -> SearchPaths:
        data = mypy.build.default_data_dir()
        return compute_search_paths(self._sources(), self._options, data)

    def _use_parser(self, module: str, *, native: bool) -> None:
        options = self._options.clone_for_module(module)
        native = native and self._options.native_parser
        self._per_module[module] = options.apply_changes({"native_parser": native})

    # Building from scratch

    def _build(self) -> None:
        self._live, self._finisher.fg, self._limit = False, None, sys.maxsize
        gc.unfreeze()
        gc.enable()
        gc.collect()
        self._fs.set(self._probe, PROBES[0].encode())
        for path in [path for path, text in self._fs.texts.items() if text is MASK]:
            self._show(path)
        self._fs.flush()
        self._stamps.clear()
        sources = self._sources()
        for source in sources[1:]:  # a build parses in threads, and only the native parser can
            self._use_parser(source.module, native=True)
        while not self._live:
            sources = self._attempt(sources)
        again = {}
        for path, buffer in self._buffers.items():
            self._harvest(path)
            done = buffer.source in sources and buffer.text.isascii()
            if buffer.source and (self._fs.texts[path] is MASK or not done):
                again[path] = buffer.source.module
        if self._selftest:
            self._prove()
        gc.freeze()
        gc.disable()  # a collection would come in the middle of a check
        self._update(again)
        self._limit = NEW_MODULES

    def _attempt(self, sources: list[BuildSource]) -> list[BuildSource]:
        """Build; returns what was built, or where a file blocks that, what to try next.

        Raises:
            WorkerError: Not even the probe can be built.
        """
        self._read.clear()
        try:
            result = mypy.build.build(
                sources,
                self._options,
                fscache=self._fs,
                stdout=sys.stderr,
                stderr=sys.stderr,
                extra_plugins=[self._finisher],
            )
        except CompileError as error:
            if self._unblock_build(error):
                return sources
            if len(sources) == 1:
                raise WorkerError("config", "\n".join(error.messages)) from error
            return sources[:1]  # the rest is then added one by one
        self._fg = self._finisher.fg = FineGrainedBuildManager(result)
        self._live = True
        return sources

    def _unblock_build(self, error: CompileError) -> bool:
        """Make way for another build where a file has blocked one; False if there is no way."""
        module = error.module_with_blocker or ""
        sources = {source.module: source.path for source in self._sources()}
        finder = FindModuleCache(self._search_paths(), self._fs, self._options)
        path = sources.get(module) or finder.find_module(module)
        if not isinstance(path, str) or self._fs.texts.get(path) is MASK:
            return False
        buffer = self._buffers.get(path)
        if buffer and buffer.source and buffer.source.module != module:
            # One file under two names: the one by which it is imported is right.
            if (path, module) in self._renamed:
                return False
            self._renamed.add((path, module))
            buffer.source.module = module
        else:
            self._fs.set(path, MASK)
        return True

    def _prove(self) -> None:
        for text in PROBES:
            if text != PROBES[0]:
                self._fs.set(self._probe, text.encode())
                self._use_parser(PROBE, native=False)
                self._run(self._probe, PROBE)
            infos = self._fg.manager.errors.error_info_map.get(self._probe, [])
            found = [(info.line, info.column, info.code and info.code.code) for info in infos]
            if found != [(1, text.encode().index(b'""'), "assignment")]:
                self._live = False
                raise WorkerError("selftest", f"mypy {__version__} reports {found} for {text!r}")

    def _reads(self, path: str) -> None:
        self._read.add(path)
        if len(self._read) > self._limit:
            raise TooManyModulesError
        if not self._live and time.monotonic() >= self._next_report:
            self._next_report = time.monotonic() + PROGRESS_S
            self._report(len(self._read))

    # Updating; work to do is modules by path

    def _changes(self, dirty: Iterable[str]) -> dict[str, str]:
        manager, paths = self._fg.manager, self._search_paths()
        manager.search_paths = manager.find_module_cache.search_paths = paths
        changes = self._changes_on_disk() if self._disk else {}
        return changes | {path: module for path in dirty if (module := self._module_of(path))}

    def _changes_on_disk(self) -> dict[str, str]:
        graph, finder = self._fg.graph, self._fg.manager.find_module_cache
        self._fs.flush()
        finder.clear()
        changes: dict[str, str] = {}
        for module, state in graph.items():
            path, text = state.xpath, self._fs.texts.get(state.xpath)
            if text is MASK or (text is None and self._stamps.get(path) != self._stamp(path)):
                changes[path] = module
            refresh_suppressed_submodules(
                module, state.path, self._fg.deps, graph, self._fs, lambda *_: []
            )
        imported = {
            module for state in graph.values() for module in state.dependencies + state.suppressed
        }
        for module in sorted(imported - graph.keys()):
            found = finder.find_module(module, fast_path=True)
            if isinstance(found, str) and not self._is_skipped(found, module):
                changes[found] = module
        return changes

    def _stamp(self, path: str) -> object:
        """What tells a file from what it was before the last `flush`."""
        status = self._fs.stat_or_none(path)
        if status is None or stat.S_ISDIR(status.st_mode):
            return status is None
        return status.st_mtime_ns, status.st_size

    def _is_skipped(self, path: str, module: str) -> bool:
        """Whether an import of a file that is not open leads nowhere."""
        skips = self._options.clone_for_module(module).follow_imports in {"skip", "error"}
        return not self._fs.isfile(path) or (skips and not path.endswith(".pyi"))

    def _update(self, work: dict[str, str]) -> None:
        """Check modules again, and then the open ones on which that had an effect."""
        rounds: Counter[str] = Counter()
        while work:
            path = next(iter(work))
            module = work.pop(path)
            rounds[path] += 1
            if rounds[path] <= ROUNDS:
                work |= self._recheck(path, module)
        for state in self._fg.graph.values():
            if state.xpath not in self._stamps and state.xpath not in self._fs.texts:
                self._stamps[state.xpath] = self._stamp(state.xpath)

    def _recheck(self, path: str, module: str) -> dict[str, str]:
        """Check one module again; returns those to check next."""
        fg, buffer = self._fg, self._buffers.get(path)
        self._stamps.pop(path, None)
        if self._fs.texts.get(path) is MASK:
            self._show(path)
        gone = buffer is None and self._is_skipped(path, module)
        if gone and module not in fg.graph:
            return {}
        if buffer:
            # The native parser's columns are wrong after characters other than ASCII (as of
            # ast_serialize 0.13); the old one knows no newer syntax than this interpreter's.
            newer = self._options.python_version > sys.version_info[:2]
            self._use_parser(module, native=newer or buffer.text.isascii())
        touched = self._run(path, module, gone=gone)
        if fg.blocking_error:
            return touched | self._unblock(path, module)
        if not gone and fg.updated_modules != [module]:
            # It brought in others, and some of its errors were lost as those were checked.
            touched.pop(path, None)
            touched |= self._run(path, module)
        self._harvest(path)
        return touched

    def _run(self, path: str, module: str, *, gone: bool = False) -> dict[str, str]:
        """Have mypy update one module; returns the open ones of which it checked a part again."""
        fg, buffer = self._fg, self._buffers.get(path)
        fg.flush_cache()
        fg.previous_targets_with_errors = set()
        fg.manager.errors.reset()  # else the removal of a library module fails an assertion
        self._read.clear()
        change = [(module, path)]
        followed = not (buffer and buffer.source)
        fg.update([] if gone else change, change if gone else [], followed=followed)
        # The first target is the module itself. If an import cycle leads back to it, errors of it
        # are doubled or stale.
        modules = {module_prefix(fg.graph, target) for target in fg.processed_targets[1:]}
        sources = [source for source in self._sources() if source.module in modules]
        return {source.path: source.module for source in sources if source.path}

    def _unblock(self, path: str, module: str) -> dict[str, str]:
        """Free the rest from a file that mypy could not get past; returns what to check next.

        A file that mypy has read before stays as it was then, and one that it has not is masked.

        Raises:
            RuntimeError: mypy names a file that does not exist.
        """
        fg = self._fg
        blocked = fg.blocking_error[0] if fg.blocking_error else module
        fg.blocking_error, fg.stale = None, []
        where = path if blocked == module else fg.manager.find_module_cache.find_module(blocked)
        if not isinstance(where, str):
            raise RuntimeError(f"{path} is blocked by {blocked}: {where}")  # noqa: TRY004
        owner = self._module_of(where) or blocked
        if owner != blocked and (where, blocked) not in self._renamed:
            # One file under two names: as in a build.
            self._renamed.add((where, blocked))
            touched = self._run(where, owner, gone=True)
            if (buffer := self._buffers.get(where)) and buffer.source:
                touched[where] = buffer.source.module = blocked
            return {path: module} | touched
        self._harvest(path, of=where, parsed=False)
        if owner != blocked or blocked in fg.graph:
            return {}
        self._fs.set(where, MASK)
        if where == path:
            return self._run(path, module)
        return {path: module}

    def _harvest(self, path: str, *, of: str = "", parsed: bool = True) -> None:
        """Keep what mypy has just found in `path`, or in `of`, as the findings of a buffer."""
        buffer = self._buffers.get(path)
        if buffer and buffer.source:
            errors = self._fg.manager.errors
            infos = [info for info in errors.error_info_map.get(of or path, []) if not info.hidden]
            infos = errors.remove_duplicates(errors.sort_messages(infos))
            native = self._options.clone_for_module(buffer.source.module).native_parser
            exact = buffer.text.isascii() or not native
            found = findings(infos, buffer.text, exact=exact)
            buffer.result |= {"parsed": parsed, "findings": found}


def findings(infos: Iterable[ErrorInfo], text: str, *, exact: bool) -> list[Json]:
    """Put mypy's errors into the wire's form, each with the notes that belong to it.

    Args:
        infos: Errors and notes of one file, in mypy's order.
        text: The file's text.
        exact: Whether mypy's columns are right on lines with other characters than ASCII.
    """
    lines = re.split(r"\r\n|\n|\r", text)
    result: list[Json] = []
    owners: dict[int, Json] = {}
    last: ErrorInfo | None = None
    for info in infos:
        place = _place(info, lines, exact=exact)
        owner = owners.get(id(info.parent_error))
        if info.severity != "note":
            last = info
        elif last and last.line == info.line and info.code in {None, last.code}:
            owner = owner or owners[id(last)]
        if owner is None:
            code = info.code.code if info.code else None
            owner = owners[id(info)] = {**place, "severity": info.severity, "code": code}
            owner |= {"message": info.message, "notes": []}
            result.append(owner)
        elif not info.message.startswith("See https://"):  # the code says as much
            note = {"line": place["line"], "column": place["column"], "message": info.message}
            owner["notes"].append(note)
    return result


def _place(info: ErrorInfo, lines: list[str], *, exact: bool) -> dict[str, int]:
    line = min(max(info.line, 1), len(lines)) - 1  # mypy counts from 1
    end_line = min(max(info.end_line, line + 1), len(lines)) - 1
    text = lines[line].removeprefix("\ufeff")
    column, end_column = info.column, info.end_column
    if info.blocker and info.code is SYNTAX:  # code points from 1
        column = len(text[: max(column - 1, 0)].encode(errors="replace"))
        end_column = column + 1
    if column < 0 or info.line < 1 or not (exact or (text + lines[end_line]).isascii()):
        column = end_column = -1
    elif (end_line, end_column) == (line, column + 1):  # the old parser knows no annotation's end
        word = WORD.match(text.encode(errors="replace"), column)
        end_column = word.end() if word else end_column
    if column >= 0 and lines[line] != text:
        column += len(BOM)
        end_column += len(BOM) if end_line == line else 0
    return {"line": line, "column": column, "end_line": end_line, "end_column": end_column}


HANDLERS: Final[Mapping[str, Callable[..., Json | None]]] = {
    "open": Checker.open,
    "change": Checker.open,
    "close": Checker.close,
    "disk": Checker.disk,
    "check": Checker.check,
}


def start(wire: Wire, root: str, args: list[str], **flags: bool) -> tuple[Checker, Json]:
    """Make what the parent asked for, and tell what it is.

    Raises:
        WorkerError: mypy is of a wrong version, or its configuration at fault.
    """

    def report(done: int) -> None:
        params = {"message": "mypy is reading modules", "done": done, "total": None}
        wire.send(method="progress", params=params)

    oldest, newest = MYPY_VERSIONS
    if not oldest <= tuple(map(int, __version__.split(".")[:2])) < newest:
        raise WorkerError("version", f"mypy {__version__} is not of {oldest} up to {newest}")
    checker = Checker(root, args, report, **flags)
    facts = {"variant": "d1", "column_unit": "utf8", "warnings": checker.warnings}
    return checker, {"mypy": __version__, "python": platform.python_version(), **facts}


def serve(wire: Wire) -> NoReturn:
    """Answer the parent until it says stop, or mypy fails within."""
    checker: Checker | None = None
    if hasattr(os, "nice"):
        os.nice(NICE)
    while True:
        try:
            message = wire.inbox.get(timeout=IDLE_S)
        except queue.Empty:
            gc.collect()
            message = wire.inbox.get()
        request, method = message.get("id"), message.get("method", "")
        params, result = message.get("params") or {}, None
        try:
            if method == "start":
                checker, result = start(wire, **params)
            elif checker and method in HANDLERS:
                result = HANDLERS[method](checker, **params)
        except WorkerError as error:
            wire.fail(request, error.kind, str(error).strip())
            continue
        except BaseException as error:  # noqa: BLE001 - whatever it is, mypy's state is lost
            traceback.print_exc()
            wire.fail(request, "internal", f"{type(error).__name__}: {error}")
            os._exit(EX_SOFTWARE)
        if request is not None:
            wire.send(id=request, result=result)
        if method == "stop":
            os._exit(0)


if __name__ == "__main__":
    serve(Wire())
