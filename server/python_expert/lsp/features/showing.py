"""Shows a text to the user: a report, or the changes of an edit."""

from __future__ import annotations

import logging
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from python_expert.analysis.source import apply_edits
from python_expert.text.diff import unified_diff
from python_expert.text.paths import name_of, to_uri

if TYPE_CHECKING:
    from python_expert.lsp.client import Client
    from python_expert.lsp.protocol import Protocol
    from python_expert.pipeline.result import Outcome

log = logging.getLogger(__name__)


class Showing:
    """Opens texts in the editor, as files in a folder that is deleted when the server ends.

    Args:
        protocol: The connection to the client.
        client: The capabilities of the client.
    """

    def __init__(self, protocol: Protocol, client: Client) -> None:
        self._protocol = protocol
        self._client = client
        self._folder: Path | None = None

    @property
    def is_possible(self) -> bool:
        """Whether the editor supports ``window/showDocument``."""
        return self._client.documents_shown

    async def show(self, name: str, text: str, *, focus: bool) -> bool:
        """Show a text.

        Args:
            name: The file's name; the suffix gives the language.
            text: The text.
            focus: Whether the cursor moves to the new file.

        Returns:
            Whether the editor has shown it.
        """
        try:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="python-expert-"))
            path = self._folder / name
            path.write_text(text, encoding="utf-8", newline="")
            params = {"uri": to_uri(path), "takeFocus": focus}
            answer = await self._protocol.request("window/showDocument", params)
            return isinstance(answer, dict) and bool(answer.get("success"))
        except Exception as error:  # noqa: BLE001 - an error of the editor must not fail anything else
            log.warning("the editor did not show %s: %r", name, error)
            return False

    def stop(self) -> None:
        """Delete the files."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def difference(outcome: Outcome) -> str:
    """Return the changes of a rewrite, as a unified diff."""
    lines: list[str] = []
    for new in outcome.created:
        lines += unified_diff("/dev/null", f"b/{name_of(new.uri)}", "", new.text)
    changed = [(outcome.document, outcome.edits)] if outcome.document and outcome.edits else []
    changed += [(each.document, each.written.edits) for each in outcome.callers]
    for document, edits in changed:
        name = name_of(document.uri)
        after = apply_edits(document.text, edits)
        lines += unified_diff(f"a/{name}", f"b/{name}", document.text, after)
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
