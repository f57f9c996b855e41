"""What a provider is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from python_expert.rewrites.base import Action, Options


class ProviderName(StrEnum):
    """The providers, as settings and commands spell them."""

    AUTO = "auto"
    OFFLINE = "offline"


class Ask(NamedTuple):
    """What a provider is asked.

    Attributes:
        action: The rewrite.
        text: The whole document.
        keys: The definitions that could be changed.
        options: What is known and wished.
    """

    action: Action
    text: str
    keys: tuple[str, ...]
    options: Options


class Provider(ABC):
    """Somebody who proposes facts; what becomes of them is the rewrite's and the gate's affair.

    Attributes:
        name: Which one it is.
    """

    name: ClassVar[ProviderName]

    @abstractmethod
    def propose(self, ask: Ask) -> AsyncIterator[tuple[str, Any]]:
        """Propose facts for definitions, each with its key, in any order, as they are known.

        Facts may be missing, wrong, or for definitions that nobody asked about.

        Raises:
            ToolError: The provider cannot do its work.
        """
