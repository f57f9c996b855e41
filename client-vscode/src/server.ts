import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  type StreamInfo,
} from "vscode-languageclient/node";
import { TimeoutError, withTimeout } from "./deadline";
import { Deaths } from "./deaths";
import type { Launch } from "./launch/launch";
import type { ServerContext } from "./serverContext";
import { ServerProcess, StartError } from "./serverProcess";
import type { ServerState } from "./status";

/** The delay in ms before a change is handled; further changes restart it. */
const COALESCE_MS = 500;

/** The time limit in ms for the server's answer to `initialize`. */
const START_DEADLINE_MS = 60_000;

/** A language client that logs its errors but does not show them to the user. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Starts the window's only server, monitors it, and restarts it when needed. */
export class Server {
  /** The last launch. */
  launch: Launch | undefined;
  /** The variables that the server gets in addition to VS Code's environment. */
  environment: Record<string, string> = {};
  state: ServerState = "stopped";
  /** The reason for choosing this server, or the error if there is none. */
  why = "";
  /** Whether the server runs with ruff only, while the other tools are being installed. */
  isPartial = false;
  private client: LanguageClient | undefined;
  private process: ServerProcess | undefined;
  private inputs = "";
  private readonly deaths = new Deaths();
  private timer: NodeJS.Timeout | undefined;
  private restarting: Promise<void> | undefined;
  private queue: Promise<void> = Promise.resolve();
  private disposed = false;

  constructor(private readonly context: ServerContext) {}

  /** The last lines of the server's standard error. */
  get lastLines(): readonly string[] {
    return this.process?.lastLines ?? [];
  }

  /** The client; undefined if the server is not running. */
  get running(): LanguageClient | undefined {
    return this.client?.isRunning() ? this.client : undefined;
  }

  /** Waits for pending operations and returns the client; undefined if the server does not run. */
  async ready(): Promise<LanguageClient | undefined> {
    await this.queue;
    return this.running;
  }

  /** Starts or restarts the server; cancels a start or an installation in progress. */
  restart(): Promise<void> {
    this.deaths.clear();
    this.cancelPending();
    this.restarting ??= this.enqueue(async () => {
      this.restarting = undefined;
      await this.end();
      await this.begin();
    });
    return this.restarting;
  }

  /** Restarts the server if the launch or the environment has changed. */
  reconsider(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      void this.enqueue(() => this.restartIfChanged());
    }, COALESCE_MS);
  }

  /** Stops the server permanently. */
  async dispose(): Promise<void> {
    this.disposed = true;
    this.cancelPending();
    clearTimeout(this.timer);
    await this.enqueue(() => this.end());
  }

  private cancelPending(): void {
    this.context.abort();
    if (!this.running) {
      this.process?.kill();
    }
  }

  /** Whether a restart or `dispose` has cancelled the current operation. */
  private get isCancelled(): boolean {
    return this.disposed || this.restarting !== undefined;
  }

  private setState(state: ServerState, why: string): void {
    this.state = state;
    this.why = why;
    this.context.stateChanged(state, why);
  }

  /** Runs operations one at a time; shows their errors to the user. */
  private enqueue(work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work).catch((error: unknown) => {
      if (this.isCancelled) {
        return;
      }
      const why = error instanceof Error ? error.message : String(error);
      this.setState("failed", why);
      this.context.log.error(why);
      this.context.failed(error, error instanceof StartError ? this.lastLines : []);
    });
    return this.queue;
  }

  private async restartIfChanged(): Promise<void> {
    const inputs = await this.context.inputs();
    if (inputs === this.inputs) {
      return; // the same inputs would give the same result
    }
    this.inputs = inputs;
    let launch: Launch;
    try {
      launch = await this.context.findLaunch();
    } catch (error) {
      if (!this.running || !this.launch || this.isCancelled) {
        throw error;
      }
      this.context.failed(error, []);
      launch = this.launch; // keep this launch; the environment may have changed
    }
    const environment = await this.context.environment();
    if (this.running && isEqual([this.launch, this.environment], [launch, environment])) {
      return;
    }
    this.context.log.info("The server is restarted because the way it is started has changed.");
    this.deaths.clear(); // they belong to the previous server
    await this.end();
    await this.begin(launch);
  }

  /** @param found The launch, if `findLaunch` was already called for the current `inputs`. */
  private async begin(found?: Launch): Promise<void> {
    if (this.disposed) {
      return;
    }
    this.setState("starting", "");
    if (!found) {
      this.inputs = await this.context.inputs();
    }
    const launch = found ?? (await this.find());
    if (this.isPartial && this.running && isEqual(this.launch, launch)) {
      this.isPartial = false;
      // Makes the server request its settings again; they now enable the other tools.
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
      if (this.isCancelled || !(error instanceof StartError && error.repairable)) {
        throw error;
      }
      const repaired = await this.tryRepair(launch);
      if (!repaired) {
        throw error;
      }
      await this.start(repaired);
    }
  }

  /** Finds the launch; during an installation, starts the server as soon as it has ruff. */
  private async find(): Promise<Launch> {
    let early: Promise<unknown> = Promise.resolve();
    try {
      const launch = await this.context.findLaunch((first) => {
        if (this.isPartial) {
          return; // already started: pip repeats what uv began
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

  private async tryRepair(launch: Launch): Promise<Launch | undefined> {
    try {
      return await this.context.repair(launch);
    } catch (error) {
      this.context.log.error(String(error)); // the caller reports the failed start
      return undefined;
    }
  }

  private async start(launch: Launch): Promise<void> {
    this.launch = launch;
    this.environment = await this.context.environment();
    const { folder, log } = this.context;
    log.info(`Starting ${[launch.command, ...launch.args].join(" ")} (${launch.why})`);
    const env = { ...process.env, ...this.environment };
    const serverProcess = new ServerProcess(launch, folder, env, log);
    this.process = serverProcess;
    const client = this.makeClient(() => serverProcess.start());
    this.client = client;
    this.context.prepare(client);
    try {
      await withTimeout(START_DEADLINE_MS, client.start());
    } catch (error) {
      const isTimeout = error instanceof TimeoutError; // then `end` causes the exit
      await this.end();
      const ending = isTimeout ? "" : serverProcess.ending;
      const detail = ending || (error instanceof Error ? error.message : String(error));
      throw new StartError(`the server does not start (${launch.why}): ${detail}.`, ending !== "");
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
          this.onConnectionLost(client);
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    });
    return client;
  }

  /** Handles an unexpected loss of the connection. */
  private onConnectionLost(client: LanguageClient): void {
    if (this.client !== client || !client.isRunning()) {
      return; // a failed start reports its own error
    }
    this.client = undefined; // `end` must not send it a shutdown request
    const pause = this.deaths.next(Date.now());
    void this.enqueue(async () => {
      await client.dispose().catch(() => undefined);
      await this.end();
      if (pause === undefined) {
        throw new StartError("the server keeps ending and is no longer restarted.");
      }
      this.setState("starting", "");
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (!this.isCancelled) {
        await this.begin();
      }
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

function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
