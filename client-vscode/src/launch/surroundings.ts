/** What may be run, where, and with which environment variables. */
import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { homedir } from "node:os";
import {
  basename,
  delimiter,
  dirname,
  isAbsolute,
  join,
  parse,
  relative,
  resolve,
} from "node:path";
import type { Host, Request } from "./types";

/** Where programs are looked for and run. */
export interface Surroundings {
  /** The working directory of everything that is started; never the workspace. */
  cwd: string;
  /** The user's home folder. */
  home: string;
  /** The environment of everything that is started. */
  env: NodeJS.ProcessEnv;
  /** The folders in which programs are looked for: absolute, and none that must not be run from. */
  path: string[];
  /** Whether the trust in the workspace allows running this file. */
  mayRun(file: string): boolean;
  log(line: string): void;
  /** Aborted when the user cancels. */
  signal?: AbortSignal;
}

/** What decides from where programs may be run. */
export type Trust = Pick<Request, "trusted" | "folders" | "storage">;

/** True on Windows. */
export const windows = process.platform === "win32";

/** Variables that lead Python, pip or uv to another place than the one that is named to them. */
const MISLEADING = [
  ...["PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__", "VIRTUAL_ENV", "CONDA_PREFIX"],
  ...["PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_TARGET"],
  ...["UV_PREFIX", "UV_PROJECT", "UV_WORKING_DIRECTORY", "UV_WORKING_DIR"],
];

/**
 * Works out the surroundings of a request; makes the storage folder if it can.
 */
export function surroundings(request: Request, host: Host): Surroundings {
  const pip = { PIP_USER: "0", PIP_DISABLE_PIP_VERSION_CHECK: "1" };
  // What is printed is read as UTF-8, by whatever executable it is.
  const env = { ...host.env, NO_COLOR: "1", PYTHONUTF8: "1", ...pip };
  const variables: NodeJS.ProcessEnv = env;
  for (const name of MISLEADING) delete variables[name];
  // uv looks for Pythons on the path by itself, so it must see the same one.
  const { variable, folders: path } = searchPath(variables, request);
  variables[variable] = path.join(delimiter);
  const home = (windows ? variables.USERPROFILE : variables.HOME) || homedir();
  const mayRun = (file: string) => isAllowed(file, request);
  return { cwd: neutralFolder(request.storage), home, env, path, mayRun, log: host.log };
}

/**
 * What the server's environment needs, so that it finds no program of a workspace that is not
 * trusted; nothing where there is none on the search path.
 */
export function guardedPath(env: NodeJS.ProcessEnv, trust: Trust): Record<string, string> {
  if (trust.trusted) return {};
  const { variable, folders } = searchPath(env, trust);
  const path = folders.join(delimiter);
  return path === (env[variable] ?? "") ? {} : { [variable]: path };
}

/** The name of the variable, and its folders: absolute, and none that must not be run from. */
function searchPath(env: NodeJS.ProcessEnv, trust: Trust): { variable: string; folders: string[] } {
  const variable = Object.keys(env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  const folders = (env[variable] ?? "")
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && isAllowed(join(folder, "python"), trust));
  return { variable, folders };
}

/** Whether the trust in the workspace allows running a file. */
function isAllowed(file: string, trust: Trust): boolean {
  return trust.trusted || !liesInWorkspace(file, trust);
}

/** The executables of a name on the path, in its order. */
export function onPath(name: string, { path, mayRun }: Surroundings): string[] {
  return path
    .map((folder) => executable(join(folder, name)))
    .filter((file) => mayRun(file) && isExecutable(file));
}

/** The file name of an executable on this system. */
export function executable(path: string): string {
  return windows && !path.toLowerCase().endsWith(".exe") ? `${path}.exe` : path;
}

/** Whether a path is a file that may be executed. */
export function isExecutable(path: string): boolean {
  return whyNotExecutable(path) === "";
}

/** The file system, as far as it is asked for executables; tests have one of their own. */
export interface Files {
  windows: boolean;
  stat(path: string): Pick<Stats, "isFile">;
  lstat(path: string): Pick<Stats, "isDirectory">;
  access(path: string, mode: number): void;
}

const FILES: Files = { windows, stat: statSync, lstat: lstatSync, access: accessSync };

/** Why a file cannot be executed, to follow its path in a sentence; empty if it can. */
export function whyNotExecutable(path: string, files = FILES): string {
  try {
    if (!files.stat(path).isFile()) return "is not a file";
  } catch (error) {
    if (!files.windows || !isAlias(path, error, files)) return "does not exist";
  }
  try {
    files.access(path, constants.X_OK);
    return "";
  } catch {
    return "is not executable";
  }
}

/**
 * Whether a file may be an alias as the Microsoft Store makes them for its Pythons, which can be run
 * and not be followed (https://github.com/nodejs/node/issues/36790).
 */
function isAlias(path: string, error: unknown, { lstat }: Files): boolean {
  if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
  try {
    return !lstat(path).isDirectory();
  } catch {
    return false;
  }
}

/** Whether a file, or what it links to, lies in the workspace; what lies in the storage is ours. */
function liesInWorkspace(file: string, { folders, storage }: Trust): boolean {
  const places = [resolve(file), join(real(dirname(file)), basename(file)), real(file)];
  const within = (place: string, folder: string) =>
    isInside(place, resolve(folder)) || isInside(place, real(folder));
  return places.some(
    (place) => folders.some((folder) => within(place, folder)) && !within(place, storage),
  );
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(/[\\/]/)[0] !== "..";
}

/** A path without links; what is not there yet may come to be where its folder leads. */
function real(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync.native(whole);
  } catch {
    const parent = dirname(whole);
    return parent === whole ? whole : join(real(parent), basename(whole));
  }
}

/** The storage folder, else the root of its drive: neither can be the workspace's. */
export function neutralFolder(storage: string): string {
  try {
    mkdirSync(storage, { recursive: true });
    return storage;
  } catch {
    return parse(resolve(storage)).root;
  }
}
