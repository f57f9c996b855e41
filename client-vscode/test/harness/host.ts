/**
 * Runs the tests of `test/host` with mocha inside the editor's extension host. Exits with 1 if a
 * test fails, if there is none, or on timeout.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launchBrowser } from "./browser";
import { type CodeServer, startCodeServer } from "./codeServer";
import { saveFailure } from "./failures";
import { install } from "./install";
import { CLIENT, PYTHON } from "./paths";

const DEADLINE_MS = 240_000;

async function main(): Promise<number> {
  const editor = install();
  const server = await startCodeServer(editor, {
    extension: false,
    args: ["--vscode-option", "enable-smoke-test-driver"],
    environment: { PYTHON_EXPERT_PYTHON: PYTHON },
  });
  const browser = await launchBrowser(editor.chromium);
  try {
    server.configure({ "pythonExpert.serverPath": PYTHON });
    const page = await browser.newPage();
    const code = await runTests(server, page);
    if (code !== 0) {
      await saveFailure(server, page, "host");
    }
    return code;
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Opens a window that runs the tests and returns the exit code. */
async function runTests(server: CodeServer, page: Page): Promise<number> {
  const folder = server.folder({ "a.py": "import os\n" });
  const ended = new Promise<number>((resolve) => {
    const deadline = setTimeout(() => {
      console.log(`The tests in the extension host did not end in ${DEADLINE_MS / 1000} seconds.`);
      resolve(1);
    }, DEADLINE_MS);
    void page.exposeFunction("codeAutomationExit", (code: number) => {
      clearTimeout(deadline);
      resolve(code);
    });
  });
  // The editor requires this function for its verbose log. Mocha's output goes to a file.
  await page.exposeFunction("codeAutomationLog", () => undefined);
  const remote = (path: string) => `vscode-remote://${server.authority}${path}`;
  const payload = [
    ["extensionDevelopmentPath", remote(CLIENT)],
    ["extensionTestsPath", remote(join(CLIENT, "out", "test", "host", "index.js"))],
    ["skipWelcome", "true"],
  ];
  const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
  await page.goto(`${server.url}/?${query}`);
  const code = await ended;
  const output = join(server.root, "mocha.txt");
  if (!existsSync(output)) {
    console.log("Mocha has not run.");
    return 1;
  }
  console.log(readFileSync(output, "utf8"));
  return code;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(String(error));
    process.exit(1);
  },
);
