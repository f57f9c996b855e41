/** The paths that the tests use. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The path of the extension's folder, `client-vscode`. */
export const CLIENT = join(__dirname, "..", "..", "..");

/** The path of the Python with python-expert, whose server the tests use. */
export const PYTHON =
  process.env.PYTHON_EXPERT_PYTHON || join(CLIENT, "..", ".venv", "bin", "python");

/** Writes files (text by relative path) to a folder. */
export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
