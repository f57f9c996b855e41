import { deepEqual, equal, ok } from "node:assert/strict";
import {
  type CodeAction,
  commands,
  languages,
  NotebookCellData,
  NotebookCellKind,
  NotebookData,
  NotebookEdit,
  Range,
  type TextDocument,
  WorkspaceEdit,
  window,
  workspace,
} from "vscode";
import { until } from "../harness/until";

const code = (text: string) => new NotebookCellData(NotebookCellKind.Code, text, "python");

/** Returns the start lines of the diagnostics with a code in a cell. */
const lines = (cell: TextDocument, wanted: string) =>
  languages
    .getDiagnostics(cell.uri)
    .filter(({ code }) => (typeof code === "object" ? code.value : code) === wanted)
    .map(({ range }) => range.start.line);

describe("a notebook", () => {
  let cells: TextDocument[];

  before(async () => {
    const notebook = await workspace.openNotebookDocument(
      "jupyter-notebook",
      new NotebookData([
        code("%matplotlib inline\nimport os\n"),
        new NotebookCellData(NotebookCellKind.Markup, "# Title", "markdown"),
        code('x: int = "a"\n\n\ndef add(a, b=1):\n    return a + b\n\n\nadd(1, 2)\n'),
      ]),
    );
    await window.showNotebookDocument(notebook);
    cells = notebook.getCells().map(({ document }) => document);
    ok(cells.length === 3);
  });
  after(() => commands.executeCommand("workbench.action.revertAndCloseActiveEditor"));

  it("shows each finding in its cell", async () => {
    const [first, title, last] = cells as [TextDocument, TextDocument, TextDocument];
    await until(
      "the findings are reported",
      () => lines(first, "F401").length && lines(last, "assignment")[0] === 0,
    );
    deepEqual(lines(first, "F401"), [1]);
    deepEqual(lines(last, "no-untyped-def"), [3]);
    deepEqual(languages.getDiagnostics(title.uri), []);
  });

  it("offers a fix that changes the cell", async () => {
    const [first] = cells as [TextDocument];
    const actions = await commands.executeCommand<CodeAction[]>(
      "vscode.executeCodeActionProvider",
      first.uri,
      new Range(1, 7, 1, 9),
      "quickfix",
    );
    const fix = actions.find(({ title }) => title.includes("Remove unused import"));
    ok(fix?.edit);
    await workspace.applyEdit(fix.edit);
    equal(first.getText(), "%matplotlib inline\n\n".replace("\n\n", "\n"));
    await until("the finding disappears", () => lines(first, "F401").length === 0);
  });

  it("offers a rewrite that changes the cell", async () => {
    const last = cells[2] as TextDocument;
    const actions = await commands.executeCommand<CodeAction[]>(
      "vscode.executeCodeActionProvider",
      last.uri,
      new Range(3, 5, 3, 5),
    );
    const hints = actions.find(({ title }) => title.startsWith("Add type hints to `add`"));
    ok(hints?.command);
    const { command, arguments: args } = hints.command;
    await commands.executeCommand(command, ...(args ?? []));
    const typed = "def add(a: int, b: int = 1) -> int:";
    await until("the function has type hints", () => last.getText().includes(typed));
  });

  it("is checked when cells are added", async () => {
    const notebook = window.activeNotebookEditor?.notebook;
    ok(notebook);
    const edit = new WorkspaceEdit();
    edit.set(notebook.uri, [NotebookEdit.insertCells(0, [code("import re\n")])]);
    await workspace.applyEdit(edit);
    const added = notebook.cellAt(0).document;
    await until("the new cell is checked", () => lines(added, "F401").length === 1);
    deepEqual(lines(cells[2] as TextDocument, "assignment"), [0]);
  });
});
