import assert from "node:assert/strict";
import Module from "node:module";
import { delimiter, join, resolve } from "node:path";
import type { ExtensionContext } from "vscode";
import type * as Starting from "../../src/starting";

// The used part of the module `vscode`.
const project = resolve("/project");
const vscode = {
  workspace: {
    isTrusted: false,
    workspaceFolders: [
      { uri: { scheme: "file", fsPath: project } },
      { uri: { scheme: "vscode-remote", fsPath: resolve("/elsewhere") } },
    ],
    getConfiguration: () => ({ get: () => undefined }),
  },
};
const context = { globalStorageUri: { fsPath: resolve("/storage") } } as ExtensionContext;

describe("serverEnvironment", () => {
  let starting: typeof Starting;
  const PATH = process.env.PATH ?? "";

  before(async () => {
    const loader = Module as unknown as { _load(id: string, ...rest: unknown[]): unknown };
    const load = loader._load;
    loader._load = (id, ...rest) => (id === "vscode" ? vscode : load.call(loader, id, ...rest));
    try {
      starting = await import("../../src/starting.js");
    } finally {
      loader._load = load;
    }
  });
  afterEach(() => {
    process.env.PATH = PATH;
  });

  it("removes the workspace from PATH while it is not trusted", () => {
    const others = [resolve("/others"), resolve("/elsewhere/bin")];
    process.env.PATH = [join(project, ".venv", "bin"), ...others].join(delimiter);
    const path = () =>
      Object.entries(starting.serverEnvironment(context)).filter(([name]) => /^path$/i.test(name));
    assert.deepEqual(
      path().map(([, value]) => value),
      [others.join(delimiter)],
    );
    vscode.workspace.isTrusted = true;
    assert.deepEqual(path(), []);
  });
});
