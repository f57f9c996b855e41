"""Count linter findings in generated docstrings of six packages.

The original docstrings are removed. All definitions are documented, as if a linter required it;
where the engine has no content, it writes TODO.

Run it as ``python -m tests.bench.offline_docstrings [CACHE]``. It fetches the packages from PyPI
into a cache folder. pydoclint has its own environment there, because its parser overwrites a
package of the same name.
"""

# ruff: noqa: T201 - a script that prints its table
from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.actions.add_docstrings import AddDocstrings
from python_expert.actions.add_docstrings.offline import propose
from python_expert.actions.add_docstrings.proof import prove
from python_expert.actions.add_docstrings.targets import is_public
from python_expert.actions.base import Options
from python_expert.analysis.signatures import docstring_node, is_overload, shape_of
from python_expert.analysis.source import Source, apply_edits
from python_expert.config.settings import Style
from python_expert.text.decoding import decode
from python_expert.text.document import Edit, Position, Range
from tests.actions import DEMANDED

if TYPE_CHECKING:
    from python_expert.gate.verdict import Status

PACKAGES = {
    "httpx": "0.28.1",
    "click": "8.5.1",
    "starlette": "1.10.0",
    "structlog": "26.1.0",
    "pydantic-settings": "2.16.3",
    "packaging": "26.3",
}
PYDOCLINT = "pydoclint==0.12.0"
STYLES = (Style.GOOGLE, Style.NUMPY, Style.SPHINX)

NOT_WRITTEN = {"D100", "D104", "D107"}
"""Rules on docstrings of modules, which are never written, and of constructors.

A constructor's docstring is that of the class. ruff's Google convention also requires one of the
constructor, which pydoclint reports as DOC301.
"""

OF_SIGNATURES = {"DOC106", "DOC107"}
"""pydoclint's rules on hints in signatures, which no docstring can satisfy."""


class Outcome(NamedTuple):
    """The results of one package in one style.

    Attributes:
        public: Public functions and classes that may have a docstring.
        documented: Those that have a docstring afterwards.
        verdicts: How many files the gate accepted, asked about, or refused.
        faults: Findings of ruff and pydoclint, by rule.
        contradictions: Findings of pydoclint for which ruff requires the opposite.
        lines: The findings as text.
    """

    public: int
    documented: int
    verdicts: Counter[Status]
    faults: Counter[str]
    contradictions: int
    lines: list[str]


def strip(text: str) -> str:
    """Return a text without any docstrings, including those of the module and of attributes."""
    source = Source.of(text)
    edits: dict[Range, Edit] = {}
    if source.tree.body and ast.get_docstring(source.tree) is not None:
        where, put = lines_of(source, source.tree.body[0], "")
        edits[where] = Edit(where, put)
    for definition in source.definitions:
        node = definition.node
        if statement := docstring_node(node):
            only = "..." if len(node.body) == 1 else ""
            where, put = lines_of(source, statement, only)
            edits[where] = Edit(where, put)
        if isinstance(node, ast.ClassDef):
            for above, each in zip(node.body, node.body[1:], strict=False):
                is_text = isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)
                if is_text and isinstance(above, ast.Assign | ast.AnnAssign):
                    where, put = lines_of(source, each, "")
                    edits[where] = Edit(where, put)
    return apply_edits(text, edits.values())


def lines_of(source: Source, statement: ast.stmt, instead: str) -> tuple[Range, str]:
    """Return a docstring's lines with blank lines below, or only its literal if not alone."""
    where = source.range(statement)
    line = source.lines[where.start.line]
    rest = source.lines[where.end.line][where.end.column :]
    if instead or line[: where.start.column].strip() or rest.strip():
        return where, instead or "0"
    end = where.end.line + 1
    while end < len(source.lines) and not source.lines[end].strip():
        end += 1
    if end == len(source.lines):  # a class that has only docstrings
        return where, "0"
    return Range(Position(where.start.line, 0), Position(end, 0)), ""


def document(text: str, style: Style) -> tuple[str, Status, int, int]:
    """Document a stripped text, as if linters required all docstrings.

    Returns:
        The new text, the gate's status, how many may have a docstring and how many have one.
    """
    before = Source.of(text)
    options = Options(style=style, demanded=DEMANDED)
    rewrite = AddDocstrings()
    targets, _ = rewrite.targets(before, None, options)
    facts = dict(propose(before, [target.key for target in targets], options))
    after = before.with_edits(rewrite.write(before, facts, options).edits)
    public = [
        each
        for each in after.definitions
        if is_public(each) and not is_overload(each.node) and not _has_other_place(each.node)
    ]
    documented = [each for each in public if docstring_node(each.node)]
    return after.text, prove(before, after, options).status, len(public), len(documented)


def _has_other_place(node: ast.AST) -> bool:
    """Return whether the docstring belongs to the class (constructors) or the getter (setters)."""
    name, decorators = getattr(node, "name", ""), getattr(node, "decorator_list", [])
    return name == "__init__" or any(
        isinstance(each, ast.Attribute) and each.attr in {"setter", "deleter"}
        for each in decorators
    )


class Fault(NamedTuple):
    """A finding of ruff or pydoclint.

    Attributes:
        rule: The tool and its rule.
        path: The file, relative to the folder.
        line: The line, 1-based.
        message: The message.
    """

    rule: str
    path: str
    line: int
    message: str


def faults(folder: Path, style: Style, pydoclint: Path) -> list[Fault]:
    """Return the findings of ruff and pydoclint in a folder."""
    found: list[Fault] = []
    if style is not Style.SPHINX:
        config = f'lint.pydocstyle.convention="{style.value}"'
        done = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--isolated", "--preview", "--no-cache",
             "--select", "D,DOC", "--target-version", "py311", "--config", config,
             "--output-format", "json", "."],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        for each in _json(done.stdout):
            path = str(Path(each["filename"]).relative_to(folder.resolve()))
            row = each["location"]["row"]
            found.append(Fault(f"ruff {each['code']}", path, row, each["message"]))
    done = subprocess.run(
        [pydoclint, "--quiet", f"--style={style.value}", "--skip-checking-short-docstrings=False",
         "--arg-type-hints-in-docstring=False", "--check-return-types=False", "."],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "Traceback" in done.stderr or done.returncode not in {0, 1}:
        raise RuntimeError(done.stderr)
    path = ""
    for line in (done.stderr + done.stdout).splitlines():
        number, _, message = line.strip().partition(": ")
        if number.isdecimal():
            code = message.partition(":")[0]
            found.append(Fault(f"pydoclint {code}", path, int(number), message))
        elif line.strip():
            path = line.strip()
    return [each for each in found if each.rule.split()[1] not in NOT_WRITTEN | OF_SIGNATURES]


def is_contradiction(fault: Fault, folder: Path, style: Style) -> bool:
    """Return whether pydoclint requires a section that ruff calls extraneous, or vice versa."""
    if style is Style.SPHINX or not fault.rule.startswith("pydoclint"):
        return False
    source = Source.of((folder / fault.path).read_text(encoding="utf-8"))
    for definition in source.definitions:
        if definition.node.lineno == fault.line:
            ruff = shape_of(source, definition, only_pydoclint=False)
            alone = shape_of(source, definition, only_pydoclint=True)
            return (ruff.returns, ruff.yields) != (alone.returns, alone.yields)
    return False


def _json(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)
    return found


def pydoclint_in(cache: Path) -> Path:
    """Return the path of pydoclint in its own environment, which is created if necessary."""
    home = cache / "pydoclint"
    scripts = home / ("Scripts" if sys.platform == "win32" else "bin")
    if not (scripts / "pydoclint").exists():
        venv.create(home, with_pip=True)
        subprocess.run([scripts / "pip", "install", "-q", PYDOCLINT], check=True)
    return scripts / "pydoclint"


def package_in(cache: Path, name: str, version: str) -> Path:
    """Return the folder of a package from PyPI, without its dependencies."""
    target = cache / f"{name}-{version}"
    if not target.exists():
        argv = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-compile"]
        subprocess.run([*argv, "--target", target, f"{name}=={version}"], check=True)
    return target / name.replace("-", "_")


def run(package: Path, style: Style, pydoclint: Path, work: Path) -> Outcome:
    """Strip and document one package in a working folder, and collect the findings."""
    public = documented = 0
    verdicts: Counter[Status] = Counter()
    for path in sorted(package.rglob("*.py")):
        text, verdict, could, did = document(strip(decode(path.read_bytes())), style)
        copy = work / path.relative_to(package.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, encoding="utf-8", newline="")
        verdicts[verdict] += 1
        public, documented = public + could, documented + did
    found = faults(work, style, pydoclint)
    real = [each for each in found if not is_contradiction(each, work, style)]
    return Outcome(
        public,
        documented,
        verdicts,
        Counter(each.rule for each in real),
        len(found) - len(real),
        [f"{each.path}:{each.line}: {each.rule}: {each.message}" for each in found],
    )


def main() -> None:
    """Print one row for each package and style."""
    cache = Path(
        sys.argv[1] if len(sys.argv) > 1 else Path.home() / ".cache" / "python-expert-bench"
    )
    cache.mkdir(parents=True, exist_ok=True)
    pydoclint = pydoclint_in(cache)
    print(f"{'package':20}{'style':8}{'documented':>14}  {'gate':26}{'contradictory':>13}  faults")
    for name, version in PACKAGES.items():
        package = package_in(cache, name, version)
        for style in STYLES:
            with tempfile.TemporaryDirectory() as work:
                outcome = run(package, style, pydoclint, Path(work))
                share = f"{outcome.documented}/{outcome.public}"
                gate = ", ".join(f"{count} {status}" for status, count in outcome.verdicts.items())
                row = f"{name:20}{style:8}{share:>14}  {gate:26}{outcome.contradictions:>13}"
                print(row, dict(outcome.faults) or 0, sep="  ", flush=True)
                for line in outcome.lines:
                    print(f"    {line}", file=sys.stderr)


if __name__ == "__main__":
    main()
