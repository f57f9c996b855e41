import { type Uri, workspace } from "vscode";
import type { Folders } from "./variables";

/** Returns the folders for variables in a scope; without a scope, `here` is the first folder. */
export function foldersAt(scope: Uri | undefined): Folders {
  const all = workspace.workspaceFolders ?? [];
  const here = (scope && workspace.getWorkspaceFolder(scope)) ?? all[0];
  const byName = Object.fromEntries(all.map(({ name, uri }) => [name, uri.fsPath]));
  return { here: here?.uri.fsPath, byName };
}
