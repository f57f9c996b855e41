import { homedir } from "node:os";

/** The folders to which variables can refer. */
export interface Folders {
  /** The path of the current folder; if undefined, the home folder is used. */
  here: string | undefined;
  /** The paths of all workspace folders by name. */
  byName: Record<string, string>;
}

/**
 * Replaces VS Code's variables, as in launch and task files.
 *
 * @param value A string, or an array with strings; other values are returned unchanged.
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
