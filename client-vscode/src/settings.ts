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

/** Settings that are paths or arguments: variables such as `${workspaceFolder}` mean something. */
const PATHS = /^(interpreter|logFile|tools\.\w+\.(path|args))$/;

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
 *
 * @param expandPath Puts values in the place of variables, in paths and arguments only: what else
 *   holds a variable would carry the environment to where nobody expects it.
 */
export function explicitSettings(
  names: readonly string[],
  inspect: Inspect,
  expandPath: (value: unknown) => unknown = (value) => value,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name of names) {
    const value = effective(name, inspect(name) ?? {});
    if (value !== undefined) {
      place(result, name.split("."), PATHS.test(name) ? expandPath(value) : value);
    }
  }
  return result;
}

/** The settings for a server beside which ruff alone is installed yet. */
export function withRuffAlone(set: Record<string, unknown>): Record<string, unknown> {
  const tools = (set.tools ?? {}) as Record<string, object>;
  const off = ["mypy", "bandit"].map((name) => [name, { ...tools[name], enabled: false }]);
  return { ...set, tools: { ...tools, ...Object.fromEntries(off) } };
}

/** The settings beside an extension that shows the types of names: `auto` leaves them to it. */
export function withTypesElsewhere(set: Record<string, unknown>): Record<string, unknown> {
  const features = (set.features ?? {}) as Record<string, unknown>;
  const isAuto = (features.hover ?? "auto") === "auto";
  return isAuto ? { ...set, features: { ...features, hover: "findings" } } : set;
}

/** A text without the passwords in the addresses in it. */
export function withoutPasswords(text: string): string {
  return text.replace(/(?<=:\/\/)[^/\s"']*@/g, "");
}

/** What counts of several sources: the nearest, or the strictest where it is a matter of trust. */
function effective(name: string, sources: Sources): unknown {
  const own = sources.globalValue;
  const theirs = [sources.workspaceFolderValue, sources.workspaceValue].filter(isSet);
  const strictest = STRICTEST[name];
  if (strictest && theirs.length > 0) {
    return strictest(isSet(own) ? own : sources.defaultValue, theirs);
  }
  const set = [...theirs, own].filter(isSet);
  return set.length > 0 && set.every(isPlain) ? Object.assign({}, ...set.reverse()) : set[0];
}

/**
 * A repository brings its own .vscode/settings.json; like its pyproject.toml it may narrow what
 * leaves the machine, and never widen it. The server has the same rules for pyproject.toml, and
 * takes a wrong value under `privacy` for one that forbids.
 */
const STRICTEST: Record<string, (own: unknown, theirs: unknown[]) => unknown> = {
  "privacy.network": (own, theirs) => wrong([own, ...theirs]) ?? ![own, ...theirs].includes(false),
  "privacy.redact": (own, theirs) => wrong([own, ...theirs]) ?? [own, ...theirs].includes(true),
  "privacy.ignore": (own, theirs) =>
    [...theirs, own].find((value) => !Array.isArray(value)) ?? [...theirs, own].flat(),
  "llm.sessionTokenBudget": (own, theirs) =>
    typeof own === "number" ? Math.min(own, ...theirs.filter(isCount)) : own,
  "llm.provider": (own, theirs) => {
    const narrower = own === "anthropic" ? ["offline", "auto"] : ["offline"];
    return narrower.find((value) => theirs.includes(value)) ?? own;
  },
};

function wrong(values: unknown[]): unknown {
  return values.find((value) => typeof value !== "boolean");
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

/** As for the server, null is the same as nothing. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
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
