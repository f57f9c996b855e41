"""Checks that the replacements are available, and that added imports are needed."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from python_expert.actions.convert_to_async.http_differences import caveats
from python_expert.actions.convert_to_async.proof import dynamic_lookups
from python_expert.actions.convert_to_async.replacements import REPLACEMENTS, THREAD

if TYPE_CHECKING:
    from python_expert.actions.convert_to_async.proof.report import ProofReport
    from python_expert.gate.verdict import Circumstances


def check(report: ProofReport, options: Circumstances) -> None:
    """Check the replacements against the project's packages and its Python version."""
    pairs = report.pairs
    used = {*pairs.replaced.values(), *(swap.replacement for swap in pairs.makers.values())}
    used |= {THREAD} if pairs.split else set()
    needed = {REPLACEMENTS[name].module for name in used} | {"asyncio", "contextlib"}
    for module in sorted(pairs.added - needed):
        report.refuse(None, f"{module} is imported, but not needed")
    if pairs.ran and options.path.endswith(".ipynb"):
        report.refuse(pairs.ran[0], "asyncio.run is not allowed in a notebook")
    dynamic_lookups.itself(report, PurePath(options.path).stem)
    for name in sorted(used):
        known = REPLACEMENTS[name]
        if known.since > options.python:
            since = ".".join(map(str, known.since))
            own = options.named_python
            report.refuse(None, f"{name} needs Python {since}, but the code must run on {own}")
        if known.package and known.package not in options.packages:
            report.refuse(None, f"{known.package} is not installed")
    for each in caveats(used, report.program.names.tree):
        report.ask(None, each)
