import { type ChildProcess, spawn } from "node:child_process";
import type { LogOutputChannel } from "vscode";
import type { StreamInfo } from "vscode-languageclient/node";
import { within } from "./deadline";
import type { Launch } from "./launch/launch";
import { lineReader } from "./log";

/** A server that has not ended so many ms after it was told to is killed. */
const EXIT_DEADLINE_MS = 2_000;

const LAST_LINES = 8;

/** A server that did not start. */
export class StartError extends Error {
  /**
   * @param repairable Whether another installation of it may fare better.
   */
  constructor(
    message: string,
    readonly repairable = false,
  ) {
    super(message);
  }
}

/** One process of the server; what it writes to standard error goes to the log. */
export class ServerProcess {
  /** What it wrote last. */
  lastLines: string[] = [];
  /** How it ended; empty while it runs. */
  ending = "";
  private child: ChildProcess | undefined;

  /**
   * @param launch How it is started.
   * @param folder The folder in which it is started.
   * @param env Its environment.
   */
  constructor(
    private readonly launch: Launch,
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly log: LogOutputChannel,
  ) {}

  /** Starts it, and returns its standard streams. */
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

  /** Kills it now. */
  kill(): void {
    this.child?.kill("SIGKILL");
  }

  /** Waits for its end, and kills it if it takes too long. */
  async end(): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null && child.pid) {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      await within(EXIT_DEADLINE_MS, exited).catch(() => child.kill("SIGKILL"));
    }
  }
}
