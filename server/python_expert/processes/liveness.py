"""Whether another process is running."""

from __future__ import annotations

import os


def lives(process: int) -> bool:
    """Whether a process is running; on Windows True is assumed."""
    if os.name != "nt":
        try:
            os.kill(process, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except PermissionError:
            return True
    return True
