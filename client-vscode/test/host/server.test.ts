import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { window } from "vscode";
import { until } from "../harness/until";
import { openFile, restoreSettings, run, set, use, watchedServer, watchMessages } from "./support";

describe("The server", () => {
  let messages: ReturnType<typeof watchMessages>;

  before(openFile);
  beforeEach(() => {
    messages = watchMessages();
  });
  afterEach(async () => {
    messages.restore();
    await restoreSettings();
  });

  it("is told the settings that were set, and no defaults", async () => {
    const server = watchedServer("live");
    await set("tools.mypy.debounceMs", 20);
    await set("docstringStyle", "numpy");
    await use(server);
    const told = await until("the settings are told", async () =>
      server.lines().find((line) => line.id === 1 && line.result),
    );
    deepEqual(told.result, [
      { tools: { mypy: { debounceMs: 20 } }, docstringStyle: "numpy", trusted: true },
    ]);
    const introduced = server.lines().find((line) => line.method === "initialize");
    deepEqual(introduced?.params?.initializationOptions, { trusted: true });
  });

  it("names a setting of a wrong type, once", async () => {
    const said = (word: string) => messages.texts.filter((text) => text.includes(word));
    await set("tools.mypy.debounceMs", "soon");
    await run("restart");
    await until("it is said", () => said("soon").length > 0);
    await set("tools.mypy.debounceMs", "later");
    await until("the next one is said", () => said("later").length > 0);
    deepEqual(said("soon").slice(1), []);
  });

  it("is started anew once when several things change at the same time", async () => {
    const [first, second] = [watchedServer("live"), watchedServer("live")];
    await use(first);
    const paths = [second.path, first.path, second.path, first.path, second.path];
    for (const path of paths) {
      await set("serverPath", path);
    }
    await until("the last one is introduced", () =>
      second.lines().some((line) => line.method === "initialized"),
    );
    equal(first.starts().length, 1);
    equal(second.starts().length, 1);
  });

  it("is not started anew by a setting that it is told while it runs", async () => {
    const server = watchedServer("live");
    await use(server);
    await set("profile", "project");
    await until("it is told", () =>
      server.lines().some((line) => line.method === "workspace/didChangeConfiguration"),
    );
    await run("restart");
    equal(server.starts().length, 2, "the second start is the one that was asked for");
  });

  it("that dies again and again is given up after a while, with one message", async () => {
    const server = watchedServer("die");
    await use(server);
    await until("it is said", () => messages.texts.some((text) => text.includes("ended again")));
    equal(messages.texts.length, 1);
    equal(server.starts().length, 5);
  });

  it("that is named by a wrong path is not started, and the path is named", async () => {
    await set("serverPath", "/nowhere/python-expert");
    await until("it is said", () => messages.texts.length > 0);
    match(messages.texts.join(), /serverPath.*\/nowhere\/python-expert/);
  });
});

/** The files of the editor's settings, state and logs that have these words in them. */
function filesWith(words: string): string[] {
  const data = join(process.env.HOME ?? "", "..", "data");
  const files = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  ok(files.some((file) => file.endsWith("settings.json")));
  return files.filter((file) => readFileSync(file).includes(words));
}

describe("The API key", () => {
  const original = window.showInputBox;
  afterEach(async () => {
    Object.assign(window, { showInputBox: original });
    await run("clearApiKey");
    await restoreSettings();
  });

  it("reaches the server's environment, and no file", async () => {
    const messages = watchMessages();
    const server = watchedServer("live");
    await use(server);
    equal(server.starts().at(-1)?.key, null);
    Object.assign(window, { showInputBox: async () => " sk-secret " });
    await run("setApiKey");
    await until("the server has it", () => server.starts().at(-1)?.key === "sk-secret");
    equal(server.starts().length, 2);
    deepEqual(filesWith("sk-secret"), []);
    await run("clearApiKey");
    await until("it is gone", () => server.starts().length === 3);
    equal(server.starts().at(-1)?.key, null);
    messages.restore();
  });
});
