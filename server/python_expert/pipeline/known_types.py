"""Types that a project's tools report to an action."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.actions.base import Skipped
from python_expert.processes.command import ToolError
from python_expert.processes.jsonrpc import RpcError
from python_expert.tools.types import KnowsTypes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from python_expert.actions.base import Action, Options
    from python_expert.pipeline.client import Worker
    from python_expert.pipeline.request import Request
    from python_expert.project.project import Project
    from python_expert.text.document import Document
    from python_expert.tools.types import About

_WITHOUT = {
    "functions": "hints by rules only, because no type checker was asked",
    "calls": "blocking calls were looked for by the names of imports only, because no type checker"
    " was asked",
}
"""For each subject of an action's request: the message if nothing is known."""

_WITH_SOME = "hints from a part of the types only, because the type checker stopped answering"


class TypesRequest(NamedTuple):
    """What a request for types needs; a `Request` has these attributes.

    Attributes:
        action: The rewrite.
        project: The document's project.
        others: The project's open documents.
        progress: Called with a sentence, the number of definitions done, and their total.
    """

    action: Action
    project: Project
    others: Callable[[], Sequence[Document]]
    progress: Callable[[str, int, int], None] = lambda _message, _done, _all: None


async def with_types(
    worker: Worker,
    request: Request | TypesRequest,
    about: About,
    document: Document,
    *,
    options: Options,
    left: list[Skipped],
    total: int = 0,
) -> Options:
    """Return the options with the known types that the action asks for.

    Args:
        worker: The process that determines the types that the action needs.
        request: The rewrite.
        about: The current subject; an action may ask several times.
        document: The document.
        options: The context of the rewrite.
        left: If no types are available, the reason is added here.
        total: The number of definitions; each question is a step of progress.
    """
    action, step = request.action, 0
    while action.about == about and (
        text := await worker.types_wanted(action, document.text, options)
    ):
        step += 1
        again, done = ("", 0) if options.kept is None else (" again", total)
        request.progress(f"inferring types{again}, step {step}", done, total)
        answer, why = await types_of(request, document, text)
        if answer is None:
            said = _WITHOUT[about] if step == 1 else _WITH_SOME
            left.append(Skipped("", f"{said}: {why}"))
            break
        options = replace(options, types=(*options.types, {"text": text, about: answer}))
    return options


async def types_of(
    request: Request | TypesRequest, document: Document, text: str
) -> tuple[list[dict[str, Any]] | None, str]:
    """Return the types that the tools infer for a text, or None with the reason."""
    about = request.action.about
    documents = (*(each for each in request.others() if each.uri != document.uri), document)
    why = "it is not in use"
    for tool in request.project.gate_tools().values():
        if isinstance(tool, KnowsTypes):
            try:
                if (known := await tool.types(documents, document, text, about)) is not None:
                    return known, ""
                why = "it cannot be asked about unsaved text"
            except (ToolError, RpcError) as error:
                why = str(error)
    return None, why
