/** Runs child processes with a time limit; they end at the latest with the extension host. */
import { type ChildProcess, spawn } from "node:child_process";

/** The result of a child process. */
export interface Outcome {
  /** The error as the rest of a sentence that starts with the command; empty on success. */
  trouble: string;
  /** The exit status; undefined if the process was not started or a signal ended it. */
  status?: number;
  stdout: string;
  stderr: string;
}

/** The options of a child process. */
export interface RunOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The time limit in s. */
  seconds: number;
  /** Kills the process and its descendants when aborted. */
  signal?: AbortSignal | undefined;
  /** Called with each line of both streams. */
  onLine?: ((line: string) => void) | undefined;
}

/** The maximum number of characters kept of each stream; the programs run here print less. */
const MAX_OUTPUT_CHARS = 1_000_000;

/** The time in ms for which the pipes may stay open after the process has exited. */
const PIPE_GRACE_MS = 1_000;

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) killTree(child);
});

/** Runs a program until it ends; never rejects. */
export function run(file: string, args: string[], options: RunOptions): Promise<Outcome> {
  const { promise, resolve } = withResolvers<Outcome>();
  const outcome: Outcome = { trouble: "", stdout: "", stderr: "" };
  if (options.signal?.aborted) return Promise.resolve({ ...outcome, trouble: "was cancelled" });
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ["ignore", "pipe", "pipe"],
      // In its own process group, so that its descendants can be killed with it.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
  } catch (error) {
    return Promise.resolve({ ...outcome, trouble: `could not be started: ${reason(error)}` });
  }
  running.add(child);
  const end = () => {
    clearTimeout(deadline);
    options.signal?.removeEventListener("abort", cancel);
    running.delete(child);
    child.stdout?.destroy();
    child.stderr?.destroy();
    resolve(outcome);
  };
  const stop = (trouble: string) => {
    outcome.trouble ||= trouble;
    killTree(child);
    setTimeout(end, PIPE_GRACE_MS);
  };
  const cancel = () => stop("was cancelled");
  const deadline = setTimeout(
    () => stop(`did not end within ${options.seconds} seconds`),
    options.seconds * 1_000,
  );
  options.signal?.addEventListener("abort", cancel);
  for (const stream of ["stdout", "stderr"] as const) {
    const line = lines(options.onLine);
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      if (outcome[stream].length < MAX_OUTPUT_CHARS) outcome[stream] += text;
      line(text);
    });
    child[stream]?.on("end", () => line("\n"));
  }
  child.on("error", (error) => {
    outcome.trouble ||= `could not be started: ${reason(error)}`;
    end();
  });
  child.on("exit", (code, signal) => {
    if (code !== null) outcome.status = code;
    if (code !== 0) outcome.trouble ||= `ended with ${signal ?? `status ${code}`}`;
    // A descendant may keep the pipes open forever.
    setTimeout(end, PIPE_GRACE_MS);
  });
  child.on("close", end);
  return promise;
}

/** Returns a function that splits chunks of text into lines and skips blank ones. */
function lines(onLine: ((line: string) => void) | undefined): (text: string) => void {
  let rest = "";
  return (text) => {
    const parts = (rest + text).split(/\r\n|\n|\r/);
    rest = parts.pop()?.slice(0, MAX_OUTPUT_CHARS) ?? "";
    for (const part of parts) if (part.trim()) onLine?.(part.trimEnd());
  };
}

/** Kills a process and its descendants. */
function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === "win32") {
    const task = ["/pid", String(child.pid), "/t", "/f"];
    spawn("taskkill", task, { stdio: "ignore", windowsHide: true }).on("error", () => child.kill());
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The process has already ended.
  }
}

function reason(error: unknown): string {
  const missing = (error as NodeJS.ErrnoException)?.code === "ENOENT";
  if (missing) return "it, or the program that its first line names, is missing";
  return error instanceof Error ? error.message : String(error);
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
