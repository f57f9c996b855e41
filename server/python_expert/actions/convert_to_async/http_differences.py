"""Lists the differences between httpx and requests that affect a text, for the user."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from python_expert.analysis.source import all_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable

_BASE: Final = (
    "httpx takes the place of requests: its exceptions, its environment settings, the User-Agent"
    " that it sends and its limit of redirects (20 instead of 30) differ"
)
_OF_ATTRIBUTES: Final = {
    "text": "it guesses the encoding of a text in another way",
    "head": "HEAD follows redirects",
    "raise_for_status": "raise_for_status fails for 3xx too, 304 among them, and returns the"
    " response",
}
_OF_ARGUMENTS: Final = {
    "params": "it joins parameters to a query in another way",
    "json": "the bytes of a JSON body differ, which matters where they are signed",
    "headers": "a header that is None is an error",
    "auth": "names and passwords are encoded as UTF-8",
}


def caveats(used: Iterable[str], tree: ast.Module) -> list[str]:
    """List the differences between httpx and requests that apply after the replacement.

    Args:
        used: The ids of the replacements.
        tree: The text that uses the replacements.
    """
    if "httpx.AsyncClient" not in used:
        return []
    attributes, arguments = set[str](), set[str | None]()
    for node in all_nodes(tree):
        if isinstance(node, ast.Attribute):
            attributes.add(node.attr)
        elif isinstance(node, ast.keyword):
            arguments.add(node.arg)
    found = [text for name, text in _OF_ATTRIBUTES.items() if name in attributes]
    found += [text for name, text in _OF_ARGUMENTS.items() if name in arguments]
    return ["; ".join([_BASE, *found])]
