"""What a provider is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from python_expert.processes.command import ToolError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from python_expert.actions.base import Action, Facts, Options
    from python_expert.config.settings import ProviderName
    from python_expert.llm.usage import Bill


class OfflineReason(StrEnum):
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

    def __init__(self, message: str, reason: OfflineReason | None = None) -> None:
        super().__init__(message)
        self.reason = reason


class Ask(NamedTuple):
    """What a provider is asked.

    Attributes:
        action: The rewrite.
        text: The whole document.
        keys: The definitions that could be changed.
        options: The context of the rewrite.
        faults: What is wrong with what it proposed before, by key; empty at first.
        types: Adds to options what the action wants to know of types before it proposes by rule;
            None where there is nothing more.
    """

    action: Action
    text: str
    keys: tuple[str, ...]
    options: Options
    faults: Mapping[str, tuple[str, ...]] = {}
    types: Callable[[Options], Awaitable[Options]] | None = None


class Preparation(Protocol):
    """Makes the questions that a model is asked; the pipeline's worker does."""

    def questions(
        self, action: Action, text: str, keys: Sequence[str], options: Options
    ) -> AsyncIterator[tuple[str, Any]]:
        """Make what to ask about each definition; first, with an empty key, about the file."""
        ...

    async def redact(
        self, texts: Sequence[str], secrets: Mapping[str, str], options: Options
    ) -> tuple[list[str], dict[str, str]]:
        """Replace secrets in more texts."""
        ...

    async def warm(self, action: Action, text: str, keys: Sequence[str], options: Options) -> None:
        """Prepare for the answers."""


class Provider(ABC):
    """A source of proposals; the rewrite and the gate decide what is done with them.

    Attributes:
        name: Which one it is.
        repair_attempts: How often it may be told what is wrong with what it proposed.
        bill: What its work has cost so far; None where it costs nothing.
    """

    name: ClassVar[ProviderName]
    repair_attempts: int = 0
    bill: Bill | None = None

    @abstractmethod
    def propose(self, ask: Ask) -> AsyncIterator[tuple[str, Any]]:
        """Propose facts for definitions, each with its key, in any order, as they are known.

        Facts may be missing, wrong, or for definitions that were not asked about; `Unanswered`
        stands for those that are not available.

        Raises:
            ToolError: The provider cannot do its work, or not all of it.
        """

    async def revise(self, facts: Facts, contradicted: Sequence[tuple[str, str]]) -> Facts:
        """What of the facts it proposed still holds.

        Args:
            facts: What the tools have left of them.
            contradicted: What they have left out, each as a definition's key and what of it.
        """
        del contradicted
        return facts

    async def payload(self, ask: Ask) -> str:
        """What would leave the machine if this were asked, as text for the user.

        Raises:
            ToolError: It cannot be told.
        """
        del ask
        return f"Nothing would leave this machine: the {self.name} engine needs no network.\n"
