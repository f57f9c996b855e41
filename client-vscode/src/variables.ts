import { homedir } from "node:os";

/** The folders that variables can name. */
export interface Folders {
  /** The path of the folder at hand; the home folder where there is none. */
  here: string | undefined;
  /** The paths of all folders of the workspace, by name. */
  byName: Record<string, string>;
}

/**
 * Puts values in the place of VS Code's variables, as launch and task files know them.
 *
 * @param value A text, or texts in arrays; anything else stays.
 */
export function expand<T>(value: T, folders: Folders): T {
  if (Array.isArray(value)) {
    return value.map((each) => expand(each, folders)) as T;
  }
  if (typeof value !== "string") {
    return value;
  }
  return value
    .replace(/^~(?=$|[\\/])|\$\{userHome\}/g, () => homedir())
    .replace(/\$\{workspaceFolder\}/g, () => folders.here ?? homedir())
    .replace(/\$\{workspaceFolder:([^}]*)\}/g, (all, name: string) => folders.byName[name] ?? all)
    .replace(/\$\{env:([^}]+)\}/g, (_, name: string) => process.env[name] ?? "") as T;
}
