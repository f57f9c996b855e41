import { type ChildProcess, spawn } from "node:child_process";
import type { LogOutputChannel } from "vscode";
import type { StreamInfo } from "vscode-languageclient/node";
import { withTimeout } from "./deadline";
import type { Launch } from "./launch/launch";
import { lineReader } from "./log";

/** The time in ms that the server has to exit before it is killed. */
const EXIT_DEADLINE_MS = 2_000;

const LAST_LINES = 8;

/** Thrown when the server does not start or keeps exiting. */
export class StartError extends Error {
  /** @param repairable Whether a new installation may solve the problem. */
  constructor(
    message: string,
    readonly repairable = false,
  ) {
    super(message);
  }
}

/** A server process; its standard error is written to the log. */
export class ServerProcess {
  /** The last lines of its standard error. */
  lastLines: string[] = [];
  /** Describes its exit; empty while it runs. */
  ending = "";
  private child: ChildProcess | undefined;

  /**
   * @param launch The command and its arguments.
   * @param folder The working directory.
   * @param env The environment variables.
   */
  constructor(
    private readonly launch: Launch,
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly log: LogOutputChannel,
  ) {}

  /** Starts the process and returns its standard streams. */
  start(): Promise<StreamInfo> {
    const { command, args } = this.launch;
    const child = spawn(command, args, { cwd: this.folder, env: this.env, windowsHide: true });
    this.child = child;
    const read = lineReader((level, line) => {
      this.lastLines = [...this.lastLines, line].slice(-LAST_LINES);
      this.log[level](line);
    });
    child.stderr.setEncoding("utf8").on("data", read);
    child.on("exit", (code, signal) => {
      this.ending = signal ? `it was ended by ${signal}` : `it ended with status ${code}`;
      this.log.info(`The server's process: ${this.ending}.`);
    });
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("spawn", () => resolve({ reader: child.stdout, writer: child.stdin }));
    });
  }

  /** Kills the process. */
  kill(): void {
    this.child?.kill("SIGKILL");
  }

  /** Waits for the process to exit; kills it after a timeout. */
  async end(): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null && child.pid) {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      await withTimeout(EXIT_DEADLINE_MS, exited).catch(() => child.kill("SIGKILL"));
    }
  }
}
