"""Convert to async by rules: convert each blocking function with the first replacements."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_expert.analysis.aliases import second_names
from python_expert.analysis.call_graph import program_of
from python_expert.analysis.elsewhere import Converted
from python_expert.analysis.scopes import FUNCTIONS
from python_expert.config.entry_points import entry_points
from python_expert.gate.verdict import Reason
from python_expert.text.paths import package_root
from python_expert.text.repository import enclosing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_expert.actions.base import Options
    from python_expert.analysis.source import Source

LONGEST = 10.0
"""The time limit of the search in other files, in seconds."""


def propose(
    source: Source,
    keys: Sequence[str],
    options: Options,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Propose to convert each of the given functions that blocks.

    Args:
        source: The text.
        keys: The keys of the functions.
        options: The context of the rewrite.

    Yields:
        A function's key and its facts.
    """
    program = program_of(source, options.types, options.elsewhere)
    blocking = {each.node for each in source.definitions} & program.blocking
    for key in keys:
        definition = source.definition(key)
        if definition and definition.node in blocking:
            yield key, {"convert": True, "calls": []}


def types_wanted(source: Source, options: Options) -> str | None:
    """Ask once which functions the calls of the text run."""
    known = any(each["text"] == source.code for each in options.types)
    return None if known else source.code


def uses_elsewhere(source: Source, keys: Sequence[str], options: Options) -> list[Reason]:
    """Find where other files of the repository use some functions; imports do not count.

    Args:
        source: The text.
        keys: The keys of the functions that become async.
        options: The circumstances, with the paths of the file and its project; without these,
            nothing is found.

    Returns:
        A reason for each function that is an entry point in packaging files, and one for each that
        is used elsewhere, with the first use and the number of others. The search stops after
        ``LONGEST`` seconds with what it has found.
    """
    if not options.path or not options.root:
        return []
    return [*_entry_points(source, keys, options), *_used(source, keys, options)]


def _entry_points(source: Source, keys: Sequence[str], options: Options) -> Iterator[Reason]:
    """Yield reasons about functions that entry points call, because these do not run coroutines.

    Console scripts are entry points, for example.
    """
    named = (source.definition(key) for key in keys)
    definitions = {each.qualname: each for each in named if each is not None}
    converted = [Converted(options.path, name) for name in definitions]
    for each in entry_points(Path(options.root), converted):
        found = definitions[each.function.name]
        yield Reason(f"{each.why}: nothing would run", found.node.lineno - 1, found.key)


def _used(source: Source, keys: Sequence[str], options: Options) -> list[Reason]:
    """Return the uses in other files, as found by jedi."""
    import jedi  # noqa: PLC0415 - slow to import; only workers need it

    root, own = Path(options.root), package_root(Path(options.path))
    top = enclosing(root)[-1]
    script = jedi.Script(
        source.text,
        path=options.path,
        # Other projects of the same repository may use the functions, as in a workspace.
        project=jedi.Project(top, added_sys_path=[str(own)]),
        # Otherwise, jedi would run the Python that VIRTUAL_ENV names, even if it is not trusted.
        environment=jedi.InterpreterEnvironment(),
    )
    program = program_of(source, options.types, options.elsewhere)
    found: list[Reason] = []
    end = time.monotonic() + LONGEST
    for key in keys:
        definition = source.definition(key)
        if definition is None or time.monotonic() > end:
            continue
        node = definition.node
        line = source.lines[node.lineno - 1]
        start = source.position(node.lineno, node.col_offset).column
        column = line.find(node.name, start + len("def "))
        places = set[tuple[str, int]]()
        references = script.get_references(node.lineno, column, scope="project")
        for name in second_names(program, node) if isinstance(node, FUNCTIONS) else ():
            at = source.position(name.lineno, name.col_offset)
            references += script.get_references(name.lineno, at.column, scope="project")
        for each in references:
            path = Path(each.module_path or options.path)
            if path != Path(options.path) and each.line is not None and not each.is_definition():
                above = next(filter(path.is_relative_to, (root, top)), None)
                shown = path.relative_to(above) if above else path
                places.add((str(shown), each.line))
        if places:
            found.append(Reason(_unawaited(node.name, sorted(places)), node.lineno - 1, key))
    return found


def _unawaited(name: str, places: Sequence[tuple[str, int]]) -> str:
    """Return a message about the first place that uses a function without await, and a count."""
    (path, line), more = places[0], len(places) - 1
    if not more:
        return f"{path}:{line} uses {name} and does not await it"
    others = "1 other place" if more == 1 else f"{more} other places"
    return f"{path}:{line} and {others} use {name} and do not await it"
