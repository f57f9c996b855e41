/**
 * The interpreter that the user has selected: by our setting, by the Python Environments extension,
 * by the Python extension, or by its setting where that extension is not installed.
 */
import { isAbsolute, join } from "node:path";
import { Disposable, type Event, extensions, type Uri, workspace } from "vscode";
import { foldersAt } from "../folders";
import { expand } from "../variables";

/** What we use of the API of ms-python.vscode-python-envs. */
interface EnvironmentsApi {
  getEnvironment(
    scope: Uri | undefined,
  ): Promise<{ execInfo?: { run?: { executable?: string } } } | undefined>;
  onDidChangeEnvironment: Event<unknown>;
}

/** What we use of the API of ms-python.python. */
interface PythonApi {
  environments: {
    getActiveEnvironmentPath(scope?: Uri): { path: string };
    resolveEnvironment(path: {
      path: string;
    }): Promise<{ executable: { uri: Uri | undefined } } | undefined>;
    onDidChangeActiveEnvironmentPath: Event<unknown>;
  };
}

/** An extension that selects interpreters; its exports may be of any shape, or missing. */
export interface Source {
  id: string;
  interpreter(api: unknown, scope: Uri | undefined): Promise<string | undefined>;
  onDidChange(api: unknown): Event<unknown> | undefined;
}

// In the order in which they are asked. Without exports the first is installed and not in use.
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
 * @param scope The folder or file whose interpreter is meant.
 * @param ask Gives what an extension answers, undefined if that does not answer; does not reject.
 * @returns Its absolute path, if there is one and the workspace is trusted.
 */
export async function selectedInterpreter(
  scope: Uri | undefined,
  ask: (source: Source) => Promise<string | undefined>,
): Promise<string | undefined> {
  if (!workspace.isTrusted) return undefined;
  const [ours, theirs] = SETTINGS;
  const own = ofSetting(ours, scope);
  if (own) return own;
  for (const source of SOURCES) {
    const path = await ask(source);
    if (path) return path;
  }
  return ofSetting(theirs, scope);
}

/**
 * Asks an extension for its interpreter; that may take as long as it likes, and fail.
 *
 * @returns An absolute path; undefined if it is not installed, or nothing is selected in it.
 */
export async function answerOf(
  source: Source,
  scope: Uri | undefined,
): Promise<string | undefined> {
  const extension = extensions.getExtension(source.id);
  const path = extension && (await source.interpreter(await extension.activate(), scope));
  return path && isAbsolute(path) ? path : undefined;
}

/**
 * Listens for another interpreter being selected, whenever the extensions come to life.
 *
 * The listener may be called more than once for one change, and when nothing has changed.
 */
export function onDidChangeInterpreter(listener: () => void): Disposable {
  const subscriptions = new Map<string, Disposable>();
  const follow = async (source: Source, installedLater: boolean) => {
    const extension = extensions.getExtension(source.id);
    if (!extension || subscriptions.has(source.id)) return;
    const pending = new Disposable(() => {});
    subscriptions.set(source.id, pending);
    // One that does not start has no interpreter to tell of; whoever asks for that logs it.
    const api = await Promise.resolve(extension.activate()).catch(() => undefined);
    // All was disposed of meanwhile.
    if (subscriptions.get(source.id) !== pending) return;
    subscriptions.delete(source.id);
    const event = source.onDidChange(api);
    if (typeof event !== "function") return;
    subscriptions.set(
      source.id,
      event(() => listener()),
    );
    // Whoever asked before has gone without its answer.
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

/** A path that somebody has set, with VS Code's variables; undefined if it is not a path. */
function ofSetting(name: string, scope: Uri | undefined): string | undefined {
  const sources = workspace.getConfiguration(undefined, scope ?? null).inspect<string>(name);
  const { workspaceFolderValue, workspaceValue, globalValue } = sources ?? {};
  const value = workspaceFolderValue ?? workspaceValue ?? globalValue;
  if (typeof value !== "string" || !/[\\/]/.test(value)) return undefined;
  const folders = foldersAt(scope);
  const path = expand(value, folders);
  return isAbsolute(path) ? path : folders.here && join(folders.here, path);
}
