import type { LogOutputChannel } from "vscode";
import type { LanguageClient, LanguageClientOptions } from "vscode-languageclient/node";
import type { Launch } from "./launch/launch";
import type { ServerState } from "./status";

/** The services of the extension that the server uses. */
export interface ServerContext {
  log: LogOutputChannel;
  /** The server's working directory; never the workspace, which may be untrusted. */
  folder: string;
  /** Serializes everything that decides the launch; the server is kept while it is unchanged. */
  inputs(): Promise<string>;
  /**
   * Finds the launch.
   *
   * @param first Called during an installation, once the server can be started with ruff only.
   */
  findLaunch(first?: (launch: Launch) => void): Promise<Launch>;
  /** Finds another launch after the given one failed; undefined if there is no repair. */
  repair(launch: Launch): Promise<Launch | undefined>;
  /** Cancels `findLaunch` and `repair`. */
  abort(): void;
  /** Returns the variables to add to VS Code's environment. */
  environment(): Promise<Record<string, string>>;
  /** Returns the client's options, except those that `Server` sets. */
  options(client: () => LanguageClient): LanguageClientOptions;
  /** Called with each client before the client starts. */
  prepare(client: LanguageClient): void;
  stateChanged(state: ServerState, why: string): void;
  /** Shows the user why there is no server. */
  failed(error: unknown, lastLines: readonly string[]): void;
}
