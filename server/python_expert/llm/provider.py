"""The interface of providers."""

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
    """Why no model is used, for clients, which offer a remedy for each."""

    CHOSEN = "chosen"
    """The setting `llm.provider` selects the offline engine."""
    NO_KEY = "noKey"
    WRONG_KEY = "wrongKey"
    """The endpoint rejects the key, or does not permit the request with it."""
    NETWORK = "network"
    """The setting `privacy.network` forbids network access."""
    UNTRUSTED = "untrusted"
    """The folder is not trusted."""
    WITHHELD = "withheld"
    """Nothing of this file may be sent."""


class ProviderError(ToolError):
    """A provider cannot do its work, so another one may be used; the text is the reason.

    Attributes:
        final: Whether any other request would fail in the same way.
        reason: The reason as a value for clients, if there is one.
    """

    final = False

    def __init__(self, message: str, reason: OfflineReason | None = None) -> None:
        super().__init__(message)
        self.reason = reason


class Ask(NamedTuple):
    """A question to a provider.

    Attributes:
        action: The rewrite.
        text: The whole document.
        keys: The definitions that could be changed.
        options: The context of the rewrite.
        faults: The problems with earlier proposals, by key; empty at first.
        types: Adds the types that the action needs to the options before it proposes by rule; None
            if no more are needed.
    """

    action: Action
    text: str
    keys: tuple[str, ...]
    options: Options
    faults: Mapping[str, tuple[str, ...]] = {}
    types: Callable[[Options], Awaitable[Options]] | None = None


class Preparation(Protocol):
    """The maker of questions for a model; the pipeline's worker implements this protocol."""

    def questions(
        self, action: Action, text: str, keys: Sequence[str], options: Options
    ) -> AsyncIterator[tuple[str, Any]]:
        """Make the question about each definition.

        The first question, with an empty key, is about the file.
        """
        ...

    async def redact(
        self, texts: Sequence[str], secrets: Mapping[str, str], options: Options
    ) -> tuple[list[str], dict[str, str]]:
        """Replace secrets in further texts."""
        ...

    async def warm(self, action: Action, text: str, keys: Sequence[str], options: Options) -> None:
        """Prepare for the answers."""


class Provider(ABC):
    """A source of proposals; the rewrite and the gate decide whether they are used.

    Attributes:
        name: The provider's name.
        repair_attempts: The number of repair attempts after failed checks.
        bill: The cost of the provider's work so far; None if it is free.
    """

    name: ClassVar[ProviderName]
    repair_attempts: int = 0
    bill: Bill | None = None

    @abstractmethod
    def propose(self, ask: Ask) -> AsyncIterator[tuple[str, Any]]:
        """Propose facts for definitions, each with its key, in any order, as they become known.

        Facts may be missing, wrong, or for definitions that the question does not contain.
        `Unanswered` marks facts that are not available.

        Raises:
            ToolError: The provider cannot do its work, or can do only a part of it.
        """

    async def revise(self, facts: Facts, contradicted: Sequence[tuple[str, str]]) -> Facts:
        """Return the proposed facts that still hold.

        Args:
            facts: The proposed facts that the tools did not contradict.
            contradicted: The facts that they contradicted, each as a definition's key and a name in
                it.
        """
        del contradicted
        return facts

    async def payload(self, ask: Ask) -> str:
        """Return the data that this question would send, as text for the user.

        Raises:
            ToolError: The data cannot be determined.
        """
        del ask
        return f"Nothing would leave this machine: the {self.name} engine needs no network.\n"
