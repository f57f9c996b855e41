import { equal, match } from "node:assert/strict";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  openFolder,
  openWindow,
  PYTHON,
  sharedEditor,
  until,
  type Window,
  writeFiles,
} from "../harness/workbench";

describe("with invalid settings", () => {
  let window: Window;

  before(async () => {
    const wrong = { "pythonExpert.serverPath": "/nowhere/python" };
    window = await openFolder({ "a.py": "import os\n" }, wrong);
    await window.openFile("a.py");
  });
  after(() => window.close());

  it("reports a wrong server path and starts the server once it is correct", async () => {
    match((await window.notification("serverPath")).text, /\/nowhere\/python/);
    equal((await window.notifications()).length, 1);
    window.server.configure({ "pythonExpert.serverPath": PYTHON });
    await window.problem("Ruff", "F401");
    await window.runCommand("Notifications: Clear All Notifications");
  });

  it("reports a wrong interpreter and keeps working", async () => {
    window.server.configure({
      "pythonExpert.serverPath": PYTHON,
      "pythonExpert.interpreter": "/nowhere/bin/python",
    });
    match((await window.notification("/nowhere/bin/python")).text, /interpreter/);
    await window.replaceText("import re\n");
    await until(
      "the new text is checked",
      async () => (await window.problem("Ruff")).text === "re",
    );
    equal((await window.notifications()).length, 1);
  });

  it("prints debug information", async () => {
    await window.runCommand("Python Expert: Print Debug Information");
    await until("the text is shown", async () => (await window.document()).scheme !== "file");
    const text = await window.textBecomes(/bandit/);
    match(text, /VS Code: \d/);
    match(text, /pythonExpert\.serverPath names it/);
    match(text, /State: running/);
  });
});

describe("a server that exits at once", () => {
  it("is reported once with its last output, and not restarted", async () => {
    const server = await sharedEditor();
    const folder = server.folder({ "a.py": "import os\n" });
    const tools = server.folder({});
    const program = join(tools, "python-expert");
    const trace = join(tools, "starts");
    writeFiles(tools, {
      starts: "",
      "python-expert": `#!/bin/sh
if [ "$1" = --version ]; then echo python-expert 9.9.9; exit; fi
echo start >> '${trace}'
echo 'the disk has melted' >&2
exit 3
`,
    });
    chmodSync(program, 0o755);
    const starts = () => readFileSync(trace, "utf8").split("\n").length - 1;
    const window = await openWindow(server, folder, { "pythonExpert.serverPath": program });
    await window.openFile("a.py");
    const { text } = await window.notification("the disk has melted");
    match(text, /serverPath.*status 3/);
    equal((await window.notifications()).length, 1);
    await window.statusBecomes(/The server is not running/);
    equal(starts(), 1);
    await window.runCommand("Notifications: Clear All Notifications");
    await window.runCommand("Python Expert: Restart Server");
    await window.notification("the disk has melted");
    equal(starts(), 2);
  });
});
