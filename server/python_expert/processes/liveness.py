"""Whether another process lives."""

from __future__ import annotations

import os


def lives(process: int) -> bool:
    """Whether a process lives; on Windows that is assumed."""
    if os.name != "nt":
        try:
            os.kill(process, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except PermissionError:
            return True
    return True
