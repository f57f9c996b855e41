import { equal, match } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  openFolder,
  openWindow,
  screenshot,
  sharedEditor,
  until,
  type Window,
} from "../harness/workbench";
import { BACKUP } from "./samples";

const REPORT = `def report(rows: list[tuple[str, int]]) -> str:
    text = ""
    for name, count in rows:
        text += f"{name}: {count}\\n"
    return text
`;

describe("While typing", () => {
  let window: Window;

  before(async () => {
    window = await openFolder({
      "backup.py": "x = 1\n",
      "half.py": "def f() -> int:\n    return g()\n",
      "imports.py": "import os\n\nx = 1\n",
      "report.py": REPORT,
      "deep/closed.py": "def f(a):\n    return a\n",
    });
  });
  after(() => window.close());

  it("what ruff, mypy and bandit find in text that was never saved is underlined", async () => {
    await window.openFile("backup.py");
    await window.replaceText(BACKUP);
    equal((await window.problem("Ruff", "F821")).text, "newst");
    equal((await window.problem("Mypy", "no-untyped-def")).line, 8);
    equal((await window.problem("Bandit", "B404")).text, "import subprocess");
    await window.squiggles("error").first().waitFor();
    await window.squiggles("warning").first().waitFor();
    await window.squiggles("info").first().waitFor();
    equal(readFileSync(join(window.folder, "backup.py"), "utf8"), "x = 1\n");
    await window.openProblemsPanel();
    await screenshot(window, "findings");
    await window.runCommand("View: Toggle Problems");
  });

  it("a hover explains a finding's rule, and shows what a name is", async () => {
    await window.openFile("backup.py");
    await window.hoverBecomes("newst", /undefined-name \(F821\).*Use instead/s);
    await window.page.keyboard.press("Escape");
    await window.hoverBecomes("subprocess", /module subprocess.*import_subprocess \(B404\)/s);
    await window.page.keyboard.press("Escape");
  });

  it("an anti-pattern is explained where it stands, and fixed", async () => {
    await window.openFile("report.py");
    equal((await window.problem("Python Expert", "PE001")).line, 4);
    await window.hoverBecomes("text += f", /string-concatenation-in-loop \(PE001\).*join/s);
    await screenshot(window, "hover");
    await window.page.keyboard.press("Escape");
    await window.placeCursor("text += f");
    await window.quickFix("Collect the parts of `text`");
    await window.textBecomes(/text_parts\.append\(f"{name}: {count}\\n"\)/);
  });

  it("the status names the tools that found it, and who proposes rewrites", async () => {
    await window.openFile("backup.py");
    await window.statusBecomes(/ruff \d.*mypy \d.*bandit \d/s);
    match(await window.statusItem(), /Rewrites offline/);
    await screenshot(window, "status");
  });

  it("a finding goes as soon as its cause is fixed", async () => {
    await window.openFile("half.py");
    await window.problem("Ruff", "F821");
    await window.placeCursor("g()");
    await window.type("1 #");
    await until("nothing is found", async () => (await window.problems()).length === 0);
  });

  it("Ctrl+. fixes what ruff can fix", async () => {
    await window.openFile("imports.py");
    await window.problem("Ruff", "F401");
    await window.placeCursor("os");
    await window.quickFix("Remove unused import");
    await window.textBecomes("\nx = 1\n");
  });

  it("the whole workspace can be checked, files that are not open too", async () => {
    await window.runCommand("Python Expert: Check Workspace");
    const told = await window.notification(/Show Problems/);
    match(told.text, /finding|problem/);
    await told.press("Show Problems");
    await window.page.getByPlaceholder(/^Filter/).fill("closed.py");
    const row = window.page.locator(".markers-panel .monaco-list-row", { hasText: "annotation" });
    await row.first().waitFor();
  });

  it("the walkthrough leads there", async () => {
    await window.runCommand("Welcome: Open Walkthrough...");
    await window.pick("Get Started with Python Expert");
    await window.page.getByRole("button", { name: "See findings as you type" }).waitFor();
    await window.runCommand("View: Close Editor");
  });

  it("a file outside any folder is checked too", async () => {
    const server = await sharedEditor();
    const outside = server.folder({ "alone.py": "import os\n" });
    const empty = await openWindow(server, "");
    await empty.openFile(join(outside, "alone.py"));
    await empty.problem("Ruff", "F401");
    await empty.replaceText("def f(a):\n    return a\n");
    await empty.problem("Mypy", "no-untyped-def");
  });
});
