"""Importing the SDK, which takes seconds, beside a loop that goes on."""

from __future__ import annotations

import gc
import sys

SWITCH_S = 0.0005
"""How long the loop's thread waits for its turn meanwhile; Python's own 5 ms add up."""


def load() -> None:
    """Import the SDK; for a thread of its own.

    The garbage collector rests: there are many new objects and hardly any garbage among them, and
    looking for it would stop all threads, the loop's too, for a tenth of a second.
    """
    if "anthropic" in sys.modules:
        return
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    gc.disable()
    try:
        import anthropic.resources.messages  # noqa: F401, PLC0415 - the part that is used
    finally:
        gc.freeze()  # what was imported stays
        gc.enable()
        sys.setswitchinterval(interval)
