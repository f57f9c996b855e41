import assert from "node:assert/strict";
import { homedir } from "node:os";
import { expand } from "../../src/variables";

describe("variables in settings", () => {
  it("are replaced, wherever they stand", () => {
    process.env.PYTHON_EXPERT_TEST = "$& x";
    const home = homedir();
    const values: [string, string][] = [
      ["${workspaceFolder}/.venv/bin/python", "/a $& b/.venv/bin/python"],
      ["${workspaceFolder:shop}/x", "/a $& b/x"],
      ["~/bin/ruff", `${home}/bin/ruff`],
      ["--x=${env:PYTHON_EXPERT_TEST}:${userHome}", `--x=$& x:${home}`],
      ["${env:PYTHON_EXPERT_NONE}a", "a"],
      ["a~/b ${unknown}", "a~/b ${unknown}"],
    ];
    for (const [value, expected] of values) {
      assert.equal(expand(value, "/a $& b"), expected);
    }
  });

  it("are replaced in lists and groups; other values stay", () => {
    const settings = { tools: { ruff: { args: ["~/a", "b"], enabled: true } }, "llm.retries": 2 };
    assert.deepEqual(expand(settings, "/w"), {
      tools: { ruff: { args: [`${homedir()}/a`, "b"], enabled: true } },
      "llm.retries": 2,
    });
  });
});
