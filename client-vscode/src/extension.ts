import { commands, type ExtensionContext, extensions, window, workspace } from "vscode";
import { clientOptions, statusFeature } from "./client";
import { registerCommands } from "./commands";
import { registerDocuments } from "./documents";
import { showFailure } from "./failures";
import { Interpreters } from "./interpreters";
import { findLaunch, repair } from "./launch/launch";
import { neutralFolder } from "./launch/surroundings";
import { isActive, neighbourOffers } from "./neighbourOffers";
import { hasTypeChecker } from "./neighbours";
import { registerPreviews } from "./preview";
import { progressView } from "./progress";
import { keyEnvironment, onKeyChanged } from "./secrets";
import { Server } from "./server";
import { SECTION } from "./settings";
import { launchHost, launchRequest, serverEnvironment } from "./starting";
import type { ServerStatus } from "./status";
import { StatusItems } from "./statusItems";

let stopServer: (() => Promise<void>) | undefined;

/** Activates the extension. VS Code calls it on the first Python document or command. */
export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("Python Expert", { log: true });
  const items = new StatusItems();
  const host = launchHost((line) => log.info(line));
  const interpreters = new Interpreters(host.log);
  const request = () => launchRequest(context, interpreters);
  const environment = async () => ({
    ...serverEnvironment(context),
    ...(await keyEnvironment(context)),
  });
  const notify = (method: string, params: object) => {
    server.running?.sendNotification(method, params).catch((error) => log.warn(String(error)));
  };
  const progress = progressView((token) => notify("window/workDoneProgress/cancel", { token }));
  const offer = neighbourOffers(context);
  let hasOtherTypes = false;
  const updateNeighbours = () => {
    if (!server.running) {
      return;
    }
    void offer();
    if (hasTypeChecker(isActive) !== hasOtherTypes) {
      hasOtherTypes = !hasOtherTypes;
      // Makes the server request its settings again.
      notify("workspace/didChangeConfiguration", { settings: null });
    }
  };

  const server = new Server({
    log,
    folder: neutralFolder(context.globalStorageUri.fsPath),
    inputs: async () => JSON.stringify([await request(), await environment()]),
    findLaunch: async (first) => findLaunch(await request(), { ...host, ...(first && { first }) }),
    repair: async (launch) =>
      launch.command.startsWith(context.globalStorageUri.fsPath)
        ? repair(await request(), host)
        : undefined,
    abort: host.abort,
    environment,
    options: (client) =>
      clientOptions(context, client, interpreters, progress, () => server.isPartial),
    prepare: (client) => {
      client.registerFeature(statusFeature());
      client.onNotification("pythonExpert/status", (status: ServerStatus) => {
        items.setStatus(status);
        updateNeighbours(); // other extensions have started by this time
      });
      client.onNotification("pythonExpert/showReport", () => {
        void commands.executeCommand("python-expert.showReport");
      });
    },
    stateChanged: (state, why) => {
      items.setState(state, why);
      if (state !== "running") {
        progress.clear();
      }
    },
    failed: (error, lastLines) => void showFailure(error, lastLines),
  });
  stopServer = () => server.dispose();

  const reconsider = () => server.reconsider();
  const onInterpreterChange = () => {
    notify("workspace/didChangeConfiguration", { settings: null });
    reconsider();
  };
  context.subscriptions.push(
    log,
    items,
    registerDocuments(),
    ...registerPreviews(),
    ...registerCommands(context, server, () => log.show()),
    onKeyChanged(context, reconsider),
    interpreters.onDidChange(onInterpreterChange),
    workspace.onDidGrantWorkspaceTrust(onInterpreterChange),
    workspace.onDidChangeWorkspaceFolders(reconsider),
    workspace.onDidChangeConfiguration((event) => {
      if ([`${SECTION}.serverPath`, "http"].some((name) => event.affectsConfiguration(name))) {
        reconsider();
      }
    }),
    extensions.onDidChange(updateNeighbours),
  );
  void server.restart();
}

/** Stops the server. VS Code calls it when the window closes. */
export async function deactivate(): Promise<void> {
  await stopServer?.();
}
