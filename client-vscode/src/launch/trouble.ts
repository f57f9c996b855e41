/** Explains the errors of pip, uv and venv to the user. */
import type { Outcome } from "./process";
import { OLDEST } from "./python";
import { LaunchError, type Remedy } from "./types";

/** Whether another installer would fail too; `same-index`: only with the same package index. */
export type Finality = boolean | "same-index";

interface Cause {
  pattern: RegExp;
  /** The problem and its solution. */
  advice: string;
  final: Finality;
  remedy?: Remedy;
}

const CAUSES: Cause[] = [
  {
    pattern: /no interpreter found/i,
    advice: `there is no Python ${OLDEST} or newer. Install one, then try again.`,
    final: false,
    remedy: "install-python",
  },
  {
    pattern: /no space left|disk full|not enough space|os error (28|112)\b|ENOSPC|EDQUOT/i,
    advice: "the disk is full. Free some space, then try again.",
    final: true,
  },
  {
    pattern:
      /permission denied|access is denied|read-only|os error (5|13|30)\b|EACCES|EPERM|EROFS/i,
    advice: "a file cannot be written. Check who owns the folder, then try again.",
    final: true,
  },
  {
    pattern: /certificate|UnknownIssuer|\[SSL/i,
    advice: "the package index is not trusted. If you use a proxy, make its certificate known.",
    final: false,
  },
  {
    pattern:
      /connection broken|NewConnectionError|max retries|timed? ?out|name resolution|getaddrinfo|ProxyError|dns error|failed to (fetch|download)|error sending request|connection (refused|reset)|unreachable|network connectivity/i,
    advice: "the package index cannot be reached. Check the network and its proxy, then try again.",
    final: "same-index",
  },
];

/** The maximum length of a quoted line; the log contains the full line. */
const MAX_QUOTE_CHARS = 240;

/** Thrown when an installation fails. */
export class InstallError extends LaunchError {
  constructor(
    message: string,
    readonly final: Finality,
    remedy: Remedy = "retry",
  ) {
    super(message, remedy);
  }
}

/**
 * Explains why a step of the installation failed.
 *
 * @param step The step as the rest of "could not", such as "install its server with uv".
 * @param outcome The result of the program.
 * @param folder The environment's folder.
 */
export function explain(step: string, outcome: Outcome, folder: string): InstallError {
  const lines = `${outcome.stdout}\n${outcome.stderr}`.split(/\r\n|\n|\r/);
  const cause = CAUSES.find(({ pattern }) => pattern.test(lines.join("\n")));
  const error = outcome.status === undefined ? undefined : lastMeaningful(lines);
  const advice = cause ? `: ${cause.advice}` : ".";
  const quote = error ? `Its last output was: ${error}` : `It ${outcome.trouble}.`;
  return new InstallError(
    `Python Expert could not ${step} (in ${folder})${advice} ${quote}`,
    cause?.final ?? false,
    cause?.remedy,
  );
}

/** Explains an error of the file system while the environment's folder is created. */
export function explainStorage(error: unknown, folder: string): InstallError {
  const stderr = error instanceof Error ? error.message : String(error);
  return explain(
    "make its server's environment",
    { status: 1, trouble: "", stdout: "", stderr },
    folder,
  );
}

/** Returns the last line with an error; pip and uv print the failed URL before it. */
function lastMeaningful(lines: string[]): string | undefined {
  const texts = lines
    .map((line) => line.trim().replace(/^(error|cause|caused by):\s*/i, ""))
    .filter((line) => line && !/^(hint|note|\[notice\])/i.test(line));
  const last = texts.at(-1);
  const retry = texts.findLast((text) => text.startsWith("WARNING: Retrying"));
  const error = /(Failed to establish|\[Errno|\[SSL)[^']*/.exec(retry ?? "")?.[0] ?? retry ?? last;
  const address = texts.findLast((text) => /^Failed to (fetch|download)/.test(text));
  const line = address && address !== error ? `${address}: ${error}` : error;
  return line && line.length > MAX_QUOTE_CHARS ? `${line.slice(0, MAX_QUOTE_CHARS)}…` : line;
}
