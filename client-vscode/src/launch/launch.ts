/** Finds the server to start: the configured one, the selected Python's, or a private one. */
import { isAbsolute } from "node:path";
import { type Environment, existing, make, removeOld, use } from "./environment";
import { cancelled, interpreterOf } from "./install";
import { run } from "./process";
import { isOlder, OLDEST, probe } from "./python";
import { executable, type Surroundings, surroundings, whyNotExecutable } from "./surroundings";
import { type Host, type Launch, LaunchError, type Request } from "./types";

export { type Host, type Launch, LaunchError, type Remedy, type Request } from "./types";

/** What starts the server with a Python that has it; the folder it is started in is not imported. */
const MODULE = ["-I", "-m", "python_expert", "server"];

/** How long a configured server may take to say its version, in seconds. */
const PATIENCE = 20;

/**
 * Finds the server, and installs it if it must.
 *
 * @throws LaunchError if there is none and none can be installed.
 */
export async function findLaunch(asked: Request, host: Host): Promise<Launch> {
  const { request, around } = begin(asked, host);
  if (request.serverPath) return configured(request.serverPath, request, around);
  const selected = request.selected && (await ofSelected(request.selected, request, around));
  if (selected) return selected;
  const environment = await existing(request, around);
  return privately(environment ?? (await anew(request, host, around)), request, around);
}

/**
 * Makes the private environment anew: the server from the one that is there does not start.
 *
 * @throws LaunchError if it cannot be made.
 */
export async function repair(asked: Request, host: Host): Promise<Launch> {
  const { request, around } = begin(asked, host);
  return privately(await anew(request, host, around), request, around);
}

function begin(asked: Request, host: Host): { request: Request; around: Surroundings } {
  const around = surroundings(asked, host);
  const usable = asked.trusted && asked.selected && isAbsolute(asked.selected);
  if (asked.selected && !usable) host.log(`${asked.selected} is not asked: no path, or no trust.`);
  return { request: { ...asked, selected: usable ? asked.selected : undefined }, around };
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
      `is not python-expert: asked for its version, it said: ${lastLine(said) || "nothing"}`,
    );
  }
  const { python, trouble: silent } = await probe(path, around);
  if (!python) throw wrong(`does not answer. ${silent}`);
  if (isOlder(python.version, OLDEST)) {
    throw wrong(`is Python ${python.version}; ${OLDEST} or newer is needed`);
  }
  if (!python.server) throw wrong(`is a Python ${python.version} without python-expert`);
  warnOfAge(path, python.server, request, around);
  return { command: path, args: MODULE, python: path, version: python.server, why };
}

function warnOfAge(
  path: string,
  server: string,
  { version }: Request,
  { log }: Surroundings,
): void {
  if (isOlder(server, version)) log(`${path} is python-expert ${server}, older than ${version}.`);
}

/** The server of the selected interpreter; if that has none that will do, the log says why. */
async function ofSelected(
  selected: string,
  request: Request,
  around: Surroundings,
): Promise<Launch | undefined> {
  const { python, trouble } = await probe(selected, around);
  const refuse = (why: string) => {
    around.log(`The selected interpreter is not used for the server: ${why}`);
    return undefined;
  };
  if (!python) return refuse(trouble);
  const { path, version, server } = python;
  if (isOlder(version, OLDEST))
    return refuse(`${path} is Python ${version}, older than ${OLDEST}.`);
  if (!server) return refuse(`${path} has no python-expert.`);
  if (isOlder(server, request.version)) {
    return refuse(`${path} has python-expert ${server}, older than ${request.version}.`);
  }
  const why = "the selected interpreter has it";
  return { command: path, args: MODULE, python: path, version: server, why };
}

function anew(request: Request, host: Host, around: Surroundings): Promise<Environment> {
  return host.progress("Installing the server of Python Expert", async (report, signal) => {
    if (signal.aborted) throw cancelled();
    return make(request, { ...around, signal }, report);
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
  const command = interpreterOf(environment.folder);
  const why = "it is in the extension's private environment";
  return { command, args: MODULE, python: command, version: environment.server, why };
}

function lastLine(text: string): string {
  return text.split("\n").at(-1)?.slice(0, 200) ?? "";
}
