import { equal } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { openFolder, PYTHON, screenshot, until, type Window } from "../harness/workbench";

describe("a baseline", () => {
  let window: Window;

  before(async () => {
    window = await openFolder({ "old.py": "import os\n" });
    const write = ["-m", "python_expert", "baseline", "write", "--quiet"];
    execFileSync(PYTHON, write, { cwd: window.folder, stdio: "ignore" });
  });
  after(() => window.close());

  const found = async () => (await window.problems()).map((each) => each.text);
  const shown = (...wanted: string[]) =>
    until(`the findings are ${wanted}`, async () => `${await found()}` === `${wanted}`);

  it("hides known findings, and the status shows and hides them", async () => {
    await window.openFile("old.py");
    await window.statusBecomes(/1 known finding hidden/);
    await window.placeCursor("import os");
    await window.type("import io\n");
    await shown("io");
    await window.statusItem();
    await screenshot(window, "baseline");
    const item = window.page.locator(".hover-language-status");
    await item.getByText("Show", { exact: true }).click();
    await shown("io", "os");
    await window.statusBecomes(/1 known finding shown/);
    await window.runCommand("Python Expert: Hide Known Findings");
    await shown("io");
    equal((await window.notifications()).join(), "");
  });
});
