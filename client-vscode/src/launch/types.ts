/** The types that the modules of this folder share. */

/** The command that starts the server. */
export interface Launch {
  /** The executable, as an absolute path. */
  command: string;
  /** The arguments, including the subcommand `server`. */
  args: string[];
  /** The version of the server. */
  version: string;
  /** The reason for choosing this server, for the log. */
  why: string;
}

/** The remedy that the message of a {@link LaunchError} offers. */
export type Remedy = "set-server-path" | "install-python" | "retry" | "show-logs";

/** Thrown when no server can be started; the user sees the message, which includes a solution. */
export class LaunchError extends Error {
  override readonly name = "LaunchError";

  constructor(
    message: string,
    readonly remedy: Remedy,
  ) {
    super(message);
  }
}

/** The inputs of the launch. */
export interface Request {
  /** The setting `pythonExpert.serverPath`: python-expert, or a Python that contains it. */
  serverPath: string | undefined;
  /** The path of the selected interpreter; undefined if the workspace is not trusted. */
  selected: string | undefined;
  /** The extension's global storage folder; it may not exist yet. */
  storage: string;
  /** The path of the bundled wheel. */
  wheel: string;
  /** The version of the extension and of the bundled server. */
  version: string;
  /** Whether programs in the workspace may be run. */
  trusted: boolean;
  /** The paths of the workspace folders. */
  folders: string[];
}

/** The services of the editor for the launch. */
export interface Host {
  /** Writes a line to the log. */
  log(line: string): void;
  /** Shows progress until `work` settles; the signal is aborted when the user cancels. */
  progress<T>(
    title: string,
    work: (report: (message: string) => void, signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
  /** The environment variables for child processes. */
  env: NodeJS.ProcessEnv;
  /** Called during an installation when the server can be started with ruff only. */
  first?(launch: Launch): void;
}
