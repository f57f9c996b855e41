/** Child processes with a deadline, which never outlive the extension host. */
import { type ChildProcess, spawn } from "node:child_process";

/** How a child process ended. */
export interface Outcome {
  /** What went wrong, to follow the command's name in a sentence; empty if it ended well. */
  trouble: string;
  /** Its exit status, if it ended by itself. */
  status?: number;
  stdout: string;
  stderr: string;
}

/** How a child process is run. */
export interface RunOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The deadline. */
  seconds: number;
  /** Ends the process and its children when aborted. */
  signal?: AbortSignal | undefined;
  /** Gets each line of both streams as it comes. */
  onLine?: ((line: string) => void) | undefined;
}

/** What is kept of each stream, in characters: no program asked here has more to say. */
const KEPT = 1_000_000;

/** How long the pipes of a process that has ended may stay open, in milliseconds. */
const GRACE = 1_000;

const living = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of living) killTree(child);
});

/** Runs a program to its end; does not reject. */
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
      // A group of its own, so that whatever it starts can be ended with it.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
  } catch (error) {
    return Promise.resolve({ ...outcome, trouble: `could not be started: ${reason(error)}` });
  }
  living.add(child);
  const end = () => {
    clearTimeout(deadline);
    options.signal?.removeEventListener("abort", cancel);
    living.delete(child);
    child.stdout?.destroy();
    child.stderr?.destroy();
    resolve(outcome);
  };
  const stop = (trouble: string) => {
    outcome.trouble ||= trouble;
    killTree(child);
    setTimeout(end, GRACE);
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
      if (outcome[stream].length < KEPT) outcome[stream] += text;
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
    // A grandchild may hold the pipes open for ever.
    setTimeout(end, GRACE);
  });
  child.on("close", end);
  return promise;
}

/** Splits text that comes in pieces into lines without colours or blank ones. */
function lines(onLine: ((line: string) => void) | undefined): (text: string) => void {
  let rest = "";
  return (text) => {
    const parts = (rest + text).split(/\r\n|\n|\r/);
    rest = parts.pop()?.slice(0, KEPT) ?? "";
    for (const part of parts) if (part.trim()) onLine?.(part.trimEnd());
  };
}

/** Ends a process and everything it has started. */
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
    // It has ended already.
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
