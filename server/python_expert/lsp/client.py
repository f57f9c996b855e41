"""What the client can do, worked out once from what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from python_expert.text.columns import Encoding

if TYPE_CHECKING:
    from lsprotocol.types import ClientCapabilities


@dataclass(frozen=True)
class Client:
    """The client's abilities, as far as the server acts on them.

    Attributes:
        encoding: The unit in which positions are counted: the first that the client lists.
        pull: It asks for diagnostics, and does not take them pushed.
        refresh: It can be told to ask for diagnostics again.
        related: Diagnostics may carry related information.
        code_description: Diagnostics may carry a link to the rule's page.
        data: Diagnostics may carry data, which the client hands back with them.
        tags: Diagnostics may be tagged as unused or deprecated code.
        configuration: It answers ``workspace/configuration``.
        watch_files: It can be asked to watch files.
        watch_configuration: It can be asked to say when its configuration changes.
        document_changes: Edits may carry the version they are for.
        creates: Edits may make new files.
        annotations: Edits may be shown for confirmation, with the reason.
        resolve_edits: A code action's edit may be worked out when it is chosen.
        progress: It can show progress.
        status: It wants to be told what the tools are doing.
        report: It shows the report of the last rewrite when it is told to.
    """

    encoding: Encoding = Encoding.UTF16
    pull: bool = False
    refresh: bool = False
    related: bool = False
    code_description: bool = False
    data: bool = False
    tags: bool = False
    configuration: bool = False
    watch_files: bool = False
    watch_configuration: bool = False
    document_changes: bool = False
    creates: bool = False
    annotations: bool = False
    resolve_edits: bool = False
    progress: bool = False
    status: bool = False
    report: bool = False

    @classmethod
    def of(cls, capabilities: ClientCapabilities) -> Client:
        """Read a client's capabilities."""
        text = capabilities.text_document
        workspace = capabilities.workspace
        push = text.publish_diagnostics if text else None
        shown = push or (text.diagnostic if text else None)
        action = text.code_action if text else None
        edit = workspace.workspace_edit if workspace else None
        watched = workspace.did_change_watched_files if workspace else None
        changed = workspace.did_change_configuration if workspace else None
        refresh = workspace.diagnostics if workspace else None
        resolve = action.resolve_support if action and action.data_support else None
        return cls(
            encoding=_encoding(capabilities),
            pull=push is None and text is not None and text.diagnostic is not None,
            refresh=bool(refresh and refresh.refresh_support),
            related=bool(push.related_information if push else text and text.diagnostic),
            code_description=bool(push is None or push.code_description_support),
            data=bool(shown and shown.data_support),
            tags=bool(push is None or push.tag_support),
            configuration=bool(workspace and workspace.configuration),
            watch_files=bool(watched and watched.dynamic_registration),
            watch_configuration=bool(changed and changed.dynamic_registration),
            document_changes=bool(edit and edit.document_changes),
            creates=bool(
                edit
                and edit.document_changes
                and types.ResourceOperationKind.Create in (edit.resource_operations or ())
            ),
            annotations=bool(
                edit and edit.document_changes and edit.change_annotation_support is not None
            ),
            resolve_edits=bool(resolve and "edit" in resolve.properties),
            progress=bool(capabilities.window and capabilities.window.work_done_progress),
            status=_wants(capabilities.experimental, "pythonExpertStatus"),
            report=_wants(capabilities.experimental, "pythonExpertReport"),
        )


def _wants(experimental: object, name: str) -> bool:
    """Whether an experimental capability is set; they may come as a dict or an object."""
    if isinstance(experimental, dict):
        return bool(experimental.get(name))
    return bool(getattr(experimental, name, False))


def _encoding(capabilities: ClientCapabilities) -> Encoding:
    """The first encoding in the client's order that is known here; LSP's default is UTF-16."""
    general = capabilities.general
    for offered in (general.position_encodings if general else None) or ():
        if offered in tuple(Encoding):
            return Encoding(offered)
    return Encoding.UTF16
