import { equal, match } from "node:assert/strict";
import { openFolder, screenshot, until, type Window } from "../harness/workbench";
import { GREET } from "./samples";

/** A program whose function is far from the import that its conversion adds. */
const LONG = GREET.replace("def greet", `${"#\n".repeat(80)}\n\ndef greet`);

describe("offline rewrites", () => {
  let window: Window;

  before(async () => {
    window = await openFolder({ "greet.py": GREET, "other.py": LONG });
    await window.openFile("greet.py");
    await window.problem("Mypy");
  });
  beforeEach(() => window.placeCursor("greet(name"));
  after(() => window.close());

  it("add docstrings with Ctrl+., and one undo reverts them", async () => {
    await window.actions();
    await screenshot(window, "actions");
    await window.page.keyboard.press("Escape");
    await window.placeCursor("check_name(name");
    await window.quickFix("Add docstring");
    await window.textBecomes(
      /def check_name\(name: str\) -> None:\n {4}"""Raise `{2}ValueError`{2} if/,
    );
    await window.undo();
    await window.textBecomes(GREET);
  });

  it("add type hints from the command palette, and one undo reverts them", async () => {
    await window.runCommand("Python Expert: Add Type Hints to File");
    await window.textBecomes(/times: int = 1/);
    await window.textBecomes(/def main\(\) -> None:/);
    await until("there are no findings", async () => (await window.problems()).length === 0);
    await until("there are no messages", async () => (await window.notifications()).length === 0);
    await screenshot(window, "type-hints");
    await window.undo();
    await window.textBecomes(GREET);
  });

  it("add docstrings from the context menu, and the report lists the checks", async () => {
    await window.contextMenu("def check_name(name", "Python Expert", "Add Docstrings");
    await window.textBecomes(
      /def check_name\(name: str\) -> None:\n {4}"""Raise `{2}ValueError`{2} if/,
    );
    await window.undo();
    await window.textBecomes(GREET);
    await window.runCommand("Python Expert: Show Last Report");
    await window.pageShows("Last rewrite", /docstring.*check_name/is);
    await window.runCommand("View: Close Editor");
    await window.showTab("greet.py");
  });

  it("show a conversion to async as a diff and apply it after confirmation", async () => {
    await window.quickFix("Convert `greet` to async");
    const question = await window.notification(/Convert to async/i);
    await window.page
      .locator(".monaco-diff-editor .view-line", { hasText: "await" })
      .first()
      .waitFor();
    await screenshot(window, "async-preview");
    equal((await window.document()).scheme, "python-expert-proposal");
    await question.press("Apply");
    await until("the preview is closed", async () => (await window.document()).scheme === "file");
    await window.textBecomes(/async def greet.*await asyncio\.sleep\(0\)/s);
    await window.undo();
    await window.textBecomes(GREET);
  });

  it("change nothing if the user discards a conversion", async () => {
    await window.quickFix("Convert `greet` to async");
    await window.notification(/Convert to async/i);
    await window.page.getByRole("button", { name: "Discard the Proposal" }).click();
    await until("the preview is closed", async () => (await window.document()).scheme === "file");
    equal(await window.text(), GREET);
    const question = window.page.locator(".notification-toast").filter({ hasText: "to async?" });
    await until("the question is closed", async () => !(await question.isVisible()));
    equal((await window.notifications()).filter((text) => text.includes("discarded")).length, 0);
    await window.runCommand("Notifications: Clear All Notifications");
  });

  it("reject a conversion if the code has changed before confirmation", async () => {
    await window.quickFix("Convert `greet` to async");
    const question = await window.notification(/Convert to async/i);
    await window.showProposal("greet.py");
    await window.showTab("greet.py");
    await window.placeCursor("print(name)");
    await window.type("#");
    await question.press("Apply");
    const refused = await window.notification(/changed/);
    match(refused.text, /Converted to async: 0 of 1 definition; 1 skipped/);
    equal(await window.text(), GREET.replace("print(name)", "#print(name)"));
    await window.undo();
    await window.textBecomes(GREET);
  });

  it("keep two proposals open, each with its own answer", async () => {
    await window.quickFix("Convert `greet` to async");
    await window.showProposal("greet.py");
    await window.openFile("other.py");
    await window.placeCursor("greet(name");
    await window.quickFix("Convert `greet` to async");
    await window.showProposal("other.py");
    const line = window.page.locator(".monaco-diff-editor .view-line", { hasText: "await" });
    await line.first().waitFor();
    await window.page.getByRole("button", { name: "Apply the Proposal" }).click();
    await window.showTab("other.py");
    await window.textBecomes(/async def greet/);
    await window.undo();
    await window.textBecomes(LONG);
    await window.showProposal("greet.py");
    await window.page.getByRole("button", { name: "Discard the Proposal" }).click();
    await window.showTab("greet.py");
    await window.textBecomes(GREET);
  });
});
