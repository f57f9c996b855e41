"""The import of the SDK, and when it is paused."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.one_python


def run(program: str) -> str:
    """Run a program in its own process, in which nothing is imported yet."""
    text = textwrap.dedent(program)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_import_pauses_while_you_type_and_continues_afterwards() -> None:
    output = run("""
        import sys
        from python_expert.llm.anthropic.sdk import Import

        keys = iter(range(5))
        seen = []

        def busy():
            seen.append("anthropic" in sys.modules)
            return next(keys, None) is not None

        Import().run(busy)
        print(seen[:6], len(seen) > 6, "anthropic.resources.messages" in sys.modules)
    """)

    assert output == f"{[False] * 6} True True"


def test_a_call_that_needs_the_sdk_is_not_delayed_by_typing() -> None:
    output = run("""
        import sys, threading
        from python_expert.llm.anthropic.sdk import Import

        gives_way = threading.Event()
        sdk = Import()

        def busy():
            gives_way.set()
            return True

        thread = threading.Thread(target=sdk.run, args=[busy])
        thread.start()
        gives_way.wait()
        print("anthropic" in sys.modules)
        sdk.wanted.set()
        thread.join()
        print("anthropic.resources.messages" in sys.modules)
    """)

    assert output.split() == ["False", "True"]


def test_the_end_of_a_server_does_not_wait_for_the_import() -> None:
    output = run("""
        import sys, threading
        from python_expert.llm.anthropic.sdk import Import

        sdk = Import()

        def busy():
            sdk.stop()
            return True

        try:
            sdk.run(busy)
        except InterruptedError as error:
            print(error, sys.meta_path[0].__class__.__name__)
        print("anthropic" in sys.modules)
    """)

    assert output.splitlines()[0].startswith("the SDK is not needed any more")
    assert "_BeforeEachModule" not in output
    assert output.endswith("False")
