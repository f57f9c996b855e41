/** Decides which programs may be run, in which directory, and with which variables. */
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

/** The environment in which programs are found and run. */
export interface Surroundings {
  /** The working directory of all processes; never the workspace. */
  cwd: string;
  /** The user's home directory. */
  home: string;
  /** The environment variables of all processes. */
  env: NodeJS.ProcessEnv;
  /** The search path: only absolute folders from which programs may be run. */
  path: string[];
  /** Whether the workspace trust allows running a file. */
  mayRun(file: string): boolean;
  log(line: string): void;
  /** Aborted when the user cancels the installation. */
  signal?: AbortSignal;
}

/** The properties that decide which programs may be run. */
export type Trust = Pick<Request, "trusted" | "folders" | "storage">;

/** Whether the platform is Windows. */
export const windows = process.platform === "win32";

/** Variables that redirect Python, pip or uv to another location than the given one. */
const REDIRECTING = [
  ...["PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__", "VIRTUAL_ENV", "CONDA_PREFIX"],
  ...["PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_TARGET"],
  ...["UV_PREFIX", "UV_PROJECT", "UV_WORKING_DIRECTORY", "UV_WORKING_DIR"],
];

/** Returns the surroundings of a request; creates the storage folder if possible. */
export function surroundings(request: Request, host: Host): Surroundings {
  const pip = { PIP_USER: "0", PIP_DISABLE_PIP_VERSION_CHECK: "1" };
  // The output of all programs is decoded as UTF-8.
  const env = { ...host.env, NO_COLOR: "1", PYTHONUTF8: "1", ...pip };
  const variables: NodeJS.ProcessEnv = env;
  for (const name of REDIRECTING) delete variables[name];
  // uv searches the path for Pythons itself, so it needs the same restricted path.
  const { variable, folders: path } = searchPath(variables, request);
  variables[variable] = path.join(delimiter);
  const home = (windows ? variables.USERPROFILE : variables.HOME) || homedir();
  const mayRun = (file: string) => isAllowed(file, request);
  return { cwd: neutralFolder(request.storage), home, env, path, mayRun, log: host.log };
}

/**
 * Returns the path variable without the folders of an untrusted workspace; empty if the variable
 * needs no change.
 */
export function guardedPath(env: NodeJS.ProcessEnv, trust: Trust): Record<string, string> {
  if (trust.trusted) return {};
  const { variable, folders } = searchPath(env, trust);
  const path = folders.join(delimiter);
  return path === (env[variable] ?? "") ? {} : { [variable]: path };
}

/** Returns the name of the path variable and its absolute folders that may be used. */
function searchPath(env: NodeJS.ProcessEnv, trust: Trust): { variable: string; folders: string[] } {
  const variable = Object.keys(env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  const folders = (env[variable] ?? "")
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && isAllowed(join(folder, "python"), trust));
  return { variable, folders };
}

/** Whether the workspace trust allows running a file. */
function isAllowed(file: string, trust: Trust): boolean {
  return trust.trusted || !isInWorkspace(file, trust);
}

/** Returns the executables with a name on the search path, in order. */
export function onPath(name: string, { path, mayRun }: Surroundings): string[] {
  return path
    .map((folder) => executable(join(folder, name)))
    .filter((file) => mayRun(file) && isExecutable(file));
}

/** Adds the suffix `.exe` on Windows if it is missing. */
export function executable(path: string): string {
  return windows && !path.toLowerCase().endsWith(".exe") ? `${path}.exe` : path;
}

/** Whether a path is an executable file. */
export function isExecutable(path: string): boolean {
  return whyNotExecutable(path) === "";
}

/** The file system functions used to check executables; tests replace them. */
export interface Files {
  windows: boolean;
  stat(path: string): Pick<Stats, "isFile">;
  lstat(path: string): Pick<Stats, "isDirectory">;
  access(path: string, mode: number): void;
}

const FILES: Files = { windows, stat: statSync, lstat: lstatSync, access: accessSync };

/** Returns why a file is not executable, as the rest of a sentence; empty if it is. */
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
 * Whether a file may be an app execution alias of a Python from the Microsoft Store, which can be
 * run but for which `stat` fails (https://github.com/nodejs/node/issues/36790).
 */
function isAlias(path: string, error: unknown, { lstat }: Files): boolean {
  if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
  try {
    return !lstat(path).isDirectory();
  } catch {
    return false;
  }
}

/** Whether a file or its link target is in the workspace and outside the extension's storage. */
function isInWorkspace(file: string, { folders, storage }: Trust): boolean {
  const places = [
    resolve(file),
    join(resolveLinks(dirname(file)), basename(file)),
    resolveLinks(file),
  ];
  const within = (place: string, folder: string) =>
    isInside(place, resolve(folder)) || isInside(place, resolveLinks(folder));
  return places.some(
    (place) => folders.some((folder) => within(place, folder)) && !within(place, storage),
  );
}

function isInside(path: string, folder: string): boolean {
  const relativePath = relative(folder, path);
  return !isAbsolute(relativePath) && relativePath.split(/[\\/]/)[0] !== "..";
}

/** Resolves the links in a path; for a missing file, those in its parent folders. */
function resolveLinks(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync.native(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(resolveLinks(parent), basename(absolute));
  }
}

/** Returns the storage folder, or the root of its drive if it cannot be created. */
export function neutralFolder(storage: string): string {
  try {
    mkdirSync(storage, { recursive: true });
    return storage;
  } catch {
    return parse(resolve(storage)).root;
  }
}
