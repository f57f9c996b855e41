/** Starts and ends code-server in a private home, so that nothing of the machine's user is touched. */
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
 * Whether a setting has the scope `machine` or `machine-overridable`. To its page in the browser
 * code-server is another machine, whose settings of these scopes have a file of their own.
 */
function isOfMachine(name: string): boolean {
  return MANIFEST.contributes.configuration.properties[name]?.scope?.startsWith("machine") ?? false;
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

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === "object" ? address.port : 0;
}
