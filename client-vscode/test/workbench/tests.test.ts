import { equal, match } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openFolder, PYTHON, screenshot, type Window } from "../harness/workbench";

const CODE = `def total(prices):
    return sum(prices) + 1


def cheapest(prices):
    return min(prices)
`;

const TESTS = `import shop


def test_total():
    print("adding up")
    assert shop.total([1, 2]) == 3  # noqa: PLR2004


def test_cheapest():
    assert shop.cheapest([2, 1]) == 1
`;

describe("tests", () => {
  let window: Window;

  const lens = (title: string | RegExp) =>
    window.page.locator(".codelens-decoration a", { hasText: title }).first();
  const failures = async () =>
    (await window.problems()).filter(({ source }) => source === "Pytest");

  before(async () => {
    window = await openFolder({
      "shop.py": CODE,
      "test_shop.py": TESTS,
      ".vscode/settings.json": JSON.stringify({
        "pythonExpert.interpreter": PYTHON,
        "debug.saveBeforeStart": "none",
      }),
    });
  });
  after(() => window.close());

  it("fail from a code lens, become stale after an edit, and pass on unsaved text", async () => {
    await window.openFile("test_shop.py");
    await lens("Run test").click();
    const failure = await window.problem("Pytest", "failed");
    equal(failure.text, "assert shop.total([1, 2]) == 3  # noqa: PLR2004");
    await window.runCommand("Python Expert: Run Tests of File");
    const message = await window.notification(/2 tests: 1 failed, 1 passed/);
    await lens(/Run test \(passed/).waitFor();
    await screenshot(window, "tests");
    await message.press("Show Output");
    match(await window.textBecomes(/^test_shop\.py::test_total \(failed\)/), /adding up/);
    await window.openFile("shop.py");
    await lens("1 test, 1 failing").waitFor();
    await window.placeCursor(" + 1");
    await window.type(" or 0 #");
    await lens("1 test, 1 failing (the code has changed since)").click();
    await lens(/^1 test$/).waitFor();
    await window.openFile("test_shop.py");
    await lens(/Run test \(passed/).waitFor();
    equal((await failures()).length, 0);
    equal(readFileSync(join(window.folder, "shop.py"), "utf8"), CODE);
  });

  it("stop at a breakpoint in the debugger, which runs the files on disk", async () => {
    await window.openFile("shop.py");
    await window.placeCursor("return sum");
    await window.runCommand("Debug: Toggle Breakpoint");
    await window.openFile("test_shop.py");
    await lens("Debug").click();
    await window.page
      .locator(".debug-top-stack-frame-column, .debug-top-stack-frame-line")
      .first()
      .waitFor();
    equal((await window.document()).path, join(window.folder, "shop.py"));
    await window.notification("the debugger runs the files on disk. Not saved: shop.py.");
    await window.runCommand("Debug: Stop");
  });
});
