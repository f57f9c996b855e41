"""Measure how many blocking functions of published packages become async.

``python -m tests.bench.async_yield`` converts each module of a package with a blocking call as a
whole, with the offline provider's proposals, and the proof judges the result.
`tests.bench.blocking_calls` finds the blocking calls independently of the measured code. The
functions that contain such a call are counted by the result for these calls:

full      none of them runs on the event loop any more
partly    some still do
kept      the module was converted in part, and this function was not
refused   it was not offered for a reason, or nothing of the module was converted
missed    it was not even offered: no blocking call was found

An unchanged function that is only called in threads counts as converted in full. With ``--gate``
the tools judge too, as in ``python-expert rewrite`` with all confirmations given.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import copy
import json
import os
import shutil
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.actions.base import Options
from python_expert.actions.convert_to_async.targets import NOTHING
from python_expert.analysis.source import Source
from python_expert.cli.rewrite_files import FileRewriter
from python_expert.config.settings import ProviderName
from python_expert.gate.verdict import Status
from python_expert.tools.mypy.mypy_worker.checker import Checker
from python_expert.tools.mypy.mypy_worker.imagination import Imagination
from tests.actions import CONVERT_TO_ASYNC
from tests.bench.authors import generalised
from tests.bench.blocking_calls import Place, blocking_calls, place_of
from tests.bench.published import CACHE, Published, fetch, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from python_expert.actions.base import Skipped

SETS = {
    "tuning": {
        "tldr": "3.4.4",
        "googlemaps": "4.10.0",
        "jira": "3.10.5",
        "spotipy": "2.26.0",
        "python-gitlab": "8.6.0",
        "tweepy": "4.17.0",
    },
    "held-out": {
        "gdown": "6.5.1",
        "nodeenv": "1.12.0",
        "twine": "7.0.0",
        "mkdocs": "1.6.1",
        "proxmoxer": "2.3.0",
        "pyowm": "3.5.0",
    },
}
"""The packages used while the conversion was developed, and those that were only measured."""

OUTCOMES = ("full", "partly", "kept", "refused", "missed")

_THREAD = "to_thread"


class Converted(NamedTuple):
    """The result for a module.

    Attributes:
        after: The module's text, unchanged if nothing was converted.
        status: The gate's status, or empty if nothing was proposed.
        reasons: Why functions were left out, by their keys. The empty key has the reasons for all.
        offered: The keys of the functions that were offered.
    """

    after: str
    status: str
    reasons: dict[str, str]
    offered: frozenset[str]


def main() -> None:
    """Convert, and print a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("packages", nargs="*", help="only these packages of the set")
    options.add_argument("--set", choices=SETS, default="tuning", help="which packages")
    options.add_argument("--gate", action="store_true", help="let the tools judge too")
    options.add_argument("--reasons", type=int, default=12, help="most reasons shown")
    options.add_argument("--cache", type=Path, default=CACHE, help="where packages are kept")
    options.add_argument("--json", type=Path, help="a file for all that was found")
    options.add_argument("--texts", type=Path, help="a folder for the texts before and after")
    given = options.parse_args()
    rows: list[dict[str, Any]] = []
    for name, version in SETS[given.set].items():
        if given.packages and name not in given.packages:
            continue
        start = time.monotonic()
        mine = measure(fetch(name, version, given.cache), given.texts, gate=given.gate)
        rows += mine
        _show(f"{name} {version}, {time.monotonic() - start:.0f} s", mine)
    _show(f"all of {given.set}", rows)
    _show_reasons(rows, given.reasons)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def measure(package: Published, texts: Path | None, *, gate: bool) -> list[dict[str, Any]]:
    """Return the result for each blocking function of a package."""
    found = []
    places = {module: calls for module, calls in blocking_calls(package).items() if calls}
    sources = {module: Source.of(text_of(package.root / module)) for module in places}
    convert = _gated if gate else proven
    for module, converted in convert(package, sources):
        source = sources[module]
        for key, calls in direct(source, places[module]).items():
            outcome, reason = _outcome(key, calls, source, converted)
            row = {"package": package.name, "module": module, "function": key, "calls": calls}
            found.append({**row, "outcome": outcome, "reason": reason, "status": converted.status})
        if texts and converted.after != source.text:
            _save(texts / package.name / "before" / module, source.text)
            _save(texts / package.name / "after" / module, converted.after)
    return found


def _save(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def direct(source: Source, places: Iterable[Place]) -> dict[str, list[str]]:
    """Return the blocking calls in the functions' own code, without arguments, by function key."""
    wanted, keys = set(places), {each.node: each.key for each in source.definitions}
    found: dict[str, list[str]] = {}
    for node, key in keys.items():
        if not isinstance(node, ast.ClassDef):
            for call in _calls(node):
                if place_of(call) in wanted:
                    found.setdefault(key, []).append(ast.unparse(call.func))
    return found


def _calls(function: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls in a function's own code, without those in threads."""
    for node in ast.iter_child_nodes(function):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if isinstance(node, ast.Call):
            yield node
            if _is_thread(node):
                for argument in node.args:
                    if not isinstance(argument, ast.Lambda):
                        yield from _calls_in(argument)
                continue
        yield from _calls(node)


def _calls_in(node: ast.expr) -> Iterator[ast.Call]:
    yield from _calls(ast.Expr(node))


def _is_thread(node: ast.Call) -> bool:
    return ast.unparse(node.func).rpartition(".")[2] == _THREAD


def proven(package: Published, sources: Mapping[str, Source]) -> Iterator[tuple[str, Converted]]:
    """Convert modules, and let the proof judge them."""
    types = _types_from_mypy(package, sources)
    for module, source in sources.items():
        path = package.root / module
        options = Options(path=str(path), root=str(package.root), types=types.get(module, ()))
        targets, left = CONVERT_TO_ASYNC.targets(source, None, options)
        offered = frozenset(each.key for each in targets)
        assert CONVERT_TO_ASYNC.offline is not None
        facts = dict(CONVERT_TO_ASYNC.offline(source, sorted(offered), options))
        candidate = CONVERT_TO_ASYNC.write(source, facts, options)
        reasons = _reasons([*left, *candidate.left])
        after, status = source, ""
        if candidate.edits:
            after = source.with_edits(candidate.edits)
            verdict = CONVERT_TO_ASYNC.prove(source, after, options)
            status = str(verdict.status)
            if verdict.status is Status.REFUSED:
                after, reasons[""] = source, f"proof: {verdict.reasons[0].message}"
        yield module, Converted(after.text, status, reasons, offered)


def _types_from_mypy(package: Published, sources: Mapping[str, Source]) -> dict[str, Any]:
    """Return the types of calls in modules from mypy's worker, as the editor gets them."""
    here, types = Path.cwd(), {}
    python = package.environment / "bin" / "python"
    arguments = ["--strict", "--config-file", "", "--python-executable", str(python)]
    checker = Checker(str(package.root), arguments, lambda _done: None, plugins=False)
    try:
        for module, source in sources.items():
            checker.open(str(package.root / module), source.text, 1)
        checker.check()
        checker.tidy()
        asking = Imagination(checker)
        for module, source in sources.items():
            answer = asking.types(str(package.root / module), source.code, "calls")
            asking.tidy()
            if answer["known"]:
                types[module] = ({"text": source.code, "calls": answer["calls"]},)
    finally:
        os.chdir(here)
    return types


def _gated(package: Published, sources: Mapping[str, Source]) -> list[tuple[str, Converted]]:
    """Convert modules, and let the proof and the tools judge them."""
    os.environ["VIRTUAL_ENV"] = str(package.environment)
    work = package.root.parent / "work"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(package.root, work)
    return asyncio.run(_rewritten(work, sources))


async def _rewritten(work: Path, sources: Mapping[str, Source]) -> list[tuple[str, Converted]]:
    rewriter = FileRewriter(
        CONVERT_TO_ASYNC, key="", line=None, complete=False, confirmed=True,
        provider=ProviderName.OFFLINE, warn=lambda _text: None, progress=lambda *_: None,
    )  # fmt: skip
    found = []
    try:
        for module in sources:
            async for rewritten in rewriter.rewrite([work / module]):
                outcome = rewritten.outcome
                reasons = _reasons(outcome.left) | ({"": outcome.reason} if outcome.reason else {})
                offered = frozenset(outcome.asked)
                status = str(outcome.result)
                found.append((module, Converted(rewritten.after, status, reasons, offered)))
    finally:
        await rewriter.stop()
    return found


def _reasons(left: Iterable[Skipped]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in left:
        found.setdefault(each.key, each.reason)
    return found


def _outcome(key: str, calls: list[str], source: Source, converted: Converted) -> tuple[str, str]:
    """Return the result for a function, and why it is not converted in full."""
    own = converted.reasons.get(key, "")
    reason = own or converted.reasons.get("") or "no reason is told"
    if key not in converted.offered:
        return ("refused" if own and own != NOTHING else "missed"), own or NOTHING
    if converted.after == source.text:
        return "refused", reason
    after = Source.of(converted.after)
    definition = after.definition(key)
    if definition is None:  # a converted special method has another key
        return "full", ""
    left = _on_loop(definition.node, calls)
    if isinstance(definition.node, ast.AsyncFunctionDef):
        reason = converted.reasons.get(key) or f"still calls {', '.join(sorted({*left}))}"
        return (
            ("full", "") if not left else ("partly" if len(left) < len(calls) else "kept", reason)
        )
    return ("full", "") if _is_threaded(after.tree, definition.node.name) else ("kept", reason)


def _on_loop(function: ast.AST, calls: list[str]) -> list[str]:
    """Return the targets of those calls that are still made without await."""
    awaited = {each.value for each in ast.walk(function) if isinstance(each, ast.Await)}
    made = Counter(_plain(each.func) for each in _calls(function) if each not in awaited)
    return [each.rpartition(".")[2] for each in (made & Counter(calls)).elements()]


def _plain(node: ast.expr) -> str:
    """Return the code of an expression without its calls in threads."""
    return ast.unparse(_Unthreaded().visit(copy.deepcopy(node)))


class _Unthreaded(ast.NodeTransformer):
    """Replaces ``await asyncio.to_thread(...)`` by the plain call."""

    def visit_Await(self, node: ast.Await) -> ast.AST:
        self.generic_visit(node)
        call = node.value
        if isinstance(call, ast.Call) and _is_thread(call) and call.args:
            return ast.Call(call.args[0], call.args[1:], call.keywords)
        return call


def _is_threaded(tree: ast.Module, name: str) -> bool:
    """Return whether a function is called in threads, and not by coroutines."""
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    inside = [each for each in calls if _is_thread(each) and each.args]
    given = {_last(each.args[0]) for each in inside}
    coroutines = [each for each in ast.walk(tree) if isinstance(each, ast.AsyncFunctionDef)]
    made = {_last(call.func) for function in coroutines for call in _calls(function)}
    return name in given - made


def _last(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def _show(title: str, rows: list[dict[str, Any]]) -> None:
    counts = Counter(row["outcome"] for row in rows)
    shares = ", ".join(f"{counts[each]} {each}" for each in OUTCOMES)
    files = {(row["package"], row["module"]): row["status"] for row in rows}
    status_counts = Counter(files.values())
    by_status = ", ".join(
        f"{count} {status or 'nothing'}" for status, count in status_counts.most_common()
    )
    share = counts["full"] / max(1, len(rows))
    print(  # noqa: T201
        f"{title}: {len(rows)} functions, {share:.0%} full: {shares}; files: {by_status}",
        flush=True,
    )


def _show_reasons(rows: list[dict[str, Any]], most: int) -> None:
    for outcome in OUTCOMES[1:]:
        why = Counter(generalised(row["reason"]) for row in rows if row["outcome"] == outcome)
        for reason, count in why.most_common(most):
            print(f"  {outcome:8} {count:4}  {reason}")  # noqa: T201


if __name__ == "__main__":
    main()
