import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  type StreamInfo,
} from "vscode-languageclient/node";
import { LateError, within } from "./deadline";
import { Deaths } from "./deaths";
import type { Launch } from "./launch/launch";
import type { ServerContext } from "./serverContext";
import { ServerProcess, StartError } from "./serverProcess";
import type { ServerState } from "./status";

/** Several changes within this many ms are one. */
const COALESCE_MS = 500;

/** A server that has not introduced itself after so many ms will not do so any more. */
const START_DEADLINE_MS = 60_000;

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
  private client: LanguageClient | undefined;
  private process: ServerProcess | undefined;
  private inputs = "";
  private readonly deaths = new Deaths();
  private waiting: NodeJS.Timeout | undefined;
  private restarting: Promise<void> | undefined;
  private queue: Promise<void> = Promise.resolve();
  private disposed = false;

  constructor(private readonly context: ServerContext) {}

  /** What the server wrote last. */
  get lastLines(): readonly string[] {
    return this.process?.lastLines ?? [];
  }

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
    this.context.abort();
    if (!this.running) {
      this.process?.kill();
    }
  }

  /** Whether what is under way was broken off, for a new start or for good. */
  private get brokenOff(): boolean {
    return this.disposed || this.restarting !== undefined;
  }

  private setState(state: ServerState, why: string): void {
    this.state = state;
    this.why = why;
    this.context.stateChanged(state, why);
  }

  /** Runs one thing after the other; what goes wrong is told to the user. */
  private enqueue(work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work).catch((error: unknown) => {
      if (this.brokenOff) {
        return;
      }
      const why = error instanceof Error ? error.message : String(error);
      this.setState("failed", why);
      this.context.log.error(why);
      this.context.failed(error, error instanceof StartError ? this.lastLines : []);
    });
    return this.queue;
  }

  private async compare(): Promise<void> {
    const inputs = await this.context.inputs();
    if (inputs === this.inputs) {
      return; // what has failed would fail again
    }
    this.inputs = inputs;
    let launch: Launch;
    try {
      launch = await this.context.findLaunch();
    } catch (error) {
      if (!this.running || !this.launch || this.brokenOff) {
        throw error;
      }
      this.context.failed(error, []);
      launch = this.launch; // that one works; its environment may be due for a change all the same
    }
    const environment = await this.context.environment();
    if (this.running && same([this.launch, this.environment], [launch, environment])) {
      return;
    }
    this.context.log.info("The server is restarted because the way it is started has changed.");
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
      this.inputs = await this.context.inputs();
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
      const launch = await this.context.findLaunch((first) => {
        if (this.isPartial) {
          return; // the rest is tried in another way
        }
        this.isPartial = true;
        early = this.start(first).catch((error: unknown) => this.context.log.info(String(error)));
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
      return await this.context.repair(launch);
    } catch (error) {
      this.context.log.error(String(error)); // why the server did not start is shown elsewhere
      return undefined;
    }
  }

  private async start(launch: Launch): Promise<void> {
    this.launch = launch;
    this.environment = await this.context.environment();
    const { folder, log } = this.context;
    log.info(`Starting ${[launch.command, ...launch.args].join(" ")} (${launch.why})`);
    const env = { ...process.env, ...this.environment };
    const started = new ServerProcess(launch, folder, env, log);
    this.process = started;
    const client = this.makeClient(() => started.start());
    this.client = client;
    this.context.prepare(client);
    try {
      await within(START_DEADLINE_MS, client.start());
    } catch (error) {
      const late = error instanceof LateError; // then it is we who end it
      await this.end();
      const ended = late ? "" : started.ending;
      const detail = ended || (error instanceof Error ? error.message : String(error));
      throw new StartError(`the server does not start (${launch.why}): ${detail}.`, ended !== "");
    }
    this.setState("running", launch.why);
  }

  private makeClient(start: () => Promise<StreamInfo>): LanguageClient {
    const client: LanguageClient = new QuietClient("pythonExpert", "Python Expert", start, {
      ...this.context.options(() => client),
      outputChannel: this.context.log,
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
    const { client } = this;
    this.client = undefined;
    this.isPartial = false;
    if (client?.isRunning()) {
      await client.stop().catch((error: unknown) => this.context.log.warn(String(error)));
    }
    await this.process?.end();
    await client?.dispose().catch(() => undefined);
    this.setState("stopped", "");
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
