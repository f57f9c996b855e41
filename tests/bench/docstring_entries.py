"""Print random entries of the offline engine's docstrings with the code that they describe.

Run it as ``python -m tests.bench.docstring_entries NUMBER FOLDER…``. The script removes the
docstrings from the Python files of the folders, gets the engine's proposals, and prints a sample of
all summaries, parameters, results and exceptions. Judge each one: would you keep the entry or
delete it? The script does not change the files.
"""

# ruff: noqa: T201 - a script that prints a sample
from __future__ import annotations

import ast
import random
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from python_expert.actions.add_docstrings import AddDocstrings
from python_expert.actions.add_docstrings.offline import propose
from python_expert.actions.base import Options
from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.source import Source
from python_expert.config.settings import Style
from python_expert.text.decoding import readable
from tests.bench.offline_docstrings import strip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_expert.analysis.source import Definition

SEED = 0
_LONGEST = 70
"""The maximum number of printed lines of a definition."""


class Entry(NamedTuple):
    """An entry of a docstring.

    Attributes:
        path: The file.
        key: The definition.
        kind: ``summary``, ``args``, ``returns``, ``yields`` or ``raises``.
        name: The parameter or exception, or empty.
        text: The entry's text.
        code: The code of the definition.
    """

    path: str
    key: str
    kind: str
    name: str
    text: str
    code: str


def entries(path: Path, counts: Counter[str]) -> Iterator[Entry]:
    """Yield all entries of the docstrings of one file.

    Args:
        path: The file.
        counts: Counts the definitions, and those that get a docstring.
    """
    source = Source.of(strip(readable(path.read_bytes())))
    rewrite, options = AddDocstrings(), Options(style=Style.GOOGLE)
    targets, _ = rewrite.targets(source, None, options)
    facts = dict(propose(source, [target.key for target in targets], options))
    changed = rewrite.write(source, facts, options).changed
    counts["definitions"] += len(targets)
    counts["documented"] += len(changed)
    for key in changed:
        fields, definition = facts[key], source.definition(key)
        assert definition is not None
        code = _code(source, definition)
        counts["with more than a summary"] += any(
            fields.get(kind) for kind in ("args", "returns", "yields", "raises", "attributes")
        )
        for kind, value in fields.items():
            named = value.items() if isinstance(value, dict) else [("", value)]
            for name, text in named:
                if text:
                    counts[kind] += 1
                    yield Entry(str(path), key, kind, name, text, code)


def _code(source: Source, definition: Definition) -> str:
    """Return a function's code, or the code of a class above its methods with its constructor."""
    node = definition.node
    lines = [*source.lines]
    first, last = definition.range.start.line, definition.range.end.line
    shown = lines[first : last + 1]
    if isinstance(node, ast.ClassDef):
        inner = [each for each in node.body if isinstance(each, ast.FunctionDef)]
        made = [each for each in inner if each.name == "__init__"]
        top = inner[0].lineno - 1 if inner else last + 1
        shown = lines[first:top]
        for each in made[-1:]:
            shown += ["    ...\n", *lines[each.lineno - 1 : each.end_lineno]]
    more = [f"    ... ({len(shown) - _LONGEST} more lines)\n"] if len(shown) > _LONGEST else []
    return "".join([*shown[:_LONGEST], *more])


def main() -> None:
    """Print a sample, and the counts on standard error."""
    number, folders = int(sys.argv[1]), [Path(each) for each in sys.argv[2:]]
    counts: Counter[str] = Counter()
    found: list[Entry] = []
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            if not {"test", "tests"} & {*path.parts} and not path.name.startswith("test_"):
                try:
                    found += entries(path, counts)
                except BrokenError:
                    counts["files that do not parse"] += 1
    chosen = random.Random(SEED).sample(found, min(number, len(found)))  # noqa: S311 # nosec B311
    for at, each in enumerate(chosen, 1):
        of = f" {each.name}" if each.name else ""
        print(f"## {at}. {each.key} ({Path(each.path).name})\n\n{each.kind}{of}: {each.text}\n")
        print(f"```python\n{each.code.rstrip()}\n```\n")
    print(dict(counts), file=sys.stderr)


if __name__ == "__main__":
    main()
