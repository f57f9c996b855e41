/** Finds the server: the configured one, the selected interpreter's, or a private one. */
import { isAbsolute } from "node:path";
import {
  createEnvironment,
  type Environment,
  findEnvironment,
  markUsed,
  removeOld,
} from "./environment";
import { cancelled, interpreterOf } from "./install";
import { run } from "./process";
import { ISOLATED, isOlder, OLDEST, type Python, probe } from "./python";
import { executable, type Surroundings, surroundings, whyNotExecutable } from "./surroundings";
import { type Host, type Launch, LaunchError, type Request } from "./types";

export { type Host, type Launch, LaunchError, type Remedy, type Request } from "./types";

/** The arguments with which a Python starts its server. */
const MODULE = [...ISOLATED, "-m", "python_expert", "server"];

const UNUSED = "The selected interpreter is not used for the server:";

/** The time limit in s for a configured server to print its version. */
const VERSION_TIMEOUT_S = 20;

/**
 * Finds the server; installs it if necessary.
 *
 * @throws LaunchError if there is no server and it cannot be installed.
 */
export async function findLaunch(request: Request, host: Host): Promise<Launch> {
  const context = surroundings(request, host);
  if (request.serverPath) return configured(request.serverPath, request, context);
  const selected = await selectedPython(request, context);
  const version = selected && serverOf(selected, request, context);
  if (version) {
    const why = "the selected interpreter has it";
    return { command: selected.path, args: MODULE, version, why };
  }
  const environment = await findEnvironment(request, context);
  return usePrivate(
    environment ?? (await installPrivate(request, selected, host, context)),
    request,
    context,
  );
}

/**
 * Creates a new private environment after the server in the existing one failed to start.
 *
 * @throws LaunchError if it cannot be created.
 */
export async function repair(request: Request, host: Host): Promise<Launch> {
  const context = surroundings(request, host);
  const selected = await selectedPython(request, context);
  return usePrivate(await installPrivate(request, selected, host, context), request, context);
}

/** Returns the server that the setting names; there is no fallback to another server. */
async function configured(
  setting: string,
  request: Request,
  context: Surroundings,
): Promise<Launch> {
  const path = executable(setting.replace(/^~(?=$|[\\/])/, () => context.home));
  const invalidSetting = (what: string) => {
    const advice =
      "Name the python-expert executable or a Python that has it, or clear the setting.";
    const message = `The setting pythonExpert.serverPath is wrong: ${path} ${what}. ${advice}`;
    return new LaunchError(message, "set-server-path");
  };
  if (!isAbsolute(path)) throw invalidSetting("is not an absolute path");
  const unusable = whyNotExecutable(path);
  if (unusable) throw invalidSetting(unusable);
  if (!context.mayRun(path)) throw invalidSetting("lies in the workspace, which is not trusted");
  const why = "the setting pythonExpert.serverPath names it";
  const { trouble, stdout, stderr } = await run(path, ["--version"], {
    ...context,
    seconds: VERSION_TIMEOUT_S,
  });
  const output = `${stdout}${stderr}`.trim();
  const version = /^python-expert (\d\S*)/m.exec(stdout)?.[1];
  if (trouble) throw invalidSetting(output ? `${trouble} and said: ${lastLine(output)}` : trouble);
  if (version) {
    warnOfAge(path, version, request, context);
    return { command: path, args: ["server"], version, why };
  }
  if (!/^Python \d/m.test(output)) {
    throw invalidSetting(
      `is not python-expert: asked for its version, it printed: ${lastLine(output) || "nothing"}`,
    );
  }
  const { python, trouble: probeError } = await probe(path, context);
  if (!python) throw invalidSetting(`does not answer. ${probeError}`);
  if (isOlder(python.version, OLDEST)) {
    throw invalidSetting(`is Python ${python.version}; ${OLDEST} or newer is needed`);
  }
  if (!python.server) throw invalidSetting(`is a Python ${python.version} without python-expert`);
  warnOfAge(path, python.server, request, context);
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

/** Returns the selected interpreter if it may be run and works; otherwise logs the reason. */
async function selectedPython(
  { selected, trusted }: Request,
  context: Surroundings,
): Promise<Python | undefined> {
  if (!selected || !trusted) return undefined;
  const found = isAbsolute(selected)
    ? await probe(selected, context)
    : { trouble: `${selected} is not an absolute path.` };
  if (!found.python) context.log(`${UNUSED} ${found.trouble}`);
  return found.python;
}

/** Returns the version of the interpreter's server if it is usable; otherwise logs the reason. */
function serverOf(python: Python, request: Request, context: Surroundings): string | undefined {
  const { path, version, server } = python;
  const refuse = (why: string) => context.log(`${UNUSED} ${path} ${why}.`);
  if (isOlder(version, OLDEST)) refuse(`is Python ${version}, older than ${OLDEST}`);
  else if (!server) refuse("has no python-expert");
  else if (isOlder(server, request.version)) {
    refuse(`has python-expert ${server}, older than ${request.version}`);
  } else return server;
  return undefined;
}

function installPrivate(
  request: Request,
  selected: Python | undefined,
  host: Host,
  context: Surroundings,
): Promise<Environment> {
  return host.progress("Setting up Python Expert (first start only)", async (report, signal) => {
    if (signal.aborted) throw cancelled();
    const onFirst = (environment: Environment) => host.first?.(launchFrom(environment));
    return createEnvironment(request, selected, { ...context, signal }, report, onFirst);
  });
}

async function usePrivate(
  environment: Environment,
  { storage }: Request,
  { log }: Surroundings,
): Promise<Launch> {
  await markUsed(environment);
  // Runs in the background.
  void removeOld(storage, environment.folder, log);
  return launchFrom(environment);
}

function launchFrom({ folder, server }: Environment): Launch {
  const why = "it is in the extension's private environment";
  return { command: interpreterOf(folder), args: MODULE, version: server, why };
}

function lastLine(text: string): string {
  return text.split("\n").at(-1)?.slice(0, 200) ?? "";
}
