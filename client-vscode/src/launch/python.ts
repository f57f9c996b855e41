/** Asking interpreters what they are and have, and finding them and uv. */
import { join } from "node:path";
import { run } from "./process";
import {
  executable,
  isExecutable,
  onPath,
  type Surroundings,
  whyNotExecutable,
  windows,
} from "./surroundings";

/** An interpreter that has answered. */
export interface Python {
  /** What it calls itself; not the wrapper or launcher by which it was reached. */
  path: string;
  /** Its version, such as `3.11.7`. */
  version: string;
  /** The version of its python-expert, if it has one. */
  server: string | undefined;
  /** Whether it can make virtual environments that have pip. */
  venv: boolean;
}

/** The answer of an interpreter, or a sentence about why there is none. */
export type Probe = { python: Python; trouble?: never } | { python?: never; trouble: string };

/** The oldest Python that runs the server. */
export const OLDEST = "3.11";

/**
 * How a Python is started: what lies in the folder it is started in is not imported, and what it
 * prints is UTF-8, which Windows' own code pages are not.
 */
export const ISOLATED = ["-I", "-X", "utf8"];

/** How long an interpreter may take to answer, in seconds. */
const PATIENCE = 10;

/** Names to look for on the path, best first. */
const NAMES = ["python3.14", "python3.13", "python3.12", "python3.11", "python3", "python"];

// Printed as ASCII on a line of its own: what a site's own start-up code prints does not disturb.
// Any Python 3 understands it.
const QUESTIONS = `
import json, sys
answer = {"version": "%d.%d.%d" % sys.version_info[:3], "path": sys.executable, "venv": False}
try:
    from importlib import metadata, util
    answer["venv"] = bool(util.find_spec("venv") and util.find_spec("ensurepip"))
    if util.find_spec("python_expert"):
        answer["server"] = metadata.version("python-expert")
except Exception:
    pass
print("\\n" + json.dumps(answer))
`;

/** Asks an interpreter, which is run as a command with arguments before its own. */
export async function probe(
  command: string,
  around: Surroundings,
  prefix: string[] = [],
): Promise<Probe> {
  const name = [command, ...prefix].join(" ");
  const why = whyNotExecutable(command);
  if (why) return { trouble: `${name} ${why}.` };
  if (!around.mayRun(command)) {
    return { trouble: `${name} lies in the workspace, which is not trusted.` };
  }
  const options = { cwd: around.cwd, env: around.env, seconds: PATIENCE, signal: around.signal };
  const { trouble, status, stdout } = await run(
    command,
    [...prefix, "-I", "-c", QUESTIONS],
    options,
  );
  const python = parse(stdout, command);
  if (!trouble && python) return { python };
  if (!trouble) return { trouble: `${name} did not answer as a Python would.` };
  if (status === undefined) return { trouble: `${name} ${trouble}.` };
  // Python 2 knows no -I.
  const old = await run(command, [...prefix, "-V"], options);
  const version = /^Python (\d+\.\d+\S*)/m.exec(old.stdout + old.stderr)?.[1];
  if (!version || !isOlder(version, OLDEST)) return { trouble: `${name} ${trouble}.` };
  return { python: { path: command, version, server: undefined, venv: false } };
}

/** Whether a version's release is older than another's; `1.2rc1` counts as `1.2`. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [release(version), release(than)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** The commands by which interpreters can be reached, best first. */
export function interpreters(around: Surroundings): { command: string; prefix: string[] }[] {
  const named = NAMES.flatMap((name) => onPath(name, around)).map((command) => ({
    command,
    prefix: [] as string[],
  }));
  const launchers = windows ? onPath("py", around) : [];
  return [...named, ...launchers.map((command) => ({ command, prefix: ["-3"] }))];
}

/** The path of uv, if there is one: on the path, or where its installer and cargo put it. */
export function findUv(around: Surroundings): string | undefined {
  const homes = [".local/bin", ".cargo/bin"].map((folder) =>
    executable(join(around.home, folder, "uv")),
  );
  return [...onPath("uv", around), ...homes].find(
    (file) => isExecutable(file) && around.mayRun(file),
  );
}

function release(version: string): number[] {
  return (/^\d+(\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number);
}

function parse(stdout: string, command: string): Python | undefined {
  for (const line of stdout.split(/\r?\n/).reverse()) {
    try {
      const { version, path, server, venv } = JSON.parse(line) as Partial<Python>;
      if (version) return { version, path: path || command, server, venv: venv === true };
    } catch {
      // Something else has printed this line.
    }
  }
  return undefined;
}
