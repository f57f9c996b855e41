import { homedir } from "node:os";

/**
 * Puts values in the place of VS Code's variables in a setting, as launch and task files know them.
 *
 * @param value A text, or texts in arrays and objects.
 * @param folder The path of the workspace folder; the home folder where there is none.
 */
export function expand<T>(value: T, folder: string = homedir()): T {
  if (typeof value === "string") {
    return value
      .replace(/^~(?=$|[\\/])|\$\{userHome\}/g, () => homedir())
      .replace(/\$\{workspaceFolder(:[^}]*)?\}/g, () => folder)
      .replace(/\$\{env:([^}]+)\}/g, (_, name: string) => process.env[name] ?? "") as T;
  }
  if (Array.isArray(value)) {
    return value.map((each) => expand(each, folder)) as T;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, each]) => [key, expand(each, folder)]);
    return Object.fromEntries(entries) as T;
  }
  return value;
}
