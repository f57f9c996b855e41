import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type ExtensionContext, version, workspace } from "vscode";
import type { Launch } from "./launch/launch";

const DEADLINE_MS = 90_000;

/**
 * Everything that a report of a fault should say, as Markdown; no keys, and no code.
 *
 * @param settings What the server is told of the settings.
 * @param hasKey Whether the user has set an API key.
 */
export async function debugInformation(
  context: ExtensionContext,
  launch: Launch | undefined,
  settings: object,
  hasKey: boolean,
): Promise<string> {
  const command = launch ? [launch.command, ...launch.args].join(" ") : "none";
  return [
    "# Python Expert: debug information",
    "",
    `- Extension: ${context.extension.packageJSON.version}`,
    `- VS Code: ${version} on ${process.platform} ${process.arch}`,
    `- Server: ${launch?.version ?? "none"}, \`${command}\` (${launch?.why ?? "not started"})`,
    `- Workspace: ${workspace.isTrusted ? "trusted" : "not trusted"}, ${workspace.workspaceFolders?.length ?? 0} folder(s)`,
    `- API key: ${hasKey ? "set" : "not set"} in the secret storage`,
    "",
    "## Settings",
    "",
    "```json",
    JSON.stringify(settings, null, 2),
    "```",
    "",
    "## python-expert doctor",
    "",
    "```",
    launch ? await doctor(launch) : "The server does not run.",
    "```",
    "",
  ].join("\n");
}

/** What the server's own command says, in the first folder. */
async function doctor(launch: Launch): Promise<string> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  if (!workspace.isTrusted) {
    return "Not run: it would run the tools of a folder that is not trusted.";
  }
  const args = launch.args.map((each) => (each === "server" ? "doctor" : each));
  const options = {
    timeout: DEADLINE_MS,
    ...(folder?.scheme === "file" && { cwd: folder.fsPath }),
  };
  try {
    const { stdout } = await promisify(execFile)(launch.command, args, options);
    return stdout.trimEnd();
  } catch (error) {
    return String(error);
  }
}
