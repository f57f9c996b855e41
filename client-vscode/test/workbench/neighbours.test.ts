import { deepEqual, equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openFolder, until } from "../harness/workbench";

const FILES = { "a.py": "import os\n\nx: int = ''\n" };

describe("Beside the Ruff extension", () => {
  it("it is offered to switch ours off, and then its findings are shown once", async () => {
    const window = await openFolder(FILES);
    await window.runCommand("Ruff: Start");
    await window.openFile("a.py");
    await window.problem("Ruff", "F401");
    const offer = await window.notification(/Ruff both run ruff/);
    await offer.press("Switch Off in Python Expert");
    const sources = async () => (await window.problems()).map(({ source }) => source);
    await until("ours is off", async () => !(await sources()).includes("Ruff"));
    await window.problem("Mypy", "assignment");
  });
});

describe("Beside the Ruff and the Mypy extension", () => {
  const setting = "mypy-type-checker.ignorePatterns";

  it("one is spoken of after the other, and what the user ignores there stays", async () => {
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
    await until("it is switched off there", () => patterns().includes("**"));
    deepEqual(patterns(), ["generated", "**"]);
  });
});
