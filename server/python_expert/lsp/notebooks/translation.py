"""Translates messages about cells to messages about their notebook's program, and back.

A line of a cell is a line of the program; columns are the same. See the "Notebook Document
Synchronization" of
https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from python_expert.diagnostics.notebook_findings import in_cells, is_meant
from python_expert.lsp.notebooks.registry import OpenNotebook, OpenNotebooks
from python_expert.processes.jsonrpc import RpcError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping

    from python_expert.lsp.documents import Documents
    from python_expert.text.document import Document, Range

    Json = dict[str, Any]
    Handler = Callable[[Any], Coroutine[Any, Any, Any]]

PUBLISH = "textDocument/publishDiagnostics"

WHOLE_FILE = ("source.fixAll", "source.organizeImports")
"""The kinds of code actions whose only edit usually spans several cells."""

NOT_IN_CELLS = "a part of the edit is not inside the Python of one cell of the notebook"


class Notebooks:
    """Translates messages between the client (cells) and the handlers (programs).

    Args:
        documents: The open documents, including the programs of the notebooks.
        send: Sends a notification to the client.
    """

    def __init__(self, documents: Documents, send: Callable[[str, object], None]) -> None:
        self._documents = documents
        self._send = send
        self._open = OpenNotebooks()

    def opened(self, params: Mapping[str, Any]) -> Json:
        """Open a notebook; return the parameters of ``textDocument/didOpen`` for its program."""
        if (before := self._open.get(params["notebookDocument"]["uri"])) is not None:
            for uri in tuple(before.shown):  # the client has not reported that it was closed
                self._show(before, uri, None, [])
        now = self._open.open(params)
        document = {"uri": now.uri, "version": now.version, "text": now.text}
        return {"textDocument": document | {"languageId": "python"}}

    def changed(self, params: Mapping[str, Any]) -> Json | None:
        """Handle ``notebookDocument/didChange``.

        Returns:
            The parameters of ``textDocument/didChange`` if the program has changed.

        Raises:
            KeyError: A required parameter is missing.
        """
        notebook = self._open.get(params["notebookDocument"]["uri"])
        cells = params["change"].get("cells")
        if notebook is None or not cells:
            return None
        notebook.change(cells, self._documents.encoding)
        is_changed = notebook.next()
        for uri in notebook.shown.keys() - {cell.uri for cell in notebook.now.cells}:
            self._show(notebook, uri, None, [])
        if not is_changed:  # only output, or cells that are not Python
            return None
        identifier = {"uri": notebook.now.uri, "version": notebook.now.version}
        return {"textDocument": identifier, "contentChanges": [{"text": notebook.now.text}]}

    def closed(self, uri: str) -> None:
        """Forget a notebook whose program was closed."""
        self._open.close(uri)

    def asked(self, handler: Handler) -> Handler:
        """Wrap a handler of requests about documents so that it also handles cells."""

        async def handle(params: Json) -> Any:  # noqa: ANN401 - JSON is untyped
            uri = params["textDocument"]["uri"]
            if (notebook := self._open.of_cell(uri)) is None:
                return await handler(params)
            start = notebook.now.start(uri)
            if start is None:  # the cell is no code
                return None
            moved = _moved(params, start) | {"textDocument": {"uri": notebook.now.uri}}
            return self._answer(notebook, uri, await handler(moved))

        return handle

    def commanded(self, params: Json) -> Json:
        """Replace a cell by its part of the program in ``workspace/executeCommand`` parameters."""
        arguments = params.get("arguments") or [None]
        first = arguments[0]
        uri = first.get("uri") if isinstance(first, dict) else None
        if not isinstance(uri, str) or (notebook := self._open.of_cell(uri)) is None:
            return params
        moved = _moved(first, notebook.now.start(uri) or 0) | {"uri": notebook.now.uri}
        if moved.get("version") == notebook.texts[uri].version:
            moved["version"] = notebook.now.version
        return params | {"arguments": [moved, *arguments[1:]]}

    def send(self, method: str, params: Any) -> None:  # noqa: ANN401 - JSON is untyped
        """Send a notification to the client: diagnostics of a program as those of its cells."""
        notebook = self._open.get(params["uri"]) if method == PUBLISH else None
        if notebook is None:
            self._send(method, params)
            return
        of: dict[str, list[Json]] = {cell.uri: [] for cell in notebook.now.cells}
        for cell, diagnostic in self._divided(notebook, params["diagnostics"]):
            of[cell.uri].append(diagnostic)
        for cell in notebook.now.cells:
            self._show(notebook, cell.uri, cell.version, of[cell.uri])

    def edit(self, params: Json) -> Json:
        """Convert edits of programs to edits of cells in ``workspace/applyEdit`` parameters.

        Raises:
            RpcError: An edit is not inside a cell.
        """
        edit = self._workspace_edit(params["edit"])
        if edit is None:
            raise RpcError(0, NOT_IN_CELLS)
        return params | {"edit": edit}

    def _show(
        self, notebook: OpenNotebook, uri: str, version: int | None, diagnostics: list[Json]
    ) -> None:
        """Publish a cell's diagnostics if they have changed."""
        if notebook.shown.get(uri, []) != diagnostics:
            notebook.shown[uri] = diagnostics
            of = {"uri": uri, "diagnostics": diagnostics}
            self._send(PUBLISH, of if version is None else of | {"version": version})

    def _divided(
        self, notebook: OpenNotebook, diagnostics: Iterable[Json]
    ) -> Iterator[tuple[Document, Json]]:
        """Yield the diagnostics that are meaningful in a notebook, each with its cell."""
        for each in diagnostics:
            found = self._place(notebook, each["range"])
            code, message = each.get("code", ""), each["message"]
            if found is None or not is_meant(notebook.now, *found, code, message):
                continue
            message = in_cells(notebook.now, message)
            moved = each | {"range": self._wire(*found), "message": message}
            if notes := each.get("relatedInformation"):
                moved["relatedInformation"] = [
                    note | {"location": self._location(note["location"])} for note in notes
                ]
            yield found[0], moved

    def _location(self, location: Json) -> Json:
        notebook = self._open.get(location["uri"])
        found = self._place(notebook, location["range"]) if notebook else None
        return {"uri": found[0].uri, "range": self._wire(*found)} if found else location

    def _answer(self, notebook: OpenNotebook, uri: str, answer: Any) -> Any:  # noqa: ANN401 - JSON
        """Return the part of an answer about a program that is about one of its cells."""
        if isinstance(answer, list):
            items = (self._item(notebook, uri, each) for each in answer)
            return [each for each in items if each is not None]
        if isinstance(answer, dict) and "items" in answer:
            divided = self._divided(notebook, answer["items"])
            return answer | {"items": [each for cell, each in divided if cell.uri == uri]}
        if isinstance(answer, dict) and "range" in answer:
            found = self._place(notebook, answer["range"])
            return answer | {"range": self._wire(*found)} if found else None
        return answer

    def _item(self, notebook: OpenNotebook, uri: str, item: Json) -> Json | None:
        """Convert a code action, lens or text edit to a cell's; None if it is for another cell."""
        if str(item.get("kind")).startswith(WHOLE_FILE):
            return None
        moved = dict(item)
        if "range" in item:
            found = self._place(notebook, item["range"])
            if found is None or found[0].uri != uri:
                return None
            moved["range"] = self._wire(*found)
        if "edit" in item:
            moved["edit"] = self._workspace_edit(item["edit"])
            if moved["edit"] is None:
                return None
        if item.get("diagnostics"):
            moved["diagnostics"] = [
                each for _cell, each in self._divided(notebook, item["diagnostics"])
            ]
            if not moved["diagnostics"]:  # the problem that it solves is not shown
                return None
        return moved

    def _workspace_edit(self, edit: Json) -> Json | None:
        """Return a workspace edit about cells; None if a part of it is not inside a cell."""
        if "changes" in edit:
            divided: dict[str, list[Json]] = {}
            for uri, edits in edit["changes"].items():
                if (found := self._edits(uri, edits)) is None:
                    return None
                for cell, each in found:
                    divided.setdefault(cell, []).append(each)
            return edit | {"changes": divided}
        changes: list[Json] = []
        for change in edit.get("documentChanges") or ():
            notebook = self._open.get(change.get("textDocument", {}).get("uri", ""))
            if notebook is None:
                changes.append(change)
                continue
            if change["textDocument"].get("version") not in (None, notebook.now.version):
                return None
            if (found := self._edits(notebook.now.uri, change["edits"])) is None:
                return None
            for uri, group in itertools.groupby(found, key=lambda each: each[0]):
                identifier = {"uri": uri, "version": notebook.texts[uri].version}
                changes.append({"textDocument": identifier, "edits": [each for _, each in group]})
        return edit | {"documentChanges": changes}

    def _edits(self, uri: str, edits: Iterable[Json]) -> list[tuple[str, Json]] | None:
        """Text edits, each with its document; None if one is not inside a cell."""
        notebook = self._open.get(uri)
        if notebook is None:
            return [(uri, each) for each in edits]
        divided: list[tuple[str, Json]] = []
        for each in edits:
            found = self._place(notebook, each["range"])
            if found is None or not notebook.now.is_python(*found):
                return None
            divided.append((found[0].uri, each | {"range": self._wire(*found)}))
        return divided

    def _place(self, notebook: OpenNotebook, wire: Json) -> tuple[Document, Range] | None:
        """Convert an LSP range of a program to one of a cell; None if it is not inside a cell."""
        program = self._documents.get(notebook.now.uri)
        if program is None:
            return None
        return notebook.now.to_cell(program.range(wire, self._documents.encoding))

    def _wire(self, cell: Document, where: Range) -> Json:
        return cell.wire_range(where, self._documents.encoding)


def _moved(params: Json, lines: int) -> Json:
    """Return parameters with their range or position moved down by a number of lines."""
    moved = dict(params)
    if params.get("position"):
        moved["position"] = _lower(params["position"], lines)
    if params.get("range"):
        moved["range"] = {end: _lower(place, lines) for end, place in params["range"].items()}
    return moved


def _lower(position: Json, lines: int) -> Json:
    return position | {"line": position["line"] + lines}
