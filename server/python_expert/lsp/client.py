"""The client's capabilities, derived once from what it declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from python_expert.lsp.initialization import encoding, pulls
from python_expert.text.columns import Encoding

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Client:
    """The client capabilities that the server uses.

    Attributes:
        encoding: The unit in which positions are counted: the first that the client lists.
        pull: It requests diagnostics instead of receiving published ones.
        refresh: It supports requests to pull diagnostics again.
        related: Diagnostics may carry related information.
        code_description: Diagnostics may carry a link to the rule's page.
        markdown: Hovers may be Markdown.
        data: Diagnostics may carry data, which the client sends back with them.
        tags: Diagnostics may be tagged as unused or deprecated code.
        configuration: It answers ``workspace/configuration``.
        watch_files: It supports requests to watch files.
        watch_configuration: It supports requests to report changes of its configuration.
        document_changes: Edits may carry the version they are for.
        creates: Edits may create files.
        annotations: Edits may be shown for confirmation, with the reason.
        progress: It can show progress.
        documents_shown: It can open a document on request.
        status: It supports notifications about the status of the tools.
        lens_refresh: It supports requests to refresh code lenses.
        report: It can show the report of the last rewrite on request.
        debugs_tests: It has a command that debugs a test.
    """

    encoding: Encoding = Encoding.UTF16
    pull: bool = False
    refresh: bool = False
    related: bool = False
    code_description: bool = False
    markdown: bool = False
    data: bool = False
    tags: bool = False
    configuration: bool = False
    watch_files: bool = False
    watch_configuration: bool = False
    document_changes: bool = False
    creates: bool = False
    annotations: bool = False
    progress: bool = False
    documents_shown: bool = False
    status: bool = False
    lens_refresh: bool = False
    report: bool = False
    debugs_tests: bool = False

    @classmethod
    def of(cls, capabilities: Mapping[str, Any]) -> Client:
        """Read a client's capabilities; a value that violates the protocol counts as missing."""

        def has(path: str, *parts: str) -> bool:
            return bool(_at(capabilities, path, *parts))

        def offers(path: str, *parts: str) -> bool:
            return _at(capabilities, path, *parts) is not None

        push, edit = "textDocument/publishDiagnostics", "workspace/workspaceEdit"
        pushed, versioned = offers(push), has(edit, "documentChanges")
        shown = push if pushed else "textDocument/diagnostic"
        kinds = _at(capabilities, edit, "resourceOperations")
        return cls(
            encoding=encoding(capabilities),
            pull=pulls(capabilities),
            refresh=has("workspace/diagnostics", "refreshSupport"),
            related=has(push, "relatedInformation") if pushed else offers(shown),
            code_description=not pushed or has(push, "codeDescriptionSupport"),
            markdown="markdown" in (_at(capabilities, "textDocument/hover/contentFormat") or ()),
            data=has(shown, "dataSupport"),
            tags=not pushed or offers(push, "tagSupport"),
            configuration=has("workspace/configuration"),
            watch_files=has("workspace/didChangeWatchedFiles", "dynamicRegistration"),
            watch_configuration=has("workspace/didChangeConfiguration", "dynamicRegistration"),
            document_changes=versioned,
            creates=versioned and isinstance(kinds, list) and "create" in kinds,
            annotations=versioned and offers(edit, "changeAnnotationSupport"),
            progress=has("window/workDoneProgress"),
            documents_shown=has("window/showDocument", "support"),
            status=has("experimental/pythonExpertStatus"),
            lens_refresh=has("workspace/codeLens", "refreshSupport"),
            report=has("experimental/pythonExpertReport"),
            debugs_tests=has("experimental/pythonExpertDebugTests"),
        )


def _at(capabilities: Mapping[str, Any], path: str, *parts: str) -> Any:  # noqa: ANN401 - JSON
    """Return the value of a capability, or None if the client does not send it."""
    value: Any = capabilities
    for part in (*path.split("/"), *parts):
        value = value.get(part) if isinstance(value, dict) else None
    return value
