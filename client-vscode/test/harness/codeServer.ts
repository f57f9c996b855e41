/** Runs code-server with a private home folder, isolated from the files of the machine's user. */
import { spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extensionsFolder } from "./extensions";
import type { Editor } from "./install";
import { CLIENT, writeFiles } from "./paths";
import { kill, processesOf, withoutOwn } from "./processes";
import { until } from "./until";

const MANIFEST: {
  contributes: { configuration: { properties: Record<string, { scope?: string }> } };
} = JSON.parse(readFileSync(join(CLIENT, "package.json"), "utf8"));

/** The default user settings of all tests. */
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
  // The editor must not change typed text.
  "editor.autoIndent": "none",
  "editor.autoClosingBrackets": "never",
  "editor.autoClosingQuotes": "never",
  "editor.autoSurround": "never",
  "editor.quickSuggestions": { other: "off", comments: "off", strings: "off" },
  "editor.suggestOnTriggerCharacters": false,
  "editor.minimap.enabled": false,
  "files.autoSave": "off",
} as const;

/** The values of settings by full name. */
export type Settings = Record<string, unknown>;

/** The options of a code-server. */
export interface Start {
  /** Whether the packaged extension is installed; the probe is always installed. */
  readonly extension: boolean;
  /** Variables to set in this process's environment; `undefined` removes one. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Additional command-line arguments. */
  readonly args?: readonly string[];
}

/** A running code-server. */
export interface CodeServer {
  readonly url: string;
  readonly authority: string;
  /** A private folder; `stop` removes it. */
  readonly root: string;
  /** The folder with the sockets of the probes. */
  readonly probes: string;
  /** Writes the user settings: the defaults of the tests and the given ones. */
  configure(settings: Settings): void;
  /** Creates a folder with files (text by relative path) and returns its path. */
  folder(files: Record<string, string>): string;
  /**
   * Stops all processes of the code-server and removes its files.
   *
   * @throws Error if a process still runs after 15 s.
   */
  stop(): Promise<void>;
}

/** Starts a code-server and waits until it responds. */
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
      const folder = at(`work/${folders}/project`);
      mkdirSync(folder, { recursive: true });
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
 * Whether a setting has the scope `machine` or `machine-overridable`. Code-server is a remote
 * machine for the browser, so the settings with these scopes have a separate file.
 */
function isOfMachine(name: string): boolean {
  return MANIFEST.contributes.configuration.properties[name]?.scope?.startsWith("machine") ?? false;
}

const COMMON = [
  ..."--auth none --disable-telemetry --disable-update-check".split(" "),
  ..."--disable-getting-started-override --reconnection-grace-time 1".split(" "),
  // Otherwise it would use the environment of the user's login shell.
  ..."--vscode-option force-disable-user-env".split(" "),
];

function privateFolders(root: string): string[] {
  return [
    ...["--config", join(root, "config.yaml")],
    ...["--user-data-dir", join(root, "data")],
    ...["--extensions-dir", join(root, "extensions")],
  ];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === "object" ? address.port : 0;
}
