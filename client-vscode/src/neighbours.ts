/** Other extensions that run the same tools: what to offer about them. Pure. */

/** An extension that reports what one of our tools reports too. */
export interface Neighbour {
  id: string;
  name: string;
  tool: "ruff" | "mypy";
  /** Its setting that switches it off, and the value that does. */
  setting: string;
  off: unknown;
}

/** Settings as the extensions' manifests have them, read in November 2026 (versions 2026.74, 2026.7, 0.4.2). */
export const NEIGHBOURS: readonly Neighbour[] = [
  { id: "charliermarsh.ruff", name: "Ruff", tool: "ruff", setting: "ruff.enable", off: false },
  {
    id: "ms-python.mypy-type-checker",
    name: "Mypy Type Checker",
    tool: "mypy",
    // It has no switch of its own: what it is told to ignore, it does not check.
    setting: "mypy-type-checker.ignorePatterns",
    off: ["**"],
  },
  { id: "matangover.mypy", name: "Mypy", tool: "mypy", setting: "mypy.enabled", off: false },
];

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
  return NEIGHBOURS.filter(
    (each) =>
      isActive(each.id) &&
      !asked.includes(each.id) &&
      JSON.stringify(setting(each.setting)) !== JSON.stringify(each.off) &&
      setting(`pythonExpert.tools.${each.tool}.enabled`) !== false,
  );
}
