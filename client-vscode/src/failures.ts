import { commands, env, Uri, window } from "vscode";
import { LaunchError, type Remedy } from "./launch/launch";

interface Button {
  title: string;
  press(): unknown;
}

const SHOW_LOGS: Button = {
  title: "Show Logs",
  press: () => commands.executeCommand("python-expert.showLogs"),
};
const RETRY: Button = {
  title: "Try Again",
  press: () => commands.executeCommand("python-expert.restart"),
};

const BUTTONS: Record<Remedy, Button[]> = {
  "set-server-path": [
    {
      title: "Open Settings",
      press: () =>
        commands.executeCommand("workbench.action.openSettings", "pythonExpert.serverPath"),
    },
    SHOW_LOGS,
  ],
  "install-python": [
    {
      title: "Get Python",
      press: () => env.openExternal(Uri.parse("https://www.python.org/downloads/")),
    },
    RETRY,
  ],
  retry: [RETRY, SHOW_LOGS],
  "show-logs": [SHOW_LOGS, RETRY],
};

/**
 * Shows the user why there is no server, with buttons for the possible remedies.
 *
 * @param lastLines The last lines of the server's standard error; empty if it was not started.
 */
export async function showFailure(error: unknown, lastLines: readonly string[]): Promise<void> {
  const why = error instanceof Error ? error.message : String(error);
  const output = lastLines.length > 0 ? ` It said: ${lastLines.slice(-3).join(" | ")}` : "";
  const buttons = BUTTONS[error instanceof LaunchError ? error.remedy : "show-logs"];
  const chosen = await window.showErrorMessage(
    (why.startsWith("Python Expert") ? why : `Python Expert: ${why}`) + output,
    ...buttons.map((button) => button.title),
  );
  buttons.find((button) => button.title === chosen)?.press();
}
