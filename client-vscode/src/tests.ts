import { basename } from "node:path";
import { commands, debug, extensions, Uri, window, workspace } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { showText } from "./documents";
import { execute } from "./rewrites";

/** The extension that starts debugpy. */
const DEBUGGER = "ms-python.debugpy";

/** The argument of the code lens that debugs a test. */
interface TestPlace {
  uri: string;
  test: string;
  /** The debug configuration: `{python, cwd, module, args}`. */
  launch: object;
}

/** Runs the tests of the active file; without an active file, those of the first folder. */
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

/** Shows the output of a file's tests, by default of the active file. */
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

/**
 * Debugs a test or a class of tests with the server's debug configuration.
 *
 * The debugger runs the files on disk. VS Code saves them first, depending on
 * `debug.saveBeforeStart`.
 */
export async function debugTest({ uri, test, launch }: TestPlace): Promise<void> {
  if (!extensions.getExtension(DEBUGGER)) {
    const message = "to debug tests, install the extension Python Debugger.";
    if (await window.showWarningMessage(`Python Expert: ${message}`, "Show Extension")) {
      await commands.executeCommand("extension.open", DEBUGGER);
    }
    return;
  }
  const folder = workspace.getWorkspaceFolder(Uri.parse(uri));
  const console = "integratedTerminal";
  const configuration = { type: "debugpy", request: "launch", name: test, console, ...launch };
  const isStarted = await debug.startDebugging(folder, configuration);
  const unsaved = workspace.textDocuments.filter(
    (each) => each.isDirty && each.languageId === "python" && !each.isUntitled,
  );
  if (isStarted && unsaved.length > 0) {
    const names = unsaved.map((each) => basename(each.fileName)).join(", ");
    void window.showWarningMessage(
      `Python Expert: the debugger runs the files on disk. Not saved: ${names}.`,
    );
  }
}
