import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigurationTarget, commands, type Uri, window, workspace } from "vscode";
import { until } from "../harness/until";
import { openFile, restoreSettings, run, set, use, watchedServer, watchMessages } from "./support";

/** The delay in ms with which the extension handles changes. */
const COALESCE_MS = 500;

describe("the server", () => {
  let messages: ReturnType<typeof watchMessages>;

  before(openFile);
  beforeEach(() => {
    messages = watchMessages();
  });
  afterEach(async () => {
    messages.restore();
    await restoreSettings();
  });

  it("receives explicit settings without defaults", async () => {
    const server = watchedServer("live");
    await set("tools.mypy.debounceMs", 20);
    await set("docstringStyle", "numpy");
    await use(server);
    const received = await until("the server has received the settings", async () =>
      server.lines().find((line) => line.id === 1 && line.result),
    );
    deepEqual(received.result, [
      { tools: { mypy: { debounceMs: 20 } }, docstringStyle: "numpy", trusted: true },
    ]);
    const introduced = server.lines().find((line) => line.method === "initialize");
    deepEqual(introduced?.params?.initializationOptions, { trusted: true });
  });

  it("reports a setting of a wrong type once", async () => {
    const messagesWith = (word: string) => messages.texts.filter((text) => text.includes(word));
    await set("tools.mypy.debounceMs", "soon");
    await run("restart");
    await until("the value is reported", () => messagesWith("soon").length > 0);
    await set("tools.mypy.debounceMs", "later");
    await until("the next value is reported", () => messagesWith("later").length > 0);
    deepEqual(messagesWith("soon").slice(1), []);
  });

  it("restarts once for several changes at the same time", async () => {
    const [first, second] = [watchedServer("live"), watchedServer("live")];
    await use(first);
    const paths = [second.path, first.path, second.path, first.path, second.path];
    await Promise.all(paths.map((path) => set("serverPath", path)));
    await until("the last server is initialized", () =>
      second.lines().some((line) => line.method === "initialized"),
    );
    equal(first.starts().length, 1);
    equal(second.starts().length, 1);
  });

  it("does not restart when a setting changes that it receives while running", async () => {
    const server = watchedServer("live");
    await use(server);
    await set("profile", "project");
    await until("the server is notified", () =>
      server.lines().some((line) => line.method === "workspace/didChangeConfiguration"),
    );
    await new Promise((resolve) => setTimeout(resolve, 2 * COALESCE_MS));
    await run("showReport"); // returns after the pending operations
    equal(server.starts().length, 1);
  });

  it("restarts without a message while another server is being checked", async () => {
    await use(watchedServer("live"));
    const other = watchedServer("slow");
    await set("serverPath", other.path);
    await until("the other server is asked for its version", other.wasAsked);
    const restarted = run("restart");
    other.go("nonsense");
    await restarted;
    await run("showReport");
    equal(other.starts().length, 1);
    deepEqual(withoutReport(messages.texts), []);
  });

  it("uses the last server path while the previous one is being checked", async () => {
    await use(watchedServer("live"));
    const [slow, last] = [watchedServer("slow"), watchedServer("live")];
    await set("serverPath", slow.path);
    await until("the slow server is asked for its version", slow.wasAsked);
    await set("serverPath", last.path);
    slow.go("python-expert 9.9.9");
    await until("the last server is initialized", () =>
      last.lines().some((line) => line.method === "initialized"),
    );
  });

  it("receives a command for the document that was active at its invocation", async () => {
    const server = watchedServer("wait");
    await set("serverPath", server.path);
    await until("the server is starting", () => server.starts().length > 0);
    const given = run("addDocstrings");
    const other = await workspace.openTextDocument({ language: "python", content: "" });
    await window.showTextDocument(other);
    server.go();
    await given;
    const received = server.lines().find((line) => line.method === "workspace/executeCommand");
    match(received?.params?.arguments?.[0]?.uri ?? "", /\/a\.py$/);
    await openFile();
  });

  it("accepts the answer to a proposal as soon as the proposal is shown", async () => {
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
    await until("the edit is applied", () => document?.getText().startsWith("# proposed\n"));
    await commands.executeCommand("workbench.action.files.revert");
  });

  it("has debug information with state, output and environment, without passwords", async () => {
    const proxy = workspace.getConfiguration("http");
    await proxy.update("proxy", "http://me:secret@proxy.example:3128", ConfigurationTarget.Global);
    try {
      await use(watchedServer("die"));
      await until("the server is no longer restarted", () =>
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

  it("is no longer restarted after repeated crashes, with one message", async () => {
    const server = watchedServer("die");
    await use(server);
    await until("the error is shown", () =>
      messages.texts.some((text) => text.includes("keeps ending")),
    );
    equal(messages.texts.length, 1);
    equal(server.starts().length, 5);
  });

  it("is not started from a wrong path, and the message contains the path", async () => {
    await set("serverPath", "/nowhere/python-expert");
    await until("the error is shown", () => messages.texts.length > 0);
    match(messages.texts.join(), /serverPath.*\/nowhere\/python-expert/);
  });
});

/** Returns the messages without the answer to `showReport`. */
function withoutReport(texts: readonly string[]): string[] {
  return texts.filter((text) => !text.includes("nothing has been rewritten"));
}

/** Returns the files of the editor's settings, state and logs that contain a text. */
function filesWith(words: string): string[] {
  const data = join(process.env.HOME ?? "", "..", "data");
  const files = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  ok(files.some((file) => file.endsWith("settings.json")));
  return files.filter((file) => readFileSync(file).includes(words));
}

describe("the API key", () => {
  const original = window.showInputBox;
  afterEach(async () => {
    Object.assign(window, { showInputBox: original });
    await run("clearApiKey");
    await restoreSettings();
  });

  it("is passed in the server's environment and stored in no file", async () => {
    const messages = watchMessages();
    const server = watchedServer("live");
    await use(server);
    equal(server.starts().at(-1)?.key, null);
    Object.assign(window, { showInputBox: async () => " sk-secret " });
    await run("setApiKey");
    await until("the server has the key", () => server.starts().at(-1)?.key === "sk-secret");
    equal(server.starts().length, 2);
    deepEqual(filesWith("sk-secret"), []);
    await run("clearApiKey");
    await until("the server has no key", () => server.starts().length === 3);
    equal(server.starts().at(-1)?.key, null);
    messages.restore();
  });

  it("is removed from the server even if the settings name a wrong server", async () => {
    const messages = watchMessages();
    const server = watchedServer("live");
    await use(server);
    Object.assign(window, { showInputBox: async () => "sk-secret" });
    await run("setApiKey");
    await until("the server has the key", () => server.starts().at(-1)?.key === "sk-secret");
    await set("serverPath", "/nowhere/python-expert");
    await until("the error is shown", () =>
      messages.texts.some((text) => text.includes("/nowhere")),
    );
    await run("clearApiKey");
    await until("the server has no key", () => server.starts().length === 3);
    equal(server.starts().at(-1)?.key, null);
    messages.restore();
  });

  it("names the variable with another key when it is cleared", async () => {
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
