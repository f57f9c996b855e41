"""The imports of a text that bind a name, found without parsing it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Origin(NamedTuple):
    """An import of a name.

    Attributes:
        module: The module.
        name: The name imported from it; empty for the module itself.
    """

    module: str
    name: str = ""


def of_module(module: str) -> Origin:
    """Return the import of a module itself."""
    parent, _, last = module.rpartition(".")
    return Origin(parent, last) if parent else Origin(module)


def imports_of(name: str, text: str) -> Iterator[Origin]:
    """Yield the absolute imports in a text that bind a name."""
    quoted = re.escape(name)
    for match in re.finditer(
        r"^[ \t]*from[ \t]+(?P<module>\w[\w.]*)[ \t]+import[ \t]*"
        r"(?:\((?P<many>[^)]*)\)|(?P<one>[^(\n#]+))",
        text,
        re.MULTILINE,
    ):
        if match["module"] == "__future__":
            continue
        for each in (match["many"] or match["one"]).split(","):
            words = each.split("#")[0].split()
            if words == [name]:
                yield Origin(match["module"], name)
            elif words[1:] == ["as", name]:
                yield Origin(match["module"], words[0])
    for match in re.finditer(
        rf"^[ \t]*import[ \t]+(?:(?P<module>\w[\w.]*)[ \t]+as[ \t]+{quoted}|(?P<same>{quoted}))\b",
        text,
        re.MULTILINE,
    ):
        yield Origin(match["module"] or match["same"])
