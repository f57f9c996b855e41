import {
  type Command,
  type Disposable,
  type LanguageStatusItem,
  LanguageStatusSeverity,
  languages,
  window,
} from "vscode";
import {
  describeKnown,
  describeProvider,
  describeTools,
  providerCommand,
  type ServerState,
  type ServerStatus,
  type Shown,
} from "./status";

const SELECTOR = { language: "python" };

const SEVERITIES = {
  information: LanguageStatusSeverity.Information,
  warning: LanguageStatusSeverity.Warning,
  error: LanguageStatusSeverity.Error,
};

const SHOW_LOGS: Command = { command: "python-expert.showLogs", title: "Show Logs" };
const RESTART: Command = { command: "python-expert.restart", title: "Restart Server" };

/** The language status items: tools, provider of rewrites, and known findings if there are any. */
export class StatusItems implements Disposable {
  private readonly tools = languages.createLanguageStatusItem("python-expert.tools", SELECTOR);
  private readonly provider = languages.createLanguageStatusItem(
    "python-expert.provider",
    SELECTOR,
  );
  private known: LanguageStatusItem | undefined;
  private state: ServerState = "starting";
  private why = "";
  private status: ServerStatus | undefined;
  private readonly watch = window.onDidChangeActiveTextEditor(() => this.show());

  constructor() {
    this.tools.name = "Python Expert: Tools";
    this.provider.name = "Python Expert: Rewrites";
    this.show();
  }

  /** Sets the server's state; `why` is the error, or the reason for choosing this server. */
  setState(state: ServerState, why: string): void {
    this.state = state;
    this.why = why;
    this.status = state === "running" ? this.status : undefined;
    this.show();
  }

  /** Sets the status that the server has sent. */
  setStatus(status: ServerStatus): void {
    this.status = status;
    this.show();
  }

  dispose(): void {
    this.watch.dispose();
    this.tools.dispose();
    this.provider.dispose();
    this.known?.dispose();
  }

  private show(): void {
    const path = window.activeTextEditor?.document.uri.fsPath;
    const tools = describeTools(this.state, this.why, this.status, path);
    set(this.tools, tools, this.state === "failed" ? RESTART : SHOW_LOGS);
    set(this.provider, describeProvider(this.status), providerCommand(this.status));
    this.showKnown(path);
  }

  private showKnown(path: string | undefined): void {
    const shown = describeKnown(this.status, path);
    if (shown) {
      this.known ??= languages.createLanguageStatusItem("python-expert.known", SELECTOR);
      this.known.name = "Python Expert: Known Findings";
      set(this.known, shown, shown.command);
    } else {
      this.known?.dispose();
      this.known = undefined;
    }
  }
}

function set(item: LanguageStatusItem, shown: Shown, command: Command | undefined): void {
  item.text = shown.text;
  item.detail = shown.detail;
  item.busy = shown.busy;
  item.severity = SEVERITIES[shown.severity];
  item.command = command;
}
