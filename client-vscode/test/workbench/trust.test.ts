import { equal, notEqual } from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { processesOf } from "../harness/processes";
import {
  openFolder,
  openWindow,
  sharedEditor,
  startEditor,
  until,
  type Window,
  writeFiles,
} from "../harness/workbench";

/** Creates a repository whose settings name one of its programs as a tool. */
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

/** Returns the process id and the search path of an editor's server; undefined if there is none. */
function serverOf(root: string): { pid: string; path: string[] } | undefined {
  const found = processesOf(root).find((each) => /python_expert server/.test(each));
  const pid = found?.split(" ")[0] ?? "none";
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    const path = variables.find((each) => each.startsWith("PATH="))?.slice("PATH=".length) ?? "";
    return { pid, path: path.split(delimiter) };
  } catch {
    return undefined; // the process has ended
  }
}

async function trust(window: Window): Promise<void> {
  await window.runCommand("Workspaces: Manage Workspace Trust");
  await window.page.getByRole("button", { name: "Trust", exact: true }).click();
  await until("the workspace is trusted", async () => (await window.observe()).trusted);
}

const TRUST = {
  "security.workspace.trust.enabled": true,
  "security.workspace.trust.startupPrompt": "never",
};

describe("an untrusted workspace", () => {
  it("is checked by the bundled tools, and by its own tools once it is trusted", async () => {
    const { folder, ran } = await repository();
    const window = await openWindow(await sharedEditor(), folder, TRUST);
    await window.openFile("a.py");
    equal((await window.observe()).trusted, false);
    await window.problem("Ruff", "F401");
    equal(ran(), false);
    await trust(window);
    await until("the workspace's tool runs", ran);
  });

  it("is not on the server's path until it is trusted, which restarts the server", async () => {
    const folder = mkdtempSync(join(tmpdir(), "link-"));
    after(() => rmSync(folder, { recursive: true }));
    const bin = join(folder, "project", "bin");
    const editor = await startEditor({
      environment: { PATH: [bin, process.env.PATH].join(delimiter) },
    });
    const window = await openFolder({ "a.py": "import os\n", "bin/x": "" }, TRUST, editor);
    symlinkSync(window.folder, join(folder, "project"));
    await window.openFile("a.py");
    await window.problem("Ruff", "F401");
    const before = serverOf(editor.root);
    equal(before?.path.includes(bin), false);
    await trust(window);
    await until("the workspace is on the path", () => serverOf(editor.root)?.path.includes(bin));
    notEqual(serverOf(editor.root)?.pid, before?.pid);
  });
});
