/** Package indexes: passes pip's configuration to uv, which does not read it. */
import { existsSync } from "node:fs";
import { devNull } from "node:os";
import { delimiter, join } from "node:path";
import { type Surroundings, windows } from "./surroundings";

/** pip's variables, and uv's current and older equivalents. */
const INDEXES = [
  ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"],
  ["PIP_EXTRA_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL"],
] as const;

/** pip's variables with which it may find packages that uv does not find. */
const PIP_VARIABLES = ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_PROXY"];

/** Returns uv's variables for pip's indexes, except those that are set for uv already. */
export function indexesForUv(env: NodeJS.ProcessEnv): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [pip, uv, older] of INDEXES) {
    const index = env[pip];
    if (index && !env[uv] && !env[older]) variables[uv] = index;
  }
  return variables;
}

/** Whether pip has settings of its own, so that it may succeed where uv failed. */
export function isPipConfigured(
  { env, home }: Pick<Surroundings, "env" | "home">,
  exists: (file: string) => boolean = existsSync,
): boolean {
  if (PIP_VARIABLES.some((name) => env[name])) return true;
  const named = env.PIP_CONFIG_FILE;
  if (named === devNull) return false; // pip then reads no configuration file
  return [...(named ? [named] : []), ...pipConfigFiles(env, home)].some((file) => exists(file));
}

/** Returns the default paths of pip's configuration files. */
function pipConfigFiles(env: NodeJS.ProcessEnv, home: string): string[] {
  const { APPDATA, ProgramData, XDG_CONFIG_DIRS, XDG_CONFIG_HOME } = env;
  if (windows) {
    const folders = [ProgramData, APPDATA, home].filter((folder) => folder !== undefined);
    return folders.map((folder) => join(folder, "pip", "pip.ini"));
  }
  const inFolders = [
    ...(XDG_CONFIG_DIRS || "/etc/xdg").split(delimiter),
    ...["/Library/Application Support", join(home, "Library", "Application Support")],
    XDG_CONFIG_HOME || join(home, ".config"),
  ].map((folder) => join(folder, "pip", "pip.conf"));
  return ["/etc/pip.conf", join(home, ".pip", "pip.conf"), ...inFolders];
}
