/** Saves a screenshot of the window and the extension's log for each failed test. */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { Page } from "playwright-core";
import type { CodeServer } from "./codeServer";
import { CLIENT } from "./paths";

const FOLDER = join(CLIENT, "out", "failures");

/** Saves the files as `out/failures/<name>.*` and prints their paths. */
export async function saveFailure(server: CodeServer, page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const picture = join(FOLDER, `${name}.png`);
  await page.screenshot({ path: picture });
  console.log(`    The window when it failed: ${picture}`);
  const logs = join(server.root, "data", "logs");
  const found = readdirSync(logs, { recursive: true, encoding: "utf8" })
    .filter((log) => basename(log).startsWith("Python Expert"))
    .sort();
  const latest = found.at(-1);
  if (latest) {
    const copy = join(FOLDER, `${name}.log`);
    copyFileSync(join(logs, latest), copy);
    console.log(`    The extension's log: ${copy}`);
  }
}

/** Removes the files of earlier runs. */
export function clearFailures(): void {
  rmSync(FOLDER, { recursive: true, force: true });
}
