import type { LogOutputChannel } from "vscode";
import type { LanguageClient, LanguageClientOptions } from "vscode-languageclient/node";
import type { Launch } from "./launch/launch";
import type { ServerState } from "./status";

/** What the server needs to know of the rest of the extension. */
export interface ServerContext {
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
