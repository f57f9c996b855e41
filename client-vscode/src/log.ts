type Level = "error" | "warn" | "info" | "debug";

const LEVELS: Record<string, Level> = {
  CRITICAL: "error",
  ERROR: "error",
  WARNING: "warn",
  INFO: "info",
  DEBUG: "debug",
};

/** The server's log format: a time, which the output channel adds itself, a level, a message. */
const LINE = /^\d{4}-\d\d-\d\d [\d:,]+ (?<level>[A-Z]+) (?<message>.*)$/;

/**
 * Returns a function that splits the server's standard error into log lines.
 *
 * @param sink Called with the level and the text of each complete line. A line without a level,
 *   such as a line of a traceback, has the level of the previous line.
 */
export function lineReader(sink: (level: Level, line: string) => void): (piece: string) => void {
  let rest = "";
  let level: Level = "info";
  return (piece) => {
    const lines = (rest + piece).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const found = LINE.exec(line)?.groups;
      level = LEVELS[found?.level ?? ""] ?? level;
      sink(level, found?.message ?? line);
    }
  };
}
