"""Find the mutants of hints that the code contradicts, in one run of ``mypy --strict``."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

GRADUAL = frozenset(
    {"no-untyped-call", "no-untyped-def", "untyped-decorator", "unused-ignore", "no-any-return",
     "type-arg", "import-untyped", "import-not-found", "redundant-cast"}
)  # fmt: skip
"""Error codes that do not mean that a hint is wrong."""

_PLACE = re.compile(r"\b(on line|at line|line) \d+")

Errors = Counter[tuple[str, str]]


def contradicted(pairs: Sequence[tuple[str, str]], folder: Path) -> list[bool]:
    """Return for each pair whether mypy finds an error in the second text that the first lacks.

    Args:
        pairs: A right text, and a mutant of it.
        folder: An empty folder.
    """
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    names = {text: f"m{number:05}.py" for number, text in enumerate(texts)}
    for text, name in names.items():
        (folder / name).write_bytes(text.encode())
    found = _errors(folder)
    return [bool(found[names[mutant]] - found[names[right]]) for right, mutant in pairs]


def _errors(folder: Path) -> defaultdict[str, Errors]:
    command = [sys.executable, "-m", "mypy", "--strict", "--output", "json", "--cache-dir"]
    done = subprocess.run(
        [*command, "cache", *sorted(each.name for each in folder.glob("*.py"))],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode not in {0, 1}:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    found: defaultdict[str, Errors] = defaultdict(Counter)
    for line in done.stdout.splitlines():
        error = json.loads(line)
        if error["severity"] == "error" and error["code"] not in GRADUAL:
            message = _PLACE.sub(r"\1 N", error["message"])
            found[Path(error["file"]).name][error["code"] or "", message] += 1
    return found
