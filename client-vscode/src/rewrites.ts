import { type ExtensionContext, type Selection, type Uri, window } from "vscode";
import { ExecuteCommandRequest, type LanguageClient } from "vscode-languageclient/node";
import { SECTION } from "./settings";

/** A rewrite that the server offers. */
export interface Action {
  /** The server's name for the rewrite. */
  name: string;
  title: string;
  /** The command for the selection; with the suffix `ToFile`, the command for the file. */
  command: string;
  /** Whether the rewrite supports whole files. */
  file: boolean;
}

/** Returns the server's actions, which the manifest contains as generated data. */
export function actions(context: ExtensionContext): Action[] {
  return context.extension.packageJSON[SECTION].actions;
}

/** A document, its version and the selection at the time of a command. */
export interface Place {
  uri: Uri;
  version: number;
  selection: Selection;
}

/** Returns the place of the cursor; if it is not in a Python file, shows a message. */
export function currentPlace(): Place | undefined {
  const editor = window.activeTextEditor;
  if (editor?.document.languageId !== "python") {
    void window.showInformationMessage("Python Expert: open a Python file first.");
    return undefined;
  }
  const { uri, version } = editor.document;
  return { uri, version, selection: editor.selection };
}

/** Requests a rewrite of the selection, of the function or class at the cursor, or of the file. */
export async function rewrite(
  client: LanguageClient,
  place: Place,
  action: string,
  where: "selection" | "file",
): Promise<void> {
  await execute(client, "pythonExpert.rewrite", target(client, place, action, where));
}

/** Returns what a rewrite would send, as Markdown; undefined if the user chooses no rewrite. */
export async function payload(
  client: LanguageClient,
  place: Place,
  choices: Action[],
): Promise<string | undefined> {
  const items = choices.map(({ title, name }) => ({ label: title, name }));
  const title = "Python Expert: choose a rewrite for the code at the cursor or the selection";
  const chosen = await window.showQuickPick(items, { title });
  if (!chosen) {
    return undefined;
  }
  const wanted = target(client, place, chosen.name, "selection");
  const text = await execute(client, "pythonExpert.showPayload", {
    ...wanted,
    provider: "anthropic",
  });
  return String(text);
}

/** Executes a command of the server and returns its result. */
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
  action: string,
  where: "selection" | "file",
) {
  const converter = client.code2ProtocolConverter;
  const range = where === "file" ? null : converter.asRange(selection);
  return { action, uri: converter.asUri(uri), version, range };
}
