import { equal } from "node:assert/strict";
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { openWindow, sharedEditor, until, writeFiles } from "../harness/workbench";

/** A repository that names a program of its own as the tool to run. */
async function repository(): Promise<{ folder: string; ran: () => boolean }> {
  const folder = (await sharedEditor()).folder({ "a.py": "import os\n" });
  const program = join(folder, "tool");
  const trace = join(folder, "it-ran");
  writeFiles(folder, {
    tool: `#!/bin/sh\ntouch '${trace}'\nexit 1\n`,
    ".vscode/settings.json": JSON.stringify({ "pythonExpert.tools.ruff.path": program }),
  });
  chmodSync(program, 0o755);
  return { folder, ran: () => existsSync(trace) };
}

const TRUST = {
  "security.workspace.trust.enabled": true,
  "security.workspace.trust.startupPrompt": "never",
};

describe("A folder that is not trusted", () => {
  it("is checked by the bundled tools, and by its own once it is trusted", async () => {
    const { folder, ran } = await repository();
    const window = await openWindow(await sharedEditor(), folder, TRUST);
    await window.openFile("a.py");
    equal((await window.observe()).trusted, false);
    await window.problem("Ruff", "F401");
    equal(ran(), false);
    await window.runCommand("Workspaces: Manage Workspace Trust");
    await window.page.getByRole("button", { name: "Trust", exact: true }).click();
    await until("it is trusted", async () => (await window.observe()).trusted);
    await until("its own tool runs", ran);
  });
});
