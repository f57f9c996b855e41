"""Tools that can be asked about several candidate texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_expert.diagnostics.finding import Report
    from python_expert.text.document import Document


@runtime_checkable
class ImaginesSeveral(Protocol):
    """A tool that looks at the whole project, and whose view of it others must not change."""

    async def what_if_all(
        self, documents: Sequence[Document], document: Document, text: str
    ) -> list[Report]:
        """The same as `Tool.what_if`, where the other documents are not as they are either.

        Raises:
            ToolError: The tool cannot do its work.
        """
