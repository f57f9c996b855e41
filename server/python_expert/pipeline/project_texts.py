"""The texts of a project, as they are on disk or open."""

from __future__ import annotations

import asyncio
import re
import time
from itertools import takewhile
from math import inf
from typing import TYPE_CHECKING

from python_expert.project.merging import read
from python_expert.text.document import Document
from python_expert.text.paths import to_path, to_uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from python_expert.pipeline.request import Request


async def texts_with(
    request: Request,
    document: Document,
    patterns: Sequence[re.Pattern[str]],
    within_s: float = inf,
) -> list[Document]:
    """Return the other files of the project that contain some patterns.

    Args:
        request: The rewrite; open documents are searched instead of their files.
        document: The document that is left out.
        patterns: The patterns; a file must contain all of them.
        within_s: Seconds after which no further file is read.

    Raises:
        ToolError: The project cannot be searched.
    """
    project = request.project
    paths = (await project.exclusions.search(project.root)).python
    known = {each.uri: each for each in request.others()}

    end = time.monotonic() + within_s

    def found() -> list[Document]:
        uris = sorted({*known, *map(to_uri, paths)} - {document.uri})
        in_time = takewhile(lambda _: time.monotonic() < end, uris)
        documents = (known.get(uri) or on_disk(uri) for uri in in_time)
        return [each for each in documents if all(one.search(each.text) for one in patterns)]

    return await asyncio.to_thread(found)


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of some words."""
    return re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, words)))})\b")


def on_disk(uri: str) -> Document:
    """Return a file with its content on disk."""
    path = to_path(uri)
    return Document.of(uri, 0, "") if path is None else read(uri, path)
