import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  type ExtensionContext,
  ProgressLocation,
  type WorkspaceFolder,
  window,
  workspace,
} from "vscode";
import { foldersAt } from "./folders";
import type { Interpreters } from "./interpreters";
import type { Host, Request } from "./launch/launch";
import { guardedPath, type Trust } from "./launch/surroundings";
import { proxyVariables } from "./proxy";
import { SECTION } from "./settings";
import { expand } from "./variables";

/** Returns the current settings, interpreter and folders that decide which server is started. */
export async function launchRequest(
  context: ExtensionContext,
  interpreters: Interpreters,
): Promise<Request> {
  const serverPath = workspace.getConfiguration(SECTION).get<unknown>("serverPath");
  return {
    serverPath: serverPath ? expand(String(serverPath), foldersAt(undefined)) : undefined,
    selected: await interpreters.of(localFolders()[0]?.uri),
    wheel: wheelIn(context.extensionPath),
    version: context.extension.packageJSON.version,
    ...trust(context),
  };
}

/** Returns the variables to add to VS Code's environment, except the API key. */
export function serverEnvironment(context: ExtensionContext): Record<string, string> {
  return { ...proxyEnvironment(), ...guardedPath(process.env, trust(context)) };
}

function trust(context: ExtensionContext): Trust {
  return {
    trusted: workspace.isTrusted,
    folders: localFolders().map(({ uri }) => uri.fsPath),
    storage: context.globalStorageUri.fsPath,
  };
}

function localFolders(): readonly WorkspaceFolder[] {
  return (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
}

/** Returns the environment variables for VS Code's proxy. */
function proxyEnvironment(): Record<string, string> {
  const http = workspace.getConfiguration("http");
  const [proxy, proxySupport, noProxy] = ["proxy", "proxySupport", "noProxy"].map((name) =>
    http.get<unknown>(name),
  );
  return proxyVariables({ proxy, proxySupport, noProxy }, process.env);
}

/** Returns the host for the launch; `abort` cancels an installation. */
export function launchHost(log: (line: string) => void): Host & { abort(): void } {
  const running = new Set<AbortController>();
  return {
    log,
    get env() {
      return { ...process.env, ...proxyEnvironment() };
    },
    progress: (title, work) =>
      Promise.resolve(
        window.withProgress(
          { location: ProgressLocation.Notification, title, cancellable: true },
          async (progress, token) => {
            const cancel = new AbortController();
            running.add(cancel);
            token.onCancellationRequested(() => cancel.abort());
            try {
              return await work((message) => progress.report({ message }), cancel.signal);
            } finally {
              running.delete(cancel);
            }
          },
        ),
      ),
    abort() {
      for (const each of running) {
        each.abort();
      }
    },
  };
}

/** Returns the path of the bundled wheel; it does not exist in an unpackaged extension. */
function wheelIn(extension: string): string {
  const folder = join(extension, "wheel");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return join(folder, names.find((name) => name.endsWith(".whl")) ?? "python_expert.whl");
}
