"""Caches modules with rewritten assertions between runs.

Pytest writes them into the folders of the modules, but here nothing may be written into the
project. Without the cache, pytest would compile each of its plugins in each run, which takes
seconds.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _pytest.assertion import rewrite

if TYPE_CHECKING:
    from types import CodeType


class RewrittenModules:
    """The rewritten modules, as files in a folder.

    Args:
        folder: The folder; one for each interpreter, pytest and configuration.
    """

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._rewrite: Any = getattr(rewrite, "_rewrite_test", None)

    def install(self) -> None:
        """Make pytest use this cache; no effect in versions that rewrite modules in another way."""
        if self._rewrite is not None:
            vars(rewrite)["_rewrite_test"] = self._find

    def _find(self, file: Any, config: Any) -> tuple[os.stat_result, CodeType]:  # noqa: ANN401 - like pytest's
        status = Path(file).stat()
        name = hashlib.sha256(os.fsencode(file)).hexdigest()
        path = self._folder / f"{name}-{status.st_mtime_ns}-{status.st_size}"
        with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
            return status, marshal.loads(path.read_bytes())  # noqa: S302 - our own file
        status, code = self._rewrite(file, config)
        # The final name is given to a complete file, because the run may be ended during writing.
        new = path.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            new.write_bytes(marshal.dumps(code))
            new.replace(path)
        return status, code
