// Builds the server's wheel into wheel/, from where the .vsix carries it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const client = dirname(dirname(fileURLToPath(import.meta.url)));
const project = dirname(client);
const wheels = join(client, "wheel");

/** The Python of the project's virtual environment, if there is one, else that on PATH. */
const python =
  [join(project, ".venv/bin/python"), join(project, ".venv/Scripts/python.exe")].find(existsSync) ??
  (process.platform === "win32" ? "python" : "python3");

rmSync(wheels, { recursive: true, force: true });
mkdirSync(wheels);
const made = spawnSync(
  python,
  ["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", wheels, project],
  { stdio: "inherit" },
);
if (made.error ?? made.status !== 0) {
  console.error(
    `The server's wheel could not be built with ${python}; it needs Python 3.11 and pip.`,
  );
  process.exit(1);
}
