/** What the user has set, as the server is told it. Pure: what VS Code knows comes in as values. */

/** Where values of one setting come from, as `WorkspaceConfiguration.inspect` gives them. */
export interface Sources {
  defaultValue?: unknown;
  globalValue?: unknown;
  workspaceValue?: unknown;
  workspaceFolderValue?: unknown;
}

/** Reads one setting's sources; the name is without the prefix `pythonExpert.`. */
export type Inspect = (name: string) => Sources | undefined;

export const SECTION = "pythonExpert";

/** Settings of the client itself, of which the server knows nothing. */
const OWN = new Set(["serverPath", "trace.server"]);

/**
 * The names of the server's settings, without the prefix.
 *
 * @param properties `contributes.configuration.properties` of the manifest.
 */
export function serverSettings(properties: Record<string, unknown>): string[] {
  return Object.keys(properties)
    .map((key) => key.slice(SECTION.length + 1))
    .filter((name) => !OWN.has(name));
}

/**
 * The settings that somebody has set, nested as the server reads them.
 *
 * Defaults are left out: they would hide what the project's pyproject.toml says.
 */
export function explicitSettings(names: readonly string[], inspect: Inspect): object {
  const result: Record<string, unknown> = {};
  for (const name of names) {
    const value = effective(name, inspect(name) ?? {});
    if (value !== undefined) {
      place(result, name.split("."), value);
    }
  }
  return result;
}

/** What counts of several sources: the nearest, or the strictest where it is a matter of trust. */
function effective(name: string, sources: Sources): unknown {
  const { globalValue: own, workspaceValue: workspace, workspaceFolderValue: folder } = sources;
  const set = [folder, workspace, own].filter((value) => value !== undefined);
  const strictest = STRICTEST[name];
  if (strictest && set.length > 0) {
    const yours = own ?? sources.defaultValue;
    return strictest(own === undefined ? [...set, yours] : set, yours);
  }
  return set.some(isPlain) && set.every(isPlain) ? Object.assign({}, ...set.reverse()) : set[0];
}

/**
 * A repository brings its own .vscode/settings.json; like its pyproject.toml it may narrow what
 * leaves the machine, and never widen it. The server has the same rules for pyproject.toml.
 * Values of a wrong type go through, so that the server can name them.
 */
const STRICTEST: Record<string, (set: unknown[], own: unknown) => unknown> = {
  "privacy.network": (set) => wrong(set, "boolean") ?? !set.includes(false),
  "privacy.redact": (set) => wrong(set, "boolean") ?? set.includes(true),
  "privacy.ignore": (set) => set.find((value) => !Array.isArray(value)) ?? set.flat(),
  "llm.sessionTokenBudget": (set) => wrong(set, "number") ?? Math.min(...(set as number[])),
  "llm.provider": (set, own) => set.find((value) => value !== "anthropic" || own === value),
};

function wrong(set: unknown[], type: string): unknown {
  return set.find((value) => typeof value !== type);
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function place(into: Record<string, unknown>, path: string[], value: unknown): void {
  const [first, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  into[first] ??= {};
  place(into[first] as Record<string, unknown>, rest, value);
}
