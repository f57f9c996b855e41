/** Converts VS Code's settings into those that the server reads. No dependency on `vscode`. */

/** The values of one setting by source, as `WorkspaceConfiguration.inspect` returns them. */
export interface Sources {
  defaultValue?: unknown;
  globalValue?: unknown;
  workspaceValue?: unknown;
  workspaceFolderValue?: unknown;
}

/** Returns the values of a setting; the name has no prefix `pythonExpert.`. */
export type Inspect = (name: string) => Sources | undefined;

export const SECTION = "pythonExpert";

/** The settings that only the client uses. */
const CLIENT_ONLY = new Set(["serverPath", "trace.server"]);

/** The settings with paths or arguments, which may contain variables (`${workspaceFolder}`). */
const PATHS = /^(interpreter|logFile|tools\.\w+\.(path|args))$/;

/**
 * Returns the names of the server's settings, without the prefix.
 *
 * @param properties `contributes.configuration.properties` of the manifest.
 */
export function serverSettings(properties: Record<string, unknown>): string[] {
  return Object.keys(properties)
    .map((key) => key.slice(SECTION.length + 1))
    .filter((name) => !CLIENT_ONLY.has(name));
}

/**
 * Returns the settings that have an explicit value, nested as the server reads them.
 *
 * Defaults are omitted: they would override the project's pyproject.toml.
 *
 * @param expandPath Replaces the variables in paths and arguments. Other settings are not
 *   expanded: that would copy environment variables to unexpected places.
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
      setNested(result, name.split("."), PATHS.test(name) ? expandPath(value) : value);
    }
  }
  return result;
}

/** Disables the tools that are not installed yet: all except ruff. */
export function withRuffOnly(set: Record<string, unknown>): Record<string, unknown> {
  const tools = (set.tools ?? {}) as Record<string, object>;
  const off = ["mypy", "bandit"].map((name) => [name, { ...tools[name], enabled: false }]);
  return { ...set, tools: { ...tools, ...Object.fromEntries(off) } };
}

/** Leaves the hover types to another extension if `features.hover` is `auto`. */
export function withoutHoverTypes(set: Record<string, unknown>): Record<string, unknown> {
  const features = (set.features ?? {}) as Record<string, unknown>;
  const isAuto = (features.hover ?? "auto") === "auto";
  return isAuto ? { ...set, features: { ...features, hover: "findings" } } : set;
}

/** Removes the user names and passwords from the URLs in a text. */
export function withoutPasswords(text: string): string {
  return text.replace(/(?<=:\/\/)[^/\s"']*@/g, "");
}

/** Returns the effective value: the strictest for privacy settings, else the most specific one. */
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
 * The settings that a repository may only make stricter.
 *
 * A repository's .vscode/settings.json may restrict what leaves the machine, and never extend it.
 * The server applies the same rules to pyproject.toml. It treats an invalid value under `privacy`
 * as one that forbids.
 */
const STRICTEST: Record<string, (own: unknown, theirs: unknown[]) => unknown> = {
  "privacy.network": (own, theirs) =>
    firstNonBoolean([own, ...theirs]) ?? ![own, ...theirs].includes(false),
  "privacy.redact": (own, theirs) =>
    firstNonBoolean([own, ...theirs]) ?? [own, ...theirs].includes(true),
  "privacy.ignore": (own, theirs) =>
    [...theirs, own].find((value) => !Array.isArray(value)) ?? [...theirs, own].flat(),
  "llm.sessionTokenBudget": (own, theirs) =>
    typeof own === "number" ? Math.min(own, ...theirs.filter(isCount)) : own,
  "llm.provider": (own, theirs) => {
    const narrower = own === "anthropic" ? ["offline", "auto"] : ["offline"];
    return narrower.find((value) => theirs.includes(value)) ?? own;
  },
};

function firstNonBoolean(values: unknown[]): unknown {
  return values.find((value) => typeof value !== "boolean");
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

/** Whether a value is set; null counts as not set, as in the server. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function setNested(into: Record<string, unknown>, path: string[], value: unknown): void {
  const [first, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  into[first] ??= {};
  setNested(into[first] as Record<string, unknown>, rest, value);
}
