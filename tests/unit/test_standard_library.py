"""All rewrites on the running Python's standard library, with the proposals of the rules.

It takes almost an hour, so only ``pytest -m long`` runs it. It can also be run
as a program, which prints figures: ``python -m tests.unit.test_standard_library [share/shares]``.
"""

from __future__ import annotations

import ast
import sys
import sysconfig
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from python_expert.actions.add_docstrings import AddDocstrings
from python_expert.actions.add_docstrings import offline as docstrings
from python_expert.actions.add_docstrings.proof import prove as prove_docstrings
from python_expert.actions.add_type_hints import AddTypeHints
from python_expert.actions.add_type_hints import offline as type_hints
from python_expert.actions.add_type_hints.proof import prove as prove_hints
from python_expert.actions.base import Options
from python_expert.actions.convert_to_async import ConvertToAsync
from python_expert.actions.convert_to_async import offline as to_async
from python_expert.actions.convert_to_async.proof import prove as prove_conversion
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.nodes import is_checking
from python_expert.analysis.source import Source
from python_expert.text.decoding import readable
from tests.actions import DEMANDED
from tests.scale import LONG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIBRARY = Path(sysconfig.get_path("stdlib"))
SHARES = 20
OPTIONS = Options(python=sys.version_info[:2], confirmed=True, demanded=DEMANDED)
ACTIONS = {
    "docstrings": (AddDocstrings(), docstrings.propose, prove_docstrings),
    "type hints": (AddTypeHints(), type_hints.propose, prove_hints),
    "to async": (ConvertToAsync(), to_async.propose, prove_conversion),
}


def files(share: int, shares: int) -> list[Path]:
    """Return a share of the library's modules, without installed packages."""
    every = sorted(path for path in LIBRARY.rglob("*.py") if "site-packages" not in path.parts)
    return every[share::shares]


def compiled(text: str) -> str:
    """Return why a text does not compile, or an empty string."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<text>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        return str(error)
    return ""


class Bare(ast.NodeTransformer):
    """Removes docstrings, annotations and imports from a tree."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("annotation", "returns"):
            if hasattr(node, field):
                setattr(node, field, None)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            node.body = node.body[_is_text(node.body[0]) :]
        return super().generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return self.generic_visit(node)
        return self.generic_visit(ast.Assign([node.target], node.value))

    def visit_Module(self, node: ast.Module) -> ast.AST:
        node.body = list(_without_imports(node.body))
        return self.generic_visit(node)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(getattr(node.value, "value", None), str)


def _without_imports(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for each in body:
        if isinstance(each, ast.If) and is_checking(each.test):
            each.body = list(_without_imports(each.body))
            if each.body or each.orelse:
                yield each
        elif not isinstance(each, ast.Import | ast.ImportFrom):
            yield each


def bare(text: str) -> str:
    """Return a dump of a text's tree without docstrings, annotations and imports."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.dump(Bare().visit(ast.parse(text)))


def faults(path: Path, figures: Counter[str]) -> Iterator[str]:
    """Yield the faults of all rewrites of one file; count the files and times in `figures`."""
    text = readable(path.read_bytes())
    if why := compiled(text):
        figures[f"not compiled: {why.split('(')[0][:40]}"] += 1
        return
    source = Source.of(text)
    figures["files"] += 1
    for name in ACTIONS:
        start = time.perf_counter()
        try:
            yield from (f"{path}: {name}: {why}" for why in _faults_of(source, name, figures))
        except Exception:  # noqa: BLE001 - any exception is an error of ours
            yield f"{path}: {name}: {traceback.format_exc()}"
        figures[f"{name}: ms"] += round(1000 * (time.perf_counter() - start))


def _faults_of(source: Source, name: str, figures: Counter[str]) -> Iterator[str]:
    rewrite, propose, prove = ACTIONS[name]
    targets, _ = rewrite.targets(source, None, OPTIONS)
    facts = dict(propose(source, [each.key for each in targets], OPTIONS))
    candidate = rewrite.write(source, facts, OPTIONS)
    figures[f"{name}: definitions changed"] += len(candidate.changed)
    figures[f"{name}: definitions left out"] += len(candidate.left)
    if not candidate.edits:
        figures[f"{name}: nothing to do"] += 1
        return
    try:
        after = source.with_edits(candidate.edits)
    except (BrokenError, ValueError) as error:
        yield f"cannot be written: {error}"
        return
    verdict = prove(source, after, OPTIONS)
    figures[f"{name}: {verdict.status}"] += 1
    for reason in verdict.reasons if verdict.status == "refused" else ():
        figures[f"{name}: refused: {reason.message.rpartition(':')[2][-70:]}"] += 1
    if why := compiled(after.text):
        yield f"does not compile: {why}"
    elif name != "to async" and bare(source.text) != bare(after.text):
        yield "the trees differ"


@pytest.mark.long
@pytest.mark.skipif(not LONG, reason="takes most of an hour: pytest -m long")
@pytest.mark.parametrize("share", range(SHARES))
def test_all_rewrites_go_through_the_standard_library(
    share: int,
) -> None:
    figures: Counter[str] = Counter()
    found = [each for path in files(share, SHARES) for each in faults(path, figures)]
    assert not found, "\n".join(found)
    assert figures["files"]


def main(share: int, shares: int) -> None:
    """Print the faults and the figures."""
    figures: Counter[str] = Counter()
    say: Callable[[str], None] = lambda text: print(text, flush=True)  # noqa: E731, T201
    for path in files(share, shares):
        start = time.perf_counter()
        for each in faults(path, figures):
            say(f"FAULT {each}")
        if (took := time.perf_counter() - start) > 20:
            say(f"slow: {path} {took:.0f} s")
    for name, count in sorted(figures.items()):
        say(f"{count:8} {name}")


if __name__ == "__main__":
    main(*map(int, (sys.argv[1] if len(sys.argv) > 1 else "0/1").split("/")))
