"""Checks of properties other than tokens: line ends, first lines, encoding, nearby files."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from python_expert.analysis.bindings import When
from python_expert.analysis.characters import is_hidden, lacks, line_ends
from python_expert.analysis.types.grammar import root
from python_expert.text.parsing import no_warnings

if TYPE_CHECKING:
    from python_expert.analysis.bindings import Bindings
    from python_expert.analysis.source import Source
    from python_expert.gate.verdict import Circumstances


_FOR_READERS: Final = re.compile(r"#!|[ \t\f]*#.*?coding[:=]")
"""A comment in the first two lines that the system or Python reads."""


def surface_fault(before: Source, after: Source) -> str | None:
    """Return why the new text differs in its line ends, first lines or characters, or None."""
    usual = line_ends(before.lines)
    if usual and not line_ends(after.lines) <= usual:
        return "the line ends change"
    for old, new in zip(before.lines[:2], after.lines[:2], strict=False):
        if old.rstrip() != new.rstrip() and (_FOR_READERS.match(old) or _FOR_READERS.match(new)):
            return "the comment that names the interpreter or the encoding moves or changes"
    new = "".join(sorted(set(after.text) - set(before.text)))
    if odd := {each for each in new if is_hidden(each)}:
        names = ", ".join(sorted(f"U+{ord(each):04X}" for each in odd))
        return f"there are new control characters ({names})"
    return lacks(after, new)


def compiles(code: str) -> bool:
    """Return whether a text can be compiled."""
    try:
        with no_warnings():
            compile(code, "<candidate>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def is_usual(alias: ast.alias) -> bool:
    """Return whether a name is imported under its own name or a usual alias."""
    name = alias.asname
    return (
        name is None
        or name in {alias.name, "t", "te"}
        or name.startswith("_")
        or (alias.name, name) == ("Set", "AbstractSet")
    )


def is_never_run(block: ast.If, before: Source, names: Bindings) -> bool:
    """Return whether the condition of a block is typing's ``TYPE_CHECKING`` or a false constant."""
    name = root(block.test)
    found = names.at_top(name, block)
    if found is None or found.when is not When.BOUND or found.ambiguous:
        return False
    if isinstance(block.test, ast.Attribute):
        if any(
            isinstance(each, ast.Attribute)
            and each.attr == "TYPE_CHECKING"
            and isinstance(each.ctx, ast.Store)
            for each in before.nodes
        ):
            return False
        return found.origin in {"typing", "typing_extensions"}
    match found.node:
        case ast.Assign(value=ast.Constant(value=False)):
            return True
        case ast.AnnAssign(value=ast.Constant(value=False)):
            return True
        case _:
            return found.origin in {"typing.TYPE_CHECKING", "typing_extensions.TYPE_CHECKING"}


def too_old(options: Circumstances, *, variable: bool) -> str | None:
    """Return why the oldest Python that the project supports cannot run a hint, or None.

    Args:
        options: The oldest Python version, and whether the text is a stub, which is never run.
        variable: Whether the hint is for a variable or an attribute, which is newer syntax.
    """
    first = (3, 6) if variable else (3, 5)  # the typing of stubs has what hints need
    if options.is_stub or options.python >= first:
        return None
    what = "annotations of variables" if options.python >= (3, 0) and variable else "type hints"
    return f"the project supports Python {options.named_python}, which cannot run {what}"


def is_shadowed(module: str, options: Circumstances) -> bool:
    """Return whether a project file may be imported instead of a standard library module."""
    name = module.partition(".")[0]
    folder = Path(options.path).parent
    # Python searches the folder of a script that it runs; a package's folder is not searched.
    folders = {folder} if options.path and not (folder / "__init__.py").exists() else set()
    folders |= {Path(options.root), Path(options.root, "src")} if options.root else set()
    names = (f"{name}.py", f"{name}/__init__.py")
    return any(Path(each, name).is_file() for each in folders for name in names)
