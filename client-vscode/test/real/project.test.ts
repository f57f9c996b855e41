import { deepEqual, doesNotMatch } from "node:assert/strict";
import { basename } from "node:path";
import { openWindow, screenshot, sharedEditor, until } from "../harness/workbench";

/** A project that `tests/first_hour/test_real_projects.py` has downloaded. */
interface Project {
  readonly folder: string;
  readonly file: string;
  /** Code to append to the file: it has findings and a function that can be converted to async. */
  readonly added: string;
}

describe("the first hour in a real project", () => {
  const { folder, file, added }: Project = JSON.parse(
    process.env.PYTHON_EXPERT_REAL_PROJECT ?? "{}",
  );

  it("checks typed text, previews a conversion, and applies fixes on save", async () => {
    const window = await openWindow(await sharedEditor(), folder, {
      "[python]": { "editor.codeActionsOnSave": { "source.fixAll.pythonExpert": "explicit" } },
    });
    await window.openFile(file);
    await window.page.keyboard.press("Control+End");
    await window.page.keyboard.insertText(added);
    await window.problem("Mypy", "return-value");
    await window.problem("Ruff", "F401");
    const missing = (await window.problems()).filter((each) => each.code === "import-not-found");
    // The scripts have no environment that contains this package.
    deepEqual(
      missing.filter((each) => !each.message.includes('"serial')),
      [],
    );
    await screenshot(window, `real-${basename(file, ".py")}`);

    await window.page.keyboard.press("ArrowUp");
    await window.quickFix("Convert `first_rest` to async");
    const question = await window.notification(/Convert to async/i);
    await window.page
      .locator(".monaco-diff-editor .view-line", { hasText: "await" })
      .first()
      .waitFor();
    await question.press("Discard");
    await until("the preview is closed", async () => (await window.document()).scheme === "file");

    await window.save();
    doesNotMatch(await window.text(), /import tempfile/);
  });
});
