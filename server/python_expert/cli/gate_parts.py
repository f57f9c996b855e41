"""Judges files in order, each with the accepted edits of the files before it, concurrently.

The files are split into parts, one for each team. A part begins with the assumption that all edits
before it are accepted, which is usually true. Otherwise the following parts are judged again. So
the answers do not depend on the number of teams.
"""

from __future__ import annotations

import asyncio
import math
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from python_expert.cli.compared_files import document_of
from python_expert.processes import pool
from python_expert.processes.command import ToolError
from python_expert.text.document import Document

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
    from pathlib import Path

    from python_expert.cli.compared_files import OpenFile, Pair
    from python_expert.cli.judged import Judged

    Texts = dict[Path, OpenFile]
    Team = Callable[[Texts, Pair], Awaitable[Judged]]
    """Judges a pair beside texts, and puts what it accepts into these."""


async def judge_in_parts(
    pairs: Sequence[Pair], work: Sequence[int], texts: Texts, teams: Sequence[Team], *, least: int
) -> AsyncGenerator[Judged, None]:
    """Judge pairs in order, each together with the accepted ones before it.

    Args:
        pairs: The pairs, in their order.
        work: The amount of work for each; see `work_of`.
        texts: The files before the edits; accepted edits are added.
        teams: The judges, each with its own tools.
        least: The changed files that make one more part worthwhile.

    Yields:
        The answers, in the order of the pairs.
    """
    done = 0
    while done < len(pairs):
        changed = sum(map(bool, work[done:]))
        number = max(1, min(len(teams), math.ceil(changed / least)))
        parts = parts_of(work[done:], number)
        attempt = await asyncio.to_thread(_Attempt, pairs[done:], parts, texts)
        async with aclosing(attempt.run(teams)) as answers:
            async for judged in answers:
                done += 1
                yield judged


class _Attempt:
    """One attempt to judge pairs, each part as if all earlier parts were accepted.

    Args:
        pairs: The pairs.
        parts: The places of the pairs in each part.
        texts: The files before the edits; accepted edits are added.
    """

    def __init__(self, pairs: Sequence[Pair], parts: Sequence[Sequence[int]], texts: Texts) -> None:
        self._pairs, self._parts, self._texts = pairs, parts, texts
        self._assumed = dict(texts)
        self._seen: list[Texts] = []
        for part in parts:
            self._seen.append(dict(self._assumed))
            for place in part:
                _, path, after = pairs[place]
                old, new = self._assumed.get(path), document_of(after)
                if old and new and old.document.text != new.text:
                    document = Document.of(old.document.uri, 1, new.text)
                    self._assumed[path] = old._replace(document=document)
        self._wrong = len(parts)
        """The index of the first part whose assumption was wrong."""

    async def run(self, teams: Sequence[Team]) -> AsyncGenerator[Judged, None]:
        """Judge the pairs; yield the answers of all parts whose assumption was right."""
        judges = [
            partial(self._judge, team, number)
            for team, number in zip(teams, range(len(self._parts)), strict=False)
        ]
        owners = [number for number, part in enumerate(self._parts) for _ in part]
        place = 0
        try:
            async with aclosing(pool.spread(self._pairs, judges, self._parts)) as answers:
                async for judged in answers:
                    if judged and owners[place] < self._wrong:
                        self._take(place, owners[place])
                        yield judged
                    place += 1  # other teams finish the pairs that they have begun
        except ToolError:
            if owners[place] < self._wrong:
                raise

    async def _judge(self, team: Team, number: int, pair: Pair) -> Judged | None:
        return await team(self._seen[number], pair) if number < self._wrong else None

    def _take(self, place: int, number: int) -> None:
        """Record the answer for a file."""
        path = self._pairs[place][1]
        if (seen := self._seen[number].get(path)) is None:
            return
        self._texts[path] = seen
        if seen.document.text != self._assumed[path].document.text:
            self._wrong = min(self._wrong, number + 1)


def parts_of(work: Sequence[int], number: int) -> list[list[int]]:
    """Split items, by index and in order, into parts with about the same amount of work."""
    parts: list[list[int]] = [[] for _ in range(number)]
    total, done = max(1, sum(work)), 0
    for place, each in enumerate(work):
        parts[min(number - 1, number * (2 * done + each) // (2 * total))].append(place)
        done += each
    return parts
