import { type ExtensionContext, type Selection, type Uri, window } from "vscode";
import { ExecuteCommandRequest, type LanguageClient } from "vscode-languageclient/node";
import { SECTION } from "./settings";

/** What can be done to code. */
export interface Action {
  /** The server's name for it. */
  name: string;
  title: string;
  /** The command for what is selected; with `ToFile` behind it, the one for the file. */
  command: string;
  /** Whether it can be done to a whole file. */
  file: boolean;
}

/** The server's actions, which are generated into the manifest. */
export function actions(context: ExtensionContext): Action[] {
  return context.extension.packageJSON[SECTION].actions;
}

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
  action: string,
  where: "selection" | "file",
): Promise<void> {
  await execute(client, "pythonExpert.rewrite", target(client, place, action, where));
}

/** What a rewrite would send, as Markdown; undefined if the user has not said which rewrite. */
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
  action: string,
  where: "selection" | "file",
) {
  const converter = client.code2ProtocolConverter;
  const range = where === "file" ? null : converter.asRange(selection);
  return { action, uri: converter.asUri(uri), version, range };
}
