"""Messages for errors on the way to an endpoint."""

from __future__ import annotations

import contextlib
import socket
import ssl
import urllib.request
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from python_expert.llm.anthropic.credentials import quote

if TYPE_CHECKING:
    from collections.abc import Iterator


class EndpointMessage(NamedTuple):
    """A message about an error, and its consequences.

    Attributes:
        text: The problem, and advice to solve it.
        final: Whether all further requests would fail in the same way.
        passing: Whether the same request may succeed a little later.
    """

    text: str
    final: bool = True
    passing: bool = False


def unreached(error: BaseException, url: str) -> EndpointMessage:
    """Return the message for a connection that failed or was lost.

    Args:
        error: The exception.
        url: The endpoint's address.
    """
    import httpx2  # noqa: PLC0415 - slow to import, and already imported when an error occurs

    proxy = _proxy(url)
    names = {
        "host": host_of(url),
        "proxy": proxy or "proxy",
        "through": f" through the proxy {proxy}" if proxy else "",
        "url": quote(url),
    }
    causes = list(_causes(error))
    known: tuple[tuple[tuple[type[BaseException], ...], EndpointMessage], ...] = (
        ((httpx2.UnsupportedProtocol, httpx2.InvalidURL), _NO_ADDRESS),
        ((httpx2.ProxyError,), _PROXY),
        ((ssl.SSLCertVerificationError,), _CERTIFICATE),
        ((ssl.SSLError,), _INSECURE),
        ((socket.gaierror,), _UNKNOWN_HOST),
        ((ConnectionRefusedError,), _REFUSED),
        ((httpx2.ConnectError, httpx2.ConnectTimeout), _NO_CONNECTION),
        ((BaseException,), _LOST),
    )
    cause, fault = next(
        (cause, fault)
        for kinds, fault in known
        for cause in reversed(causes)
        if isinstance(cause, kinds)
    )
    return fault._replace(text=fault.text.format(why=quote(str(cause)), **names))


def unusable(error: Exception) -> str:
    """Return the message for environment settings that prevent any connection.

    Args:
        error: The exception from creating the HTTP client.
    """
    if isinstance(error, OSError):
        return (
            f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read "
            f"({quote(str(error))}); name a file in PEM format, or remove the variable"
        )
    return (
        f"the proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names cannot be used "
        f"({quote(str(error))}); name one that starts with http:// or https://"
    )


def host_of(url: str) -> str:
    """Return the host of an address, with its port if one is given."""
    with contextlib.suppress(ValueError):
        return quote(urlsplit(url).netloc.rpartition("@")[2] or url)
    return quote(url)


_NO_ADDRESS = EndpointMessage(
    "'{url}' is no address of an endpoint; set ANTHROPIC_BASE_URL or llm.base-url to one that "
    "starts with https://"
)
_PROXY = EndpointMessage(
    "the {proxy} does not let the request through ({why}); check HTTPS_PROXY, with user name and "
    "password if it wants them, or name the host {host} in NO_PROXY"
)
_CERTIFICATE = EndpointMessage(
    "the certificate of {host} cannot be trusted ({why}); if it is your company's, set "
    "SSL_CERT_FILE to the file with its root certificate"
)
_INSECURE = EndpointMessage(
    "no secure connection to {host}{through} can be made ({why}); check the address and the proxy"
)
_UNKNOWN_HOST = EndpointMessage(
    "the address of {host}{through} cannot be found; check the network and the name", passing=True
)
_REFUSED = EndpointMessage(
    "the connection to {host}{through} is refused; check the address, and that something "
    "listens there",
    passing=True,
)
_NO_CONNECTION = EndpointMessage(
    "{host}{through} cannot be reached ({why}); check the network and the address", passing=True
)
_LOST = EndpointMessage(
    "the connection to {host}{through} was lost before the answer was complete; try again",
    final=False,
    passing=True,
)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all of its causes, the exception first."""
    yield error
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for cause in (error.__cause__ or error.__context__, *inner):
        if cause is not None:
            yield from _causes(cause)


def _proxy(url: str) -> str:
    """Return the host of the proxy for an address, or empty."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        proxies = urllib.request.getproxies()
        proxy = proxies.get(parts.scheme) or proxies.get("all")
        if proxy and not urllib.request.proxy_bypass(parts.netloc.rpartition("@")[2]):
            return host_of(proxy)
    return ""
