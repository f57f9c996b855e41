/** Helpers for the processes of an editor: their environment, and how to find and kill them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Removes the variables of this process's user, shell and npm. */
export function withoutOwn(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = /^(npm_|XDG_|VSCODE_|CODE_SERVER|ANTHROPIC_|PYTHON|VIRTUAL_ENV|NODE_OPTIONS|PORT$)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !own.test(name)));
}

/** Sends a signal to a process group, which may have ended. */
export function kill(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // The group has ended.
  }
}

/** Returns the processes with this home folder, including those of the language server. */
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
