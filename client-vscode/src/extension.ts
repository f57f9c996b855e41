import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  type ExtensionContext,
  extensions,
  ProgressLocation,
  type Uri,
  window,
  workspace,
} from "vscode";
import type { LanguageClient, LanguageClientOptions } from "vscode-languageclient/node";
import { registerCommands } from "./commands";
import { provideDocuments } from "./documents";
import { tellFailure } from "./failures";
import { Interpreters } from "./interpreters";
import { findLaunch, type Host, type Request, repair } from "./launch/launch";
import { onDidChangeInterpreter } from "./launch/selected";
import { offerNeighbours } from "./neighbourOffers";
import { applyEdit } from "./preview";
import { cancelProgress, progressView } from "./progress";
import { keyEnvironment, onKeyChanged } from "./secrets";
import { Server } from "./server";
import { explicitSettings, SECTION, serverSettings } from "./settings";
import type { ServerStatus } from "./status";
import { StatusItems } from "./statusItems";
import { expand } from "./variables";

let end: (() => Promise<void>) | undefined;

/** Called by VS Code when the first Python document is opened, or one of the commands is used. */
export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel("Python Expert", { log: true });
  const items = new StatusItems();
  const ending = new AbortController();
  const host = launchHost(log, ending.signal);
  const interpreters = new Interpreters(host.log);
  const own = new Server({
    log,
    folder: startFolder(context),
    inputs: async () =>
      JSON.stringify([await launchRequest(context, interpreters), await keyEnvironment(context)]),
    findLaunch: async () => findLaunch(await launchRequest(context, interpreters), host),
    repair: async (launch) =>
      launch.command.startsWith(context.globalStorageUri.fsPath)
        ? repair(await launchRequest(context, interpreters), host)
        : undefined,
    environment: () => keyEnvironment(context),
    options: (client) => clientOptions(context, client, interpreters),
    prepare: (client) => {
      client.registerFeature(statusFeature());
      client.onNotification("pythonExpert/status", (status: ServerStatus) =>
        items.setStatus(status),
      );
    },
    stateChanged: (state, why) => items.setState(state, why),
    failed: (error, lastLines) => void tellFailure(error, lastLines),
  });
  end = () => {
    ending.abort();
    return own.dispose();
  };
  const reconsider = () => own.reconsider();
  const reselected = () => {
    interpreters.forget();
    void own.running?.sendNotification("workspace/didChangeConfiguration", { settings: null });
    reconsider();
  };
  context.subscriptions.push(
    log,
    items,
    provideDocuments(),
    ...registerCommands(
      context,
      own,
      () => log.show(),
      () => settings(context, undefined),
    ),
    onKeyChanged(context, reconsider),
    onDidChangeInterpreter(reselected),
    workspace.onDidGrantWorkspaceTrust(reselected),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${SECTION}.serverPath`)) {
        reconsider();
      }
    }),
    extensions.onDidChange(() => offerNeighbours(context)),
  );
  void own.restart().then(() => offerNeighbours(context));
}

/** Called by VS Code when the window closes. */
export async function deactivate(): Promise<void> {
  await end?.();
}

function clientOptions(
  context: ExtensionContext,
  client: () => LanguageClient,
  interpreters: Interpreters,
): LanguageClientOptions {
  const progress = progressView((token) => cancelProgress(client(), token));
  return {
    documentSelector: [
      { scheme: "file", language: "python" },
      { scheme: "untitled", language: "python" },
    ],
    initializationOptions: () => settings(context, undefined),
    middleware: {
      handleWorkDoneProgress: (token, change, next) =>
        progress.handle(token, change, () => next(token, change)),
      workspace: {
        handleApplyEdit: (params, next) => {
          const apply = async (edit: typeof params) => {
            const answer = await next(edit, undefined as never);
            return "applied" in answer ? answer : { applied: false };
          };
          return applyEdit(client(), params, apply, progress.hide);
        },
        configuration: ({ items }) =>
          Promise.all(
            items.map(async ({ scopeUri }) => {
              const scope = scopeUri ? client().protocol2CodeConverter.asUri(scopeUri) : undefined;
              const interpreter = await interpreters.of(scope);
              return { ...(interpreter && { interpreter }), ...settings(context, scope) };
            }),
          ),
      },
    },
  };
}

/** Tells the server that this client shows what the tools are doing. */
function statusFeature() {
  return {
    fillClientCapabilities: (capabilities: { experimental?: object }) => {
      capabilities.experimental = { ...capabilities.experimental, pythonExpertStatus: true };
    },
    initialize: () => undefined,
    getState: () => ({ kind: "static" as const }),
    clear: () => undefined,
  };
}

/** The settings as the server is told them, with whether the folder is trusted. */
function settings(context: ExtensionContext, scope: Uri | undefined): object {
  const folder = scope && workspace.getWorkspaceFolder(scope);
  const { properties } = context.extension.packageJSON.contributes.configuration;
  const configuration = workspace.getConfiguration(SECTION, scope);
  const set = explicitSettings(serverSettings(properties), (name) => configuration.inspect(name));
  const root = (folder ?? workspace.workspaceFolders?.[0])?.uri.fsPath;
  return { ...expand(set, root), trusted: workspace.isTrusted };
}

async function launchRequest(
  context: ExtensionContext,
  interpreters: Interpreters,
): Promise<Request> {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  const serverPath = workspace.getConfiguration(SECTION).get<unknown>("serverPath");
  return {
    serverPath: serverPath ? expand(String(serverPath), folders[0]?.uri.fsPath) : undefined,
    selected: await interpreters.of(folders[0]?.uri),
    storage: context.globalStorageUri.fsPath,
    wheel: wheelIn(context.extensionPath),
    version: context.extension.packageJSON.version,
    trusted: workspace.isTrusted,
    folders: folders.map(({ uri }) => uri.fsPath),
  };
}

/** A folder to start the server in that is not the workspace, which may be anybody's. */
function startFolder(context: ExtensionContext): string {
  const storage = context.globalStorageUri.fsPath;
  try {
    mkdirSync(storage, { recursive: true });
    return storage;
  } catch {
    return homedir(); // why nothing can be stored is told where something is to be stored
  }
}

/** The wheel that the extension carries; where it was not packed there is none. */
function wheelIn(extension: string): string {
  const folder = join(extension, "wheel");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return join(folder, names.find((name) => name.endsWith(".whl")) ?? "python_expert.whl");
}

/** @param ending Aborted when the window closes: nothing goes on installing then. */
function launchHost(log: { info(line: string): void }, ending: AbortSignal): Host {
  return {
    log: (line) => log.info(line),
    env: process.env,
    progress: (title, work) =>
      Promise.resolve(
        window.withProgress(
          { location: ProgressLocation.Notification, title, cancellable: true },
          (progress, token) => {
            const cancel = new AbortController();
            token.onCancellationRequested(() => cancel.abort());
            const signal = AbortSignal.any([cancel.signal, ending]);
            return work((message) => progress.report({ message }), signal);
          },
        ),
      ),
  };
}
