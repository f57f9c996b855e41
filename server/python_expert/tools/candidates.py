"""Tools that can be asked about several candidate texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.diagnostics.finding import Report
    from python_expert.text.document import Document


@runtime_checkable
class ChecksCandidates(Protocol):
    """A tool that can check several changed documents at once without publishing anything."""

    async def what_if_all(
        self, documents: Sequence[Document], document: Document, text: str
    ) -> list[Report]:
        """Like `Tool.what_if`, with changed texts for the other documents as well.

        Raises:
            ToolError: The tool cannot do its work.
        """
