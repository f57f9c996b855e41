import { type Selection, type Uri, window } from "vscode";
import { ExecuteCommandRequest, type LanguageClient } from "vscode-languageclient/node";

/** What can be done to code; the names are the server's. */
export type Action = "add-docstrings" | "add-type-hints" | "convert-to-async";

const TITLES: Record<Action, string> = {
  "add-docstrings": "Add docstrings",
  "add-type-hints": "Add type hints",
  "convert-to-async": "Convert to async",
};

/** What a command is about: the document with the cursor as it was when the command was given. */
export interface Place {
  uri: Uri;
  version: number;
  selection: Selection;
}

/** Where the cursor is now; the user is told if that is in no Python file. */
export function currentPlace(): Place | undefined {
  const editor = window.activeTextEditor;
  if (editor?.document.languageId !== "python") {
    void window.showInformationMessage("Python Expert: open a Python file first.");
    return undefined;
  }
  const { uri, version } = editor.document;
  return { uri, version, selection: editor.selection };
}

/** Has the server rewrite the function or class at a place, what is selected there, or the file. */
export async function rewrite(
  client: LanguageClient,
  place: Place,
  action: Action,
  where: "selection" | "file",
): Promise<void> {
  await execute(client, "pythonExpert.rewrite", target(client, place, action, where));
}

/** What a rewrite would send, as Markdown; undefined if the user has not said which rewrite. */
export async function payload(client: LanguageClient, place: Place): Promise<string | undefined> {
  const items = (Object.keys(TITLES) as Action[]).map((action) => ({
    label: TITLES[action],
    action,
  }));
  const title = "Python Expert: which rewrite, of what is at the cursor or selected?";
  const chosen = await window.showQuickPick(items, { title });
  if (!chosen) {
    return undefined;
  }
  const wanted = target(client, place, chosen.action, "selection");
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

function target(
  client: LanguageClient,
  { uri, version, selection }: Place,
  action: Action,
  where: "selection" | "file",
) {
  const converter = client.code2ProtocolConverter;
  const range = where === "file" ? null : converter.asRange(selection);
  return { action, uri: converter.asUri(uri), version, range };
}
