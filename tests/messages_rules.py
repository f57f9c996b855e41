"""The requests that the Messages API rejects, as far as we could test it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FIELDS = frozenset(
    [
        "cache_control",
        "container",
        "diagnostics",
        "inference_geo",
        "max_tokens",
        "messages",
        "metadata",
        "model",
        "output_config",
        "service_tier",
        "speed",
        "stop_sequences",
        "stream",
        "system",
        "thinking",
        "tool_choice",
        "tools",
    ]
)
EFFORTS = frozenset({"low", "medium", "high", "xhigh", "max"})
BREAKPOINTS = 4
"""The maximum number of places in a prompt that can be marked for caching."""

KEYWORDS = frozenset(
    [
        "$defs",
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "const",
        "default",
        "description",
        "enum",
        "format",
        "items",
        "properties",
        "required",
        "title",
        "type",
    ]
)
"""The keywords of schemas in structured outputs; bounds, lengths and patterns are not allowed."""

QUERY = frozenset({"after_id", "before_id", "lifecycle", "limit"})
LONGEST_PAGE = 1000
"""The maximum number of models on a page."""

Wrong = tuple[int, str, str]
"""A status, the error's type, and its message."""


def refused(
    method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any]
) -> Wrong | None:
    """Return what is wrong with a request, or None."""
    routes = {("POST", "/v1/messages"), ("GET", "/v1/models")}
    if (method, path.partition("?")[0]) not in routes:
        return 404, "not_found_error", "Not Found"
    if not any(headers.get(name) for name in ("authorization", "x-api-key")):
        return 401, "authentication_error", "Authorization header is required"
    if "anthropic-version" not in headers:
        return 400, "invalid_request_error", "anthropic-version: header is required"
    wrong = next(_wrong(body) if method == "POST" else _wrong_query(path), None)
    return None if wrong is None else (400, "invalid_request_error", wrong)


def _wrong_query(path: str) -> Iterator[str]:
    query = parse_qs(urlsplit(path).query)
    for name in query.keys() - QUERY:
        yield f"{name}: Extra inputs are not permitted"
    limit = query.get("limit", ["20"])[0]
    if not limit.isdigit() or not 1 <= int(limit) <= LONGEST_PAGE:
        yield f"limit: Input should be from 1 to {LONGEST_PAGE}"
    if {"after_id", "before_id"} <= query.keys():
        yield "after_id: Only one of after_id and before_id may be given"


def _wrong(body: Mapping[str, Any]) -> Iterator[str]:
    for name in ("model", "max_tokens", "messages"):
        if not body.get(name):
            yield f"{name}: Field required"
    for name in body.keys() - FIELDS:
        yield f"{name}: Extra inputs are not permitted"
    if not isinstance(body["max_tokens"], int) or body["max_tokens"] < 1:
        yield "max_tokens: Input should be greater than or equal to 1"
    for index, turn in enumerate(body["messages"]):
        if turn.get("role") != ("user", "assistant")[index % 2]:
            yield f'messages.{index}: roles must alternate between "user" and "assistant"'
        yield from _wrong_text(turn.get("content"), f"messages.{index}.content")
    if "system" in body:
        yield from _wrong_text(body["system"], "system")
    if str(body).count("'cache_control'") > BREAKPOINTS:
        yield f"A maximum of {BREAKPOINTS} blocks with cache_control may be provided"
    yield from _wrong_output(body.get("output_config", {}))


def _wrong_text(content: object, where: str) -> Iterator[str]:
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if not isinstance(blocks, list) or not blocks:
        yield f"{where}: Input should be a valid list"
        return
    for block in blocks:
        if block.keys() - {"type", "text", "cache_control"}:
            yield f"{where}: Extra inputs are not permitted"
        if block.get("type") != "text" or not str(block.get("text", "")).strip():
            yield f"{where}: text content blocks must be non-empty"
        if block.get("cache_control", {"type": "ephemeral"}).get("type") != "ephemeral":
            yield f"{where}.cache_control.type: Input should be 'ephemeral'"


def _wrong_output(config: Mapping[str, Any]) -> Iterator[str]:
    if config.keys() - {"effort", "format"}:
        yield "output_config: Extra inputs are not permitted"
    if config.get("effort", "low") not in EFFORTS:
        yield "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'"
    output_format = config.get("format")
    if output_format is None:
        return
    if output_format.get("type") != "json_schema" or not isinstance(
        output_format.get("schema"), dict
    ):
        yield "output_config.format: Input should be a JSON schema"
        return
    schema = output_format["schema"]
    yield from _wrong_schema(schema, schema.get("$defs", {}), ())


def _wrong_schema(
    schema: Mapping[str, Any], definitions: Mapping[str, Any], inside: tuple[str, ...]
) -> Iterator[str]:
    where = "output_config.format.schema"
    for keyword in schema.keys() - KEYWORDS:
        if not (keyword == "minItems" and schema[keyword] in {0, 1}):
            yield f"{where}: For '{schema.get('type')}' type, property '{keyword}' is not supported"
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        yield f"{where}: For 'object' type, 'additionalProperties' must be explicitly set to false"
    reference = schema.get("$ref")
    if reference is not None:
        name = str(reference).removeprefix("#/$defs/")
        if name in inside:
            yield f"{where}: Circular reference detected in schema definitions: {name}"
        elif name not in definitions:
            yield f"{where}: '{reference}' cannot be resolved"
        else:
            yield from _wrong_schema(definitions[name], definitions, (*inside, name))
    parts = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    parts += [*schema.get("allOf", ()), *([schema["items"]] if "items" in schema else [])]
    for part in parts:
        yield from _wrong_schema(part, definitions, inside)
