import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigurationTarget, commands, type Uri, window, workspace } from "vscode";
import { until } from "../harness/until";
import { openFile, restoreSettings, run, set, use, watchedServer, watchMessages } from "./support";

/** Changes within so many ms are one to the server. */
const COALESCED_MS = 500;

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
    await Promise.all(paths.map((path) => set("serverPath", path)));
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
    await new Promise((resolve) => setTimeout(resolve, 2 * COALESCED_MS));
    await run("showReport"); // is answered after what is under way by then
    equal(server.starts().length, 1);
  });

  it("is started anew without a word when that is asked for while another one is looked at", async () => {
    await use(watchedServer("live"));
    const other = watchedServer("slow");
    await set("serverPath", other.path);
    await until("the other one is asked what it is", other.wasAsked);
    const restarted = run("restart");
    other.go("nonsense");
    await restarted;
    await run("showReport");
    equal(other.starts().length, 1);
    deepEqual(withoutReport(messages.texts), []);
  });

  it("is the one that is named last, though the one before is still looked at", async () => {
    await use(watchedServer("live"));
    const [slow, last] = [watchedServer("slow"), watchedServer("live")];
    await set("serverPath", slow.path);
    await until("the slow one is asked what it is", slow.wasAsked);
    await set("serverPath", last.path);
    slow.go("python-expert 9.9.9");
    await until("the last one is introduced", () =>
      last.lines().some((line) => line.method === "initialized"),
    );
  });

  it("gets a command for the document in which it was given", async () => {
    const server = watchedServer("wait");
    await set("serverPath", server.path);
    await until("it is starting", () => server.starts().length > 0);
    const given = run("addDocstrings");
    const other = await workspace.openTextDocument({ language: "python", content: "" });
    await window.showTextDocument(other);
    server.go();
    await given;
    const told = server.lines().find((line) => line.method === "workspace/executeCommand");
    match(told?.params?.arguments?.[0]?.uri ?? "", /\/a\.py$/);
    await openFile();
  });

  it("takes the answer to a proposal as soon as that is shown", async () => {
    await use(watchedServer("propose"));
    const document = window.activeTextEditor?.document;
    const shown = window.tabGroups.onDidChangeTabs(({ opened }) => {
      const [uri] = opened.map((tab) => (tab.input as { modified?: Uri }).modified);
      if (uri?.scheme === "python-expert-proposal") {
        shown.dispose();
        void commands.executeCommand("python-expert.applyProposal", uri);
      }
    });
    await run("addDocstrings");
    await until("the edit is made", () => document?.getText().startsWith("# proposed\n"));
    await commands.executeCommand("workbench.action.files.revert");
  });

  it("can be reported: how it is, what it wrote last, its environment; no passwords", async () => {
    const proxy = workspace.getConfiguration("http");
    await proxy.update("proxy", "http://me:secret@proxy.example:3128", ConfigurationTarget.Global);
    try {
      await use(watchedServer("die"));
      await until("it is given up", () =>
        messages.texts.some((text) => text.includes("keeps ending")),
      );
      await run("printDebugInformation");
      const text = window.activeTextEditor?.document.getText() ?? "";
      match(text, /State: failed: the server keeps ending/);
      match(text, /cannot reach https:\/\/index\.example/);
      match(text, /the proxy is http:\/\/proxy\.example:3128/);
      doesNotMatch(text, /secret@/);
    } finally {
      await restoreSettings();
      await proxy.update("proxy", undefined, ConfigurationTarget.Global);
      await openFile();
    }
  });

  it("that dies again and again is given up after a while, with one message", async () => {
    const server = watchedServer("die");
    await use(server);
    await until("it is said", () => messages.texts.some((text) => text.includes("keeps ending")));
    equal(messages.texts.length, 1);
    equal(server.starts().length, 5);
  });

  it("that is named by a wrong path is not started, and the path is named", async () => {
    await set("serverPath", "/nowhere/python-expert");
    await until("it is said", () => messages.texts.length > 0);
    match(messages.texts.join(), /serverPath.*\/nowhere\/python-expert/);
  });
});

/** What was said but for the answer to `showReport`. */
function withoutReport(texts: readonly string[]): string[] {
  return texts.filter((text) => !text.includes("nothing has been rewritten"));
}

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

  it("is taken from the server though the settings name a wrong one by then", async () => {
    const messages = watchMessages();
    const server = watchedServer("live");
    await use(server);
    Object.assign(window, { showInputBox: async () => "sk-secret" });
    await run("setApiKey");
    await until("the server has it", () => server.starts().at(-1)?.key === "sk-secret");
    await set("serverPath", "/nowhere/python-expert");
    await until("it is said", () => messages.texts.some((text) => text.includes("/nowhere")));
    await run("clearApiKey");
    await until("it is gone", () => server.starts().length === 3);
    equal(server.starts().at(-1)?.key, null);
    messages.restore();
  });

  it("that is used once it is cleared is named, where there is another one", async () => {
    const messages = watchMessages();
    process.env.ANTHROPIC_AUTH_TOKEN = "token";
    try {
      await run("clearApiKey");
      match(messages.texts.join(), /ANTHROPIC_AUTH_TOKEN in its environment; that one is used/);
    } finally {
      delete process.env.ANTHROPIC_AUTH_TOKEN;
      messages.restore();
    }
  });
});
