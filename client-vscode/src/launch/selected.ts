/**
 * Finds the interpreter that the user has selected. The sources, by precedence: the setting
 * `pythonExpert.interpreter`, the Python Environments extension, the Python extension, and the
 * Python extension's setting if it is not installed.
 */
import { isAbsolute, join } from "node:path";
import { Disposable, type Event, extensions, type Uri, workspace } from "vscode";
import { foldersAt } from "../folders";
import { expand } from "../variables";

/** The part of the API of ms-python.vscode-python-envs that is used. */
interface EnvironmentsApi {
  getEnvironment(
    scope: Uri | undefined,
  ): Promise<{ execInfo?: { run?: { executable?: string } } } | undefined>;
  onDidChangeEnvironment: Event<unknown>;
}

/** The part of the API of ms-python.python that is used. */
interface PythonApi {
  environments: {
    getActiveEnvironmentPath(scope?: Uri): { path: string };
    resolveEnvironment(path: {
      path: string;
    }): Promise<{ executable: { uri: Uri | undefined } } | undefined>;
    onDidChangeActiveEnvironmentPath: Event<unknown>;
  };
}

/** An extension that selects interpreters; its exports are not checked and may be undefined. */
export interface Source {
  id: string;
  interpreter(api: unknown, scope: Uri | undefined): Promise<string | undefined>;
  onDidChange(api: unknown): Event<unknown> | undefined;
}

// By precedence. The first extension exports nothing if it is installed but disabled.
const SOURCES: Source[] = [
  {
    id: "ms-python.vscode-python-envs",
    async interpreter(api, scope) {
      const environment = await (api as EnvironmentsApi | undefined)?.getEnvironment(scope);
      return environment?.execInfo?.run?.executable;
    },
    onDidChange: (api) => (api as EnvironmentsApi | undefined)?.onDidChangeEnvironment,
  },
  {
    id: "ms-python.python",
    async interpreter(api, scope) {
      const environments = (api as PythonApi | undefined)?.environments;
      if (!environments) return undefined;
      const active = environments.getActiveEnvironmentPath(scope);
      return (await environments.resolveEnvironment(active))?.executable.uri?.fsPath;
    },
    onDidChange: (api) =>
      (api as PythonApi | undefined)?.environments?.onDidChangeActiveEnvironmentPath,
  },
];

const SETTINGS = ["pythonExpert.interpreter", "python.defaultInterpreterPath"] as const;

/**
 * Finds the selected interpreter.
 *
 * @param scope The folder or file for which it is selected.
 * @param ask Returns the answer of an extension, undefined if there is none; must not reject.
 * @returns The absolute path; undefined if none is selected or the workspace is not trusted.
 */
export async function selectedInterpreter(
  scope: Uri | undefined,
  ask: (source: Source) => Promise<string | undefined>,
): Promise<string | undefined> {
  if (!workspace.isTrusted) return undefined;
  const [ours, theirs] = SETTINGS;
  const own = pathFromSetting(ours, scope);
  if (own) return own;
  for (const source of SOURCES) {
    const path = await ask(source);
    if (path) return path;
  }
  return pathFromSetting(theirs, scope);
}

/**
 * Queries an extension for its interpreter, without a time limit. Rejects if the extension fails.
 *
 * @returns An absolute path; undefined if the extension is not installed or has no selection.
 */
export async function queryInterpreter(
  source: Source,
  scope: Uri | undefined,
): Promise<string | undefined> {
  const extension = extensions.getExtension(source.id);
  const path = extension && (await source.interpreter(await extension.activate(), scope));
  return path && isAbsolute(path) ? path : undefined;
}

/**
 * Calls the listener when the selection may have changed; also follows extensions that are
 * installed or activated later.
 *
 * The listener may be called several times for one change, and without any change.
 */
export function onDidChangeInterpreter(listener: () => void): Disposable {
  const subscriptions = new Map<string, Disposable>();
  const follow = async (source: Source, installedLater: boolean) => {
    const extension = extensions.getExtension(source.id);
    if (!extension || subscriptions.has(source.id)) return;
    const pending = new Disposable(() => {});
    subscriptions.set(source.id, pending);
    // An extension that fails to activate has no selection; the query logs the error.
    const api = await Promise.resolve(extension.activate()).catch(() => undefined);
    // Disposed in the meantime.
    if (subscriptions.get(source.id) !== pending) return;
    subscriptions.delete(source.id);
    const event = source.onDidChange(api);
    if (typeof event !== "function") return;
    subscriptions.set(
      source.id,
      event(() => listener()),
    );
    // Earlier queries did not include this extension.
    if (installedLater) listener();
  };
  const followAll = (installedLater: boolean) => {
    for (const source of SOURCES) void follow(source, installedLater);
  };
  followAll(false);
  const own = Disposable.from(
    extensions.onDidChange(() => followAll(true)),
    workspace.onDidChangeConfiguration((change) => {
      if (SETTINGS.some((name) => change.affectsConfiguration(name))) listener();
    }),
  );
  return new Disposable(() => {
    own.dispose();
    for (const subscription of subscriptions.values()) subscription.dispose();
    subscriptions.clear();
  });
}

/** Returns the path in a setting, with variables expanded; undefined if it is not a path. */
function pathFromSetting(name: string, scope: Uri | undefined): string | undefined {
  const sources = workspace.getConfiguration(undefined, scope ?? null).inspect<string>(name);
  const { workspaceFolderValue, workspaceValue, globalValue } = sources ?? {};
  const value = workspaceFolderValue ?? workspaceValue ?? globalValue;
  if (typeof value !== "string" || !/[\\/]/.test(value)) return undefined;
  const folders = foldersAt(scope);
  const path = expand(value, folders);
  return isAbsolute(path) ? path : folders.here && join(folders.here, path);
}
