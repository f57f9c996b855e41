/** Finds interpreters and uv, and queries interpreters for their properties. */
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

/** The properties of an interpreter. */
export interface Python {
  /** `sys.executable`, which may differ from the wrapper or launcher that was run. */
  path: string;
  /** Its version, such as `3.11.7`. */
  version: string;
  /** The version of python-expert, if it is installed. */
  server: string | undefined;
  /** Whether it can create virtual environments with pip. */
  venv: boolean;
}

/** The properties of an interpreter, or a sentence that explains why they are unknown. */
export type Probe = { python: Python; trouble?: never } | { python?: never; trouble: string };

/** The oldest Python that runs the server. */
export const OLDEST = "3.11";

/**
 * The arguments for every Python: it does not import modules from the working directory, and it
 * prints UTF-8 instead of a code page on Windows.
 */
export const ISOLATED = ["-I", "-X", "utf8"];

/** The time limit in s for an interpreter to answer. */
const PROBE_TIMEOUT_S = 10;

/** The names to look up on the path, by preference. */
const NAMES = ["python3.14", "python3.13", "python3.12", "python3.11", "python3", "python"];

// Prints ASCII on a separate line, so that output of a site's start-up code does not interfere.
// The code runs on any Python 3.
const QUERY = `
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

/** Queries an interpreter; `prefix` are arguments before those of the query. */
export async function probe(
  command: string,
  context: Surroundings,
  prefix: string[] = [],
): Promise<Probe> {
  const name = [command, ...prefix].join(" ");
  const why = whyNotExecutable(command);
  if (why) return { trouble: `${name} ${why}.` };
  if (!context.mayRun(command)) {
    return { trouble: `${name} lies in the workspace, which is not trusted.` };
  }
  const options = {
    cwd: context.cwd,
    env: context.env,
    seconds: PROBE_TIMEOUT_S,
    signal: context.signal,
  };
  const { trouble, status, stdout } = await run(command, [...prefix, "-I", "-c", QUERY], options);
  const python = parse(stdout, command);
  if (!trouble && python) return { python };
  if (!trouble) return { trouble: `${name} did not answer as a Python would.` };
  if (status === undefined) return { trouble: `${name} ${trouble}.` };
  // Python 2 does not support -I.
  const old = await run(command, [...prefix, "-V"], options);
  const version = /^Python (\d+\.\d+\S*)/m.exec(old.stdout + old.stderr)?.[1];
  if (!version || !isOlder(version, OLDEST)) return { trouble: `${name} ${trouble}.` };
  return { python: { path: command, version, server: undefined, venv: false } };
}

/** Whether a version is older than another; only releases count: `1.2rc1` equals `1.2`. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [release(version), release(than)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Returns the commands that run interpreters, by preference. */
export function interpreters(context: Surroundings): { command: string; prefix: string[] }[] {
  const named = NAMES.flatMap((name) => onPath(name, context)).map((command) => ({
    command,
    prefix: [] as string[],
  }));
  const launchers = windows ? onPath("py", context) : [];
  return [...named, ...launchers.map((command) => ({ command, prefix: ["-3"] }))];
}

/** Returns the path of uv: on the search path, or where its installer or cargo installs it. */
export function findUv(context: Surroundings): string | undefined {
  const homes = [".local/bin", ".cargo/bin"].map((folder) =>
    executable(join(context.home, folder, "uv")),
  );
  return [...onPath("uv", context), ...homes].find(
    (file) => isExecutable(file) && context.mayRun(file),
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
      // The line is other output.
    }
  }
  return undefined;
}
