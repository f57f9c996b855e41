"""The list of models that an endpoint offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from python_expert.llm.anthropic.credentials import quote
from python_expert.llm.anthropic.faults import EndpointError
from python_expert.llm.anthropic.network import host_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anthropic import AsyncAnthropic

PAGE = 100
"""The number of models that are requested at a time."""

NO_MODEL_LIST = "{} does not list its models; set llm.model by hand to one that it knows"

_NO_SUCH_ROUTE = frozenset({404, 405, 501})


class Model(NamedTuple):
    """A model that an endpoint offers.

    Attributes:
        id: The name in requests and in the setting ``llm.model``.
        name: The display name.
    """

    id: str
    name: str


async def list_models(client: AsyncAnthropic) -> tuple[Model, ...]:
    """Request the list of an endpoint's models.

    Returns:
        The models in the endpoint's order; Anthropic's own lists the newest first.

    Raises:
        EndpointError: The endpoint does not list its models.
        Exception: Any exception of the SDK.
    """
    import anthropic  # noqa: PLC0415 - slow to import, and already imported with the client

    found: dict[str, Model] = {}
    try:
        page = await client.models.list(limit=PAGE)
        while True:
            known = len(found)
            found |= {model.id: model for model in _read(page)}
            # A server that does not support pages may send the same page forever.
            if len(found) == known or not page.has_next_page():
                break
            page = await page.get_next_page()
    except AttributeError:
        pass  # a list or a web page makes the SDK fail here
    except anthropic.APIStatusError as error:
        if error.status_code not in _NO_SUCH_ROUTE:
            raise
    if not found:
        raise EndpointError(NO_MODEL_LIST.format(host_of(str(client.base_url))), final=True)
    return tuple(found.values())


def _read(page: object) -> Iterator[Model]:
    """Yield the models of a page.

    The SDK does not validate data from servers other than Anthropic's.
    """
    for each in getattr(page, "data", None) or ():
        number, name = getattr(each, "id", None), getattr(each, "display_name", None)
        if isinstance(number, str) and number and number.isprintable():
            yield Model(number, (quote(name) if isinstance(name, str) else "") or number)
