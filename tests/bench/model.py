"""The scenario with a model: the time that we add to its replies, and typing meanwhile."""

from __future__ import annotations

import heapq
import random
import statistics
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.actions import ADD_DOCSTRINGS, ADD_TYPE_HINTS, CONVERT_TO_ASYNC
from tests.bench.measure import TYPING_S, Desk, by, every, p95
from tests.bench.peers import EXPERT
from tests.bench.report import Row
from tests.bench.rewrites import WARM_UP, text_of, typed
from tests.bench.workload import FIRST_NUMBER, RealFile
from tests.messages import PROXIES, MessagesServer, reply
from tests.model import asked_for, says

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from python_expert.actions.base import Action
    from tests.bench.plan import Plan
    from tests.messages import Behaviour, Request, Wire

THINKING_S = 1.5
"""Seconds that the model takes for one function."""

FUNCTIONS = 50
CONCURRENCY = 8
"""The default maximum number of concurrent requests."""

LEAST_S, MOST_S = 0.4, 1.6
"""The minimum and maximum of the seconds that the model takes for each of many functions."""

ANSWERS: Mapping[Action, tuple[str, Mapping[str, Any]]] = {
    ADD_DOCSTRINGS: (
        "halve",
        {"summary": "Halve an amount.", "args": ["amount: It."], "returns": "Half."},
    ),
    ADD_TYPE_HINTS: ("total", {"types": ["factor: int", "return: int"]}),
    CONVERT_TO_ASYNC: ("pause", {"convert": True}),
}
"""For each action: the function in the question, and the model's answer."""

SMALL = """

def {lead}_{number}(items{items}, factor{factor}={number}){result}:
    {docstring}count = 0
    for item in items:
        if item > factor:
            count += item * factor
        else:
            count -= 1
    if count < 0:
        raise ValueError(factor)
    # Few need more than this.
    first, last = min(items), max(items)
    smaller = [item for item in items if item < last]
    larger = [item for item in items if item > first]
    if len(smaller) > len(larger):
        return count + first
    if len(smaller) < len(larger):
        return count + last
    return count
"""
MANY: Mapping[Action, tuple[Mapping[str, str], Mapping[str, Any]]] = {
    ADD_DOCSTRINGS: (
        {"items": ": list[int]", "factor": ": int", "result": " -> int", "docstring": ""},
        {
            "summary": "Count what is in a list.",
            "args": ["items: What is there.", "factor: What each counts."],
            "returns": "The count.",
            "raises": ["ValueError: There is too little."],
        },
    ),
    ADD_TYPE_HINTS: (
        {"items": "", "factor": "", "result": "", "docstring": '"""Count."""\n    '},
        {"types": ["items: list[int]", "factor: int", "return: int"]},
    ),
}
"""For each action: the header of the functions, and the model's answer about each."""


class Oracle:
    """A model's endpoint that always gives the same answer.

    Attributes:
        answer: The answer about every function.
        seconds: The delay of each answer; the last one also applies to all later answers.
        spans: The times of each request's arrival and of its answer, in the order of arrival.
    """

    def __init__(self, stack: ExitStack, answer: Mapping[str, Any]) -> None:
        self.answer = answer
        self.seconds: Sequence[float] = (0.0,)
        self.spans: list[list[float]] = []
        self._endpoint = stack.enter_context(MessagesServer(answer=self._answer))

    def __len__(self) -> int:
        return len(self.spans)

    @property
    def variables(self) -> dict[str, str | None]:
        """The environment variables that make a server use this endpoint."""
        return {**dict.fromkeys(PROXIES), **self._endpoint.variables}

    def forget(self, *seconds: float) -> None:
        """Forget all requests, and set new delays."""
        self.seconds = seconds
        self.spans.clear()

    def _answer(self, request: Request) -> Behaviour:
        span = [time.monotonic()]
        before = self.seconds[min(len(self.spans), len(self.seconds) - 1)]
        self.spans.append(span)
        act = reply(says(asked_for(request), **self.answer), before=before)

        async def timed(wire: Wire) -> None:
            await act(wire)
            span.append(time.monotonic())

        return timed


def model(plan: Plan) -> Iterator[Row]:
    """One function, fifty functions, and typing while the SDK is imported."""
    if EXPERT not in plan.servers:
        return
    for action in ANSWERS:
        yield from _one(plan, action)
    for action in MANY:
        yield from _many(plan, action)
    yield from _typing(plan)


def _one(plan: Plan, action: Action) -> Iterator[Row]:
    """Measure the time that we add to the reply about one function, against a live check."""
    key, answer = ANSWERS[action]
    checks, asking, writing = [], [], []
    with ExitStack() as stack:
        endpoint = Oracle(stack, answer)
        desk = model_desk(stack, plan, endpoint, f"one {action}", text_of(1_000))
        probe = RealFile(desk.document.parent, desk.document, desk.text)
        for step in range(WARM_UP + plan.types):
            endpoint.forget(0.0 if step < WARM_UP else THINKING_S)
            checked = _check(desk, probe, FIRST_NUMBER + step)
            _renew(desk, step)
            start, end = _rewrite(desk, action, key)
            ((arrived, sent),) = endpoint.spans
            desk.rest()
            if step >= WARM_UP:
                checks.append(checked)
                asking.append((arrived - start) * 1000)
                writing.append((end - sent) * 1000)
    scenario = f"a model, {action}, one function in 1,000 lines"
    yield Row.of(scenario, "edit → all tools' findings", EXPERT, checks)
    yield Row.of(scenario, "command → the request arrives", EXPERT, asking)
    yield Row.of(scenario, "end of the reply → edit", EXPERT, writing)
    added = [sum(each) for each in zip(asking, writing, strict=True)]
    yield Row.of(scenario, "added by us: the sum of both", EXPERT, added)
    ratio = statistics.median(added) / statistics.median(checks)
    yield Row(scenario, "added over a live check, median", EXPERT, ratio, at_most=2.0)


def _many(plan: Plan, action: Action) -> Iterator[Row]:
    """Measure many functions with concurrent requests, against the ideal schedule of replies."""
    head, answer = MANY[action]
    lead = "count"
    text = '"""Counts."""\n'
    text += "".join(SMALL.format(lead=lead, number=n, **head) for n in range(FUNCTIONS))
    chance = random.Random(action.name)  # noqa: S311 - not used for secrets
    wholes, ratios = [], []
    with ExitStack() as stack:
        endpoint = Oracle(stack, answer)
        desk = model_desk(stack, plan, endpoint, f"many {action}", text)
        _rewrite(desk, action, f"{lead}_0")
        for step in range(plan.bursts):
            _renew(desk, step)
            endpoint.forget(*(chance.uniform(LEAST_S, MOST_S) for _ in range(FUNCTIONS)))
            start, end = _rewrite(desk, action, None)
            assert len(endpoint) == FUNCTIONS, len(endpoint)
            wholes.append((end - start) * 1000)
            ratios.append(
                (end - start) / _ideal(sent - arrived for arrived, sent in endpoint.spans)
            )
            desk.rest()
    scenario = f"a model, {action}, {FUNCTIONS} functions, {CONCURRENCY} at a time"
    yield Row.of(scenario, "command → edit", EXPERT, wholes)
    worst = max(ratios)
    what = "over the schedule of the replies"
    yield Row(scenario, f"{what}, median", EXPERT, statistics.median(ratios), at_most=1.2)
    yield Row(scenario, f"{what}, worst", EXPERT, worst)


def _ideal(seconds: Iterator[float]) -> float:
    """Return the ideal duration, if each request starts as soon as a slot is free."""
    slots = [0.0] * CONCURRENCY
    for each in seconds:
        heapq.heappush(slots, heapq.heappop(slots) + each)
    return max(slots)


def _typing(plan: Plan) -> Iterator[Row]:
    """Measure typing in a new server, before its first rewrite and during it."""
    action = ADD_DOCSTRINGS
    key, answer = ANSWERS[action]
    quiet: list[float] = []
    importing: list[float] = []
    busy: list[float] = []
    waits = []
    with ExitStack() as outer:
        endpoint = Oracle(outer, answer)
        for start in range(plan.bursts):
            with ExitStack() as stack:
                text = text_of(1_000)
                desk = model_desk(stack, plan, endpoint, f"typing {start}", text)
                endpoint.forget(THINKING_S)
                quiet += [typed(desk, number) for number in range(plan.edits)]
                begun = time.monotonic()
                request = send_rewrite(desk, action, key)
                number = plan.edits
                while not endpoint.spans or len(endpoint.spans[0]) < 2:
                    took = typed(desk, number)
                    number += 1
                    busy.append(took)
                    if not endpoint.spans or desk.sent < endpoint.spans[0][0]:
                        importing.append(took)
                desk.client.result_of(request)
                waits.append((endpoint.spans[0][0] - begun) * 1000)
    scenario = f"typing during the first rewrite, an edit every {TYPING_S * 1000:.0f} ms"
    yield Row.of(scenario, "command → the first request arrives", EXPERT, waits)
    yield Row.of(scenario, "edit → ruff's finding, before", EXPERT, quiet)
    yield Row.of(scenario, "edit → ruff's finding, until the request arrives", EXPERT, importing)
    yield Row.of(scenario, "edit → ruff's finding, until the answer is there", EXPERT, busy)
    for what, times, goal in (
        ("until the request arrives", importing, None),
        ("until the answer is there", busy, 2.0),
    ):
        ratio = statistics.median(times) / statistics.median(quiet)
        yield Row(scenario, f"{what}, over before, median", EXPERT, ratio, at_most=goal)
        yield Row(scenario, f"{what}, over before, p95", EXPERT, p95(times) / p95(quiet))


def model_desk(stack: ExitStack, plan: Plan, endpoint: Oracle, name: str, text: str) -> Desk:
    """Open a document in a server that uses the endpoint."""
    folder = plan.folder / name.replace(" ", "-")
    folder.mkdir()
    (folder / "pyproject.toml").write_text("")
    # Bandit has a rule for its `load`, and ruff has none.
    (folder / "torch.py").write_text("def load(path: str) -> object:\n    return path\n")
    path = folder / "stores.py"
    path.write_text(text)
    peer = plan.servers[EXPERT]
    peer = replace(peer, env={**peer.env, **endpoint.variables})
    desk = Desk(stack, peer, folder, path, text)
    desk.client.choice = "Apply"  # the server asks for permission here
    # The client refuses edits: the server would wait for an edit that the client only claims to
    # make.
    desk.client.apply_answer = {"applied": False, "failureReason": "it is a measurement"}
    return desk


def _check(desk: Desk, probe: RealFile, number: int) -> float:
    """Add a function with a finding of each tool; return the milliseconds until all are shown."""
    desk.edit(probe.add(number))
    signs = (("ruff", "PLR2004"), ("mypy", f"probe_{number}"), ("bandit", "B614"))
    took = desk.shown(every([by(*sign) for sign in signs]))
    desk.rest()
    desk.edit(probe.remove())
    desk.rest()
    return took


def _renew(desk: Desk, number: int) -> None:
    """Change the text to a new one, and wait until it is checked."""
    desk.edit([((0, 3), (0, 9), f"No. {number:02}")])
    desk.rest()


def _rewrite(desk: Desk, action: Action, key: str | None) -> tuple[float, float]:
    """Rewrite a function or the whole document without applying the edit; return start and end."""
    applied = len(desk.client.applied)
    start = time.monotonic()
    request = send_rewrite(desk, action, key)
    answer = desk.client.result_of(request)
    assert len(desk.client.applied) == applied + 1, answer
    return start, desk.client.answered[request]


def send_rewrite(desk: Desk, action: Action, key: str | None) -> int:
    """Request a rewrite of a function or the whole document; return the request's id."""
    where = None
    if key is not None:
        lines = desk.text.split("\n")
        line = next(n for n, each in enumerate(lines) if each.startswith(f"def {key}("))
        place = {"line": line, "character": 5}
        where = {"start": place, "end": place}
    arguments = {
        "action": action.name,
        "uri": desk.uri,
        "version": desk.version,
        "range": where,
        "provider": "anthropic",
    }
    params = {"command": "pythonExpert.rewrite", "arguments": [arguments | {"wait": True}]}
    return desk.client.send_request("workspace/executeCommand", params)
