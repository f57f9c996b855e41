"""The possible next steps after a rewrite that was refused or done only in part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_expert.config.settings import ProviderName
from python_expert.pipeline.result import Result

if TYPE_CHECKING:
    from python_expert.lsp.client import Client
    from python_expert.pipeline.result import Outcome

REPORT = "Show Report"
DIFF = "Show Diff"
ANYWAY = "Make Anyway"
OFFLINE = "Do It Offline"


def answers(outcome: Outcome, client: Client) -> list[str]:
    """Return the buttons of the message about a result; without buttons it is a notification.

    The user may apply edits that tools object to, but not edits that would change a meaning.
    Editors without a place for such messages (see ``client.report``) interrupt the user with each
    question. In these editors, no question is shown for offline guesses that a tool contradicts.

    Args:
        outcome: The result.
        client: The client's capabilities.
    """
    if outcome.declined:
        return []
    is_refused = outcome.result is Result.REFUSED
    is_worth_it = is_refused or client.report or outcome.provider != ProviderName.OFFLINE
    anyway = bool(outcome.withheld) and is_worth_it
    found = [DIFF] if anyway and client.documents_shown else []
    found += [ANYWAY] if anyway else []
    offline = [OFFLINE] if outcome.failed else []
    has_report = client.report or (bool(found or offline) and client.documents_shown)
    return [*offline, *([REPORT] if has_report else []), *found]
