/** Shared helpers of the tests in the extension host: fake servers, settings, and messages. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationTarget, commands, window, workspace } from "vscode";
import { until } from "../harness/until";

/** The path of the Python that has python-expert. */
export const PYTHON = process.env.PYTHON_EXPERT_PYTHON ?? "";

/** A start of a watched server, or a message to it. */
export interface Line {
  start?: number;
  key?: string | null;
  method?: string;
  params?: {
    initializationOptions?: unknown;
    arguments?: { uri: string; version: number }[];
  };
  /** The settings that the server received in the response to its request 1. */
  id?: number;
  result?: unknown[];
}

/** A server that records its starts and messages. */
export interface WatchedServer {
  /** The value for the setting `pythonExpert.serverPath`. */
  path: string;
  lines(): Line[];
  starts(): Line[];
  /** Whether `--version` was called. */
  wasAsked(): boolean;
  /** Unblocks the server; `version` is the output of a slow server's `--version`. */
  go(version?: string): void;
}

/**
 * Creates a server with one of these behaviours:
 *
 * - `live`: it runs.
 * - `die`: it exits once it is initialized.
 * - `wait`: it waits for `go` before it is initialized.
 * - `slow`: its first call of `--version` waits for `go`.
 * - `propose`: its commands request an edit that needs confirmation.
 */
export function watchedServer(
  behaviour: "live" | "die" | "wait" | "slow" | "propose",
): WatchedServer {
  const folder = mkdtempSync(join(tmpdir(), "server-"));
  const path = join(folder, "python-expert");
  const trace = join(folder, "trace");
  const program = join(__dirname, "..", "..", "..", "test", "host", "fake_server.py");
  writeFileSync(trace, "");
  writeFileSync(
    path,
    `#!/bin/sh
if [ "$1" = --version ]; then
  if [ ${behaviour} = slow ] && [ ! -e '${trace}.asked' ]; then
    touch '${trace}.asked'
    until [ -e '${trace}.go' ]; do sleep 0.05; done
    cat '${trace}.go'
  else
    touch '${trace}.asked'
    echo python-expert 9.9.9
  fi
elif [ "$1" = doctor ]; then
  echo "the proxy is $HTTPS_PROXY"
else
  exec '${PYTHON}' '${program}' '${trace}' ${behaviour}
fi
`,
  );
  chmodSync(path, 0o755);
  const lines = () =>
    readFileSync(trace, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
  return {
    path,
    lines,
    starts: () => lines().filter((line) => line.start !== undefined),
    wasAsked: () => existsSync(`${trace}.asked`),
    go: (version = "") => {
      writeFileSync(`${trace}.version`, version);
      renameSync(`${trace}.version`, `${trace}.go`);
    },
  };
}

const changed = new Set<string>();

/** Changes a user setting until `restoreSettings` is called. */
export async function set(name: string, value: unknown): Promise<void> {
  changed.add(name);
  await workspace.getConfiguration("pythonExpert").update(name, value, ConfigurationTarget.Global);
}

/** Reverts the changes of `set`. */
export async function restoreSettings(): Promise<void> {
  for (const name of changed) {
    const configuration = workspace.getConfiguration("pythonExpert");
    const value = name === "serverPath" ? PYTHON : undefined;
    await configuration.update(name, value, ConfigurationTarget.Global);
  }
  changed.clear();
}

/** Replaces the running server with a watched one and waits until it is initialized. */
export async function use(server: WatchedServer): Promise<void> {
  await set("serverPath", server.path);
  await until("the server is initialized", () =>
    server.lines().some((line) => line.method === "initialized"),
  );
}

/** Replaces the message functions: they collect the texts and press no button. */
export function watchMessages(): { texts: string[]; restore(): void } {
  const texts: string[] = [];
  const names = ["showErrorMessage", "showWarningMessage", "showInformationMessage"] as const;
  const originals = names.map((name) => window[name]);
  for (const name of names) {
    Object.assign(window, {
      [name]: (text: string) => {
        texts.push(text);
        return Promise.resolve(undefined);
      },
    });
  }
  return {
    texts,
    restore: () => {
      for (const [index, name] of names.entries()) {
        Object.assign(window, { [name]: originals[index] });
      }
    },
  };
}

/** Opens the folder's Python file, which activates the extension. */
export async function openFile(): Promise<void> {
  const [file] = await workspace.findFiles("a.py");
  if (!file) {
    throw new Error("There is no a.py.");
  }
  await window.showTextDocument(file);
}

/** Runs a command of the extension. */
export async function run(name: string): Promise<void> {
  await commands.executeCommand(`python-expert.${name}`);
}
