import { doesNotMatch, equal, match } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { openFolder, PYTHON, startEditor, until } from "../harness/workbench";

/** Returns a search path with the base Python of the tests, which has no python-expert. */
function barePath(): string {
  const code = "import sys; print(sys._base_executable)";
  const python = execFileSync(PYTHON, ["-c", code], { encoding: "utf8" }).trim();
  return [dirname(python), "/usr/bin", "/bin"].join(delimiter);
}

describe("the first start on a machine", () => {
  it("installs the server, which the next window reuses", async () => {
    const editor = await startEditor({ environment: { PATH: barePath() } });
    const settings = { "pythonExpert.serverPath": undefined };
    const text = "import os\n\nx: int = ''\n";
    const window = await openFolder({ "a.py": text }, settings, editor);
    await window.openFile("a.py");
    const setUp = await window.notification("Setting up Python Expert");
    match(setUp.text, /first start only/);
    doesNotMatch(setUp.text, /Collecting|\.whl|pip/);
    await window.problem("Ruff", "F401", 240);
    // The running server enables the other tools later.
    await window.problem("Mypy", "assignment", 240);
    await window.statusBecomes(/ruff \d/);
    await window.close();

    const next = await openFolder({ "b.py": "import os\n" }, settings, editor);
    await next.openFile("b.py");
    await next.problem("Ruff", "F401");
    equal((await next.notifications()).join(), "");
  }).timeout(300_000);

  it("explains what to install if there is no Python", async () => {
    const editor = await startEditor({ environment: { PATH: "/nowhere" } });
    const settings = { "pythonExpert.serverPath": undefined };
    const window = await openFolder({ "a.py": "import os\n" }, settings, editor);
    await window.openFile("a.py");
    const { text } = await window.notification(/found no Python/);
    match(text, /Install Python 3\.11 or newer/);
    await until("there is one message", async () => (await window.notifications()).length === 1);
  });
});
