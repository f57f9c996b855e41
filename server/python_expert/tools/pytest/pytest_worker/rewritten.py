"""Keeps modules whose assertions pytest has rewritten from run to run.

Pytest keeps them beside the modules, but nothing is written into the project here. Without them,
pytest would compile each of its plugins in each run, which takes seconds.
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
    """The modules that were rewritten, as files in a folder.

    Args:
        folder: The folder; one for each interpreter, pytest and configuration.
    """

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._rewrite: Any = getattr(rewrite, "_rewrite_test", None)

    def install(self) -> None:
        """Have pytest look here first; one that does this in another way does without."""
        if self._rewrite is not None:
            vars(rewrite)["_rewrite_test"] = self._find

    def _find(self, file: Any, config: Any) -> tuple[os.stat_result, CodeType]:  # noqa: ANN401 - as pytest's
        status = Path(file).stat()
        name = hashlib.sha256(os.fsencode(file)).hexdigest()
        path = self._folder / f"{name}-{status.st_mtime_ns}-{status.st_size}"
        with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
            return status, marshal.loads(path.read_bytes())  # noqa: S302 - a file of ours
        status, code = self._rewrite(file, config)
        # Its name is complete only once it is, for a run that is ended meanwhile.
        new = path.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            new.write_bytes(marshal.dumps(code))
            new.replace(path)
        return status, code
