"""The arguments that other files of a project pass to the functions of a document."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from python_expert.analysis.error_recovery import UnreadableError
from python_expert.pipeline.project_texts import texts_with
from python_expert.processes.command import ToolError
from python_expert.text.paths import package_root, to_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from python_expert.actions.base import Options
    from python_expert.analysis.elsewhere import Converted
    from python_expert.pipeline.client import Worker
    from python_expert.pipeline.request import Request
    from python_expert.text.document import Document

MOST: Final = 250_000
"""The most characters of other files that are read, the smallest files first.

Reading them takes up to 0.4 s. A limit by time would make results vary.
"""

BUDGET_S: Final = 1.0
"""Seconds after which no further file is read, for large projects."""


async def with_arguments(
    worker: Worker, request: Request, document: Document, options: Options
) -> Options:
    """Return the options with the arguments that other files pass to the document's functions.

    Args:
        worker: Reads the files.
        request: The rewrite.
        document: The document.
        options: The context of the rewrite.
    """
    action, path = request.action, to_path(document.uri)
    if path is None or options.kept is not None:  # the arguments are already known
        return options
    if not (functions := await worker.called_functions(action, document.text, options)):
        return options
    try:
        found = await texts_with(request, document, _patterns(path, functions), BUDGET_S)
    except ToolError:
        return options
    names = {each.name for each in functions}
    given, size, end = [], 0, time.monotonic() + BUDGET_S
    request.progress("looking at calls in other files", 0, 0)
    for other in sorted(found, key=_packages_first):
        size += len(other.text)
        if size > MOST or time.monotonic() > end:
            break
        there = to_path(other.uri)
        asking = replace(options, path=str(there or ""), converted=tuple(functions))
        try:
            calls, more = await worker.given(action, other.text, asking)
        except UnreadableError:
            continue
        given += calls
        functions = [
            *functions,
            *(each for each in more if each.name in names and each not in functions),
        ]
    return replace(options, given=tuple(dict.fromkeys(given)))


def _patterns(path: Path, functions: Iterable[Converted]) -> list[re.Pattern[str]]:
    """Return patterns that occur in every text that may import something from a file."""
    modules = [path.stem, *path.parent.relative_to(package_root(path)).parts]
    words = "|".join(re.escape(each.last) for each in functions)
    places = "|".join(map(re.escape, modules))
    return [re.compile(rf"\b(?:{places})\b|\bfrom\s+\."), re.compile(rf"\b(?:{words})\b")]


def _packages_first(document: Document) -> tuple[bool, int, str]:
    """Return a sort key that puts packages before their users, because packages re-export names."""
    is_package = document.uri.endswith("/__init__.py")
    order = -document.uri.count("/") if is_package else len(document.text)
    return not is_package, order, document.uri
