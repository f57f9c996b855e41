/**
 * The private environment in the extension's storage.
 *
 * Each one has a folder of its own, `server-<version>-<random>`. A pointer, `server-<version>.json`,
 * names the one that is used; it is written last and by renaming, so that an installation that was
 * broken off is never used and two windows that install at once do not disturb each other.
 * The time of a folder's last change is the time of its last use.
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

/** A complete environment. */
export interface Environment {
  folder: string;
  python: Python;
  /** The version of the server in it. */
  server: string;
}

interface Pointer {
  /** The name of the folder within the storage. */
  folder: string;
  /** The hash of the wheel that was installed; a rebuilt one makes a new environment. */
  wheel: string;
}

const DAY_MS = 24 * 3_600 * 1_000;
const KEPT_DAYS = 7;

/** The first run of the server's code, which is compiled by it, in seconds. */
const FIRST_RUN = 120;

/** Windows stay open for weeks, and use their environment all the time. */
let keepingFresh: NodeJS.Timeout | undefined;

/**
 * The environment that was made for this version of the extension, if it is there and works.
 *
 * What is wrong with it is logged.
 */
export async function existing(
  request: Request,
  around: Surroundings,
): Promise<Environment | undefined> {
  const pointer = await readPointer(request);
  if (!pointer) return undefined;
  const wheel = await hash(request.wheel);
  if (wheel && wheel !== pointer.wheel) {
    around.log(`The environment ${pointer.folder} was made from another build of the server.`);
    return undefined;
  }
  const found = await check(join(request.storage, pointer.folder), request, around);
  if (typeof found !== "string") return found;
  around.log(`The private environment cannot be used: ${found}`);
  return undefined;
}

/**
 * Makes a new environment and points to it.
 *
 * If another window has done so meanwhile, its environment is used.
 *
 * @param selected The interpreter the user has selected, if it may be run and answers.
 * @param early Called once it has the server and ruff, while the rest is installed.
 * @throws LaunchError if it cannot be made.
 */
export async function make(
  request: Request,
  selected: Python | undefined,
  around: Surroundings,
  report: (message: string) => void,
  early: (environment: Environment) => void,
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
      const begun = await check(folder, request, around);
      if (typeof begun !== "string") early(begun);
    };
    await install({ folder, wheel: request.wheel, selected, report, first }, around);
    report("starting it");
    const made = await tried(folder, request, around);
    const other = await madeMeanwhile(before, wheel, request, around);
    if (other) await rm(folder, { recursive: true, force: true });
    else await writePointer(request, { folder: basename(folder), wheel });
    return other ?? made;
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
    throw error instanceof LaunchError ? error : explainStorage(error, folder);
  }
}

/** Notes that an environment is in use, now and every day that this process lives. */
export async function use({ folder }: Environment): Promise<void> {
  const touch = () => utimes(folder, new Date(), new Date()).catch(() => {});
  clearInterval(keepingFresh);
  keepingFresh = setInterval(touch, DAY_MS);
  keepingFresh.unref();
  await touch();
}

/** Removes the environments that no window has used for seven days, but for the given one. */
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
    if (Date.now() - used.mtimeMs < KEPT_DAYS * DAY_MS) continue;
    try {
      // Windows refuses this while something in it runs; nothing is lost then.
      const doomed = name.endsWith(".old") ? folder : `${folder}.old`;
      await rename(folder, doomed);
      await rm(doomed, { recursive: true, force: true });
      log(`Removed ${folder}, which was not used for ${KEPT_DAYS} days.`);
    } catch (error) {
      log(`${folder} is not used any more but cannot be removed: ${error}`);
    }
  }
}

/** Looks whether an environment works, without running the server; else why not. */
async function check(
  folder: string,
  request: Request,
  around: Surroundings,
): Promise<Environment | string> {
  const { python, trouble } = await probe(interpreterOf(folder), around);
  if (!python) return trouble;
  const server = python.server;
  if (!server) return `${folder} has no python-expert.`;
  if (isOlder(server, request.version)) return `${folder} has only python-expert ${server}.`;
  return { folder, python, server };
}

/** Runs the server's code once. */
async function tried(folder: string, request: Request, around: Surroundings): Promise<Environment> {
  const made = await check(folder, request, around);
  const interpreter = interpreterOf(folder);
  const args = [...ISOLATED, "-m", "python_expert", "--version"];
  const { trouble, stderr } = await run(interpreter, args, { ...around, seconds: FIRST_RUN });
  if (around.signal?.aborted) throw cancelled();
  const wrong = typeof made === "string" ? made : trouble && `${interpreter} ${trouble}: ${stderr}`;
  if (!wrong && typeof made !== "string") return made;
  around.log(`The new environment does not work: ${wrong}`);
  const said = wrong.trim().split("\n").at(-1);
  const message = `Python Expert has installed its server, but it does not start: ${said}`;
  throw new LaunchError(message, "show-logs");
}

/** The environment to which another window has pointed since `before` was read. */
async function madeMeanwhile(
  before: Pointer | undefined,
  wheel: string,
  request: Request,
  around: Surroundings,
): Promise<Environment | undefined> {
  const now = await readPointer(request);
  if (!now || now.folder === before?.folder || now.wheel !== wheel) return undefined;
  const found = await check(join(request.storage, now.folder), request, around);
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
    const ours = typeof folder === "string" && /^server-[^/\\]+$/.test(folder);
    return ours && typeof wheel === "string" ? { folder, wheel } : undefined;
  } catch {
    // Not there, or not what we have written: made anew.
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
