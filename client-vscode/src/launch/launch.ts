/** Finds the server to start: the configured one, the selected Python's, or a private one. */
import { isAbsolute } from "node:path";
import { type Environment, existing, make, removeOld, use } from "./environment";
import { cancelled, interpreterOf } from "./install";
import { run } from "./process";
import { ISOLATED, isOlder, OLDEST, type Python, probe } from "./python";
import { executable, type Surroundings, surroundings, whyNotExecutable } from "./surroundings";
import { type Host, type Launch, LaunchError, type Request } from "./types";

export { type Host, type Launch, LaunchError, type Remedy, type Request } from "./types";

/** What starts the server with a Python that has it. */
const MODULE = [...ISOLATED, "-m", "python_expert", "server"];

const UNUSED = "The selected interpreter is not used for the server:";

/** How long a configured server may take to say its version, in seconds. */
const PATIENCE = 20;

/**
 * Finds the server, and installs it if it must.
 *
 * @throws LaunchError if there is none and none can be installed.
 */
export async function findLaunch(request: Request, host: Host): Promise<Launch> {
  const around = surroundings(request, host);
  if (request.serverPath) return configured(request.serverPath, request, around);
  const selected = await selectedPython(request, around);
  const version = selected && serverOf(selected, request, around);
  if (version) {
    const why = "the selected interpreter has it";
    return { command: selected.path, args: MODULE, version, why };
  }
  const environment = await existing(request, around);
  return privately(environment ?? (await anew(request, selected, host, around)), request, around);
}

/**
 * Makes the private environment anew: the server from the one that is there does not start.
 *
 * @throws LaunchError if it cannot be made.
 */
export async function repair(request: Request, host: Host): Promise<Launch> {
  const around = surroundings(request, host);
  const selected = await selectedPython(request, around);
  return privately(await anew(request, selected, host, around), request, around);
}

/** The server that the setting names: it or nothing, so that nobody wonders which one runs. */
async function configured(
  setting: string,
  request: Request,
  around: Surroundings,
): Promise<Launch> {
  const path = executable(setting.replace(/^~(?=$|[\\/])/, () => around.home));
  const wrong = (what: string) => {
    const advice =
      "Name the python-expert executable or a Python that has it, or clear the setting.";
    const message = `The setting pythonExpert.serverPath is wrong: ${path} ${what}. ${advice}`;
    return new LaunchError(message, "set-server-path");
  };
  if (!isAbsolute(path)) throw wrong("is not an absolute path");
  const unusable = whyNotExecutable(path);
  if (unusable) throw wrong(unusable);
  if (!around.mayRun(path)) throw wrong("lies in the workspace, which is not trusted");
  const why = "the setting pythonExpert.serverPath names it";
  const { trouble, stdout, stderr } = await run(path, ["--version"], {
    ...around,
    seconds: PATIENCE,
  });
  const said = `${stdout}${stderr}`.trim();
  const version = /^python-expert (\d\S*)/m.exec(stdout)?.[1];
  if (trouble) throw wrong(said ? `${trouble} and said: ${lastLine(said)}` : trouble);
  if (version) {
    warnOfAge(path, version, request, around);
    return { command: path, args: ["server"], version, why };
  }
  if (!/^Python \d/m.test(said)) {
    throw wrong(
      `is not python-expert: asked for its version, it printed: ${lastLine(said) || "nothing"}`,
    );
  }
  const { python, trouble: silent } = await probe(path, around);
  if (!python) throw wrong(`does not answer. ${silent}`);
  if (isOlder(python.version, OLDEST)) {
    throw wrong(`is Python ${python.version}; ${OLDEST} or newer is needed`);
  }
  if (!python.server) throw wrong(`is a Python ${python.version} without python-expert`);
  warnOfAge(path, python.server, request, around);
  return { command: path, args: MODULE, version: python.server, why };
}

function warnOfAge(
  path: string,
  server: string,
  { version }: Request,
  { log }: Surroundings,
): void {
  if (isOlder(server, version)) log(`${path} is python-expert ${server}, older than ${version}.`);
}

/** The selected interpreter, if it may be run and answers; else the log says why not. */
async function selectedPython(
  { selected, trusted }: Request,
  around: Surroundings,
): Promise<Python | undefined> {
  if (!selected || !trusted) return undefined;
  const found = isAbsolute(selected)
    ? await probe(selected, around)
    : { trouble: `${selected} is not an absolute path.` };
  if (!found.python) around.log(`${UNUSED} ${found.trouble}`);
  return found.python;
}

/** The version of the selected interpreter's server, if it will do; else the log says why not. */
function serverOf(python: Python, request: Request, around: Surroundings): string | undefined {
  const { path, version, server } = python;
  const refuse = (why: string) => around.log(`${UNUSED} ${path} ${why}.`);
  if (isOlder(version, OLDEST)) refuse(`is Python ${version}, older than ${OLDEST}`);
  else if (!server) refuse("has no python-expert");
  else if (isOlder(server, request.version)) {
    refuse(`has python-expert ${server}, older than ${request.version}`);
  } else return server;
  return undefined;
}

function anew(
  request: Request,
  selected: Python | undefined,
  host: Host,
  around: Surroundings,
): Promise<Environment> {
  return host.progress("Setting up Python Expert (first start only)", async (report, signal) => {
    if (signal.aborted) throw cancelled();
    const early = (environment: Environment) => host.first?.(launchIn(environment));
    return make(request, selected, { ...around, signal }, report, early);
  });
}

async function privately(
  environment: Environment,
  { storage }: Request,
  { log }: Surroundings,
): Promise<Launch> {
  await use(environment);
  // Nobody waits for this.
  void removeOld(storage, environment.folder, log);
  return launchIn(environment);
}

function launchIn({ folder, server }: Environment): Launch {
  const why = "it is in the extension's private environment";
  return { command: interpreterOf(folder), args: MODULE, version: server, why };
}

function lastLine(text: string): string {
  return text.split("\n").at(-1)?.slice(0, 200) ?? "";
}
