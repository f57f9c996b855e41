"""Plans, writes and proves conversions to async."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from python_expert.actions.base import Candidate, Facts, Options, Skipped
from python_expert.actions.convert_to_async.checks import offers
from python_expert.actions.convert_to_async.http_differences import caveats
from python_expert.actions.convert_to_async.objects import RefusedError, maker_target
from python_expert.actions.convert_to_async.plan import Planner
from python_expert.actions.convert_to_async.proof import prove
from python_expert.actions.convert_to_async.replacements import ENTERED, NOTES, THREAD
from python_expert.actions.convert_to_async.targets import no_call
from python_expert.actions.convert_to_async.write import Writer
from python_expert.analysis.aliases import second_names
from python_expert.analysis.call_graph import Program, program_of
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.scopes import FUNCTIONS, Function
from python_expert.gate.verdict import Status, Verdict
from python_expert.text.document import Position

if TYPE_CHECKING:
    from collections.abc import Iterable

    from python_expert.actions.convert_to_async.uses import Plan
    from python_expert.analysis.source import Source
    from python_expert.text.document import Edit

ATTEMPTS = 8
"""The most attempts to write a plan, each without the functions that the proof refuses."""

_PROVEN: list[tuple[object, Verdict]] = []
"""The last edit that was proven, with its verdict."""


class ChosenReplacement(BaseModel):
    """The replacement of one blocking call.

    Attributes:
        line: The 0-based line of the call, counted from the first line of its function.
        column: Its 0-based column, in code points.
        replacement: The id of an entry in the table of replacements.
    """

    model_config = ConfigDict(extra="forbid")

    line: int
    column: int
    replacement: str


class Conversion(BaseModel):
    """The proposal for one function.

    Attributes:
        convert: Whether it becomes async.
        calls: The chosen replacements; other calls get the first one in the table.
        without: Functions that must stay sync, by key, with the reason; see `attribution`.
    """

    model_config = ConfigDict(extra="forbid")

    convert: bool
    calls: list[ChosenReplacement] = Field(default_factory=list)
    without: dict[str, str] = Field(default_factory=dict)


def write(source: Source, facts: Facts, options: Options) -> Candidate:
    """Convert the proposed functions that can be converted, each with its dependents."""
    program = program_of(source, options.types, options.elsewhere)
    proposal = _Proposal(program, facts)
    planner = Planner(program, proposal.choices, options.packages)
    for function, why in proposal.without.items():
        planner.members.keep(function, why)
    try:
        plan, edits = _accepted(source, planner, proposal.seeds, options)
    except (RefusedError, BrokenError, ValueError) as error:
        why = str(error) if isinstance(error, RefusedError) else f"it cannot be written: {error}"
        found = [
            _skipped(key, planner.stays.get(each, why)) for each, key in proposal.seeds.items()
        ]
        return Candidate((), left=(*proposal.left, *(found or [Skipped("", why)])))
    left = [
        *proposal.left,
        *(
            _skipped(key, planner.stays[function])
            for function, key in proposal.seeds.items()
            if function not in (*plan.functions, *plan.splits)
        ),
    ]
    if not edits:
        return Candidate((), left=tuple(left))
    changed = {program.definitions[each].key for each in (*plan.functions, *plan.splits)}
    ordered = tuple(each.key for each in source.definitions if each.key in changed)
    return Candidate(edits, ordered, tuple(left), tuple(_sentences(program, plan, options)))


def proven(before: Source, after: Source, options: Options) -> Verdict:
    """Return the proof's verdict on an edit; cached for the writer and the gate."""
    asked = (before.text, before.masked, after.text, after.masked, options)
    if not _PROVEN or _PROVEN[0][0] != asked:
        _PROVEN[:] = [(asked, prove(before, after, options))]
    return _PROVEN[0][1]


def _accepted(
    source: Source, planner: Planner, seeds: Iterable[Function], options: Options
) -> tuple[Plan, tuple[Edit, ...]]:
    """Make a plan and its edits; functions whose edits the proof would refuse stay sync.

    Raises:
        RefusedError: Nothing can be written.
        BrokenError: The result does not compile.
        ValueError: The result does not compile.
    """
    plan, edits = _written(planner.program, planner, seeds)
    for _ in range(ATTEMPTS):
        after = source.with_edits(edits)
        verdict = proven(source, after, options) if edits else Verdict(Status.ACCEPTED)
        blamed = _rejected_functions(plan, planner.program, after, verdict)
        if not blamed:
            break
        for function, why in blamed.items():
            if function in plan.splits:
                planner.unsplit.add(function)
            else:
                planner.members.keep(function, why)
        plan, edits = _written(planner.program, planner, seeds)
    return plan, edits


def _rejected_functions(
    plan: Plan, program: Program, after: Source, verdict: Verdict
) -> dict[Function, str]:
    """Return the functions that caused a refusal by the proof, with the reasons."""
    found: dict[Function, str] = {}
    for reason in verdict.reasons if verdict.status is Status.REFUSED else ():
        keys = [reason.key] if reason.key else []
        keys += [
            each.key
            for each in after.definitions
            if each.range.start.line <= reason.line <= each.range.end.line
        ][::-1]
        words = set(re.findall(r"\w+", reason.message))
        functions = (*plan.splits, *plan.functions)
        named = [each for each in functions if each.name in words]
        around = [each for each in functions if program.definitions[each].key in keys]
        for function in named or around[:1]:
            found.setdefault(function, reason.message)
    return found


def _written(
    program: Program, planner: Planner, seeds: Iterable[Function]
) -> tuple[Plan, tuple[Edit, ...]]:
    """Make a plan and its edits; functions with a part that cannot be written stay sync.

    Raises:
        RefusedError: Nothing can be written.
    """
    while True:
        plan = planner.build(seeds)
        try:
            changes = plan.functions or plan.splits or plan.runs or plan.awaits
            return plan, Writer(program, plan).write() if changes else ()
        except RefusedError as error:
            if error.node in plan.splits:
                planner.unsplit |= {each for each in plan.splits if each is error.node}
                continue
            function = program.names.function_of(error.node) if error.node is not None else None
            if function is None or function in planner.stays:
                raise
            planner.members.keep(function, str(error))


class _Proposal:
    """The valid part of a proposal.

    Attributes:
        seeds: The functions to convert, with their keys.
        choices: The chosen replacements.
        without: The functions that must stay sync, with the reason.
        left: The invalid parts.
    """

    def __init__(self, program: Program, facts: Facts) -> None:
        self.seeds: dict[Function, str] = {}
        self.choices: dict[ast.Call, str] = {}
        self.without: dict[Function, str] = {}
        self.left: list[Skipped] = []
        for key, fact in facts.items():
            self._read(program, key, fact)

    def _read(self, program: Program, key: str, fact: Any) -> None:  # noqa: ANN401 - any value
        definition = program.source.definition(key)
        if definition is None or not isinstance(definition.node, FUNCTIONS):
            self.left.append(Skipped(key, "there is no such function"))
            return
        try:
            conversion = Conversion.model_validate(fact)
        except ValidationError:
            self.left.append(Skipped(key, "the proposal cannot be read"))
            return
        if not conversion.convert:
            return
        for other, why in conversion.without.items():
            found = program.source.definition(other)
            if found is not None and isinstance(found.node, ast.FunctionDef):
                self.without[found.node] = why
        if definition.node not in program.blocking:
            self.left.append(Skipped(key, no_call(program, definition.node)))
            return
        self.seeds[definition.node] = key
        first = definition.range.start.line
        calls = {
            Position(start.line - first, start.column): call
            for call in reversed(program.calls.get(definition.node, []))
            if program.blocks(call) and (start := program.source.range(call).start)
        }
        for choice in conversion.calls:
            call = calls.get(Position(choice.line, choice.column))
            if call is None or choice.replacement not in offers(program, call):
                line = first + choice.line + 1
                text = f"line {line}: {choice.replacement[:60]} is not an option here"
                self.left.append(Skipped(key, text))
            else:
                self.choices[call] = choice.replacement


def _skipped(key: str, reason: str) -> Skipped:
    """Return a function that stays sync, with its name before the reason if necessary."""
    name = key.partition("#")[0]
    return Skipped(key, reason.removeprefix(f"{name} ").removeprefix(f"{name}, "))


def _sentences(program: Program, plan: Plan, options: Options) -> list[str]:
    """Return what the user must agree to, as sentences."""
    new = [each for each in plan.functions if isinstance(each, ast.FunctionDef)]
    new += [each for each in plan.splits if isinstance(each, ast.FunctionDef)]
    found = []
    if new:
        listed = ", ".join(sorted({program.name(each) for each in new}))
        found.append(f"These functions become async: {listed}.")
    public = sorted(
        {
            program.name(each)
            for each in new
            if not any(part.startswith("_") for part in program.name(each).split("."))
            and all(isinstance(each, ast.ClassDef) for each in program.definitions[each].parents)
        }
    )
    public += sorted(each.id for one in new for each in second_names(program, one))
    if public and not options.converted:
        others = "Code outside of the project" if options.callers else "Other files"
        verb = "calls" if options.callers else "call"
        found.append(f"{others} that {verb} {', '.join(public)} must await the call.")
    found += [
        f"Other files that use {name} must replace `{keyword}` by `async {keyword}`."
        for keyword, methods in ENTERED.items()
        for name in sorted({program.name(e).rpartition(".")[0] for e in new if e.name in methods})
        if name[:1] not in {"", "_"}
    ]
    shared = {
        slot[1]
        for each in plan.exchanges
        for slot in [program.names.slot(maker_target(program.names, each.makers[0]) or ast.Pass())]
        if slot and isinstance(slot[0], ast.Module) and not slot[1].startswith("_")
    }
    if shared:
        found.append(
            f"Other files that use {', '.join(sorted(shared))} must use it as asyncio requires."
        )
    threads = [call for call, how in plan.replaced.items() if how == THREAD]
    called = (program.typed.movable.get(e) or program.names.dotted(e.func) for e in threads)
    made = {(each or "").rpartition(".")[0] for each in called}
    found += [f"{text}." for name, text in NOTES.items() if name in made]
    used = {*plan.replaced.values(), *(each.swap.replacement for each in plan.exchanges)}
    staying = [call for each in plan.functions for call in program.calls.get(each, ())]
    for call in staying:
        if why := program.typed.staying.get(call):
            text = f"line {call.lineno}: {ast.unparse(call.func)} still blocks the event loop"
            found.append(f"{text}: {why}.")
    found += [f"{each}." for each in caveats(used, program.names.tree)]
    return [*found, *(f"{each}." for each in dict.fromkeys(plan.notes))]
