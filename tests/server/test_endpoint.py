"""The messages when an endpoint fails, and the attempts before that."""

from __future__ import annotations

import asyncio
import email.utils
import http.server
import logging
import shutil
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from python_expert.llm.anthropic import endpoint as endpoint_module
from python_expert.llm.anthropic.endpoint import Endpoint, Reply
from python_expert.llm.anthropic.faults import EndpointError
from python_expert.llm.usage import Usage
from tests.messages import (
    KEY,
    MODEL,
    Behaviour,
    MessagesServer,
    cut,
    error,
    error_in_stream,
    hang,
    malformed,
    page,
    redirect,
    refusal,
    reply,
    reset,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from python_expert.llm.anthropic.preview import Preview

pytestmark = pytest.mark.one_python

FORMAT = {"type": "object", "properties": {}, "additionalProperties": False}
BODY = {
    "model": MODEL,
    "max_tokens": 100,
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    "messages": [{"role": "user", "content": "Größe? 😀"}],
    "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": FORMAT}},
}
TEXT = '{"doc": "Größe.\\n\\t😀 \\"so\\""}'


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_module, "FIRST_PAUSE_S", 0.01)


async def _asked(
    count: int = 1, retries: int = 0, timeout_s: float = 20.0, base_url: str | None = None
) -> list[Reply | BaseException]:
    """Ask several questions concurrently; return their answers or errors."""
    endpoint = Endpoint(base_url, timeout_s, retries)
    questions = [endpoint.ask(BODY) for _ in range(count)]
    answers = await asyncio.gather(*questions, return_exceptions=True)
    await endpoint.stop()
    return answers


def _reply(retries: int = 0) -> Reply:
    (answer,) = asyncio.run(_asked(retries=retries))
    assert isinstance(answer, Reply), answer
    return answer


def _fault(retries: int = 0, timeout_s: float = 20.0, base_url: str | None = None) -> EndpointError:
    (answer,) = asyncio.run(_asked(retries=retries, timeout_s=timeout_s, base_url=base_url))
    assert isinstance(answer, EndpointError), answer
    return answer


def _preview(base_url: str | None = None) -> Preview:
    async def scenario() -> Preview:
        endpoint = Endpoint(base_url, 20.0, 0)
        made = await endpoint.preview(BODY)
        await endpoint.stop()
        return made

    return asyncio.run(scenario())


def test_an_answer_arrives_completely_with_its_usage(messages: MessagesServer) -> None:
    messages.script(reply([TEXT, "and more"], usage=Usage(10, 20, 30, 40), piece=1))
    assert _reply() == Reply(TEXT + "and more", "end_turn", Usage(10, 20, 30, 40), MODEL, 1, 2)
    assert messages.requests[0].question == "Größe? 😀"
    assert messages.requests[0].system == "Be brief."


def test_nothing_is_sent_while_the_client_is_prepared(messages: MessagesServer) -> None:
    messages.script(reply([TEXT]))

    async def scenario() -> Reply:
        endpoint = Endpoint(None, 20.0, 0)
        endpoint.prepare()
        await endpoint.preview(BODY)
        assert messages.requests == []
        answer = await endpoint.ask(BODY)
        await endpoint.stop()
        return answer

    assert asyncio.run(scenario()).text == TEXT
    assert len(messages.requests) == 1


@pytest.mark.parametrize("reason", ["max_tokens", "refusal", "model_context_window_exceeded"])
def test_an_answer_that_stops_early_is_marked_as_such(
    messages: MessagesServer, reason: str
) -> None:
    messages.script(reply("half", stop_reason=reason))
    answer = _reply()
    assert (answer.text, answer.stop_reason) == ("half", reason)


def test_a_refusal_has_a_reason(messages: MessagesServer) -> None:
    messages.script(refusal("Not this."))
    assert _reply().refusal == "Not this"


SAID = {
    (400, "invalid_request_error", "max_tokens: too large"): (
        "does not accept the request (status 400) (it says: max_tokens: too large)"
    ),
    (400, "invalid_request_error", "output_config.effort: unknown value"): 'llm.effort = "auto"',
    (400, "invalid_request_error", "Your credit balance is too low to use the API"): (
        "the account has no credit left; add some"
    ),
    (401, "authentication_error", "invalid x-api-key"): "the key in ANTHROPIC_API_KEY; check",
    (402, "billing_error", "Payment required"): "the account has no credit left; add some",
    (403, "permission_error", "Not allowed"): "use one of a workspace that has",
    (404, "not_found_error", f"model: {MODEL}"): (
        f"does not know the model '{MODEL}'; set llm.model to one it offers"
    ),
    (404, "not_found_error", "Not Found"): "what comes before /v1/messages",
    (413, "request_too_large", "Too large"): "too large for 127.0.0.1",
    (422, "invalid_request_error", "Unprocessable"): "(status 422) (it says: Unprocessable)",
    (429, "rate_limit_error", "Slow down"): "the rate limit is reached; try again in a while",
    (500, "api_error", "Oops"): "an internal error (status 500); try again",
    (529, "overloaded_error", "Overloaded"): "is overloaded; try again",
}
FINAL = {"output_config.effort: unknown value", "Your credit balance is too low to use the API"}


@pytest.mark.parametrize(("sent", "message"), SAID.items(), ids=[f"{s[0]} {s[2]}" for s in SAID])
def test_a_refused_request_says_what_to_do(
    messages: MessagesServer, sent: tuple[int, str, str], message: str
) -> None:
    messages.script(error(*sent))
    fault = _fault()
    assert message in str(fault)
    assert fault.final == (sent[0] in {401, 402, 403, 404} or sent[2] in FINAL)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("overloaded_error", "is overloaded; try again"),
        ("api_error", "an internal error"),
        ("rate_limit_error", "the rate limit is reached"),
        ("authentication_error", "does not accept the key in ANTHROPIC_API_KEY"),
    ],
)
def test_an_error_during_an_answer_is_reported_like_one_before_it(
    messages: MessagesServer, kind: str, message: str
) -> None:
    messages.script(error_in_stream(kind, "Enough", Usage(7, 1)))
    fault = _fault()
    assert message in str(fault)
    assert "it says: Enough" in str(fault)
    assert (fault.usage, fault.attempts) == (Usage(7, 1), 1)


BROKEN: dict[str, tuple[Behaviour, str]] = {
    "reset": (reset(), "was lost before the answer was complete; try again"),
    "cut": (cut(), "ended before it was complete; try again"),
    "cut before it began": (cut(started=False), "ended before it was complete"),
    "no JSON": (malformed(), "cannot be read (JSONDecodeError"),
    "no UTF-8": (malformed(b"data: \xff\xfe\n\n"), "cannot be read (UnicodeDecodeError"),
    "no event": (malformed(b'event: message_delta\ndata: [1, "x"]\n\n'), "cannot be read"),
    "no block": (
        malformed(
            b"event: content_block_delta\ndata: "
            b'{"type": "content_block_delta", "index": 9, "delta": {"type": "text_delta"}}\n\n'
        ),
        "cannot be read (IndexError",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_requested_again_and_then_reported(
    messages: MessagesServer, name: str
) -> None:
    broken, message = BROKEN[name]
    messages.script(broken, broken)
    assert message in str(_fault(retries=1))
    messages.script(broken, reply("fine"))
    assert _reply(retries=1).text == "fine"
    assert len(messages.requests) == 4


def test_an_html_page_is_not_an_answer(messages: MessagesServer) -> None:
    messages.script(page(), page('{"text": "hi"}', kind="application/json"), page(status=502))
    fault = _fault()
    assert f"{messages.url}/v1/messages answers with text/html" in str(fault)
    assert fault.final
    assert "answers with application/json" in str(_fault())
    assert str(_fault()).endswith("(status 502); try again in a while")


def test_code_is_not_sent_to_the_target_of_a_redirect(messages: MessagesServer) -> None:
    with MessagesServer() as other:
        messages.script(redirect(f"{other.url}/v1/messages"))
        fault = _fault()
        assert f"redirects to 127.0.0.1:{other.port}, and your code is sent only" in str(fault)
        assert fault.final
        assert other.connections == 0


def test_without_a_key_the_message_says_where_to_set_one(
    messages: MessagesServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_CONFIG_DIR"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    fault = _fault()
    assert "set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN)" in str(fault)
    assert fault.final
    assert messages.connections == 0


def test_a_profile_that_cannot_be_used_is_reported(
    messages: MessagesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    assert "the credentials cannot be used: Config file not found" in str(_fault())
    assert messages.connections == 0
    assert _preview().content


@pytest.mark.parametrize("key", [f"{KEY}\n", f" {KEY}", f"{KEY}é", f"a\r\n{KEY}"])
def test_a_key_with_a_line_break_is_reported_and_not_shown(
    messages: MessagesServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    key: str,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    with caplog.at_level(logging.DEBUG):
        assert "has a line break or another character that no key has" in str(_fault())
    assert KEY not in caplog.text
    assert messages.connections == 0


@pytest.mark.parametrize("address", ["http://", "nonsense", "ftp://127.0.0.1", "http://[::1"])
def test_an_invalid_address_is_reported(messages: MessagesServer, address: str) -> None:
    assert "is no address of an endpoint; set ANTHROPIC_BASE_URL" in str(_fault(base_url=address))
    assert messages.connections == 0


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://nowhere.invalid", "the address of nowhere.invalid cannot be found"),
        ("http://127.0.0.1:9", "the connection to 127.0.0.1:9 is refused; check the address"),
    ],
)
@pytest.mark.usefixtures("messages")
def test_a_network_that_is_down_is_reported(address: str, message: str) -> None:
    fault = _fault(base_url=address)
    assert message in str(fault)
    assert fault.final


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes the certificate")
@pytest.mark.usefixtures("messages")
def test_an_unknown_certificate_is_reported_and_can_be_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with MessagesServer(tls=context) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        fault = _fault()
        assert f"the certificate of 127.0.0.1:{server.port} cannot be trusted" in str(fault)
        assert "SSL_CERT_FILE" in str(fault)
        assert fault.final
        assert server.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert _reply().text == "{}"


def test_an_endpoint_without_tls_is_reported(messages: MessagesServer) -> None:
    address = messages.url.replace("http://", "https://")
    assert "no secure connection to 127.0.0.1" in str(_fault(base_url=address))


@contextmanager
def _proxy(status: int) -> Iterator[str]:
    """A proxy that refuses all requests."""

    class Refusing(http.server.BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            self.send_error(status)

        def do_POST(self) -> None:
            self.do_CONNECT()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("messages")
def test_a_proxy_that_refuses_the_request_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with _proxy(407) as proxy:
        for name in ("HTTPS_PROXY", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://me:passw0rd@{proxy}")
        fault = _fault(base_url="https://api.example")
        assert f"the {proxy} does not let the request through (407" in str(fault)
        assert "check HTTPS_PROXY" in str(fault)
        assert fault.final
        assert "the proxy requires a user name" in str(_fault(base_url="http://api.example"))
    failure = str(_fault(base_url="https://api.example"))
    assert f"to api.example through the proxy {proxy} is refused" in failure
    assert "passw0rd" not in f"{fault}{failure}"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("HTTPS_PROXY", "socks5://me:passw0rd@localhost", "name one that starts with http://"),
        ("ALL_PROXY", "ftp://me:passw0rd@localhost", "name one that starts with http://"),
        ("HTTP_PROXY", "http://me:passw0rd@localhost:port", "name one that starts with http://"),
        ("SSL_CERT_FILE", "/nowhere/cert.pem", "cannot be read"),
        ("SSL_CERT_FILE", __file__, "cannot be read"),
    ],
)
@pytest.mark.usefixtures("messages")
def test_an_invalid_environment_is_reported(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    fault = _fault()
    assert name in str(fault)
    assert message in str(fault)
    assert fault.final
    assert "passw0rd" not in str(fault)


def test_no_compressed_answer_is_read(messages: MessagesServer) -> None:
    _reply()
    assert messages.requests[-1].headers["accept-encoding"] == "identity"
    messages.answer = lambda _request: error(200, "none", "", {"content-encoding": "gzip"})
    fault = _fault()
    assert "compresses its answer (gzip)" in str(fault)
    assert fault.final


@pytest.mark.parametrize(("status", "times"), [(429, 3), (500, 3), (529, 3), (400, 1), (401, 1)])
def test_only_temporary_errors_are_retried(
    messages: MessagesServer, status: int, times: int
) -> None:
    messages.answer = lambda _request: error(status, "api_error", "No")
    assert _fault(retries=2).attempts == times
    assert len(messages.requests) == times


def test_an_endpoint_can_state_whether_to_retry(messages: MessagesServer) -> None:
    messages.script(error(500, "api_error", "No", {"x-should-retry": "false"}))
    assert _fault(retries=2).attempts == 1
    messages.script(error(400, "api_error", "No", {"x-should-retry": "true"}), reply("fine"))
    assert _reply(retries=2).attempts == 2


def test_the_usage_of_failed_attempts_is_counted(messages: MessagesServer) -> None:
    messages.script(cut(Usage(5, 1)), cut(Usage(6, 1, 2)), reply("x", usage=Usage(7, 9)))
    answer = _reply(retries=2)
    assert (answer.usage, answer.attempts) == (Usage(18, 11, 2), 3)


def test_the_pause_that_an_endpoint_requests_is_respected(messages: MessagesServer) -> None:
    date = email.utils.formatdate(time.time() + 2, usegmt=True)
    for headers, least in (
        ({"retry-after": "0.3"}, 0.3),
        ({"retry-after-ms": "300", "retry-after": "9"}, 0.3),
        # A date has no fractions of a second.
        ({"retry-after": date}, 0.0),
        ({"retry-after": "-5"}, 0.0),
        ({"retry-after": "soon"}, 0.0),
    ):
        messages.script(error(429, "rate_limit_error", "Slow down", headers), reply("x"))
        began = time.monotonic()
        assert _reply(retries=1).attempts == 2
        assert least <= time.monotonic() - began < 8


def test_a_pause_longer_than_the_deadline_is_reported_immediately(messages: MessagesServer) -> None:
    messages.script(error(429, "rate_limit_error", "Slow down", {"retry-after": "36.5"}))
    began = time.monotonic()
    fault = _fault(retries=5)
    assert str(fault).startswith("the rate limit is reached; try again in 37 s")
    assert (fault.retry_after, fault.final, fault.attempts) == (36.5, True, 1)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("name", ["retry-after", "retry-after-ms"])
@pytest.mark.parametrize(
    "value",
    [
        *(
            "inf",
            "-inf",
            "Infinity",
            "1e400",
            "-1e400",
            "nan",
            "-1",
            "0",
            "",
            "soon",
            "1,5",
            "0x10",
        ),
        "Fri, 99 Foo 2026 00:00:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 +2300",
        "Mon, 01 Jan 0001 00:00:00 -0000",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
    ],
)
def test_a_pause_that_is_not_a_number_of_seconds_is_ignored(
    messages: MessagesServer, name: str, value: str
) -> None:
    messages.script(error(429, "rate_limit_error", "Slow down", {name: value}))
    fault = _fault(retries=0)
    assert str(fault).startswith("the rate limit is reached; try again in a while")
    assert (fault.retry_after, fault.final) == (None, False)


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"retry-after": "1e300"}, "86400 s"),
        ({"retry-after": "9" * 400}, "a while"),  # infinite as a number
        ({"retry-after-ms": "1e300"}, "86400 s"),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, "86400 s"),
        ({"retry-after-ms": "nan", "retry-after": "40"}, "40 s"),
        ({"retry-after-ms": "-1", "retry-after": "40"}, "40 s"),
    ],
)
def test_a_pause_of_any_length_is_reported_readably(
    messages: MessagesServer, headers: dict[str, str], message: str
) -> None:
    messages.script(error(429, "rate_limit_error", "Slow down", headers))
    fault = _fault(retries=0)
    assert str(fault).startswith(f"the rate limit is reached; try again in {message}")


@pytest.mark.parametrize("started", [False, True])
def test_the_deadline_applies_to_all_attempts_together(
    messages: MessagesServer, *, started: bool
) -> None:
    messages.script(error(529, "overloaded_error", "Overloaded"), hang(started=started))
    _preview()  # imports the SDK before time is measured
    fault = _fault(retries=5, timeout_s=1.0)
    assert "no complete answer within 1 s" in str(fault)
    assert "llm.timeout-s" in str(fault)
    assert fault.attempts == 2
    assert fault.usage == (Usage(10, 1) if started else Usage())
    assert messages.wait_closed()


@pytest.mark.parametrize("started", [False, True])
def test_cancelling_closes_the_connection(messages: MessagesServer, *, started: bool) -> None:
    async def scenario() -> None:
        endpoint = Endpoint(None, 60, 5)
        messages.script(hang(started=started))
        asking = asyncio.create_task(endpoint.ask(BODY))
        assert await asyncio.to_thread(messages.wait_requests, 1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert await asyncio.to_thread(messages.wait_closed)
        assert len(messages.requests) == 1
        assert (await endpoint.ask(BODY)).text == "{}"
        await endpoint.stop()

    asyncio.run(scenario())


def test_stopping_closes_all_connections(messages: MessagesServer) -> None:
    asyncio.run(_asked(4))
    assert messages.wait_idle()


def test_many_concurrent_questions_are_answered(messages: MessagesServer) -> None:
    gate = messages.gate()
    messages.answer = lambda request: reply(f"{request.number}", gate=gate)

    async def scenario() -> None:
        asking = asyncio.create_task(_asked(20))
        assert await asyncio.to_thread(messages.wait_requests, 20)
        gate.open()
        answers = await asking
        texts = {answer.text for answer in answers if isinstance(answer, Reply)}
        assert texts == {str(number) for number in range(1, 21)}

    asyncio.run(scenario())
    assert messages.most == 20


ASK_OFTEN = """
import asyncio, sys, time
from python_expert.llm.anthropic.endpoint import Endpoint
assert not {"anthropic", "httpx2"} & sys.modules.keys()

async def beat(gaps):
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        gaps.append(time.perf_counter() - before)

async def main():
    gaps, endpoint = [], Endpoint(None, 60, 0)
    beating = asyncio.create_task(beat(gaps))
    body = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}
    await asyncio.gather(*(endpoint.ask(body) for _ in range(20)))
    beating.cancel()
    print(max(gaps) / sum(gaps))

asyncio.run(main())
"""


def test_the_first_questions_do_not_wait_for_imports_on_the_loop(messages: MessagesServer) -> None:
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", ASK_OFTEN],
        env=messages.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert [line.split("|")[-1].strip() for line in run.stderr.splitlines()].count("anthropic") == 1
    assert float(run.stdout) < 0.5, "most of the time was one pause of the loop"


def test_a_preview_equals_the_request_and_sends_nothing(messages: MessagesServer) -> None:
    made = _preview()
    assert (made.method, made.url) == ("POST", f"{messages.url}/v1/messages")
    assert messages.connections == 0
    _reply()
    (sent,) = messages.requests
    assert made.content == sent.raw
    shown = dict(made.headers)
    assert shown.pop("authorization") == "(hidden)"
    assert shown == {name: text for name, text in sent.headers.items() if name != "authorization"}


def test_a_preview_needs_no_key_and_shows_none(
    messages: MessagesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key = _preview()
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "x-team: blue\nx-gateway-token: abc123secret")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", messages.url.replace("//", "//me:passw0rd@"))
    more = _preview()
    assert ("x-team", "blue") in more.headers
    assert ("x-gateway-token", "(hidden)") in more.headers
    assert not any(secret in repr(more) for secret in ("abc123secret", "passw0rd", KEY))
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_CUSTOM_HEADERS", "ANTHROPIC_CONFIG_DIR"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", messages.variables["ANTHROPIC_CONFIG_DIR"])
    assert _preview(messages.url) == with_key
    assert messages.connections == 0


def test_no_key_is_ever_shown(
    messages: MessagesServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other, custom = "sk-ant-oat01-elsewhere_99", "gateway-pass-77"
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", f"x-gateway-key: {custom}")
    spoken = f"bad key {KEY}, {other}, Bearer abc.def, {custom} " + "and so on " * 100
    for script in (
        error(401, "authentication_error", spoken),
        error(400, "invalid_request_error", spoken),
        error_in_stream("api_error", spoken),
        page(spoken, status=500, kind="text/plain"),
        malformed(f"event: error\ndata: {spoken}\n\n".encode()),
        page(kind=f"text/{KEY}"),
        redirect(f"http://{KEY}@elsewhere/{KEY}"),
        refusal(spoken),
    ):
        messages.script(script)
        with caplog.at_level(logging.DEBUG):
            (answer,) = asyncio.run(_asked())
        shown = repr(answer) + (f"{answer}" if isinstance(answer, Reply) else str(answer))
        for secret in (KEY, other, "abc.def", custom):
            assert secret not in shown
        if isinstance(answer, EndpointError):
            assert len(str(answer)) < 500
            assert answer.__cause__ is None


def test_the_sdk_logs_no_key(messages: MessagesServer) -> None:
    messages.answer = lambda request: (
        reply("x") if request.number > 2 else error(529, "overloaded_error", "Overloaded")
    )
    run = subprocess.run(
        [sys.executable, "-c", ASK_OFTEN.replace("60, 0", "60, 2")],
        env={**messages.environment, "ANTHROPIC_LOG": "debug"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "anthropic._base_client" in run.stderr
    assert KEY not in run.stdout + run.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"messages": [{"role": "assistant", "content": "Hi"}]}, "roles must alternate"),
        ({"system": ""}, "must be non-empty"),
        ({"output_config": {"effort": "huge"}}, "output_config.effort"),
        ({"max_tokens": -1}, "max_tokens"),
    ],
)
def test_the_loopback_endpoint_refuses_the_same_requests_as_the_service(
    messages: MessagesServer, change: dict[str, Any], message: str
) -> None:
    async def scenario() -> None:
        endpoint = Endpoint(None, 20, 0)
        with pytest.raises(EndpointError, match=message):
            await endpoint.ask({**BODY, **change})
        await endpoint.stop()

    asyncio.run(scenario())
    assert len(messages.requests) == 1


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {}},
        {**FORMAT, "properties": {"a": {"type": "string", "minLength": 1}}},
        {**FORMAT, "properties": {"a": {"type": "array", "items": {"type": "object"}}}},
        {**FORMAT, "properties": {"a": {"$ref": "#/$defs/A"}}},
        {
            **FORMAT,
            "properties": {"a": {"$ref": "#/$defs/A"}},
            "$defs": {"A": {**FORMAT, "properties": {"a": {"$ref": "#/$defs/A"}}}},
        },
    ],
)
def test_the_test_endpoint_refuses_invalid_schemas(
    messages: MessagesServer, schema: dict[str, Any]
) -> None:
    async def scenario() -> None:
        endpoint = Endpoint(None, 20, 0)
        wanted = {"format": {"type": "json_schema", "schema": schema}}
        with pytest.raises(EndpointError, match=r"output_config\.format\.schema"):
            await endpoint.ask({**BODY, "output_config": wanted})
        await endpoint.stop()

    asyncio.run(scenario())
    assert len(messages.requests) == 1
