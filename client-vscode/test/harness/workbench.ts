/** Provides the editor and the browser that the tests of a suite share, and screenshots. */
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { launchBrowser } from "./browser";
import { type CodeServer, type Settings, type Start, startCodeServer } from "./codeServer";
import { saveFailure } from "./failures";
import { install } from "./install";
import { CLIENT, PYTHON } from "./paths";
import { Window } from "./window";

export { type Messages, startMessages } from "./messages";
export { CLIENT, PYTHON, writeFiles } from "./paths";
export { until } from "./until";
export type { Window } from "./window";

const windows: Window[] = [];
const servers: CodeServer[] = [];
/** The number of windows that existed before the current test; they belong to its `describe`. */
let windowsBefore = 0;
let shared: Promise<CodeServer> | undefined;
let browser: Promise<Browser> | undefined;

/** Starts an editor for the current test; it stops after the test. */
export async function startEditor(start: Omit<Start, "extension">): Promise<CodeServer> {
  const server = await startCodeServer(install(), { extension: true, ...start });
  servers.push(server);
  return server;
}

/**
 * Opens a new folder with files in a new window. A window that a test opens closes after the
 * test; a window that `before` opens must be closed by `after`.
 *
 * @param files The texts by relative path.
 * @param settings The user settings in addition to the path of the server.
 * @param server The editor; by default the shared one.
 */
export async function openFolder(
  files: Record<string, string>,
  settings: Settings = {},
  server?: CodeServer,
): Promise<Window> {
  const editor = server ?? (await sharedEditor());
  return openWindow(editor, editor.folder(files), settings);
}

/** Returns the editor that all tests of the suite share. */
export function sharedEditor(): Promise<CodeServer> {
  shared ??= startCodeServer(install(), { extension: true });
  return shared;
}

/** Opens an existing folder (`""` for none) in a new window; see `openFolder`. */
export async function openWindow(
  server: CodeServer,
  folder: string,
  settings: Settings = {},
): Promise<Window> {
  server.configure({ "pythonExpert.serverPath": PYTHON, ...settings });
  browser ??= launchBrowser(install().chromium);
  const context = await (await browser).newContext({
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: 1,
  });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const window = new Window(server, folder, page);
  windows.push(window);
  const query = folder ? `folder=${encodeURIComponent(folder)}` : "ew=true";
  await page.goto(`${server.url}/?${query}`);
  await page.locator(".monaco-workbench").waitFor();
  await window.observe();
  return window;
}

/** Saves a screenshot of the window as `out/screenshots/<name>.png`. */
export async function screenshot(window: Window, name: string): Promise<void> {
  const path = join(CLIENT, "out", "screenshots", `${name}.png`);
  await window.page.screenshot({ path, animations: "disabled" });
}

/** The mocha hooks: they close the windows of each test after it, and all the rest at the end. */
export const mochaHooks = {
  beforeEach(): void {
    windowsBefore = windows.length;
  },
  async afterEach(this: Mocha.Context): Promise<void> {
    const test = this.currentTest;
    if (test?.state === "failed") {
      const open = windows.filter((window) => !window.page.isClosed());
      for (const [index, window] of open.entries()) {
        const name = `${test.fullTitle().replace(/[^\w]+/g, "-")}-${index + 1}`;
        await saveFailure(window.server, window.page, name);
      }
    }
    await Promise.all(windows.splice(windowsBefore).map((window) => window.close()));
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  },
  async afterAll(): Promise<void> {
    await (await browser)?.close();
    await (await shared)?.stop();
  },
};
