import assert from "node:assert/strict";
import { homedir } from "node:os";
import { expand } from "../../src/variables";

describe("expand", () => {
  const folders = { here: "/a $& b", byName: { shop: "/shop" } };

  it("replaces variables anywhere in a string", () => {
    process.env.PYTHON_EXPERT_TEST = "$& x";
    const home = homedir();
    const values: [string, string][] = [
      ["${workspaceFolder}/.venv/bin/python", "/a $& b/.venv/bin/python"],
      ["${workspaceFolder:shop}/x", "/shop/x"],
      ["~/bin/ruff", `${home}/bin/ruff`],
      ["--x=${env:PYTHON_EXPERT_TEST}:${userHome}", `--x=$& x:${home}`],
      ["${env:PYTHON_EXPERT_NONE}a", "a"],
    ];
    for (const [value, expected] of values) {
      assert.equal(expand(value, folders), expected);
    }
  });

  it("keeps unknown variables, so that messages name them", () => {
    for (const value of ["a~/b ${unknown}", "${workspaceFolder:elsewhere}/x"]) {
      assert.equal(expand(value, folders), value);
    }
  });

  it("replaces variables in lists and keeps other values", () => {
    assert.deepEqual(expand(["~/a", "b", 1], folders), [`${homedir()}/a`, "b", 1]);
    assert.equal(expand(true, folders), true);
  });
});
