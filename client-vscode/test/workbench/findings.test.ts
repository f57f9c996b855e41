import { equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openFolder, openWindow, screenshot, sharedEditor, until } from "../harness/workbench";
import { BACKUP } from "./samples";

describe("While typing", () => {
  it("what ruff, mypy and bandit find in text that was never saved is underlined", async () => {
    const window = await openFolder({ "backup.py": "x = 1\n" });
    await window.openFile("backup.py");
    await window.replaceText(BACKUP);
    equal((await window.problem("Ruff", "F821")).text, "newst");
    equal((await window.problem("Mypy", "no-untyped-def")).line, 8);
    equal((await window.problem("Bandit")).severity, "information");
    await window.squiggles("error").first().waitFor();
    await window.squiggles("warning").first().waitFor();
    equal(readFileSync(join(window.folder, "backup.py"), "utf8"), "x = 1\n");
    await window.openProblemsPanel();
    await window.focusEditor();
    await screenshot(window, "findings");
  });

  it("a finding goes as soon as its cause is mended", async () => {
    const window = await openFolder({ "a.py": "def f() -> int:\n    return g()\n" });
    await window.openFile("a.py");
    await window.problem("Ruff", "F821");
    await window.placeCursor("g()");
    await window.type("1 #");
    await until("nothing is found", async () => (await window.problems()).length === 0);
  });

  it("Ctrl+. mends what ruff knows how to mend", async () => {
    const window = await openFolder({ "a.py": "import os\n\nx = 1\n" });
    await window.openFile("a.py");
    await window.problem("Ruff", "F401");
    await window.placeCursor("os");
    await window.quickFix("Remove unused import");
    await window.textBecomes("\nx = 1\n");
  });

  it("a file outside any folder is checked too", async () => {
    const server = await sharedEditor();
    const outside = server.folder({ "alone.py": "import os\n" });
    const window = await openWindow(server, "");
    await window.openFile(join(outside, "alone.py"));
    await window.problem("Ruff", "F401");
    await window.replaceText("def f(a):\n    return a\n");
    await window.problem("Mypy", "no-untyped-def");
  });
});
