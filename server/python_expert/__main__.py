"""The command ``python-expert``, also ``python -m python_expert``."""

from __future__ import annotations

import sys

from python_expert import __version__


def main() -> None:
    """Run a command; exits with its status."""
    # What a user waits for, or runs often, imports only what it needs.
    if sys.argv[1:] == ["--version"]:
        print(f"python-expert {__version__}")  # noqa: T201 - it is what was asked for
        return
    if sys.argv[1:2] == ["server"]:
        from python_expert.cli.server import main as serve  # noqa: PLC0415

        sys.exit(serve(sys.argv[2:]))
    if sys.argv[1:2] == ["check"]:
        from python_expert.cli.check import main as check  # noqa: PLC0415

        check(sys.argv[2:])
    from python_expert.cli.app import app  # noqa: PLC0415

    app(prog_name="python-expert")


if __name__ == "__main__":
    main()
