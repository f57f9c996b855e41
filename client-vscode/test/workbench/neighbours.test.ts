import { deepEqual, equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openFolder, until } from "../harness/workbench";

const FILES = { "a.py": "import os\n\nx: int = ''\n" };

describe("with the Ruff extension", () => {
  it("offers to disable Python Expert's ruff, which removes duplicate findings", async () => {
    const window = await openFolder(FILES);
    await window.runCommand("Ruff: Start");
    await window.openFile("a.py");
    await window.problem("Ruff", "F401");
    const offer = await window.notification(/Ruff both run ruff/);
    await offer.press("Switch Off in Python Expert");
    const sources = async () => (await window.problems()).map(({ source }) => source);
    await until(
      "Python Expert's ruff is disabled",
      async () => !(await sources()).includes("Ruff"),
    );
    await window.problem("Mypy", "assignment");
  });
});

describe("with the Ruff and the Mypy extension", () => {
  const setting = "mypy-type-checker.ignorePatterns";

  it("offers one extension at a time and keeps the user's ignore patterns", async () => {
    const window = await openFolder(FILES, { [setting]: ["generated"] });
    await window.runCommand("Mypy Type Checker: Start");
    await window.runCommand("Ruff: Start");
    await window.openFile("a.py");
    const ruff = await window.notification(/Ruff both run ruff/);
    await window.problem("Mypy", "assignment");
    equal((await window.notifications()).length, 1);
    await ruff.press("Keep Both");
    const mypy = await window.notification(/Mypy Type Checker both run mypy/);
    await mypy.press("Switch Off in Mypy Type Checker");
    const path = join(window.server.root, "data", "User", "settings.json");
    const patterns = (): string[] => {
      const text = readFileSync(path, "utf8");
      return text.trim() === "" ? [] : JSON.parse(text)[setting]; // VS Code empties it first
    };
    await until("the extension is disabled", () => patterns().includes("**"));
    deepEqual(patterns(), ["generated", "**"]);
  });
});
