import { openFolder, until } from "../harness/workbench";

describe("Beside the Ruff extension", () => {
  it("it is offered to switch ours off, and then its findings are shown once", async () => {
    const window = await openFolder({ "a.py": "import os\n\nx: int = ''\n" });
    await window.runCommand("Ruff: Start");
    await window.openFile("a.py");
    await window.problem("Ruff", "F401");
    const offer = await window.notification(/Ruff both run ruff/);
    await offer.press("Switch Off Here");
    const sources = async () => (await window.problems()).map(({ source }) => source);
    await until("ours is off", async () => !(await sources()).includes("Ruff"));
    await window.problem("Mypy", "assignment");
  });
});
