/** What tests of a suite in the workbench share: one editor, one browser; and the pictures. */
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
/** So many of the windows were there before the running test: they are those of its `describe`. */
let kept = 0;
let shared: Promise<CodeServer> | undefined;
let browser: Promise<Browser> | undefined;

/** Starts an editor for one test, which is ended after it. */
export async function startEditor(start: Omit<Start, "extension">): Promise<CodeServer> {
  const server = await startCodeServer(install(), { extension: true, ...start });
  servers.push(server);
  return server;
}

/**
 * Opens a new folder with these files in a window of its own. One that a test opens is closed after
 * it, one that a `before` opens is for its `after` to close.
 *
 * @param files text by relative path
 * @param settings the user's settings, beside the path of the server
 * @param server another editor than the one that all tests share
 */
export async function openFolder(
  files: Record<string, string>,
  settings: Settings = {},
  server?: CodeServer,
): Promise<Window> {
  const editor = server ?? (await sharedEditor());
  return openWindow(editor, editor.folder(files), settings);
}

/** The editor that all tests of the suite share. */
export function sharedEditor(): Promise<CodeServer> {
  shared ??= startCodeServer(install(), { extension: true });
  return shared;
}

/** Opens a folder that is there (`""`: none) in a window of its own; see `openFolder`. */
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

/** Saves a picture of the window as `out/screenshots/<name>.png`. */
export async function screenshot(window: Window, name: string): Promise<void> {
  const path = join(CLIENT, "out", "screenshots", `${name}.png`);
  await window.page.screenshot({ path, animations: "disabled" });
}

/** Hooks for mocha: each test's windows are closed after it, all the rest at the end. */
export const mochaHooks = {
  beforeEach(): void {
    kept = windows.length;
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
    await Promise.all(windows.splice(kept).map((window) => window.close()));
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  },
  async afterAll(): Promise<void> {
    await (await browser)?.close();
    await (await shared)?.stop();
  },
};
