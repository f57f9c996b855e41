import { openFolder, screenshot } from "../harness/workbench";

describe("The workbench", () => {
  it("opens a folder, shows a file and takes what is typed", async () => {
    const window = await openFolder({ "a.py": "x = 1\n" });
    await window.openFile("a.py");
    await window.type("y");
    await window.textBecomes("yx = 1\n");
    await window.undo();
    await window.textBecomes("x = 1\n");
    await window.replaceText("def f(a):\n    return [a]\n\n\nprint(f(1))\n");
    await window.placeCursor("print");
    await window.type("# ");
    await window.save();
    await screenshot(window, "basics");
  });
  it("opens a file outside", async () => {
    const window = await openFolder({ "a.py": "x = 1\n" });
    const other = window.server.folder({ "b.py": "z = 3\n" });
    await window.openFile(`${other}/b.py`);
    await window.runCommand("View: Toggle Word Wrap");
  });
});
