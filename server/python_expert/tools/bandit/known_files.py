"""The cache of bandit's findings in files, kept across runs.

The key of an entry includes everything that affects the findings: the file's path and text, the
packages that contain it, and the worker's own key. So an entry never becomes outdated. Reading the
cache is only worthwhile for more than a few files.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import re
import zlib
from typing import TYPE_CHECKING, Any, Final

from python_expert.processes.cache_folders import CacheError, CacheFolder
from python_expert.text.decoding import decode
from python_expert.text.paths import package_root

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Answer = dict[str, Any]

log = logging.getLogger(__name__)

FILE: Final = "answers.json"

MOST_BYTES: Final = 2**24
"""The maximum size of a project's cache in bytes; files of the latest run have priority."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def sendable(text: str) -> str:
    """Replace unpaired surrogates, which cannot be sent, by U+FFFD, which has the same length."""
    return _SURROGATE.sub("\ufffd", text)


class KnownFiles:
    """The cache of bandit's findings in the files of one project.

    Args:
        root: The project's folder.
        key: The worker's key for everything but the file that affects the findings; None if it is
            unknown.
    """

    def __init__(self, root: Path, key: str | None) -> None:
        self.key = key
        self._before: dict[str, Answer] = {}
        self._now: dict[str, Answer] = {}
        self._roots: dict[Path, str] = {}
        self._is_changed = False
        self._folder: CacheFolder | None = None
        with contextlib.suppress(CacheError):
            self._folder = CacheFolder("bandit", [str(root), key]) if key else None

    def read(self) -> None:
        """Read the cache of earlier runs, if it is intact."""
        if self._folder is None:
            return
        path = self._folder.path / FILE
        try:
            self._folder.expect_private()
            checksum, _, body = path.read_bytes().partition(b"\n")
            is_whole = int(checksum) == zlib.crc32(body)
            self._before = json.loads(body) if is_whole else {}
            self._folder.note_use()
        except (CacheError, OSError, ValueError) as error:
            log.debug("what bandit has found before is not used: %s", error)

    def unknown(self, paths: Iterable[Path]) -> int:
        """Return the number of files without cached findings."""
        return sum(not self._knows(path) for path in paths)

    def find(self, path: Path, text: str) -> Answer | None:
        """Return the cached findings of a file, or None."""
        name = self._name(path, text)
        if (answer := self._before.get(name)) is not None:
            self._now[name] = answer
        return answer

    def keep(self, path: Path, text: str, answer: Answer) -> None:
        """Cache the findings of a file."""
        if self._folder:
            self._now[self._name(path, text)] = answer
            self._is_changed = True

    def write(self) -> None:
        """Write the cache atomically, if it has changed."""
        if self._folder is None or not self._is_changed:
            return
        kept: dict[str, Answer] = {}
        size = 0
        for name, answer in {**self._now, **self._before}.items():
            size += len(name) + len(json.dumps(answer))
            if size > MOST_BYTES:
                break
            kept[name] = answer
        body = json.dumps(kept).encode()
        path = self._folder.path / FILE
        new = path.with_name(f"writing-{os.getpid()}")
        try:
            self._folder.make()
            new.write_bytes(b"%d\n%b" % (zlib.crc32(body), body))
            new.replace(path)
            self._folder.remove_unused()
        except (CacheError, OSError) as error:
            log.info("what bandit has found cannot be kept: %s", error)
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)
        self._is_changed = False

    def _knows(self, path: Path) -> bool:
        try:
            return self._name(path, sendable(decode(path.read_bytes()))) in self._before
        except (OSError, ValueError):
            return False

    def _name(self, path: Path, text: str) -> str:
        if path.parent not in self._roots:
            self._roots[path.parent] = str(package_root(path))
        # Its name as a module depends on the folder of its package.
        content = json.dumps([str(path), self._roots[path.parent], text])
        return hashlib.sha256(content.encode()).hexdigest()
