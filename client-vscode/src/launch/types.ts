/** What the caller says and gets: shared by the modules of this folder. */

/** How the server is started. */
export interface Launch {
  /** The executable, as an absolute path. */
  command: string;
  /** Its arguments, the command `server` included. */
  args: string[];
  /** The version of the server that will be started. */
  version: string;
  /** Why this one: a sentence for the log. */
  why: string;
}

/** What is offered to the user beside a {@link LaunchError}. */
export type Remedy = "set-server-path" | "install-python" | "retry" | "show-logs";

/** No server can be started; the message is for people and says what, where, and what to do. */
export class LaunchError extends Error {
  override readonly name = "LaunchError";

  constructor(
    message: string,
    readonly remedy: Remedy,
  ) {
    super(message);
  }
}

/** What the server is to be found for. */
export interface Request {
  /** The setting `pythonExpert.serverPath`: the python-expert executable or a Python that has it. */
  serverPath: string | undefined;
  /** The selected interpreter; none where the folder is not trusted. */
  selected: string | undefined;
  /** The extension's global storage folder, which need not exist yet. */
  storage: string;
  /** The server's wheel in the extension. */
  wheel: string;
  /** The version of the extension, which is the server's too. */
  version: string;
  /** False: nothing that lies in the workspace may be run. */
  trusted: boolean;
  /** The folders of the workspace. */
  folders: string[];
}

/** What the editor does for the launch. */
export interface Host {
  /** Writes a line to the log. */
  log(line: string): void;
  /** Shows progress while the work lasts; the signal is aborted when the user cancels. */
  progress<T>(
    title: string,
    work: (report: (message: string) => void, signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
  /** The environment for child processes. */
  env: NodeJS.ProcessEnv;
  /** Called during an installation when the server can be started with ruff as its only tool. */
  first?(launch: Launch): void;
}
