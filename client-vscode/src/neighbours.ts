/** Other extensions that run the same tools or check types. No dependency on `vscode`. */

/** An extension that reports the same findings as one of Python Expert's tools. */
export interface Neighbour {
  id: string;
  name: string;
  tool: "ruff" | "mypy";
  /** The name of the setting that disables it. */
  setting: string;
  /** Returns the value that disables it, given the current value. */
  off(value: unknown): unknown;
  /** Set for a type checker other than mypy, whose messages differ from mypy's. */
  types?: true;
}

const FALSE = () => false;
const OFF = () => "off";

/** The setting of Pylance and Pyright. */
const MODE = "python.analysis.typeCheckingMode";

/**
 * The known extensions and their settings, as of November 2026. Sources: for the first three,
 * their manifests (versions 2026.74, 2026.7, 0.4.2); for ty and Pyrefly, the manifests and pages
 * of their repositories; for Pyright, Pylance and basedpyright, their documentation. The second
 * setting of Pyrefly is for older versions; a project's `[tool.pyrefly]` overrides the first.
 */
export const NEIGHBOURS: readonly Neighbour[] = [
  { id: "charliermarsh.ruff", name: "Ruff", tool: "ruff", setting: "ruff.enable", off: FALSE },
  {
    id: "ms-python.mypy-type-checker",
    name: "Mypy Type Checker",
    tool: "mypy",
    // It has no setting to disable it; it does not check the files that it ignores.
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

/** Whether another type checker is active; it shows the types of names. */
export function hasTypeChecker(isActive: (id: string) => boolean): boolean {
  return NEIGHBOURS.some((each) => each.types && isActive(each.id));
}

/**
 * Returns the extensions that duplicate an enabled tool and were not offered to the user yet.
 *
 * @param isActive Whether an extension is installed and active.
 * @param setting Returns the value of a setting by its full name.
 * @param asked The ids of the extensions that the user was asked about.
 */
export function findDuplicates(
  isActive: (id: string) => boolean,
  setting: (name: string) => unknown,
  asked: readonly string[],
): Neighbour[] {
  const isOff = (each: Neighbour) => {
    const value = setting(each.setting);
    if (each.types && value === undefined) {
      return true; // an unknown version, which has no such setting
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
 * Creates a function that offers one extension at a time. Calls during a pass join that pass.
 *
 * @param next Returns the next extension to offer. It is evaluated after each answer.
 * @param offer Resolves when the user has answered.
 */
export function offerSequentially(
  next: () => Neighbour | undefined,
  offer: (neighbour: Neighbour) => Promise<void>,
): () => Promise<void> {
  let pass: Promise<void> | undefined;
  const offerAll = async () => {
    for (let each = next(); each; each = next()) {
      await offer(each);
    }
  };
  return () => {
    pass ??= offerAll().finally(() => {
      pass = undefined;
    });
    return pass;
  };
}
