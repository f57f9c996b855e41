"""A process that is started before it is known whether it is needed, so that it is ready sooner.

It only imports its modules and waits for messages.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from python_expert.processes.command import Command

log = logging.getLogger(__name__)

KEPT_S = 30.0
"""The time in seconds after which a process that is not used is ended."""


class _Waiting(asyncio.SubprocessProtocol):
    """A process that was started early; it has no output before it receives a message.

    Args:
        command: Its command.
    """

    def __init__(self, command: Command) -> None:
        self.command = command
        self.transport: asyncio.SubprocessTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio when the process has started."""
        self.transport = cast("asyncio.SubprocessTransport", transport)


_waiting: list[_Waiting] = []
"""The process that was started early, until it is taken or ended."""


async def start_early(command: Command) -> None:
    """Start a process for the next `take` of the same command; without success nothing happens."""
    waiting = _Waiting(command)
    loop = asyncio.get_running_loop()
    try:
        await loop.subprocess_exec(lambda: waiting, *command.argv, **command.options)
    except OSError as error:
        log.info("%s", command.failed(error))
        return
    _waiting.append(waiting)
    loop.call_later(KEPT_S, end_early)


def take(command: Command, protocol: asyncio.SubprocessProtocol) -> bool:
    """Pass the process that was started early to a protocol.

    The folder in which it was started may be another one. If the command is the same but for the
    interpreter or the environment, it is not needed and ended.

    Args:
        command: The command.
        protocol: Receives the output from now on.

    Returns:
        Whether there was such a process, and it is still running.
    """
    for waiting in _waiting:
        transport, known = waiting.transport, waiting.command
        if known.argv[1:] != command.argv[1:]:
            continue
        usable = (known.argv, known.env) == (command.argv, command.env)
        if not usable or transport is None or transport.get_returncode() is not None:
            end_early()
            return False
        _waiting.remove(waiting)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        return True
    return False


def end_early() -> None:
    """End the process that was started early, unless it is used."""
    while _waiting:
        if (transport := _waiting.pop().transport) is not None:
            transport.close()
