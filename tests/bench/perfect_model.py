"""Measure how much of a perfect model's answers reaches the file unchanged.

``python -m tests.bench.perfect_model`` takes modules of published packages without their
docstrings, or without the hints of their functions and the imports that only those need. It
rewrites them under several configurations, from the question to the gate, with a loopback endpoint
of the Messages API that answers with the authors' own texts and types. A hint is right if it is the
same type, a docstring if it has the same words; layout does not matter. Only what the program asks
for is counted. All confirmations are given.
"""

from __future__ import annotations

import ast
import asyncio
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.analysis.source import Source
from python_expert.cli.rewrite_files import FileRewriter
from python_expert.config.settings import ProviderName
from python_expert.llm.usage import Usage
from tests.actions import ADD_DOCSTRINGS
from tests.bench.authors import generalised
from tests.bench.hints.corpus import hints_of
from tests.bench.published import (
    ACTIONS,
    TUNING,
    Published,
    fetch,
    parser,
    some_modules,
    text_of,
    without,
)
from tests.gate.said import facts
from tests.messages import PROXIES, MessagesServer, reply
from tests.model import asked_for, says
from tests.zoo import zoo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from python_expert.actions.base import Action
    from python_expert.cli.rewritten import Rewritten
    from tests.messages import Request

OUR_OWN = "\n[tool.python-expert]\nllm.repair-attempts = 0\n"
"""Without repair attempts, because the model would give the same answer again."""

ALL = '\n[tool.ruff]\nline-length = 79\n[tool.ruff.lint]\nselect = ["ALL"]\n'
REAL = ("home-assistant", "poetry", "trio")
"""The projects of `tests/zoo` whose configurations are used."""

PROFILES = ("default", "all", *REAL)
CONFIGURATION = (
    "pyproject.toml", "setup.cfg", "tox.ini", "mypy.ini", ".mypy.ini", "ruff.toml", ".ruff.toml",
)  # fmt: skip
OLDEST = ">=3.9"
"""The required Python of a package whose pyproject.toml does not have one."""

_DUE = re.compile(r"^(args|attributes|raises|returns|yields)(?:: (.*))?$", re.MULTILINE)
_END = " .!?:;,\\"


class Lost(NamedTuple):
    """A hint or docstring that is missing although the model gave it.

    Attributes:
        where: The definition, with the parameter of a hint.
        wanted: What the authors wrote.
        got: The text in the file, or empty.
        reason: The reason in the report.
    """

    where: str
    wanted: str
    got: str
    reason: str


class Case(NamedTuple):
    """A module to rewrite.

    Attributes:
        path: The module's path.
        action: The action.
        truth: The authors' text.
        before: The text without what the action adds.
    """

    path: Path
    action: Action
    truth: Source
    before: str


def main() -> None:
    """Measure, print tables, and write the lost hints and docstrings."""
    options = parser(__doc__, "only these packages", modules=3)
    options.add_argument("--profile", choices=PROFILES, action="append", help="only this one")
    given = options.parse_args()
    rows: list[dict[str, Any]] = []
    for profile in given.profile or PROFILES:
        for name, version in TUNING.items():
            if not given.packages or name in given.packages:
                package = fetch(name, version, given.cache)
                for kind, action in ACTIONS.items():
                    if given.kind in {None, kind}:
                        chance = random.Random(given.seed)  # noqa: S311 - not used for secrets
                        result = measure(package, action, profile, given.modules, chance)
                        rows.append({"profile": profile, "package": name, "kind": kind, **result})
        for kind in ACTIONS:
            some = [row for row in rows if (row["profile"], row["kind"]) == (profile, kind)]
            if some:
                _show(f"{profile}, {kind}", some)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def measure(
    package: Published, action: Action, profile: str, modules: int, chance: random.Random
) -> dict[str, Any]:
    """Rewrite random modules of a package under a configuration."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, MessagesServer() as server:
        root = Path(folder) / "project"
        shutil.copytree(package.root, root)
        _configure(root, profile, package)
        chosen = list(some_modules(package, action, modules, chance))
        cases = [_case(root / module, action) for module in chosen]
        with _environment({**server.variables, "VIRTUAL_ENV": str(package.environment)}):
            asked, lost, unasked = asyncio.run(_rewrite(cases, server))
    return {
        "modules": [module.as_posix() for module in chosen],
        "asked": asked,
        "unasked": unasked,
        "lost": [each._asdict() for each in lost],
        "seconds": round(time.monotonic() - start),
    }


def _configure(root: Path, profile: str, package: Published) -> None:
    """Write another configuration into a copy of a package."""
    required = OLDEST
    if (root / "pyproject.toml").exists():
        own = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
        required = own.get("project", {}).get("requires-python", OLDEST)
    for name in CONFIGURATION:
        (root / name).unlink(missing_ok=True)
    project = f'[project]\nname = "{package.name}"\nversion = "1"\nrequires-python = "{required}"\n'
    if profile in REAL:
        source = zoo.HERE / "configurations" / profile
        for path in source.glob("*.txt"):
            shutil.copy(path, root / path.name.removesuffix(".txt"))
        with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(OUR_OWN)
    else:
        text = project + (ALL if profile == "all" else "") + OUR_OWN
        (root / "pyproject.toml").write_text(text, encoding="utf-8")


def _case(path: Path, action: Action) -> Case:
    truth = Source.of(text_of(path))
    before = without(action, truth)
    if action is not ADD_DOCSTRINGS:
        before = _without_imports(before)
    path.write_text(before, encoding="utf-8", newline="")
    return Case(path, action, truth, before)


def _without_imports(text: str) -> str:
    """Return a text without the names that it imports from modules and no longer uses."""
    modules = [
        alias.asname or alias.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    used = "\n" + "; ".join(dict.fromkeys(modules)) + "\n" if modules else ""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--quiet", "--fix",
         "--select", "F401", "-"],
        input=text + used, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.removesuffix(used) if done.stdout.endswith(used) else text


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    for name in PROXIES:
        os.environ.pop(name, None)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


async def _rewrite(cases: list[Case], server: MessagesServer) -> tuple[int, list[Lost], int]:
    """Rewrite modules; return how much was asked, what was lost, and how much was not asked."""
    asked, lost, unasked = 0, list[Lost](), 0
    for case in cases:
        answers = facts(case.action, case.before, case.truth.text)
        questions: dict[str, dict[str, Any]] = {}

        def answer(request: Request, answers: Any = answers, questions: Any = questions) -> Any:  # noqa: ANN401
            key = asked_for(request)
            fields = _due(answers.get(key, {}), request.body["messages"][0]["content"])
            questions[key] = fields
            return reply(says(key, **fields), usage=Usage(1, 1), piece=10_000)

        server.answer = answer
        rewriter = FileRewriter(
            case.action, key="", line=None, complete=False, confirmed=True,
            provider=ProviderName.ANTHROPIC, warn=lambda _text: None, progress=lambda *_: None,
        )  # fmt: skip
        try:
            async for rewritten in rewriter.rewrite([case.path]):
                count, gone, rest = _compare(case, rewritten, questions)
                asked, lost, unasked = asked + count, lost + gone, unasked + rest
        finally:
            await rewriter.stop()
    return asked, lost, unasked


def _due(answer: Mapping[str, Any], question: str) -> dict[str, Any]:
    """Return an answer without the sections that the question does not ask for."""
    due = {kind: set(names.split(", ")) for kind, names in _DUE.findall(question)}
    found = dict(answer)
    result = found.get("returns") or found.get("yields")
    for kind in ("returns", "yields"):
        if kind in found:
            found[kind] = result if kind in due and result else ""
    for kind in ("args", "attributes", "raises"):
        if kind in found:
            names = {name.lstrip("*") for name in due.get(kind, ())}
            found[kind] = [
                each for each in found[kind] if each.partition(":")[0].lstrip("*") in names
            ]
    return found


def _compare(
    case: Case, rewritten: Rewritten, questions: Mapping[str, Mapping[str, Any]]
) -> tuple[int, list[Lost], int]:
    after = Source.of(rewritten.after)
    reasons = {each.key: each.reason for each in rewritten.outcome.left}
    general = reasons.get("", "") or (rewritten.outcome.reason if not rewritten.after else "")
    if case.action is ADD_DOCSTRINGS:
        return _compare_words(after, questions, reasons, general)
    truth, given = hints_of(case.truth, ""), hints_of(after, "")
    asked = {spot: hint for spot, hint in truth.items() if _answers(questions, spot.key, spot.name)}
    lost = [
        Lost(
            f"{rewritten.path.name}: {spot.key}, {spot.name}",
            hint,
            given.get(spot, ""),
            reasons.get(spot.key, general),
        )
        for spot, hint in asked.items()
        if given.get(spot) != hint
    ]
    return len(asked), lost, len(truth) - len(asked)


def _answers(questions: Mapping[str, Mapping[str, Any]], key: str, name: str) -> bool:
    types = questions.get(key, {}).get("types", ())
    return any(each.partition(":")[0] == name for each in types)


def _compare_words(
    after: Source,
    questions: Mapping[str, Mapping[str, Any]],
    reasons: Mapping[str, str],
    general: str,
) -> tuple[int, list[Lost], int]:
    lost = []
    asked = {key: fields for key, fields in questions.items() if fields.get("summary")}
    for key, fields in asked.items():
        definition = after.definition(key)
        text = (ast.get_docstring(definition.node) or "") if definition else ""
        missing = [piece for piece in _parts(fields) if piece not in _normalised(text)]
        if missing:
            reason = reasons.get(key, general) if not text else "the words are other ones"
            lost.append(Lost(key, missing[0], text, reason))
    return len(asked), lost, 0


def _parts(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield each paragraph and entry of an answer."""
    for field in ("summary", "details", "returns", "yields"):
        for paragraph in re.split(r"\n\s*\n", fields.get(field) or ""):
            yield _normalised(paragraph)
    for field in ("args", "raises", "attributes"):
        for entry in fields.get(field, ()):
            yield _normalised(entry.partition(":")[2])


def _normalised(text: str) -> str:
    """Return a text's words, without the final punctuation and without quotes of code."""
    return " ".join(text.replace("`", "").split()).rstrip(_END).casefold()


def _show(title: str, rows: list[dict[str, Any]]) -> None:
    asked = sum(row["asked"] for row in rows)
    lost = [each for row in rows for each in row["lost"]]
    modules = sum(len(row["modules"]) for row in rows)
    share = (asked - len(lost)) / max(1, asked)
    print(f"{title}: {asked - len(lost)} of {asked} ({share:.1%}), {modules} modules")  # noqa: T201
    why = Counter(
        generalised(each["reason"]) or ("another type" if each["got"] else "no reason is told")
        for each in lost
    )
    for reason, count in why.most_common():
        print(f"    {count:4}  {reason}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
