import { equal } from "node:assert/strict";
import { extensions, workspace } from "vscode";

describe("Activation", () => {
  it("happens when a Python file is opened, and not before", async () => {
    const extension = extensions.getExtension("python-expert.python-expert");
    equal(extension?.isActive, false);
    const [file] = await workspace.findFiles("a.py");
    await workspace.openTextDocument(file as never);
    await extension?.activate();
    equal(extension?.isActive, true);
  });
});
