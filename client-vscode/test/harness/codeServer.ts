/** Starts and ends code-server in a private home, so that nothing of the machine's user is touched. */
import { execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Editor } from "./install";
import { until } from "./until";

/** The folder of the extension, `client-vscode`. */
export const CLIENT = join(__dirname, "..", "..", "..");

/** The Python that has python-expert installed, whose server the tests use. */
export const PYTHON =
  process.env.PYTHON_EXPERT_PYTHON || join(CLIENT, "..", ".venv", "bin", "python");

const MANIFEST: {
  contributes: { configuration: { properties: Record<string, { scope?: string }> } };
} = JSON.parse(readFileSync(join(CLIENT, "package.json"), "utf8"));

/** The user's settings in every test, unless it says otherwise. */
const SETTINGS = {
  "workbench.startupEditor": "none",
  "telemetry.telemetryLevel": "off",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "chat.disableAIFeatures": true,
  "git.enabled": false,
  "security.workspace.trust.enabled": false,
  "window.menuBarVisibility": "compact",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  // What is typed should arrive as it is typed.
  "editor.autoIndent": "none",
  "editor.autoClosingBrackets": "never",
  "editor.autoClosingQuotes": "never",
  "editor.autoSurround": "never",
  "editor.quickSuggestions": { other: "off", comments: "off", strings: "off" },
  "editor.suggestOnTriggerCharacters": false,
  "editor.minimap.enabled": false,
  "files.autoSave": "off",
} as const;

/** Values of settings by their full names. */
export type Settings = Record<string, unknown>;

/** How a code-server is started. */
export interface Start {
  /** Whether the packed extension is installed; the probe always is. */
  readonly extension: boolean;
  /** Variables to set, or with `undefined` to remove, in the environment of this process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Further command-line arguments. */
  readonly args?: readonly string[];
}

/** A running code-server. */
export interface CodeServer {
  readonly url: string;
  readonly authority: string;
  /** A private folder that is removed at the end. */
  readonly root: string;
  /** Where the windows' probes listen. */
  readonly probes: string;
  /** Writes the user's settings: the tests' own ones and these. */
  configure(settings: Settings): void;
  /** Makes a new folder with these files (text by relative path) and returns its path. */
  folder(files: Record<string, string>): string;
  /**
   * Ends it with all its processes, and removes its files.
   *
   * @throws Error if a process outlived it by 15 seconds.
   */
  stop(): Promise<void>;
}

/** Starts a code-server and waits until it answers. */
export async function startCodeServer(editor: Editor, start: Start): Promise<CodeServer> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "python-expert-editor-")));
  const at = (name: string) => join(root, name);
  for (const name of ["home", "tmp", "probes", "work", "data/User", "data/Machine"]) {
    mkdirSync(at(name), { recursive: true });
  }
  cpSync(extensionsFolder(editor, start.extension), at("extensions"), { recursive: true });
  writeFileSync(at("config.yaml"), "");
  const configure = (settings: Settings) => {
    const names = Object.keys(settings).filter(isOfMachine);
    const ofMachine = Object.fromEntries(names.map((name) => [name, settings[name]]));
    writeFileSync(at("data/Machine/settings.json"), JSON.stringify(ofMachine));
    writeFileSync(at("data/User/settings.json"), JSON.stringify({ ...SETTINGS, ...settings }));
  };
  configure({});

  const port = await freePort();
  const log = at("code-server.log");
  const output = openSync(log, "w");
  const child = spawn(
    editor.node,
    [
      editor.codeServer,
      ...privateFolders(root),
      ...COMMON,
      "--bind-addr",
      `127.0.0.1:${port}`,
    ].concat(start.args ?? []),
    {
      detached: true,
      stdio: ["ignore", output, output],
      cwd: root,
      env: {
        ...withoutOwn(process.env),
        HOME: at("home"),
        TMPDIR: at("tmp"),
        PYTHON_EXPERT_PROBES: at("probes"),
        ...start.environment,
      },
    },
  );
  const group = child.pid;
  if (group === undefined) {
    throw new Error(`${editor.node} cannot be started.`);
  }
  const removeAtExit = () => {
    kill(group, "SIGKILL");
    rmSync(root, { recursive: true, force: true });
  };
  process.once("exit", removeAtExit);

  let folders = 0;
  const url = `http://127.0.0.1:${port}`;
  await until("code-server answers", async () => {
    if (child.exitCode !== null) {
      throw new Error(`code-server ended at once:\n${readFileSync(log, "utf8")}`);
    }
    return fetch(`${url}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
  });
  return {
    url,
    authority: `127.0.0.1:${port}`,
    root,
    probes: at("probes"),
    configure,
    folder(files) {
      folders += 1;
      const folder = at(`work/project${folders}`);
      mkdirSync(folder);
      writeFiles(folder, files);
      return folder;
    },
    async stop() {
      kill(group, "SIGTERM");
      try {
        await until("all processes of code-server end", () => processesOf(root).length === 0, 15);
      } catch (error) {
        throw new Error(`${error}\n${processesOf(root).join("\n")}`);
      } finally {
        process.off("exit", removeAtExit);
        removeAtExit();
      }
    },
  };
}

/**
 * Whether a setting has the scope `machine` or `machine-overridable`. To its page in the browser
 * code-server is another machine, whose settings of these scopes have a file of their own.
 */
function isOfMachine(name: string): boolean {
  return MANIFEST.contributes.configuration.properties[name]?.scope?.startsWith("machine") ?? false;
}

/** Writes files (text by relative path) into a folder. */
export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }
}

const COMMON = [
  ..."--auth none --disable-telemetry --disable-update-check".split(" "),
  ..."--disable-getting-started-override --reconnection-grace-time 1".split(" "),
  // Else it would take the environment of a login shell of the user's.
  ..."--vscode-option force-disable-user-env".split(" "),
];

function privateFolders(root: string): string[] {
  return [
    ...["--config", join(root, "config.yaml")],
    ...["--user-data-dir", join(root, "data")],
    ...["--extensions-dir", join(root, "extensions")],
  ];
}

/** The environment without what belongs to this process's user, shell or npm. */
function withoutOwn(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = /^(npm_|XDG_|VSCODE_|CODE_SERVER|ANTHROPIC_|PYTHON|VIRTUAL_ENV|NODE_OPTIONS|PORT$)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !own.test(name)));
}

/** A folder with the extensions installed, made anew when the package or the probe has changed. */
function extensionsFolder(editor: Editor, extension: boolean): string {
  const packed = join(CLIENT, "python-expert.vsix");
  const probe = join(__dirname, "probe.js");
  const stamp = [probe, ...(extension ? [packed] : [])].map((path) => statSync(path).mtimeMs);
  const template = join(CLIENT, "out", "extensions", stamp.join("-"));
  if (existsSync(template)) {
    return template;
  }
  const made = join(CLIENT, "out", "extensions", `new-${process.pid}`);
  const folder = join(made, "extensions");
  // What lies there before the first installation is taken over into the list of extensions.
  writeFiles(join(folder, "tests.probe-0.0.1"), {
    "package.json": JSON.stringify(PROBE),
    "probe.js": readFileSync(probe, "utf8"),
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

const PROBE = {
  name: "probe",
  publisher: "tests",
  version: "0.0.1",
  engines: { vscode: "^1.99.0" },
  extensionKind: ["workspace"],
  main: "./probe.js",
  activationEvents: ["onStartupFinished"],
  capabilities: { untrustedWorkspaces: { supported: true }, virtualWorkspaces: true },
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === "object" ? address.port : 0;
}

function kill(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // Nothing is left of it.
  }
}

/** The processes, those of the language server included, that were started with this home. */
function processesOf(root: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const environment = readFileSync(`/proc/${name}/environ`, "utf8");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        return environment.includes(`HOME=${join(root, "home")}\0`) ? [`${name} ${command}`] : [];
      } catch {
        return [];
      }
    });
}
