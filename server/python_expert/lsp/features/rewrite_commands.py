"""The arguments of rewrite commands."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple

from python_expert.actions.menu import Offer
from python_expert.actions.registry import action_of
from python_expert.config.settings import ProviderName
from python_expert.text.document import Position, Range
from python_expert.text.rebase import rebase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from python_expert.actions.base import Facts
    from python_expert.lsp.documents import Documents
    from python_expert.text.columns import Encoding
    from python_expert.text.document import Document

ARGUMENT = "{action, uri, version, range}, and if you like {provider, complete, callers, wait}"
"""The form of the argument of the rewrite commands."""


class RewriteCommand(NamedTuple):
    """A request for a rewrite, read from a command's argument.

    Attributes:
        offer: The rewrite.
        document: The document at the time of the request.
        where: The range in it; None for the whole document.
        provider: The provider to use.
        proposed: Earlier proposals that are written even if tools object to them.
    """

    offer: Offer
    document: Document
    where: Range | None
    provider: ProviderName
    proposed: Facts | None = None

    def there(self, latest: Document) -> Range | None:
        """Return the range in a later version; None if its text was changed, or for all of it."""
        steps = latest.edits_from(self.document)
        return rebase(self.where, steps) if self.where and steps is not None else None


class WrongError(Exception):
    """A command cannot be executed; the message gives the reason."""


def read_command(argument: object, documents: Documents, encoding: Encoding) -> RewriteCommand:
    """Read a command's argument.

    Raises:
        WrongError: It is invalid, or outdated.
    """
    if not isinstance(argument, dict):
        raise WrongError(f"this command needs an object as its argument: {ARGUMENT}")
    with understood("argument"):
        offer = Offer(
            action_of(argument["action"]),
            complete=bool(argument.get("complete")),
            callers=bool(argument.get("callers")),
        )
        provider = ProviderName(argument.get("provider") or ProviderName.AUTO)
        uri, version = str(argument["uri"]), int(argument["version"])
    document = documents.get(uri)
    if document is None:
        raise WrongError("the document is not open, or is no Python document")
    where = None
    if argument.get("range") is not None:
        with understood("range"):
            where = place(document, version, argument["range"], encoding)
        if where is None:
            raise WrongError("the code was changed in the meantime; choose the action again")
    return RewriteCommand(offer, document, where, provider)


def place(
    document: Document, version: int, wire: Mapping[str, Any], encoding: Encoding
) -> Range | None:
    """Return a range that the client sent for a version, converted to the current version."""
    if version == document.version:
        return document.range(wire, encoding)
    # The old line, which is needed to convert the units, is gone. One unit more or less
    # does not change which function the cursor is in.
    start, end = (
        Position(each["line"], each["character"]) for each in (wire["start"], wire["end"])
    )
    steps = document.edits_since(version)
    return None if steps is None else rebase(Range(start, end), steps)


@contextlib.contextmanager
def understood(what: str) -> Iterator[None]:
    """Convert errors about the form of parameters to WrongError.

    Raises:
        WrongError: The form is wrong.
    """
    try:
        yield
    except KeyError as error:
        raise WrongError(f"this command's {what} is wrong: it has no {error}") from error
    except (AttributeError, OverflowError, TypeError, ValueError) as error:
        raise WrongError(f"this command's {what} is wrong: {error}") from error
