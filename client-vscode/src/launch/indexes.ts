/** Package indexes: where the user has named them to pip, uv does not know of them. */
import { existsSync } from "node:fs";
import { devNull } from "node:os";
import { delimiter, join } from "node:path";
import { type Surroundings, windows } from "./surroundings";

/** pip's variables, uv's of the same meaning, and uv's older ones of that meaning. */
const INDEXES = [
  ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"],
  ["PIP_EXTRA_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL"],
] as const;

/** pip's variables that let it find packages where uv does not look for them. */
const ELSEWHERE = ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_PROXY"];

/** The variables that tell uv of the indexes that pip is told of; none where uv has its own. */
export function indexesForUv(env: NodeJS.ProcessEnv): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [pip, uv, older] of INDEXES) {
    const index = env[pip];
    if (index && !env[uv] && !env[older]) variables[uv] = index;
  }
  return variables;
}

/** Whether pip may reach an index where uv has not: it has variables and files of its own. */
export function isPipConfigured(
  { env, home }: Pick<Surroundings, "env" | "home">,
  exists: (file: string) => boolean = existsSync,
): boolean {
  if (ELSEWHERE.some((name) => env[name])) return true;
  const named = env.PIP_CONFIG_FILE;
  if (named === devNull) return false; // so that none is read
  return [...(named ? [named] : []), ...filesOfPip(env, home)].some((file) => exists(file));
}

/** Where pip looks for its configuration. */
function filesOfPip(env: NodeJS.ProcessEnv, home: string): string[] {
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
