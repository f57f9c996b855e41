"""The server's commands: each gets the client's first argument and checks it.

A command that takes long or asks the user is answered when its work has begun: many clients time
out, or block, until a command is answered. A program that needs the result sends ``{"wait":
true}``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from python_expert.lsp.messages import INVALID_PARAMS, REQUEST_FAILED
from python_expert.processes.wire import RequestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from python_expert.lsp.session import Session

RESTART_TOOLS = "pythonExpert.restartTools"
REWRITE = "pythonExpert.rewrite"
SHOW_PAYLOAD = "pythonExpert.showPayload"
LAST_REPORT = "pythonExpert.lastReport"
CANCEL = "pythonExpert.cancel"
MODELS = "pythonExpert.models"
RUN_TESTS = "pythonExpert.runTests"
TEST_OUTPUT = "pythonExpert.testOutput"
DEBUG_TEST = "python-expert.debugTest"
"""A command of the client, not of the server; available if the client declares it."""
CHECK_WORKSPACE = "pythonExpert.checkWorkspace"
SHOW_KNOWN = "pythonExpert.showKnown"


async def _restart(session: Session, _given: object) -> None:
    await session.projects.restart()


async def _rewrite(session: Session, given: object) -> dict[str, Any]:
    return await (await session.rewrites.get()).run(given)


async def _payload(session: Session, given: object) -> str:
    return await (await session.rewrites.get()).payload(given)


async def _last_report(session: Session, _given: object) -> str:
    return (await session.rewrites.get()).last_report


async def _cancel(session: Session, _given: object) -> None:
    await session.workspace_check.stop()
    await session.tests.stop()
    (await session.rewrites.get()).cancel()


async def _models(session: Session, given: object) -> dict[str, Any]:
    return await (await session.rewrites.get()).models.list(given)


async def _run_tests(session: Session, given: object) -> dict[str, Any]:
    return await session.tests.execute(given)


async def _test_output(session: Session, given: object) -> str:
    return await session.tests.output.execute(given)


async def _check_workspace(session: Session, given: object) -> dict[str, Any]:
    wait = isinstance(given, dict) and given.get("wait") is True
    return await (session.workspace_check.run() if wait else session.workspace_check.begin())


async def _show_known(session: Session, given: object) -> dict[str, Any]:
    return await session.visible.show(given)


COMMANDS: Mapping[str, Callable[[Session, Any], Awaitable[Any]]] = {
    RESTART_TOOLS: _restart,
    REWRITE: _rewrite,
    SHOW_PAYLOAD: _payload,
    LAST_REPORT: _last_report,
    CANCEL: _cancel,
    MODELS: _models,
    CHECK_WORKSPACE: _check_workspace,
    SHOW_KNOWN: _show_known,
    RUN_TESTS: _run_tests,
    TEST_OUTPUT: _test_output,
}


async def execute(session: Session, params: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON is untyped
    """Answer ``workspace/executeCommand``.

    Raises:
        RequestError: The command does not exist, or it failed in a way that its result cannot
            express.
    """
    name, arguments = params["command"], params.get("arguments")
    if name not in COMMANDS:
        raise RequestError(f"there is no command {name!r}", code=INVALID_PARAMS)
    try:
        return await COMMANDS[name](session, arguments[0] if arguments else None)
    except RequestError:
        raise
    except Exception as error:
        raise RequestError(
            f"{name} failed because of an error in Python Expert ({error!r}); "
            "the server's log has the details",
            code=REQUEST_FAILED,
        ) from error
