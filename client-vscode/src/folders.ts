import { type Uri, workspace } from "vscode";
import type { Folders } from "./variables";

/** The folders that variables name, seen from a file or folder; the first one if from nowhere. */
export function foldersAt(scope: Uri | undefined): Folders {
  const all = workspace.workspaceFolders ?? [];
  const here = (scope && workspace.getWorkspaceFolder(scope)) ?? all[0];
  const byName = Object.fromEntries(all.map(({ name, uri }) => [name, uri.fsPath]));
  return { here: here?.uri.fsPath, byName };
}
