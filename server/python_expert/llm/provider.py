"""What a provider is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from python_expert.processes.command import ToolError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from python_expert.actions.base import Action, Options
    from python_expert.llm.usage import Bill


class ProviderName(StrEnum):
    """The providers, as settings and commands spell them."""

    AUTO = "auto"
    ANTHROPIC = "anthropic"
    OFFLINE = "offline"


class Reason(StrEnum):
    """Why no model is asked, for clients: each offers what there is to be done about it."""

    CHOSEN = "chosen"
    """The setting `llm.provider` says so."""
    NO_KEY = "noKey"
    WRONG_KEY = "wrongKey"
    """The endpoint does not accept it, or not for this."""
    NETWORK = "network"
    """The setting `privacy.network` forbids it."""
    UNTRUSTED = "untrusted"
    """The folder is not trusted."""
    WITHHELD = "withheld"
    """Nothing of this file may be sent."""


class ProviderError(ToolError):
    """A provider cannot do its work, so that another one may be asked; the text says why.

    Attributes:
        final: Whether whatever else it is asked would fail in the same way.
        reason: The same for clients, where it is one of those that they know.
    """

    final = False

    def __init__(self, message: str, reason: Reason | None = None) -> None:
        super().__init__(message)
        self.reason = reason


class Ask(NamedTuple):
    """What a provider is asked.

    Attributes:
        action: The rewrite.
        text: The whole document.
        keys: The definitions that could be changed.
        options: What is known and wished.
        faults: What is wrong with what it proposed before, by key; empty at first.
    """

    action: Action
    text: str
    keys: tuple[str, ...]
    options: Options
    faults: Mapping[str, tuple[str, ...]] = {}


class Unanswered(NamedTuple):
    """Stands in place of facts where there are none.

    Attributes:
        reason: Why, for people.
    """

    reason: str


class Provider(ABC):
    """Somebody who proposes facts; what becomes of them is the rewrite's and the gate's affair.

    Attributes:
        name: Which one it is.
        mends: How often it may be told what is wrong with what it proposed.
        bill: What its work has cost so far; None where it costs nothing.
    """

    name: ClassVar[ProviderName]
    mends: int = 0
    bill: Bill | None = None

    @abstractmethod
    def propose(self, ask: Ask) -> AsyncIterator[tuple[str, Any]]:
        """Propose facts for definitions, each with its key, in any order, as they are known.

        Facts may be missing, wrong, or for definitions that nobody asked about; `Unanswered`
        stands where they could not be had.

        Raises:
            ToolError: The provider cannot do its work, or not all of it.
        """

    async def payload(self, ask: Ask) -> str:
        """What would leave the machine if this were asked, as text for people.

        Raises:
            ToolError: It cannot be told.
        """
        del ask
        return f"Nothing would leave this machine: the {self.name} engine needs no network.\n"
