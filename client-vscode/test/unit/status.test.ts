import assert from "node:assert/strict";
import {
  describeKnown,
  describeProvider,
  describeTools,
  providerCommand,
  type Reason,
  type ServerStatus,
  type ToolStatus,
} from "../../src/status";

function tool(name: string, more: Partial<ToolStatus> = {}): ToolStatus {
  const known = { version: "1.0", variant: "", lastMs: 12.4, message: "" };
  const interpreter = "/shop/.venv/bin/python";
  return { root: "/shop", interpreter, name, state: "ready", ...known, ...more };
}

const OFFLINE: ServerStatus = {
  provider: "offline",
  model: null,
  message: "",
  reason: null,
  tokens: 0,
  known: [],
  tools: [],
};

function status(more: Partial<ServerStatus> = {}): ServerStatus {
  return { ...OFFLINE, ...more };
}

describe("the language status", () => {
  it("shows the running tools and their versions", () => {
    const tools = [tool("ruff"), tool("mypy", { state: "busy" }), tool("bandit", { state: "off" })];
    const shown = describeTools("running", "", status({ tools }), "/shop/a.py");
    assert.equal(shown.text, "ruff 1.0, mypy 1.0");
    assert.equal(shown.detail, "Python: .venv/bin/python");
    assert.ok(shown.busy);
  });

  it("shows the Python for imports, shortened if necessary", () => {
    const detail = (interpreter: string) =>
      describeTools("running", "", status({ tools: [tool("ruff", { interpreter })] }), undefined)
        .detail;
    assert.equal(detail("/usr/bin/python3"), "Python: /usr/bin/python3");
    assert.match(
      detail(`/home/${"x".repeat(80)}/env/bin/python`),
      /^Python: ….*\/env\/bin\/python$/,
    );
    assert.ok(detail(`/home/${"x".repeat(80)}/env/bin/python`).length <= 50);
    assert.equal(detail(""), "no Python found for imports");
  });

  it("shows which tool has failed and the solution", () => {
    const tools = [tool("ruff"), tool("mypy", { state: "failed", message: "install mypy" })];
    const shown = describeTools("running", "", status({ tools }), undefined);
    assert.equal(shown.severity, "error");
    assert.equal(shown.detail, "mypy: install mypy");
  });

  it("truncates long details to leave room for the button", () => {
    const message = "it cannot be run ".repeat(20);
    const tools = [tool("mypy", { state: "failed", message })];
    for (const shown of [
      describeTools("running", "", status({ tools }), undefined),
      describeTools("failed", message, undefined, undefined),
    ]) {
      assert.ok(shown.detail.length <= 50 && shown.detail.endsWith("…"), shown.detail);
    }
  });

  it("shows the number of known findings in the active project", () => {
    const one = { path: "/shop/.python-expert-baseline.json", findings: 1204, shown: false };
    const inner = { path: "/shop/a/.python-expert-baseline.json", findings: 1, shown: true };
    const known = [one, inner];
    const shown = describeKnown(status({ known }), "/shop/b.py");
    assert.equal(shown?.text, "1,204 known findings hidden");
    assert.equal(shown?.command.title, "Show");
    assert.equal(describeKnown(status({ known }), "/shop/a/b.py")?.text, "1 known finding shown");
    assert.equal(describeKnown(status({ known }), "/other/b.py"), undefined);
    assert.equal(describeKnown(status(), "/shop/b.py"), undefined);
  });

  it("shows the tools of the active project", () => {
    const tools = [
      tool("ruff"),
      tool("ruff", { root: "/shop/inner", version: "2.0" }),
      tool("ruff", { root: "/shop/inn", version: "3.0" }),
    ];
    const at = (path: string) => describeTools("running", "", status({ tools }), path).text;
    assert.equal(at("/shop/inner/a.py"), "ruff 2.0");
    assert.equal(at("/shop/b.py"), "ruff 1.0");
    assert.equal(at("/elsewhere/b.py"), "ruff 1.0");
  });

  it("shows why there is no server", () => {
    const shown = describeTools("failed", "no Python 3.11", undefined, undefined);
    assert.deepEqual([shown.severity, shown.detail], ["error", "no Python 3.11"]);
    assert.ok(describeTools("starting", "", undefined, undefined).busy);
  });

  it("shows the model and the tokens, or why there is no model", () => {
    const claude = status({ provider: "anthropic", model: "claude-x", tokens: 12345 });
    assert.deepEqual(
      [describeProvider(claude).text, describeProvider(claude).detail],
      ["Rewrites by claude-x", "12,345 tokens this session"],
    );
    const message = "there is no key: set ANTHROPIC_API_KEY in the environment of your editor";
    const offline = describeProvider(status({ message }));
    assert.deepEqual([offline.text, offline.detail], ["Rewrites offline", "there is no key"]);
  });

  it("warns if a model is configured but not allowed", () => {
    const message = "the network is off: privacy.network is false in your settings";
    const shown = describeProvider(status({ provider: "anthropic", model: "claude-x", message }));
    assert.equal(shown.text, "Rewrites: claude-x may not be asked");
    assert.deepEqual([shown.detail, shown.severity], ["the network is off", "warning"]);
  });

  const offered: [Partial<ServerStatus> | undefined, string | undefined][] = [
    [undefined, undefined],
    [{}, undefined],
    [{ provider: "anthropic", model: "claude-x" }, "Choose Model"],
    [{ provider: "anthropic", model: "claude-x", reason: "network" }, "Open Settings"],
    ...Object.entries({
      noKey: "Set API Key",
      network: "Open Settings",
      chosen: "Open Settings",
      untrusted: "Manage Workspace Trust",
    }).map(([reason, title]): [Partial<ServerStatus>, string] => [
      { reason: reason as Reason },
      title,
    ]),
  ];
  for (const [changes, title] of offered) {
    it(`has the command for ${JSON.stringify(changes)} -> ${title ?? "nothing"}`, () => {
      assert.equal(providerCommand(changes && status(changes))?.title, title);
    });
  }
});
