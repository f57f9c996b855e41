import { type TextEditor, window } from "vscode";
import { ExecuteCommandRequest, type LanguageClient } from "vscode-languageclient/node";

/** What can be done to code; the names are the server's. */
export type Action = "add-docstrings" | "add-type-hints" | "convert-to-async";

const TITLES: Record<Action, string> = {
  "add-docstrings": "Add docstrings",
  "add-type-hints": "Add type hints",
  "convert-to-async": "Convert to async",
};

/** Has the server rewrite the function or class at the cursor, what is selected, or the file. */
export async function rewrite(
  client: LanguageClient,
  action: Action,
  where: "selection" | "file",
): Promise<void> {
  const editor = pythonEditor();
  if (editor) {
    await execute(client, "pythonExpert.rewrite", target(client, editor, action, where));
  }
}

/** What a rewrite would send, as Markdown; undefined if the user has not said which rewrite. */
export async function payload(client: LanguageClient): Promise<string | undefined> {
  const editor = pythonEditor();
  if (!editor) {
    return undefined;
  }
  const items = (Object.keys(TITLES) as Action[]).map((action) => ({
    label: TITLES[action],
    action,
  }));
  const title = "Python Expert: which rewrite, of what is at the cursor or selected?";
  const chosen = await window.showQuickPick(items, { title });
  if (!chosen) {
    return undefined;
  }
  const wanted = target(client, editor, chosen.action, "selection");
  const text = await execute(client, "pythonExpert.showPayload", {
    ...wanted,
    provider: "anthropic",
  });
  return String(text);
}

/** Carries out a command of the server's. */
export async function execute(
  client: LanguageClient,
  command: string,
  ...args: object[]
): Promise<unknown> {
  return client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args });
}

function pythonEditor(): TextEditor | undefined {
  const editor = window.activeTextEditor;
  if (editor?.document.languageId !== "python") {
    void window.showInformationMessage("Python Expert: open a Python file first.");
    return undefined;
  }
  return editor;
}

function target(
  client: LanguageClient,
  editor: TextEditor,
  action: Action,
  where: "selection" | "file",
) {
  const { uri, version } = editor.document;
  const converter = client.code2ProtocolConverter;
  const range = where === "file" ? null : converter.asRange(editor.selection);
  return { action, uri: converter.asUri(uri), version, range };
}
