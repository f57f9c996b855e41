/** What tests of a suite in the workbench share: one editor, one browser; and the pictures. */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import {
  CLIENT,
  type CodeServer,
  PYTHON,
  type Settings,
  type Start,
  startCodeServer,
} from "./codeServer";
import { install } from "./install";
import { Window } from "./window";

export { CLIENT, type CodeServer, PYTHON, type Settings, writeFiles } from "./codeServer";
export type { Problem } from "./observation";
export { until } from "./until";
export type { Notification, Window } from "./window";

const BROWSER_FLAGS = [
  ..."--no-sandbox --disable-gpu --disable-quic --no-first-run".split(" "),
  ..."--disable-background-networking --disable-component-update --disable-sync".split(" "),
];

const windows: Window[] = [];
const servers: CodeServer[] = [];
let shared: Promise<CodeServer> | undefined;
let browser: Promise<Browser> | undefined;

/** Starts the browser that all tests share. */
export async function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: BROWSER_FLAGS });
}

/** Starts an editor for one test, which is ended after it. */
export async function startEditor(start: Omit<Start, "extension">): Promise<CodeServer> {
  const server = await startCodeServer(install(), { extension: true, ...start });
  servers.push(server);
  return server;
}

/**
 * Opens a new folder with these files in a window of its own, closed after the test.
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

/** Opens a folder that is there (`""`: none) in a window of its own, closed after the test. */
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
  await window.page.screenshot({ path: join(CLIENT, "out", "screenshots", `${name}.png`) });
}

/** Hooks for mocha: each test's windows are closed after it, all the rest at the end. */
export const mochaHooks = {
  async afterEach(this: Mocha.Context): Promise<void> {
    const test = this.currentTest;
    if (test?.state === "failed") {
      for (const [index, window] of windows.entries()) {
        await saveFailure(window, `${test.fullTitle().replace(/[^\w]+/g, "-")}-${index + 1}`);
      }
    }
    await Promise.all(windows.splice(0).map((window) => window.page.context().close()));
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  },
  async afterAll(): Promise<void> {
    await (await browser)?.close();
    await (await shared)?.stop();
  },
};

async function saveFailure(window: Window, name: string): Promise<void> {
  const folder = join(CLIENT, "out", "failures");
  mkdirSync(folder, { recursive: true });
  const picture = join(folder, `${name}.png`);
  await window.page.screenshot({ path: picture });
  console.log(`    The window when it failed: ${picture}`);
  const logs = join(window.server.root, "data", "logs");
  for (const log of readdirSync(logs, { recursive: true, encoding: "utf8" })) {
    if (basename(log).startsWith("Python Expert")) {
      const copy = join(folder, `${name}.log`);
      copyFileSync(join(logs, log), copy);
      console.log(`    The extension's log: ${copy}`);
    }
  }
}

/** Removes the pictures of earlier runs. */
export function clearFailures(): void {
  rmSync(join(CLIENT, "out", "failures"), { recursive: true, force: true });
}
