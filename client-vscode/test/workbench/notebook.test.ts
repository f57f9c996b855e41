import { equal } from "node:assert/strict";
import { openFolder, screenshot, until, type Window } from "../harness/workbench";

const code = (source: string) => ({
  cell_type: "code",
  execution_count: null,
  metadata: {},
  outputs: [],
  source,
});

const NOTEBOOK = {
  cells: [
    code("%matplotlib inline\nimport os\n\nfrom prices import total"),
    { cell_type: "markdown", metadata: {}, source: "# Prices" },
    code("total([1, 2])\ntotal('three')"),
  ],
  metadata: { kernelspec: { display_name: "Python 3", language: "python", name: "python3" } },
  nbformat: 4,
  nbformat_minor: 5,
};

describe("a notebook in the window", () => {
  let window: Window;

  before(async () => {
    window = await openFolder({
      "prices.py": "def total(prices: list[int]) -> int:\n    return sum(prices)\n",
      "study.ipynb": JSON.stringify(NOTEBOOK),
    });
  });
  after(() => window.close());

  it("underlines the findings in the cells", async () => {
    await window.openNotebook("study.ipynb");
    const cells = window.page.locator(".notebookOverlay .cell-editor-container");
    await cells
      .filter({ has: window.page.locator(".squiggly-warning") })
      .first()
      .waitFor();
    await cells
      .filter({ has: window.page.locator(".squiggly-error") })
      .first()
      .waitFor();
    const marked = (text: string) =>
      cells.filter({ hasText: text, has: window.page.locator("[class*=squiggly]") }).count();
    await until("both cells are marked", async () => (await marked("matplotlib")) === 1);
    equal(await marked("three"), 1);
    await screenshot(window, "notebook");
  });
});
