/** What the tests in the extension host share: servers to watch, settings, and messages. */
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

/** The Python that has python-expert. */
export const PYTHON = process.env.PYTHON_EXPERT_PYTHON ?? "";

/** One start of a watched server, or one message to it. */
export interface Line {
  start?: number;
  key?: string | null;
  method?: string;
  params?: {
    initializationOptions?: unknown;
    arguments?: { uri: string; version: number }[];
  };
  /** The settings that it was told, in the answer to its request 1. */
  id?: number;
  result?: unknown[];
}

/** A server whose starts and messages are written down. */
export interface WatchedServer {
  /** For the setting `pythonExpert.serverPath`. */
  path: string;
  lines(): Line[];
  starts(): Line[];
  /** Whether it was asked for its version. */
  wasAsked(): boolean;
  /** Lets it go on; one that is slow says this. */
  go(said?: string): void;
}

/**
 * Makes one that lives, or dies once it was introduced, or waits for `go` before it is introduced;
 * a slow one waits for it when it is asked for its version for the first time. The commands of one
 * that proposes ask for an edit that must be confirmed.
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
    go: (said = "") => {
      writeFileSync(`${trace}.said`, said);
      renameSync(`${trace}.said`, `${trace}.go`);
    },
  };
}

const changed = new Set<string>();

/** Sets a setting of the user's until `restoreSettings`. */
export async function set(name: string, value: unknown): Promise<void> {
  changed.add(name);
  await workspace.getConfiguration("pythonExpert").update(name, value, ConfigurationTarget.Global);
}

/** Takes back what `set` has set. */
export async function restoreSettings(): Promise<void> {
  for (const name of changed) {
    const configuration = workspace.getConfiguration("pythonExpert");
    const value = name === "serverPath" ? PYTHON : undefined;
    await configuration.update(name, value, ConfigurationTarget.Global);
  }
  changed.clear();
}

/** Starts the watched server in place of the one that runs, and waits until it is introduced. */
export async function use(server: WatchedServer): Promise<void> {
  await set("serverPath", server.path);
  await until("the server is introduced", () =>
    server.lines().some((line) => line.method === "initialized"),
  );
}

/** Collects the messages to the user from now on; nobody presses a button. */
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

/** Opens the folder's file, which starts the extension. */
export async function openFile(): Promise<void> {
  const [file] = await workspace.findFiles("a.py");
  if (!file) {
    throw new Error("There is no a.py.");
  }
  await window.showTextDocument(file);
}

/** Runs a command of the extension's. */
export async function run(name: string): Promise<void> {
  await commands.executeCommand(`python-expert.${name}`);
}
