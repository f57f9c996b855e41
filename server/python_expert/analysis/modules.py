"""The names by which files of a project are imported."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.text.paths import package_root

if TYPE_CHECKING:
    from python_expert.analysis.elsewhere import ProjectFile

SOURCES = "src"
"""A subfolder of the project's folder from which modules are also imported."""


def module_names(path: str, importer: ProjectFile) -> frozenset[str]:
    """Return the absolute names by which one file of a project certainly imports another.

    Args:
        path: The file that is imported.
        importer: The file that imports it.
    """
    file, root = Path(path), Path(importer.root)
    near = [package_root(Path(importer.path)), root, root / SOURCES]
    top, found = package_root(file), set[str]()
    for folder in (top, *top.parents) if file.is_relative_to(root) else ():
        inner = file.relative_to(folder)
        parts = inner.with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        # Another file with the same name may be found first.
        others = [each for each in near if each != folder and (each / inner).is_file()]
        if folder in near and not others and name.partition(".")[0] not in sys.stdlib_module_names:
            found.add(name)
        if folder == root:
            break
    return frozenset(found)


def is_relative(name: str, importer: ProjectFile, path: str, attribute: str) -> bool:
    """Return whether a relative name refers to something in a file.

    Args:
        name: A full name with a dot for each level, as `origin` gives it.
        importer: The file that imports it.
        path: The other file.
        attribute: The qualified name in that file.
    """
    words = name.lstrip(".")
    module = words.removesuffix(attribute).rstrip(".")
    if words != f"{module}.{attribute}".lstrip("."):
        return False
    folder = Path(importer.path)
    for _ in range(len(name) - len(words)):
        folder = folder.parent
    inner = folder.joinpath(*module.split(".")) if module else folder
    return Path(path) in {inner.with_suffix(".py"), inner / "__init__.py"} and inner != Path(path)


def may_be_in(name: str, path: str, attribute: str) -> bool:
    """Return whether a full name may refer to an object in a file, with any search path.

    Args:
        name: The name, as an import or a type checker gives it.
        path: The file.
        attribute: The qualified name in that file.
    """
    words = name.lstrip(".")
    module = words.removesuffix(f".{attribute}").split(".")
    parts = Path(path).with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    return words.endswith(f".{attribute}") and [*parts[-len(module) :]] == module


def is_of_project(name: str, file: ProjectFile) -> bool:
    """Return whether an absolute or relative name may refer to a module of a file's project."""
    first = name.partition(".")[0]
    if not first:
        return True
    if first in sys.stdlib_module_names or first == "builtins":
        return False
    path, root = Path(file.path), Path(file.root)
    folders = {root, root / SOURCES, path.parent, package_root(path)}
    return any((each / first).is_dir() or (each / f"{first}.py").is_file() for each in folders)
