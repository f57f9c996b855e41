"""Python Expert with more actions, in the program and in the process in which actions run.

Run as a file: with the word ``worker`` it is that process, else the command ``python-expert``.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from python_expert.actions import registry
    from tests.toy_action import ChangeAsTested, KeepReaders, MarkAsRead, Sign

    TOYS = (MarkAsRead(), KeepReaders(), Sign(), ChangeAsTested())
    registry.ACTIONS = (*registry.ACTIONS, *TOYS)

    from python_expert.pipeline import client, worker

    client.PROGRAM = (sys.executable, __file__, "worker")
    if sys.argv[1:] == ["worker"]:
        worker.main()
    else:
        from python_expert.__main__ import main

        main()
