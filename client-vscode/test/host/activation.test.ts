import { deepEqual, equal, ok } from "node:assert/strict";
import { commands, extensions, languages, workspace } from "vscode";
import { until } from "../harness/until";
import { openFile } from "./support";

describe("the extension", () => {
  const extension = extensions.getExtension("python-expert.python-expert");

  it("activates when a Python file is opened, and not before", async () => {
    equal(extension?.isActive, false);
    await openFile();
    await until("the extension is active", () => extension?.isActive);
  });

  it("registers every command of the manifest", async () => {
    const known = await commands.getCommands(true);
    const own: { command: string }[] = extension?.packageJSON.contributes.commands ?? [];
    ok(own.length > 0);
    deepEqual(
      own.filter(({ command }) => !known.includes(command)),
      [],
    );
  });

  it("starts the server that the settings name", async () => {
    const [file] = await workspace.findFiles("a.py");
    const found = () => (file ? languages.getDiagnostics(file) : []);
    await until("ruff has reported", () => found().some((each) => each.source === "Ruff"));
  });
});
