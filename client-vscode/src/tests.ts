import { dirname } from "node:path";
import { debug, extensions, Uri, window, workspace } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { showText } from "./documents";
import { execute } from "./rewrites";

/** What a lens over a test says of it. */
interface TestPlace {
  uri: string;
  test: string;
}

/** Whether tests can be debugged: that takes the extension that starts debugpy. */
export const canDebug = () => extensions.getExtension("ms-python.debugpy") !== undefined;

/** Runs the tests of the file in the editor, or of the first folder where none is shown. */
export async function runTests(client: LanguageClient): Promise<void> {
  const uri = window.activeTextEditor?.document.uri.toString();
  const { result, message, failed, error } = (await execute(client, "pythonExpert.runTests", {
    ...(uri === undefined ? {} : { uri }),
    wait: true,
  })) as { result: string; message: string; failed?: number; error?: number };
  if (result !== "cancelled") {
    const show = result === "failed" ? window.showWarningMessage : window.showInformationMessage;
    const choices = failed || error ? ["Show Output"] : [];
    if (await show(`Python Expert: ${message}`, ...choices)) {
      await showOutput(client, uri);
    }
  }
}

/** Shows what the tests of a file have written, by default those of the file in the editor. */
export async function showOutput(
  client: LanguageClient,
  uri = window.activeTextEditor?.document.uri.toString(),
): Promise<void> {
  const text = await execute(client, "pythonExpert.testOutput", { uri });
  if (text) {
    await showText("Test output.txt", String(text));
  } else {
    void window.showInformationMessage("Python Expert: the tests of this file have no output.");
  }
}

/** Starts a test, or a class of tests, under the debugger; what it runs is what is saved. */
export async function debugTest({ uri, test }: TestPlace): Promise<void> {
  const file = Uri.parse(uri);
  const folder = workspace.getWorkspaceFolder(file);
  await workspace.textDocuments.find((each) => each.uri.toString() === file.toString())?.save();
  await debug.startDebugging(folder, {
    type: "debugpy",
    request: "launch",
    name: test,
    module: "pytest",
    args: [`${file.fsPath}::${test}`],
    cwd: folder?.uri.fsPath ?? dirname(file.fsPath),
    console: "integratedTerminal",
  });
}
