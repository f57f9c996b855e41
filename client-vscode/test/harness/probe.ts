/**
 * The probe: a read-only extension that is installed with the extension under test. It reports
 * state that the screen does not show, such as the full text of a document. It listens on a
 * socket whose name is derived from the window's folder.
 */
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { type ExtensionContext, languages, window, workspace } from "vscode";
import { type Observation, socketName } from "./observation";

/** Starts the probe. VS Code calls it when the window has started. */
export function activate(context: ExtensionContext): void {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  const socket = join(process.env.PYTHON_EXPERT_PROBES ?? "", socketName(folder));
  rmSync(socket, { force: true });
  const server = createServer((_request, response) => response.end(JSON.stringify(observe())));
  server.listen(socket);
  context.subscriptions.push({ dispose: () => server.close() });
}

function observe(): Observation {
  const editor = window.activeTextEditor;
  const severities = ["error", "warning", "information", "hint"] as const;
  return {
    extensionHost: process.pid,
    trusted: workspace.isTrusted,
    document: editor && {
      path: editor.document.uri.fsPath,
      scheme: editor.document.uri.scheme,
      text: editor.document.getText(),
      dirty: editor.document.isDirty,
    },
    problems: (editor ? languages.getDiagnostics(editor.document.uri) : []).map((problem) => ({
      source: problem.source ?? "",
      code: String(typeof problem.code === "object" ? problem.code.value : (problem.code ?? "")),
      message: problem.message,
      severity: severities[problem.severity] ?? "error",
      line: problem.range.start.line + 1,
      text: editor?.document.getText(problem.range) ?? "",
    })),
  };
}
