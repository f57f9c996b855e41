/** Other extensions that run the same tools, or check types too: what to offer about them. Pure. */

/** An extension that reports what one of our tools reports too. */
export interface Neighbour {
  id: string;
  name: string;
  tool: "ruff" | "mypy";
  /** Its setting that switches it off. */
  setting: string;
  /** What the setting must be for that, given what it is. */
  off(value: unknown): unknown;
  /** Set for another type checker, which reports in its own words what mypy reports. */
  types?: true;
}

const FALSE = () => false;
const OFF = () => "off";

/** Of Pylance, which uses it as Pyright does. */
const MODE = "python.analysis.typeCheckingMode";

/**
 * Settings as the extensions have them, read in November 2026: of the first three in their manifests
 * (versions 2026.74, 2026.7, 0.4.2), of ty and Pyrefly in their repositories' manifests and pages, of
 * Pyright, Pylance and basedpyright in their documentation. Pyrefly's second one is that of older
 * versions; what is set in a project's `[tool.pyrefly]` goes before the first.
 */
export const NEIGHBOURS: readonly Neighbour[] = [
  { id: "charliermarsh.ruff", name: "Ruff", tool: "ruff", setting: "ruff.enable", off: FALSE },
  {
    id: "ms-python.mypy-type-checker",
    name: "Mypy Type Checker",
    tool: "mypy",
    // It has no switch of its own: what it is told to ignore, it does not check.
    setting: "mypy-type-checker.ignorePatterns",
    off: (value) => {
      const own = Array.isArray(value) ? value : [];
      return own.includes("**") ? own : [...own, "**"];
    },
  },
  { id: "matangover.mypy", name: "Mypy", tool: "mypy", setting: "mypy.enabled", off: FALSE },
  checker("ms-python.vscode-pylance", "Pylance", MODE),
  checker("ms-pyright.pyright", "Pyright", MODE),
  checker("detachhead.basedpyright", "basedpyright", "basedpyright.analysis.typeCheckingMode"),
  checker("astral-sh.ty", "ty", "ty.diagnosticMode"),
  checker("meta.pyrefly", "Pyrefly", "python.pyrefly.typeCheckingMode"),
  checker("meta.pyrefly", "Pyrefly", "python.pyrefly.displayTypeErrors", () => "force-off"),
];

function checker(id: string, name: string, setting: string, off = OFF): Neighbour {
  return { id, name, tool: "mypy", setting, off, types: true };
}

/** Whether another type checker runs, which shows the types of names itself. */
export function typesElsewhere(isActive: (id: string) => boolean): boolean {
  return NEIGHBOURS.some((each) => each.types && isActive(each.id));
}

/**
 * The neighbours that double a tool now and of which the user has not been asked yet.
 *
 * @param isActive Whether an extension is installed and runs.
 * @param setting The value of a setting, by its full name.
 * @param asked The neighbours of which he was asked.
 */
export function doubled(
  isActive: (id: string) => boolean,
  setting: (name: string) => unknown,
  asked: readonly string[],
): Neighbour[] {
  const isOff = (each: Neighbour) => {
    const value = setting(each.setting);
    if (each.types && value === undefined) {
      return true; // it has no such setting, so it is not the one that we know
    }
    return JSON.stringify(each.off(value)) === JSON.stringify(value);
  };
  const isSetOff = (each: Neighbour) => setting(each.setting) !== undefined && isOff(each);
  return NEIGHBOURS.filter(
    (each) =>
      isActive(each.id) &&
      !asked.includes(each.id) &&
      !isOff(each) &&
      !NEIGHBOURS.some((other) => other.id === each.id && isSetOff(other)) &&
      setting(`pythonExpert.tools.${each.tool}.enabled`) !== false,
  );
}

/**
 * Makes what offers one neighbour after the other, and does nothing while it is at it.
 *
 * @param next The one that is due, as things are now: an answer may have changed them.
 * @param offer Resolves when the user has answered.
 */
export function oneByOne(
  next: () => Neighbour | undefined,
  offer: (neighbour: Neighbour) => Promise<void>,
): () => Promise<void> {
  let pass: Promise<void> | undefined;
  const all = async () => {
    for (let each = next(); each; each = next()) {
      await offer(each);
    }
  };
  return () => {
    pass ??= all().finally(() => {
      pass = undefined;
    });
    return pass;
  };
}
