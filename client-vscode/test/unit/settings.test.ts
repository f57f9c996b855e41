import assert from "node:assert/strict";
import {
  explicitSettings,
  type Sources,
  serverSettings,
  withoutPasswords,
  withRuffAlone,
  withTypesElsewhere,
} from "../../src/settings";

function told(values: Record<string, Sources>): object {
  return explicitSettings(Object.keys(values), (name) => values[name]);
}

describe("settings", () => {
  it("are told only where somebody has set them, so that pyproject.toml is not hidden", () => {
    const values = {
      docstringStyle: {},
      "tools.ruff.enabled": { globalValue: false },
      "tools.ruff.args": { workspaceValue: [] },
    };
    assert.deepEqual(told(values), { tools: { ruff: { enabled: false, args: [] } } });
  });

  it("of a folder count before those of the workspace, and these before the user's", () => {
    const all = { globalValue: "google", workspaceValue: "numpy", workspaceFolderValue: "sphinx" };
    assert.deepEqual(told({ docstringStyle: all }), { docstringStyle: "sphinx" });
    const { workspaceFolderValue: _, ...two } = all;
    assert.deepEqual(told({ docstringStyle: two }), { docstringStyle: "numpy" });
  });

  it("switch off the tools that are not installed yet, and keep the others", () => {
    const set = { tools: { ruff: { args: ["x"] }, mypy: { args: ["y"], enabled: true } } };
    const mypy = { args: ["y"], enabled: false };
    const tools = { ruff: { args: ["x"] }, mypy, bandit: { enabled: false } };
    assert.deepEqual(withRuffAlone(set), { tools });
    assert.deepEqual(withRuffAlone({}), {
      tools: { mypy: { enabled: false }, bandit: { enabled: false } },
    });
  });

  it("leave the types of names to another extension, unless the user says otherwise", () => {
    const findings = { features: { hover: "findings" } };
    assert.deepEqual(withTypesElsewhere({ profile: "auto" }), { profile: "auto", ...findings });
    assert.deepEqual(withTypesElsewhere({ features: { hover: "auto" } }), findings);
    for (const hover of ["on", "off"]) {
      assert.deepEqual(withTypesElsewhere({ features: { hover } }), { features: { hover } });
    }
  });

  it("that are objects are merged, as VS Code does it", () => {
    const sources = { globalValue: { S: "error", E: "hint" }, workspaceValue: { E: "error" } };
    assert.deepEqual(told({ severity: sources }), { severity: { S: "error", E: "error" } });
  });

  it("of a wrong type reach the server, which names them", () => {
    assert.deepEqual(told({ "llm.retries": { globalValue: "two" } }), { llm: { retries: "two" } });
    const network = { globalValue: true, workspaceValue: "no" };
    assert.deepEqual(told({ "privacy.network": network }), { privacy: { network: "no" } });
  });

  it("of the client itself are not the server's", () => {
    const names = ["pythonExpert.serverPath", "pythonExpert.trace.server", "pythonExpert.profile"];
    assert.deepEqual(serverSettings(Object.fromEntries(names.map((name) => [name, {}]))), [
      "profile",
    ]);
  });

  it("that are null are as if they were not set", () => {
    const sources = { globalValue: "/bin/ruff", workspaceValue: null };
    assert.deepEqual(told({ "tools.ruff.path": sources }), {
      tools: { ruff: { path: "/bin/ruff" } },
    });
    assert.deepEqual(told({ interpreter: { globalValue: null } }), {});
  });

  it("have variables replaced where they are paths or arguments, and nowhere else", () => {
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

  it("are shown without passwords", () => {
    const told = "HTTPS_PROXY=http://me:secret@proxy:3128, see https://a.example/x@y";
    assert.equal(
      withoutPasswords(told),
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
    it(`of a repository do not widen: ${name} ${JSON.stringify(sources)}`, () => {
      const [area, leaf] = name.split(".") as [string, string];
      const result = told({ [name]: sources }) as Record<string, Record<string, unknown>>;
      assert.deepEqual(result[area]?.[leaf], counts);
    });
  }
});
