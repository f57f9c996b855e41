"""What a user can do about a rewrite that was refused, or done only in part."""

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
    """The buttons below the message that tells a result; without any it is told, not asked.

    What tools object to can be made anyway; what would change a meaning cannot. An editor without
    a place for such messages (``client.report`` has one) holds the user up with each question.
    So there, what a tool contradicts of the offline engine's guesses is not worth one.

    Args:
        outcome: The result.
        client: What the client can do.
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
