/** Installs the server's wheel into a new environment with uv, or with venv and pip. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { indexesForUv, isPipConfigured } from "./indexes";
import { run } from "./process";
import { findUv, ISOLATED, interpreters, isOlder, OLDEST, type Python, probe } from "./python";
import { type Surroundings, windows } from "./surroundings";
import { explain, InstallError } from "./trouble";
import { LaunchError } from "./types";

/** The parameters of an installation. */
export interface Installation {
  /** The environment's folder; it must exist and be empty. */
  folder: string;
  wheel: string;
  /** The interpreter that the user has selected, if it may be run and works. */
  selected: Python | undefined;
  /** Reports the current step to the user. */
  report(message: string): void;
  /** Called when the server can be started with ruff only. */
  first(): Promise<void>;
}

/** The packages with which the server starts and runs ruff; they download faster than mypy. */
export const FIRST = ["orjson", "packaging", "ruff"];

/** The time limit in s for creating an environment; uv may download a Python for it. */
const CREATE_TIMEOUT_S = 600;
/** The time limit in s for installing the packages, about 60 MB. */
const INSTALL_TIMEOUT_S = 1_200;

/** Converts an output line of pip or uv to a progress message; undefined if it has none. */
export function progressMessage(line: string): string | undefined {
  const [, requirement] =
    /^(?:Collecting|Downloading) ([A-Za-z0-9._]+(?:-(?!\d)[A-Za-z0-9._]+)*)/.exec(line) ?? [];
  if (requirement) {
    const name = requirement.split(/[<>=!~@]/, 1)[0]?.replaceAll("_", "-");
    return `downloading ${name === "python-expert" ? "what it needs" : name}`;
  }
  return /^(Installing collected|Prepared)\b/.test(line) ? "installing" : undefined;
}

/** Thrown when there is no Python that can install the server. */
class NoPython extends LaunchError {
  constructor(message: string) {
    super(message, "install-python");
  }
}

/** Returns the path of an environment's interpreter. */
export function interpreterOf(folder: string): string {
  return windows ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

/**
 * Installs the server.
 *
 * @throws LaunchError if there is no installer, or the installation fails or is cancelled.
 */
export async function install(to: Installation, context: Surroundings): Promise<void> {
  const uv = findUv(context);
  if (!uv) return withPip(to, context);
  try {
    await withUv(uv, to, context);
  } catch (error) {
    if (!(error instanceof InstallError) || isFinal(error, context)) throw error;
    context.log(`${error.message} Trying it with pip.`);
    await rm(to.folder, { recursive: true, force: true });
    await mkdir(to.folder);
    await withPip(to, context).catch((second: unknown) => {
      throw second instanceof NoPython ? error : second;
    });
  }
}

function isFinal({ final }: InstallError, context: Surroundings): boolean {
  return final === "same-index" ? !isPipConfigured(context) : final;
}

async function withUv(uv: string, to: Installation, given: Surroundings): Promise<void> {
  const context = { ...given, env: { ...given.env, ...indexesForUv(given.env) } };
  const { selected } = to;
  const python = selected && !isOlder(selected.version, OLDEST) ? selected.path : `>=${OLDEST}`;
  to.report("preparing Python");
  const command = [uv, "venv", "--python", python, to.folder];
  await step("make an environment with uv", CREATE_TIMEOUT_S, command, to, context);
  const target = ["--python", interpreterOf(to.folder)];
  await installWith("uv", [uv, "pip", "install", "--no-progress", ...target], to, context);
}

async function withPip(to: Installation, context: Surroundings): Promise<void> {
  const base = await basePython(to.selected, context);
  to.report(`preparing Python ${base.version}`);
  const command = [base.path, ...ISOLATED, "-m", "venv", to.folder];
  await step(`make an environment with ${base.path}`, CREATE_TIMEOUT_S, command, to, context);
  const pip = [interpreterOf(to.folder), ...ISOLATED, "-m", "pip", "install"];
  const options = ["--no-input", "--progress-bar", "off", "--no-warn-script-location"];
  await installWith("pip", [...pip, ...options], to, context);
}

async function installWith(
  tool: string,
  command: string[],
  to: Installation,
  context: Surroundings,
): Promise<void> {
  to.report("downloading what it needs");
  // Temporary files of an interrupted installation are deleted with the environment.
  const temporary = join(to.folder, "tmp");
  await mkdir(temporary);
  const env = { ...context.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  // A URL, because a path may contain spaces, brackets and non-ASCII characters.
  const requirement = `python-expert @ ${pathToFileURL(to.wheel)}`;
  const task = `install its server with ${tool}`;
  const first = [...command, "--no-deps", requirement, ...FIRST];
  await step(task, INSTALL_TIMEOUT_S, first, to, { ...context, env });
  await to.first();
  to.report("ruff is ready; downloading the other tools");
  await step(task, INSTALL_TIMEOUT_S, [...command, requirement], to, { ...context, env });
  await rm(temporary, { recursive: true, force: true });
}

/** Runs a command of the installation and logs its output. */
async function step(
  task: string,
  seconds: number,
  [file = "", ...args]: string[],
  to: Installation,
  context: Surroundings,
): Promise<void> {
  context.log(`Running ${[file, ...args].join(" ")}`);
  const onLine = (line: string) => {
    context.log(line);
    const message = progressMessage(line);
    if (message) to.report(message);
  };
  const outcome = await run(file, args, { ...context, seconds, onLine });
  if (context.signal?.aborted) throw cancelled();
  if (outcome.trouble) throw explain(task, outcome, to.folder);
}

/** Creates the error for an installation that the user has cancelled. */
export function cancelled(): LaunchError {
  const how = "Start it again to install its server, or set pythonExpert.serverPath.";
  return new LaunchError(
    `The installation of Python Expert's server was cancelled. ${how}`,
    "retry",
  );
}

/** Returns the first Python that is new enough and can create an environment. */
async function basePython(selected: Python | undefined, context: Surroundings): Promise<Python> {
  const outdated = new Map<string, string>();
  const withoutVenv: Python[] = [];
  const isSuitable = (python: Python) => {
    const { version, path } = python;
    if (isOlder(version, OLDEST)) outdated.set(version, outdated.get(version) ?? path);
    else if (!python.venv) withoutVenv.push(python);
    else return true;
    return false;
  };
  if (selected && isSuitable(selected)) return selected;
  for (const { command, prefix } of interpreters(context)) {
    const { python, trouble } = await probe(command, context, prefix);
    if (context.signal?.aborted) throw cancelled();
    if (!python) context.log(trouble);
    else if (isSuitable(python)) return python;
  }
  throw new NoPython(noPythonMessage(outdated, withoutVenv));
}

function noPythonMessage(outdated: Map<string, string>, [withoutVenv]: Python[]): string {
  const remedy = "or uv, then try again; or name an installed server in pythonExpert.serverPath.";
  if (withoutVenv) {
    const debian = `python${withoutVenv.version.split(".").slice(0, 2).join(".")}-venv`;
    const where = `${withoutVenv.path} (${withoutVenv.version}) lacks the modules venv and ensurepip`;
    return `Python Expert cannot install its server: ${where}. On Debian and Ubuntu: sudo apt install ${debian}. Install them, ${remedy}`;
  }
  if (outdated.size > 0) {
    const found = Array.from(outdated, ([version, path]) => `${path} (${version})`).join(", ");
    return `Python Expert's server needs Python ${OLDEST} or newer, but there is only ${found}. Install a newer one, ${remedy}`;
  }
  return `Python Expert found no Python to install its server with. Install Python ${OLDEST} or newer, ${remedy}`;
}
