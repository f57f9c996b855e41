"""The command ``python-expert``, also ``python -m python_expert``."""

from __future__ import annotations

import sys
from pathlib import Path

from python_expert import __version__


def main() -> None:
    """Run a command; exit with its status."""
    # Commands that a user waits for, or that run often, import only what they need.
    if sys.argv[1:] == ["--version"]:
        print(f"python-expert {__version__}")  # noqa: T201 - the command's output
        return
    if sys.argv[1:2] == ["server"]:
        from python_expert.cli.server import main as serve  # noqa: PLC0415 - only this command needs it

        sys.exit(serve(sys.argv[2:]))
    if sys.argv[1:2] == ["check"]:
        if sys.platform != "win32" and not any(each[:1] == "-" for each in sys.argv[2:]):
            # Typer reads the options, and expands file name patterns, which Windows' shells leave
            # to the program. Importing Typer takes as long as checking a small file.
            from python_expert.cli.checking import check_paths  # noqa: PLC0415 - only this command needs it
            from python_expert.processes import logs  # noqa: PLC0415 - only this command needs it

            logs.set_up()
            sys.exit(check_paths([Path(each) for each in sys.argv[2:]]))
        from python_expert.cli.check import check  # noqa: PLC0415 - only this command needs it
        from python_expert.cli.options import run_alone  # noqa: PLC0415 - these commands need it

        run_alone(check, sys.argv[2:])
    if sys.argv[1:2] == ["explain"]:
        from python_expert.cli.explain import explain  # noqa: PLC0415 - only this command needs it
        from python_expert.cli.options import run_alone  # noqa: PLC0415 - these commands need it

        run_alone(explain, sys.argv[2:])
    from python_expert.cli.app import app  # noqa: PLC0415 - only this command needs it

    app(prog_name="python-expert")


if __name__ == "__main__":
    main()
