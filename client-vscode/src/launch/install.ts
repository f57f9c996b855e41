/** Installs the server's wheel into a new environment, with uv or with venv and pip. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { indexesForUv, isPipConfigured } from "./indexes";
import { run } from "./process";
import { findUv, ISOLATED, interpreters, isOlder, OLDEST, type Python, probe } from "./python";
import { type Surroundings, windows } from "./surroundings";
import { explain, InstallError } from "./trouble";
import { LaunchError } from "./types";

/** What is installed, and where. */
export interface Installation {
  /** The environment's folder, which exists and is empty. */
  folder: string;
  wheel: string;
  /** The interpreter the user has selected, if it may be run and answers. */
  selected: Python | undefined;
  /** Says what is being done. */
  report(message: string): void;
  /** Called when the server can be started with ruff as its only tool. */
  first(): Promise<void>;
}

/** What the server needs to start and to run ruff: seconds to download, where mypy takes longer. */
export const FIRST = ["orjson", "packaging", "ruff"];

/** Making an environment takes seconds; uv may download a Python for it. In seconds. */
const MAKING = 600;
/** Some 60 MB are downloaded. In seconds. */
const INSTALLING = 1_200;

/** What a line of pip's or uv's says of how far they are, in words for the user. */
export function progressMessage(line: string): string | undefined {
  const [, named] =
    /^(?:Collecting|Downloading) ([A-Za-z0-9._]+(?:-(?!\d)[A-Za-z0-9._]+)*)/.exec(line) ?? [];
  if (named) {
    const name = named.split(/[<>=!~@]/, 1)[0]?.replaceAll("_", "-");
    return `downloading ${name === "python-expert" ? "what it needs" : name}`;
  }
  return /^(Installing collected|Prepared)\b/.test(line) ? "installing" : undefined;
}

/** Nothing that can install is there. */
class NoPython extends LaunchError {
  constructor(message: string) {
    super(message, "install-python");
  }
}

/** The interpreter of an environment. */
export function interpreterOf(folder: string): string {
  return windows ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

/**
 * Installs the server.
 *
 * @throws LaunchError if there is nothing to install with, or it fails or is cancelled.
 */
export async function install(to: Installation, around: Surroundings): Promise<void> {
  const uv = findUv(around);
  if (!uv) return withPip(to, around);
  try {
    await withUv(uv, to, around);
  } catch (error) {
    if (!(error instanceof InstallError) || isFinal(error, around)) throw error;
    around.log(`${error.message} Trying it with pip.`);
    await rm(to.folder, { recursive: true, force: true });
    await mkdir(to.folder);
    await withPip(to, around).catch((second: unknown) => {
      throw second instanceof NoPython ? error : second;
    });
  }
}

function isFinal({ final }: InstallError, around: Surroundings): boolean {
  return final === "same-index" ? !isPipConfigured(around) : final;
}

async function withUv(uv: string, to: Installation, given: Surroundings): Promise<void> {
  const around = { ...given, env: { ...given.env, ...indexesForUv(given.env) } };
  const { selected } = to;
  const python = selected && !isOlder(selected.version, OLDEST) ? selected.path : `>=${OLDEST}`;
  to.report("preparing Python");
  const making = [uv, "venv", "--python", python, to.folder];
  await step("make an environment with uv", MAKING, making, to, around);
  const target = ["--python", interpreterOf(to.folder)];
  await installWith("uv", [uv, "pip", "install", "--no-progress", ...target], to, around);
}

async function withPip(to: Installation, around: Surroundings): Promise<void> {
  const base = await basePython(to.selected, around);
  to.report(`preparing Python ${base.version}`);
  const making = [base.path, ...ISOLATED, "-m", "venv", to.folder];
  await step(`make an environment with ${base.path}`, MAKING, making, to, around);
  const pip = [interpreterOf(to.folder), ...ISOLATED, "-m", "pip", "install"];
  const quietly = ["--no-input", "--progress-bar", "off", "--no-warn-script-location"];
  await installWith("pip", [...pip, ...quietly], to, around);
}

async function installWith(
  tool: string,
  command: string[],
  to: Installation,
  around: Surroundings,
): Promise<void> {
  to.report("downloading what it needs");
  // What is left behind if this is broken off goes with the environment.
  const temporary = join(to.folder, "tmp");
  await mkdir(temporary);
  const env = { ...around.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  // Named by its URL: a path may have spaces, brackets and letters of any script.
  const requirement = `python-expert @ ${pathToFileURL(to.wheel)}`;
  const what = `install its server with ${tool}`;
  const first = [...command, "--no-deps", requirement, ...FIRST];
  await step(what, INSTALLING, first, to, { ...around, env });
  await to.first();
  to.report("ruff is ready; downloading the other tools");
  await step(what, INSTALLING, [...command, requirement], to, { ...around, env });
  await rm(temporary, { recursive: true, force: true });
}

/** Runs one step; everything it prints goes to the log. */
async function step(
  what: string,
  seconds: number,
  [file = "", ...args]: string[],
  to: Installation,
  around: Surroundings,
): Promise<void> {
  around.log(`Running ${[file, ...args].join(" ")}`);
  const onLine = (line: string) => {
    around.log(line);
    const what = progressMessage(line);
    if (what) to.report(what);
  };
  const outcome = await run(file, args, { ...around, seconds, onLine });
  if (around.signal?.aborted) throw cancelled();
  if (outcome.trouble) throw explain(what, outcome, to.folder);
}

/** The user does not want it now. */
export function cancelled(): LaunchError {
  const how = "Start it again to install its server, or set pythonExpert.serverPath.";
  return new LaunchError(
    `The installation of Python Expert's server was cancelled. ${how}`,
    "retry",
  );
}

/** The first Python that is new enough and can make an environment. */
async function basePython(selected: Python | undefined, around: Surroundings): Promise<Python> {
  const old = new Map<string, string>();
  const bare: Python[] = [];
  const suits = (python: Python) => {
    const { version, path } = python;
    if (isOlder(version, OLDEST)) old.set(version, old.get(version) ?? path);
    else if (!python.venv) bare.push(python);
    else return true;
    return false;
  };
  if (selected && suits(selected)) return selected;
  for (const { command, prefix } of interpreters(around)) {
    const { python, trouble } = await probe(command, around, prefix);
    if (around.signal?.aborted) throw cancelled();
    if (!python) around.log(trouble);
    else if (suits(python)) return python;
  }
  throw new NoPython(whyNone(old, bare));
}

function whyNone(old: Map<string, string>, [bare]: Python[]): string {
  const remedy = "or uv, then try again; or name an installed server in pythonExpert.serverPath.";
  if (bare) {
    const debian = `python${bare.version.split(".").slice(0, 2).join(".")}-venv`;
    const where = `${bare.path} (${bare.version}) lacks the modules venv and ensurepip`;
    return `Python Expert cannot install its server: ${where}. On Debian and Ubuntu: sudo apt install ${debian}. Install them, ${remedy}`;
  }
  if (old.size > 0) {
    const found = Array.from(old, ([version, path]) => `${path} (${version})`).join(", ");
    return `Python Expert's server needs Python ${OLDEST} or newer, but there is only ${found}. Install a newer one, ${remedy}`;
  }
  return `Python Expert found no Python to install its server with. Install Python ${OLDEST} or newer, ${remedy}`;
}
