import { type ChildProcess, spawn } from "node:child_process";
import type { LogOutputChannel } from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  type StreamInfo,
} from "vscode-languageclient/node";
import { LateError, within } from "./deadline";
import { Deaths } from "./deaths";
import type { Launch } from "./launch/launch";
import { lineReader } from "./log";
import type { ServerState } from "./status";

/** Several changes within this many ms are one. */
const COALESCE_MS = 500;

/** A server that has not introduced itself after so many ms will not do so any more. */
const START_DEADLINE_MS = 60_000;

/** A server that has not ended so many ms after it was told to is killed. */
const EXIT_DEADLINE_MS = 2_000;

const LAST_LINES = 8;

/** What the server needs to know of the rest of the extension. */
export interface Surroundings {
  log: LogOutputChannel;
  /** The folder in which the server is started; never the workspace, which may be anybody's. */
  folder: string;
  /** What decides how it is started: while this is the same, there is nothing to reconsider. */
  inputs(): Promise<string>;
  /**
   * Finds out how it is to be started.
   *
   * @param first Called if that takes an installation, once the server can be started with ruff.
   */
  findLaunch(first?: (launch: Launch) => void): Promise<Launch>;
  /** The same after what was found did not start; undefined if nothing can be done about it. */
  repair(launch: Launch): Promise<Launch | undefined>;
  /** Breaks off what `findLaunch` or `repair` is doing. */
  abort(): void;
  /** What its environment needs beside VS Code's own. */
  environment(): Promise<Record<string, string>>;
  /** The client's options but for those that are this module's own. */
  options(client: () => LanguageClient): LanguageClientOptions;
  /** Called with each client before it starts. */
  prepare(client: LanguageClient): void;
  stateChanged(state: ServerState, why: string): void;
  /** Tells the user why there is no server. */
  failed(error: unknown, lastLines: readonly string[]): void;
}

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

/** A language client that writes to its log and leaves it to us whether the user is told. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** The one server of a window: starts it, starts it anew when it must be, and keeps it alive. */
export class Server {
  /** How it was started last, and with what beside VS Code's own environment. */
  launch: Launch | undefined;
  environment: Record<string, string> = {};
  state: ServerState = "stopped";
  /** Which server it is, or why there is none. */
  why = "";
  /** Whether it runs while the tools but for ruff are still being installed. */
  isPartial = false;
  /** What it wrote last. */
  lastLines: string[] = [];
  private client: LanguageClient | undefined;
  private child: ChildProcess | undefined;
  private inputs = "";
  private ending = "";
  private readonly deaths = new Deaths();
  private waiting: NodeJS.Timeout | undefined;
  private restarting: Promise<void> | undefined;
  private queue: Promise<void> = Promise.resolve();
  private disposed = false;

  constructor(private readonly around: Surroundings) {}

  /** The client, while the server runs. */
  get running(): LanguageClient | undefined {
    return this.client?.isRunning() ? this.client : undefined;
  }

  /** The client, once what is under way is done; undefined if the server does not run then. */
  async ready(): Promise<LanguageClient | undefined> {
    await this.queue;
    return this.running;
  }

  /** Starts the server, or starts it anew; a start or an installation under way is broken off. */
  restart(): Promise<void> {
    this.deaths.clear();
    this.breakOff();
    this.restarting ??= this.enqueue(async () => {
      this.restarting = undefined;
      await this.end();
      await this.begin();
    });
    return this.restarting;
  }

  /** Starts the server anew if another one, or another environment, is due now. */
  reconsider(): void {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      void this.enqueue(() => this.compare());
    }, COALESCE_MS);
  }

  /** Ends the server for good. */
  async dispose(): Promise<void> {
    this.disposed = true;
    this.breakOff();
    clearTimeout(this.waiting);
    await this.enqueue(() => this.end());
  }

  private breakOff(): void {
    this.around.abort();
    if (!this.running) {
      this.child?.kill("SIGKILL");
    }
  }

  /** Whether what is under way was broken off, for a new start or for good. */
  private get brokenOff(): boolean {
    return this.disposed || this.restarting !== undefined;
  }

  private setState(state: ServerState, why: string): void {
    this.state = state;
    this.why = why;
    this.around.stateChanged(state, why);
  }

  /** Runs one thing after the other; what goes wrong is told to the user. */
  private enqueue(work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work).catch((error: unknown) => {
      if (this.brokenOff) {
        return;
      }
      const why = error instanceof Error ? error.message : String(error);
      this.setState("failed", why);
      this.around.log.error(why);
      this.around.failed(error, error instanceof StartError ? this.lastLines : []);
    });
    return this.queue;
  }

  private async compare(): Promise<void> {
    const inputs = await this.around.inputs();
    if (inputs === this.inputs) {
      return; // what has failed would fail again
    }
    this.inputs = inputs;
    let launch: Launch;
    try {
      launch = await this.around.findLaunch();
    } catch (error) {
      if (!this.running || !this.launch || this.brokenOff) {
        throw error;
      }
      this.around.failed(error, []);
      launch = this.launch; // that one works; its environment may be due for a change all the same
    }
    const environment = await this.around.environment();
    if (this.running && same([this.launch, this.environment], [launch, environment])) {
      return;
    }
    this.around.log.info("The server is restarted because the way it is started has changed.");
    this.deaths.clear(); // they were those of another one
    await this.end();
    await this.begin(launch);
  }

  /**
   * @param found How it is started, if that has been found out; `inputs` are then those for which.
   */
  private async begin(found?: Launch): Promise<void> {
    if (this.disposed) {
      return;
    }
    this.setState("starting", "");
    if (!found) {
      this.inputs = await this.around.inputs();
    }
    const launch = found ?? (await this.find());
    if (this.isPartial && this.running && same(this.launch, launch)) {
      this.isPartial = false;
      // It asks for its settings again, in which the other tools are not switched off any more.
      const name = "workspace/didChangeConfiguration";
      await this.running.sendNotification(name, { settings: null });
      return;
    }
    if (this.isPartial) {
      await this.end();
    }
    try {
      await this.start(launch);
    } catch (error) {
      if (this.brokenOff || !(error instanceof StartError && error.repairable)) {
        throw error;
      }
      const repaired = await this.repaired(launch);
      if (!repaired) {
        throw error;
      }
      await this.start(repaired);
    }
  }

  /** Finds the server; where it is being installed, starts it as soon as it has ruff. */
  private async find(): Promise<Launch> {
    let early: Promise<unknown> = Promise.resolve();
    try {
      const launch = await this.around.findLaunch((first) => {
        if (this.isPartial) {
          return; // the rest is tried in another way
        }
        this.isPartial = true;
        early = this.start(first).catch((error: unknown) => this.around.log.info(String(error)));
      });
      await early;
      return launch;
    } catch (error) {
      await early;
      await this.end();
      throw error;
    }
  }

  private async repaired(launch: Launch): Promise<Launch | undefined> {
    try {
      return await this.around.repair(launch);
    } catch (error) {
      this.around.log.error(String(error)); // the user is told why the server did not start
      return undefined;
    }
  }

  private async start(launch: Launch): Promise<void> {
    this.launch = launch;
    this.environment = await this.around.environment();
    this.lastLines = [];
    this.ending = "";
    const { log } = this.around;
    log.info(`Starting ${[launch.command, ...launch.args].join(" ")} (${launch.why})`);
    const client = this.makeClient(() => this.spawn(launch));
    this.client = client;
    this.around.prepare(client);
    try {
      await within(START_DEADLINE_MS, client.start());
    } catch (error) {
      const late = error instanceof LateError; // then it is we who end it
      await this.end();
      const ended = late ? "" : this.ending;
      const detail = ended || (error instanceof Error ? error.message : String(error));
      throw new StartError(`the server does not start (${launch.why}): ${detail}.`, ended !== "");
    }
    this.setState("running", launch.why);
  }

  private makeClient(start: () => Promise<StreamInfo>): LanguageClient {
    const client: LanguageClient = new QuietClient("pythonExpert", "Python Expert", start, {
      ...this.around.options(() => client),
      outputChannel: this.around.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          this.died(client);
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    });
    return client;
  }

  private spawn(launch: Launch): Promise<StreamInfo> {
    const { folder, log } = this.around;
    const env = { ...process.env, ...this.environment };
    const child = spawn(launch.command, launch.args, { cwd: folder, env, windowsHide: true });
    this.child = child;
    const read = lineReader((level, line) => {
      this.lastLines = [...this.lastLines, line].slice(-LAST_LINES);
      log[level](line);
    });
    child.stderr.setEncoding("utf8").on("data", read);
    child.on("exit", (code, signal) => {
      this.ending = signal ? `it was ended by ${signal}` : `it ended with status ${code}`;
      log.info(`The server's process: ${this.ending}.`);
    });
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("spawn", () => resolve({ reader: child.stdout, writer: child.stdin }));
    });
  }

  /** The connection was lost though nobody asked for it. */
  private died(client: LanguageClient): void {
    if (this.client !== client || !client.isRunning()) {
      return; // it was being started: that fails by itself
    }
    this.client = undefined; // there is nobody left who could be asked to end
    const pause = this.deaths.next(Date.now());
    void this.enqueue(async () => {
      await client.dispose().catch(() => undefined);
      await this.end();
      if (pause === undefined) {
        throw new StartError("the server keeps ending and is no longer restarted.");
      }
      this.setState("starting", "");
      await new Promise((resolve) => setTimeout(resolve, pause));
      await this.begin();
    });
  }

  private async end(): Promise<void> {
    const { client, child } = this;
    this.client = undefined;
    this.child = undefined;
    this.isPartial = false;
    if (client?.isRunning()) {
      await client.stop().catch((error: unknown) => this.around.log.warn(String(error)));
    }
    if (child && child.exitCode === null && child.signalCode === null && child.pid) {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      await within(EXIT_DEADLINE_MS, exited).catch(() => child.kill("SIGKILL"));
    }
    await client?.dispose().catch(() => undefined);
    this.setState("stopped", "");
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
