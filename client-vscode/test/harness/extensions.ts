/** Installs the extensions of the editors once; each editor uses a copy. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Editor } from "./install";
import { CLIENT, writeFiles } from "./paths";
import { withoutOwn } from "./processes";

/** Returns a folder with the extensions; it is updated when the package or the probe changes. */
export function extensionsFolder(editor: Editor, extension: boolean): string {
  const packed = join(CLIENT, "python-expert.vsix");
  const probe = join(__dirname, "probe.js");
  const stamp = [probe, ...(extension ? [packed] : [])].map((path) => statSync(path).mtimeMs);
  const template = join(CLIENT, "out", "extensions", stamp.join("-"));
  if (existsSync(template)) {
    return template;
  }
  rmSync(join(CLIENT, "out", "extensions"), { recursive: true, force: true });
  const made = join(CLIENT, "out", "extensions", "new");
  const folder = join(made, "extensions");
  // The first installation adds the existing folders to the list of extensions.
  writeFiles(join(folder, "tests.probe-0.0.1"), {
    "package.json": JSON.stringify(PROBE),
    "probe.js": readFileSync(probe, "utf8"),
  });
  for (const each of NEIGHBOURS) {
    const start = JSON.stringify(`${each.name}.start`);
    writeFiles(join(folder, `${each.publisher}.${each.name}-0.0.1`), {
      "package.json": JSON.stringify(each),
      "main.js": `exports.activate = () => require("vscode").commands.registerCommand(${start}, () => {});`,
    });
  }
  writeFiles(join(folder, "ms-python.debugpy-0.0.1"), {
    "package.json": JSON.stringify(DEBUGGER),
    "main.js": DEBUGGER_MAIN,
  });
  if (extension) {
    execFileSync(
      editor.node,
      [
        ...[editor.codeServer, "--config", "/dev/null", "--user-data-dir", join(made, "data")],
        ...["--extensions-dir", folder, "--install-extension", packed],
      ],
      { stdio: "pipe", env: { ...withoutOwn(process.env), HOME: made } },
    );
  }
  renameSync(folder, template);
  rmSync(made, { recursive: true });
  return template;
}

const PROBE = manifest("tests", "probe", {
  main: "./probe.js",
  activationEvents: ["onStartupFinished"],
  capabilities: { untrustedWorkspaces: { supported: true }, virtualWorkspaces: true },
});

/** Fakes of other extensions; they are inactive until a test starts them. */
const NEIGHBOURS = [
  neighbour("charliermarsh", "ruff", "Ruff", {
    "ruff.enable": { type: "boolean", default: true },
  }),
  neighbour("ms-python", "mypy-type-checker", "Mypy Type Checker", {
    "mypy-type-checker.ignorePatterns": { type: "array", default: [] },
  }),
];

/** A fake of the Python Debugger that runs debugpy, which is installed in the tests' Python. */
const DEBUGGER = manifest("ms-python", "debugpy", {
  main: "./main.js",
  activationEvents: ["onDebug"],
  contributes: {
    breakpoints: [{ language: "python" }],
    debuggers: [{ type: "debugpy", label: "Python Debugger", languages: ["python"] }],
  },
});

const DEBUGGER_MAIN = `
const { debug, DebugAdapterExecutable } = require("vscode");
exports.activate = () => debug.registerDebugAdapterDescriptorFactory("debugpy", {
  createDebugAdapterDescriptor: ({ configuration }) =>
    new DebugAdapterExecutable(configuration.python, ["-m", "debugpy.adapter"]),
});
`;

function neighbour(publisher: string, name: string, category: string, properties: object) {
  return manifest(publisher, name, {
    main: "./main.js",
    contributes: {
      commands: [{ command: `${name}.start`, title: "Start", category }],
      configuration: { properties },
    },
  });
}

/** Returns the package.json of an extension that runs on the machine with the tests' files. */
function manifest(publisher: string, name: string, more: object) {
  const engines = { vscode: "^1.99.0" };
  return { name, publisher, version: "0.0.1", engines, extensionKind: ["workspace"], ...more };
}
