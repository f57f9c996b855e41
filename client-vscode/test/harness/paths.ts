/** Where things are. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of the extension, `client-vscode`. */
export const CLIENT = join(__dirname, "..", "..", "..");

/** The Python that has python-expert installed, whose server the tests use. */
export const PYTHON =
  process.env.PYTHON_EXPERT_PYTHON || join(CLIENT, "..", ".venv", "bin", "python");

/** Writes files (text by relative path) into a folder. */
export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
