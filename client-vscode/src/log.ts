type Level = "error" | "warn" | "info" | "debug";

const LEVELS: Record<string, Level> = {
  CRITICAL: "error",
  ERROR: "error",
  WARNING: "warn",
  INFO: "info",
  DEBUG: "debug",
};

/** The server's format: a time, which the channel gives itself, the level, the message. */
const LINE = /^\d{4}-\d\d-\d\d [\d:,]+ (?<level>[A-Z]+) (?<message>.*)$/;

/**
 * Takes a server's standard error, in pieces as it comes, to the log line by line.
 *
 * @param sink Called with the level of each whole line; lines that have none of their own, such
 *   as those of a traceback, have that of the line before.
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
