/** The processes of an editor: the environment that they get, and that none of them is left over. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The environment without what belongs to this process's user, shell or npm. */
export function withoutOwn(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = /^(npm_|XDG_|VSCODE_|CODE_SERVER|ANTHROPIC_|PYTHON|VIRTUAL_ENV|NODE_OPTIONS|PORT$)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !own.test(name)));
}

/** Sends a signal to a group of processes, of which nothing may be left. */
export function kill(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // Nothing is left of it.
  }
}

/** The processes, those of the language server included, that were started with this home. */
export function processesOf(root: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const environment = readFileSync(`/proc/${name}/environ`, "utf8");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        return environment.includes(`HOME=${join(root, "home")}\0`) ? [`${name} ${command}`] : [];
      } catch {
        return [];
      }
    });
}
