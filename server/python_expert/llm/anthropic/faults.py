"""Messages about an endpoint's errors: the problem, and how to solve it."""

from __future__ import annotations

import email.utils
import math
import re
import time
from typing import TYPE_CHECKING

from python_expert.llm.anthropic.credentials import key_name, quote
from python_expert.llm.anthropic.network import EndpointMessage, host_of, unreached
from python_expert.llm.provider import OfflineReason, ProviderError
from python_expert.llm.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anthropic import APIStatusError

NO_KEY = (
    "there is no key for the endpoint; set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN) in the "
    "environment of your editor or shell"
)
BAD_KEY = (
    "the key in {} has a line break or another character that no key has; set it again, "
    "without quotes and blanks around it"
)
LONGEST_WAIT_S = 86_400.0
"""The longest wait in seconds.

It replaces a longer wait that an endpoint asks for.
"""

CUT = "the endpoint's answer ended before it was complete; try again"

_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""The status codes of errors that are sent mid-stream, after a status 200."""


_EXPLANATIONS = {
    "401": EndpointMessage(
        "{host} does not accept the key in {key}; check that it is whole and valid"
    ),
    "402": EndpointMessage(
        "the account has no credit left; add some at the endpoint, or use another key"
    ),
    "403": EndpointMessage(
        "the key in {key} has no permission for this; use one of a workspace that has"
    ),
    "404": EndpointMessage(
        "{host} has no Messages API at this address; set ANTHROPIC_BASE_URL or llm.base-url to "
        "what comes before /v1/messages"
    ),
    "model": EndpointMessage(
        "{host} does not know the model '{model}'; set llm.model to one it offers"
    ),
    "407": EndpointMessage(
        "the proxy requires a user name and a password; set them in HTTPS_PROXY"
    ),
    "408": EndpointMessage(
        "{host} has waited too long for the request; {again}", final=False, passing=True
    ),
    "409": EndpointMessage(
        "{host} is busy with something else; {again}", final=False, passing=True
    ),
    "413": EndpointMessage(
        "the request is too large for {host}; choose a smaller part", final=False
    ),
    "429": EndpointMessage("the rate limit is reached; {again}", final=False, passing=True),
    "529": EndpointMessage("{host} is overloaded; {again}", final=False, passing=True),
    "fault": EndpointMessage(
        "{host} has an internal error (status {status}); {again}", final=False, passing=True
    ),
    "output_config": EndpointMessage(
        "the model '{model}' does not accept the request; llm.effort = \"auto\" leaves the "
        "effort out"
    ),
    "redirect": EndpointMessage(
        "{host} redirects to {other}, and your code is sent only to the address that you set; set "
        "ANTHROPIC_BASE_URL or llm.base-url to that if it is right"
    ),
    "request": EndpointMessage("{host} does not accept the request (status {status})", final=False),
}
"""The messages by status, or by the cause of a status that has several meanings."""


class EndpointError(ProviderError):
    """An endpoint did not answer a request; the text gives the reason and advice.

    Attributes:
        final: Whether every further request would fail in the same way.
        passing: Whether the same request may succeed a little later.
        retry_after: The seconds after which the endpoint wants to be asked again, or None.
        usage: The tokens used in spite of the error.
        attempts: The number of times that the request was sent.
    """

    def __init__(
        self,
        message: str,
        *,
        final: bool = False,
        passing: bool = False,
        retry_after: float | None = None,
        reason: OfflineReason | None = None,
    ) -> None:
        super().__init__(message, reason)
        self.final = final
        self.passing = passing
        self.retry_after = retry_after
        self.usage = Usage()
        self.attempts = 0


def explain(error: Exception, model: str, url: str) -> EndpointError:
    """Describe a failed request for the user.

    Args:
        error: The exception from the SDK or from a layer below it.
        model: The model that the request was for.
        url: The endpoint's address.
    """
    import anthropic  # noqa: PLC0415 - slow to import, and already imported when an error occurs
    import httpx2  # noqa: PLC0415 - slow to import

    for said in (error, error.__cause__):
        if isinstance(said, EndpointError):
            return said
    if isinstance(error, anthropic.APIStatusError):
        return _refused(error, model, host_of(url))
    if isinstance(error, TypeError) and "authentication method" in str(error):
        return EndpointError(NO_KEY, final=True, reason=OfflineReason.NO_KEY)
    if isinstance(error, anthropic.APIConnectionError | httpx2.TransportError | httpx2.InvalidURL):
        explanation = unreached(error, url)
        return EndpointError(explanation.text, final=explanation.final, passing=explanation.passing)
    if isinstance(error, anthropic.AnthropicError):
        return EndpointError(f"the credentials cannot be used: {quote(str(error))}", final=True)
    return EndpointError(
        f"the endpoint's answer cannot be read ({type(error).__name__}: {quote(str(error))}); "
        "try again, or check that the endpoint speaks the Messages API",
        passing=True,
    )


def _refused(error: APIStatusError, model: str, host: str) -> EndpointError:
    """Return the error for a response with an error status."""
    said = quote(error.api_message or _plain(error.body))
    kind = _kind(error, said)
    explanation = _EXPLANATIONS[kind]
    headers = error.response.headers
    wait = _retry_after(headers)
    message = explanation.text.format(
        host=host,
        model=model,
        status=error.status_code,
        key=key_name(),
        again=f"try again in {math.ceil(wait)} s" if wait else "try again in a while",
        other=host_of(headers.get("location", "")),
    )
    asked = headers.get("x-should-retry", "")
    return EndpointError(
        message + (f" (it says: {said})" if said else ""),
        final=explanation.final,
        passing=asked == "true" or (explanation.passing and asked != "false"),
        retry_after=wait,
        reason=OfflineReason.WRONG_KEY if kind in {"401", "403"} else None,
    )


def _kind(error: APIStatusError, said: str) -> str:
    """Return the key in `_EXPLANATIONS` for a response."""
    status = error.status_code
    if status == 200:  # noqa: PLR2004 - the status of an error event in the stream
        status = _STATUS.get(str(error.type), 500)
    kind = str(status)
    if status == 400 and "credit balance" in said:  # noqa: PLR2004 - an HTTP status
        kind = "402"
    elif status in {400, 422} and re.search(r"effort|output_config", said):
        kind = "output_config"
    elif status == 404 and "model" in said.lower():  # noqa: PLR2004 - an HTTP status
        kind = "model"
    if kind in _EXPLANATIONS:
        return kind
    return {3: "redirect", 5: "fault"}.get(status // 100, "request")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the number of seconds that a response asks to wait, or None.

    A value that is not a finite number of seconds, such as ``inf``, is ignored.
    """
    said = headers.get("retry-after", "")
    for wait in (_number(headers.get("retry-after-ms", "")) / 1000, _number(said), _until(said)):
        if 0 < wait < math.inf:
            return min(wait, LONGEST_WAIT_S)
    return None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _until(date: str) -> float:
    """Return the seconds until a date."""
    try:
        return email.utils.parsedate_to_datetime(date).timestamp() - time.time()
    except (ValueError, OverflowError):  # not a date, or a year out of range
        return math.nan


def _plain(body: object) -> str:
    """Return the text of an error's body; a web page contains nothing useful."""
    return body if isinstance(body, str) and not body.lstrip().startswith("<") else ""
