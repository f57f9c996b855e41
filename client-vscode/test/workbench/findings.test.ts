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

describe("while typing", () => {
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

  it("underlines the findings of ruff, mypy and bandit in unsaved text", async () => {
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

  it("explains a finding's rule in the hover and shows the type of a name", async () => {
    await window.openFile("backup.py");
    await window.hoverBecomes("newst", /undefined-name \(F821\).*Use instead/s);
    await window.page.keyboard.press("Escape");
    await window.hoverBecomes("subprocess", /module subprocess.*import_subprocess \(B404\)/s);
    await window.page.keyboard.press("Escape");
  });

  it("explains an anti-pattern in the hover and fixes it", async () => {
    await window.openFile("report.py");
    equal((await window.problem("Python Expert", "PE001")).line, 4);
    await window.hoverBecomes("text += f", /string-concatenation-in-loop \(PE001\).*join/s);
    await screenshot(window, "hover");
    await window.page.keyboard.press("Escape");
    await window.placeCursor("text += f");
    await window.quickFix("Collect the parts of `text`");
    await window.textBecomes(/text_parts\.append\(f"{name}: {count}\\n"\)/);
  });

  it("shows the tools and the provider of rewrites in the status", async () => {
    await window.openFile("backup.py");
    await window.statusBecomes(/ruff \d.*mypy \d.*bandit \d/s);
    match(await window.statusItem(), /Rewrites offline/);
    await screenshot(window, "status");
  });

  it("removes a finding as soon as its cause is fixed", async () => {
    await window.openFile("half.py");
    await window.problem("Ruff", "F821");
    await window.placeCursor("g()");
    await window.type("1 #");
    await until("there are no findings", async () => (await window.problems()).length === 0);
  });

  it("applies ruff's fixes with Ctrl+.", async () => {
    await window.openFile("imports.py");
    await window.problem("Ruff", "F401");
    await window.placeCursor("os");
    await window.quickFix("Remove unused import");
    await window.textBecomes("\nx = 1\n");
  });

  it("checks the whole workspace, including files that are not open", async () => {
    await window.runCommand("Python Expert: Check Workspace");
    const result = await window.notification(/Show Problems/);
    match(result.text, /finding|problem/);
    await result.press("Show Problems");
    await window.page.getByPlaceholder(/^Filter/).fill("closed.py");
    const row = window.page.locator(".markers-panel .monaco-list-row", { hasText: "annotation" });
    await row.first().waitFor();
  });

  it("shows the walkthrough", async () => {
    await window.runCommand("Welcome: Open Walkthrough...");
    await window.pick("Get Started with Python Expert");
    await window.page.getByRole("button", { name: "See findings as you type" }).waitFor();
    await window.runCommand("View: Close Editor");
  });

  it("checks a file outside any folder", async () => {
    const server = await sharedEditor();
    const outside = server.folder({ "alone.py": "import os\n" });
    const empty = await openWindow(server, "");
    await empty.openFile(join(outside, "alone.py"));
    await empty.problem("Ruff", "F401");
    await empty.replaceText("def f(a):\n    return a\n");
    await empty.problem("Mypy", "no-untyped-def");
  });
});
