"""What pyrefly infers for a buffer, if it is installed; it works on a copy, never on the file."""

from __future__ import annotations

import ast
import shutil
import subprocess  # nosec B404
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from python_expert.analysis.error_recovery import BrokenError
from python_expert.analysis.nodes import arguments, origin
from python_expert.analysis.source import Source
from python_expert.config.interpreters import EXE
from python_expert.processes.command import inherited

if TYPE_CHECKING:
    from python_expert.actions.base import Options

DEADLINE_S: Final = 60.0
"""Seconds that one run may take."""

_PLAIN: Final = {"dict_items": "ItemsView", "dict_keys": "KeysView", "dict_values": "ValuesView"}
"""Names of typeshed's own, and what people call them."""


class Guess(NamedTuple):
    """A type that somebody inferred.

    Attributes:
        text: The type expression.
        imports: What it needs, as the rewrite's schema has it.
        trust: How often guesses of its source are right, in percent; 0 where nothing is known.
    """

    text: str
    imports: tuple[tuple[str, str], ...] = ()
    trust: int = 0


def find() -> str | None:
    """The path of pyrefly: beside our interpreter, or on the path."""
    beside = Path(sys.executable).with_name(f"pyrefly{EXE}")
    return str(beside) if beside.exists() else shutil.which("pyrefly")


def version() -> str | None:
    """The version of pyrefly; None if it is missing or does not run."""
    program = find()
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603
            [program, "--version"],
            env=inherited(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=DEADLINE_S,
            check=True,
        )
        return done.stdout.decode("utf-8", "replace").split()[-1]
    except (OSError, subprocess.SubprocessError, IndexError):
        return None


def infer(code: str, options: Options) -> dict[tuple[str, str], Guess]:
    """The types that pyrefly would write into a text.

    Args:
        code: The text; it parses.
        options: Whose file it is, and the interpreter whose packages count.

    Returns:
        Guesses by definition key and parameter (``return`` for what is returned); none if
        pyrefly is missing, fails or takes too long.
    """
    program = find()
    if program is None:
        return {}
    with tempfile.TemporaryDirectory(prefix="python-expert-") as folder:
        try:
            config = Path(folder, "empty.toml")
            config.touch()
            search = Path(folder, "code")
            search.mkdir()
            copy = _copy(search, code, options)
            subprocess.run(  # noqa: S603  # nosec B603
                _command(program, config, search, copy, options),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=DEADLINE_S,
                check=False,
            )
            result = Source.of(copy.read_text(encoding="utf-8"))
        except (OSError, subprocess.TimeoutExpired, BrokenError, ValueError):
            return {}
    return _added(Source.of(code), result)


def _command(program: str, config: Path, search: Path, copy: Path, options: Options) -> list[str]:
    """The command line; without an interpreter, none is started to be asked.

    Pyrefly would look for a configuration beside the copy and upward, in folders where others may
    write, and run the commands that it names. So it is given an empty one.
    """
    command = [program, "infer", "-j", "1", "--config", str(config), "--search-path", str(search)]
    if options.root:
        command += ["--search-path", options.root]
    if options.interpreter:
        command += ["--python-interpreter-path", options.interpreter]
    else:
        command.append("--skip-interpreter-query")
    return [*command, "--python-version", ".".join(map(str, options.python)), str(copy)]


def _copy(folder: Path, code: str, options: Options) -> Path:
    """Put a text where its imports find what stands around it; the rest is linked."""
    path = Path(options.path) if options.path else Path("buffer.py")
    parts = [path.name]
    package = path.parent
    while options.path and (package / "__init__.py").exists():
        parts.insert(0, package.name)
        package = package.parent
    here = folder
    for index, part in enumerate(parts[:-1]):
        here /= part
        here.mkdir()
        real = package.joinpath(*parts[: index + 1])
        for sibling in real.iterdir():
            if sibling.name != parts[index + 1] and sibling.name != "__pycache__":
                (here / sibling.name).symlink_to(sibling)
    copy = here / parts[-1]
    copy.write_text(code, encoding="utf-8")
    return copy


def _added(before: Source, after: Source) -> dict[tuple[str, str], Guess]:
    """The annotations that one text has more than the other."""
    imported = {
        alias.asname or alias.name: origin(node, alias.asname or alias.name)
        for node in after.tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    old = {each.key: each.node for each in before.definitions}
    found: dict[tuple[str, str], Guess] = {}
    for definition in after.definitions:
        node, was = definition.node, old.get(definition.key)
        if isinstance(node, ast.ClassDef) or was is None or isinstance(was, ast.ClassDef):
            continue
        hinted = {arg.arg for arg in arguments(was) if arg.annotation is not None}
        hints = {arg.arg: arg.annotation for arg in arguments(node) if arg.arg not in hinted}
        if was.returns is None:
            hints["return"] = node.returns
        for name, hint in hints.items():
            if hint is not None and (guess := _guess(hint, imported)):
                found[definition.key, name] = guess
    return found


def _guess(hint: ast.expr, imported: dict[str, str]) -> Guess | None:
    """A guess from an annotation, or None if it cannot be spelt in a program."""
    node = _Tidy().visit(hint)
    if node is None:
        return None
    imports = []
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in imported:
            module, _, name = imported[each.id].rpartition(".")
            if not module.startswith(".") and (name.startswith("_") or module.startswith("_")):
                return None
            imports.append((module or ".", each.id))
    return Guess(ast.unparse(node), tuple(dict.fromkeys(imports)))


class _Tidy(ast.NodeTransformer):
    """Takes out what people do not write."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(_PLAIN.get(node.id, node.id), node.ctx)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        one = {"KeysView": 0, "ValuesView": 1}.get(ast.unparse(node.value))
        if one is not None and isinstance(node.slice, ast.Tuple):
            node.slice = node.slice.elts[one]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        left, right = self.visit(node.left), self.visit(node.right)
        if _is_not_implemented(left):
            return right  # type: ignore[no-any-return]
        if _is_not_implemented(right):
            return left  # type: ignore[no-any-return]
        return ast.BinOp(left, node.op, right)


def _is_not_implemented(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "NotImplementedType"
