import { match } from "node:assert/strict";
import { openFolder, PYTHON, screenshot, type Window } from "../harness/workbench";

const SHOP = `def total(prices, tax=0):
    result = sum(prices)
    if tax:
        result += tax
    return result


def check(price):
    if price < 0:
        raise ValueError(price)
    return price
`;
const TESTS = `import prices


def test_total():
    assert prices.total([1], tax=2) == 3
`;

describe("coverage", () => {
  let window: Window;

  before(async () => {
    const files = {
      ".coveragerc": "[run]\nbranch = True\nsource = .\nomit = test_*\n",
      "prices.py": SHOP,
      "test_total.py": TESTS,
    };
    window = await openFolder(files, { "pythonExpert.interpreter": PYTHON });
  });
  after(() => window.close());

  it("shows uncovered code as hints and the percentage in a code lens", async () => {
    await window.openFile("test_total.py");
    await window.runCommand("Python Expert: Run Tests of File");
    match((await window.notification(/1 test/)).text, /1 passed.*; tests cover 5\d %$/);
    await window.openFile("prices.py");
    match((await window.problem("Pytest", "uncovered")).text, /^if price < 0:/);
    match((await window.problem("Pytest", "uncovered-branch")).text, /^if tax:/);
    const lens = window.page.locator(".codelens-decoration").filter({ hasText: "Tests cover 5" });
    await lens.first().waitFor();
    await screenshot(window, "coverage");
    await window.placeCursor("result = sum");
    await window.type("tax = tax or 0\n    ");
    await lens.filter({ hasText: "the code has changed since" }).first().waitFor();
  });
});
