"""Uses in other files of a project that an edit breaks."""

from __future__ import annotations

import ast
import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.analysis.modules import module_names
from python_expert.gate.verdict import Reason
from python_expert.pipeline.project_texts import texts_with
from python_expert.processes.command import ToolError
from python_expert.text.parsing import syntax_tree
from python_expert.text.paths import to_path

if TYPE_CHECKING:
    from python_expert.actions.base import Options
    from python_expert.pipeline.client import Worker
    from python_expert.pipeline.request import Request
    from python_expert.pipeline.written import Written
    from python_expert.text.document import Document


async def broken(
    worker: Worker, request: Request, document: Document, written: Written, options: Options
) -> tuple[Reason, ...]:
    """Return the uses (see `Action.elsewhere`) and imports that an edit breaks in other files."""
    action, keys = request.action, written.changed
    found = await worker.elsewhere(action, document.text, keys, options)
    path, is_file = Path(options.path), action.elsewhere is not None and options.path
    gone = await asyncio.to_thread(_gone, written.code, written.after) if is_file else set()
    if not gone:
        return found
    modules = {*module_names(options.path, options.elsewhere.file), path.stem}
    name = rf"(?:{'|'.join(sorted(map(re.escape, modules), key=len, reverse=True))})"
    use = re.compile(rf"(?<![\w.])({name}\.(?:{'|'.join(sorted(gone))}))\b")
    try:
        documents = await texts_with(request, document, [use])
    except ToolError:
        return found
    more = []
    for each in documents:
        for line, text in enumerate(each.text.splitlines(), 1):
            if re.search(rf"\b{re.escape(path.stem)}\b", each.text) and (one := use.search(text)):
                shown = _shown(each.uri, options)
                why = f"{shown}:{line} uses {one[1]}, which is no longer imported there"
                more.append(Reason(why))
                break
    return (*found, *more)


def _gone(before: str, after: str) -> set[str]:
    """Return the imported names that a module no longer defines."""
    return _bound(before) - _bound(after)


def _bound(text: str) -> set[str]:
    try:
        body = syntax_tree(text).body
    except (SyntaxError, ValueError, RecursionError):
        return set()
    imports = [each for each in body if isinstance(each, ast.Import | ast.ImportFrom)]
    names = (alias.asname or alias.name for each in imports for alias in each.names)
    return {each.partition(".")[0] for each in names}


def _shown(uri: str, options: Options) -> str:
    path = to_path(uri)
    if path is None:
        return uri
    root = Path(options.root)
    return str(path.relative_to(root) if path.is_relative_to(root) else path)
