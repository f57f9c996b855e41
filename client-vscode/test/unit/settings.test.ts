import assert from "node:assert/strict";
import {
  explicitSettings,
  type Sources,
  serverSettings,
  withoutHoverTypes,
  withoutPasswords,
  withRuffOnly,
} from "../../src/settings";

function nested(values: Record<string, Sources>): object {
  return explicitSettings(Object.keys(values), (name) => values[name]);
}

describe("settings", () => {
  it("omits defaults, so that they do not override pyproject.toml", () => {
    const values = {
      docstringStyle: {},
      "tools.ruff.enabled": { globalValue: false },
      "tools.ruff.args": { workspaceValue: [] },
    };
    assert.deepEqual(nested(values), { tools: { ruff: { enabled: false, args: [] } } });
  });

  it("prefers folder over workspace over user settings", () => {
    const all = { globalValue: "google", workspaceValue: "numpy", workspaceFolderValue: "sphinx" };
    assert.deepEqual(nested({ docstringStyle: all }), { docstringStyle: "sphinx" });
    const { workspaceFolderValue: _, ...two } = all;
    assert.deepEqual(nested({ docstringStyle: two }), { docstringStyle: "numpy" });
  });

  it("disables the tools that are not installed yet and keeps other settings", () => {
    const set = { tools: { ruff: { args: ["x"] }, mypy: { args: ["y"], enabled: true } } };
    const mypy = { args: ["y"], enabled: false };
    const tools = { ruff: { args: ["x"] }, mypy, bandit: { enabled: false } };
    assert.deepEqual(withRuffOnly(set), { tools });
    assert.deepEqual(withRuffOnly({}), {
      tools: { mypy: { enabled: false }, bandit: { enabled: false } },
    });
  });

  it("leaves hover types to another extension unless the user has set them", () => {
    const findings = { features: { hover: "findings" } };
    assert.deepEqual(withoutHoverTypes({ profile: "auto" }), { profile: "auto", ...findings });
    assert.deepEqual(withoutHoverTypes({ features: { hover: "auto" } }), findings);
    for (const hover of ["on", "off"]) {
      assert.deepEqual(withoutHoverTypes({ features: { hover } }), { features: { hover } });
    }
  });

  it("merges objects as VS Code does", () => {
    const sources = { globalValue: { S: "error", E: "hint" }, workspaceValue: { E: "error" } };
    assert.deepEqual(nested({ severity: sources }), { severity: { S: "error", E: "error" } });
  });

  it("passes values of a wrong type to the server, which reports them", () => {
    assert.deepEqual(nested({ "llm.retries": { globalValue: "two" } }), {
      llm: { retries: "two" },
    });
    const network = { globalValue: true, workspaceValue: "no" };
    assert.deepEqual(nested({ "privacy.network": network }), { privacy: { network: "no" } });
  });

  it("excludes the client's own settings", () => {
    const names = ["pythonExpert.serverPath", "pythonExpert.trace.server", "pythonExpert.profile"];
    assert.deepEqual(serverSettings(Object.fromEntries(names.map((name) => [name, {}]))), [
      "profile",
    ]);
  });

  it("ignores null", () => {
    const sources = { globalValue: "/bin/ruff", workspaceValue: null };
    assert.deepEqual(nested({ "tools.ruff.path": sources }), {
      tools: { ruff: { path: "/bin/ruff" } },
    });
    assert.deepEqual(nested({ interpreter: { globalValue: null } }), {});
  });

  it("expands variables in paths and arguments only", () => {
    const value = { globalValue: "${env:TOKEN}" };
    const names = ["interpreter", "logFile", "tools.ruff.path", "tools.mypy.args", "llm.model"];
    const set = explicitSettings(
      names,
      () => value,
      () => "x",
    );
    assert.deepEqual(set, {
      interpreter: "x",
      logFile: "x",
      tools: { ruff: { path: "x" }, mypy: { args: "x" } },
      llm: { model: "${env:TOKEN}" },
    });
  });

  it("removes passwords from texts", () => {
    const text = "HTTPS_PROXY=http://me:secret@proxy:3128, see https://a.example/x@y";
    assert.equal(
      withoutPasswords(text),
      "HTTPS_PROXY=http://proxy:3128, see https://a.example/x@y",
    );
  });

  const widening: [string, Sources, unknown][] = [
    ["privacy.network", { globalValue: false, workspaceValue: true }, false],
    ["privacy.network", { globalValue: true, workspaceValue: false }, false],
    ["privacy.redact", { globalValue: true, workspaceFolderValue: false }, true],
    ["privacy.redact", { defaultValue: true, workspaceValue: false }, true],
    ["privacy.ignore", { defaultValue: [], globalValue: ["a"], workspaceValue: ["b"] }, ["b", "a"]],
    ["llm.sessionTokenBudget", { globalValue: 10, workspaceValue: 99 }, 10],
    ["llm.sessionTokenBudget", { defaultValue: 500_000, workspaceValue: 9_999_999 }, 500_000],
    ["llm.provider", { globalValue: "offline", workspaceValue: "anthropic" }, "offline"],
    ["llm.provider", { globalValue: "anthropic", workspaceValue: "offline" }, "offline"],
    ["llm.provider", { defaultValue: "auto", workspaceValue: "anthropic" }, "auto"],
    ["llm.provider", { globalValue: "anthropic" }, "anthropic"],
    ["llm.provider", { globalValue: "offline", workspaceValue: "auto" }, "offline"],
    ["llm.provider", { globalValue: "offline", workspaceValue: 42 }, "offline"],
    ["llm.provider", { globalValue: "anthropic", workspaceValue: "auto" }, "auto"],
    ["llm.sessionTokenBudget", { globalValue: 10, workspaceValue: -1 }, 10],
    ["llm.sessionTokenBudget", { globalValue: 10, workspaceValue: "x" }, 10],
    ["llm.sessionTokenBudget", { globalValue: 10, workspaceValue: null }, 10],
    ["privacy.network", { globalValue: false, workspaceValue: null }, false],
  ];
  for (const [name, sources, counts] of widening) {
    it(`only lets the workspace restrict ${name}: ${JSON.stringify(sources)}`, () => {
      const [area, leaf] = name.split(".") as [string, string];
      const result = nested({ [name]: sources }) as Record<string, Record<string, unknown>>;
      assert.deepEqual(result[area]?.[leaf], counts);
    });
  }
});
