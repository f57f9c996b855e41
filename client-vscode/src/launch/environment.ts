/**
 * Manages the private environments in the extension's storage.
 *
 * Each environment has its own folder, `server-<version>-<random>`. The pointer file
 * `server-<version>.json` names the current one. It is written last, with an atomic rename, so an
 * interrupted installation is never used and two windows can install at the same time.
 * The modification time of a folder is the time of its last use.
 */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { cancelled, install, interpreterOf } from "./install";
import { run } from "./process";
import { ISOLATED, isOlder, type Python, probe } from "./python";
import type { Surroundings } from "./surroundings";
import { explainStorage } from "./trouble";
import { LaunchError, type Request } from "./types";

/** A complete private environment. */
export interface Environment {
  folder: string;
  python: Python;
  /** The version of the installed server. */
  server: string;
}

interface Pointer {
  /** The name of the folder in the storage. */
  folder: string;
  /** The hash of the installed wheel; another wheel requires a new environment. */
  wheel: string;
}

const DAY_MS = 24 * 3_600 * 1_000;
const MAX_UNUSED_DAYS = 7;

/** The time limit in s for the first run of the server, which compiles its code. */
const FIRST_RUN_TIMEOUT_S = 120;

/** Updates the time of the last use, because a window may stay open for weeks. */
let touchTimer: NodeJS.Timeout | undefined;

/**
 * Returns the environment for this version of the extension if it exists and works.
 *
 * Logs why an existing environment cannot be used.
 */
export async function findEnvironment(
  request: Request,
  context: Surroundings,
): Promise<Environment | undefined> {
  const pointer = await readPointer(request);
  if (!pointer) return undefined;
  const wheel = await hash(request.wheel);
  if (wheel && wheel !== pointer.wheel) {
    context.log(`The environment ${pointer.folder} was made from another build of the server.`);
    return undefined;
  }
  const found = await check(join(request.storage, pointer.folder), request, context);
  if (typeof found !== "string") return found;
  context.log(`The private environment cannot be used: ${found}`);
  return undefined;
}

/**
 * Creates a new environment and updates the pointer.
 *
 * If another window has done so in the meantime, returns that window's environment.
 *
 * @param selected The interpreter that the user has selected, if it may be run and works.
 * @param onFirst Called when the server and ruff are installed, before the other tools.
 * @throws LaunchError if the environment cannot be created.
 */
export async function createEnvironment(
  request: Request,
  selected: Python | undefined,
  context: Surroundings,
  report: (message: string) => void,
  onFirst: (environment: Environment) => void,
): Promise<Environment> {
  const wheel = await hash(request.wheel);
  if (!wheel) {
    const where = `the file ${request.wheel} is missing`;
    const advice = "Install the extension again, or set pythonExpert.serverPath.";
    throw new LaunchError(
      `Python Expert cannot install its server: ${where}. ${advice}`,
      "show-logs",
    );
  }
  const before = await readPointer(request);
  const folder = await newFolder(request);
  try {
    const first = async () => {
      const environment = await check(folder, request, context);
      if (typeof environment !== "string") onFirst(environment);
    };
    await install({ folder, wheel: request.wheel, selected, report, first }, context);
    report("starting it");
    const made = await verify(folder, request, context);
    const other = await findConcurrent(before, wheel, request, context);
    if (other) await rm(folder, { recursive: true, force: true });
    else await writePointer(request, { folder: basename(folder), wheel });
    return other ?? made;
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
    throw error instanceof LaunchError ? error : explainStorage(error, folder);
  }
}

/** Marks an environment as used, now and once a day as long as this process runs. */
export async function markUsed({ folder }: Environment): Promise<void> {
  const touch = () => utimes(folder, new Date(), new Date()).catch(() => {});
  clearInterval(touchTimer);
  touchTimer = setInterval(touch, DAY_MS);
  touchTimer.unref();
  await touch();
}

/** Removes the environments that no window has used for seven days, except the current one. */
export async function removeOld(
  storage: string,
  current: string,
  log: (line: string) => void,
): Promise<void> {
  const names = await readdir(storage).catch(() => []);
  const folders = names.filter((name) => name.startsWith("server-") && !name.endsWith(".json"));
  for (const name of folders) {
    const folder = join(storage, name);
    const used = await stat(folder).catch(() => undefined);
    if (!used?.isDirectory() || folder === current) continue;
    if (Date.now() - used.mtimeMs < MAX_UNUSED_DAYS * DAY_MS) continue;
    try {
      // On Windows this fails, without any effect, while a program in the folder runs.
      const renamed = name.endsWith(".old") ? folder : `${folder}.old`;
      await rename(folder, renamed);
      await rm(renamed, { recursive: true, force: true });
      log(`Removed ${folder}, which was not used for ${MAX_UNUSED_DAYS} days.`);
    } catch (error) {
      log(`${folder} is not used any more but cannot be removed: ${error}`);
    }
  }
}

/** Checks an environment without running the server; returns a string if it does not work. */
async function check(
  folder: string,
  request: Request,
  context: Surroundings,
): Promise<Environment | string> {
  const { python, trouble } = await probe(interpreterOf(folder), context);
  if (!python) return trouble;
  const server = python.server;
  if (!server) return `${folder} has no python-expert.`;
  if (isOlder(server, request.version)) return `${folder} has only python-expert ${server}.`;
  return { folder, python, server };
}

/** Checks a new environment and runs the server once. */
async function verify(
  folder: string,
  request: Request,
  context: Surroundings,
): Promise<Environment> {
  const made = await check(folder, request, context);
  const interpreter = interpreterOf(folder);
  const args = [...ISOLATED, "-m", "python_expert", "--version"];
  const { trouble, stderr } = await run(interpreter, args, {
    ...context,
    seconds: FIRST_RUN_TIMEOUT_S,
  });
  if (context.signal?.aborted) throw cancelled();
  const problem =
    typeof made === "string" ? made : trouble && `${interpreter} ${trouble}: ${stderr}`;
  if (!problem && typeof made !== "string") return made;
  context.log(`The new environment does not work: ${problem}`);
  const lastLine = problem.trim().split("\n").at(-1);
  const message = `Python Expert has installed its server, but it does not start: ${lastLine}`;
  throw new LaunchError(message, "show-logs");
}

/** Returns the environment that another window has created since `before` was read. */
async function findConcurrent(
  before: Pointer | undefined,
  wheel: string,
  request: Request,
  context: Surroundings,
): Promise<Environment | undefined> {
  const now = await readPointer(request);
  if (!now || now.folder === before?.folder || now.wheel !== wheel) return undefined;
  const found = await check(join(request.storage, now.folder), request, context);
  return typeof found === "string" ? undefined : found;
}

async function newFolder({ storage, version }: Request): Promise<string> {
  try {
    return await mkdtemp(join(storage, `server-${version}-`));
  } catch (error) {
    throw explainStorage(error, storage);
  }
}

async function readPointer(request: Request): Promise<Pointer | undefined> {
  try {
    const { folder, wheel } = JSON.parse(await readFile(pointerPath(request), "utf8"));
    const isValid = typeof folder === "string" && /^server-[^/\\]+$/.test(folder);
    return isValid && typeof wheel === "string" ? { folder, wheel } : undefined;
  } catch {
    // The file is missing or invalid: a new environment is created.
    return undefined;
  }
}

async function writePointer(request: Request, pointer: Pointer): Promise<void> {
  const path = pointerPath(request);
  const draft = join(request.storage, `${pointer.folder}.json`);
  await writeFile(draft, JSON.stringify(pointer));
  await rename(draft, path);
}

function pointerPath({ storage, version }: Request): string {
  return join(storage, `server-${version}.json`);
}

async function hash(path: string): Promise<string | undefined> {
  try {
    return createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
  } catch {
    return undefined;
  }
}
