import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type ExtensionContext, ProgressLocation, version, window, workspace } from "vscode";
import { settingsAsWritten } from "./configuration";
import type { Launch } from "./launch/launch";
import { hasKey } from "./secrets";
import type { Server } from "./server";
import { withoutPasswords } from "./settings";

const DEADLINE_MS = 90_000;

/** Returns the information for a bug report as Markdown, without keys and code. */
export async function debugInformation(context: ExtensionContext, server: Server): Promise<string> {
  const { launch, state, why } = server;
  const command = launch ? [launch.command, ...launch.args].join(" ") : "none";
  const report = [
    "# Python Expert: debug information",
    "",
    `- Extension: ${context.extension.packageJSON.version}`,
    `- VS Code: ${version} on ${process.platform} ${process.arch}`,
    `- Server: ${launch?.version ?? "none"}, \`${command}\` (${launch?.why ?? "not started"})`,
    `- State: ${state}${state === "failed" ? `: ${why}` : ""}`,
    `- Workspace: ${workspace.isTrusted ? "trusted" : "not trusted"}, ${workspace.workspaceFolders?.length ?? 0} folder(s)`,
    `- API key: ${(await hasKey(context)) ? "set" : "not set"} in the secret storage`,
    "",
    "## Settings",
    "",
    "```json",
    settingsAsWritten(context),
    "```",
    "",
    "## The server's last lines",
    "",
    "```",
    ...server.lastLines,
    "```",
    "",
    "## python-expert doctor",
    "",
    "By the project's own settings; those of VS Code are above.",
    "",
    "```",
    launch ? await withProgress(doctor(launch, server.environment)) : "There is no server to ask.",
    "```",
    "",
  ];
  return withoutPasswords(report.join("\n"));
}

async function withProgress<T>(work: Promise<T>): Promise<T> {
  const title = "Python Expert: checking the tools";
  return window.withProgress({ location: ProgressLocation.Window, title }, () => work);
}

/** Runs `python-expert doctor` in the first folder, with the server's environment. */
async function doctor(launch: Launch, environment: Record<string, string>): Promise<string> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  if (!workspace.isTrusted) {
    return "Not run: it would run the tools of a folder that is not trusted.";
  }
  const args = launch.args.map((each) => (each === "server" ? "doctor" : each));
  const options = {
    timeout: DEADLINE_MS,
    env: { ...process.env, ...environment },
    ...(folder?.scheme === "file" && { cwd: folder.fsPath }),
  };
  try {
    const { stdout } = await promisify(execFile)(launch.command, args, options);
    return stdout.trimEnd();
  } catch (error) {
    const { stdout = "" } = error as { stdout?: string };
    return `${stdout}\n${error}`.trim();
  }
}
