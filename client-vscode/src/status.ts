/** What the language status items say, worked out from what the server tells. Pure. */
import type { Command } from "vscode";

/** One tool of one project, as `pythonExpert/status` has it. */
export interface ToolStatus {
  root: string;
  /** The project's Python, where imports are looked for; empty if there is none. */
  interpreter: string;
  name: string;
  state: "off" | "ready" | "busy" | "failed";
  version: string;
  variant: string;
  lastMs: number | null;
  message: string;
}

/** A file with known findings, which are hidden unless `shown`, as `pythonExpert/status` has it. */
export interface KnownFindings {
  path: string;
  findings: number;
  shown: boolean;
}

/** Why no model is asked. */
export type Reason = "chosen" | "noKey" | "wrongKey" | "network" | "untrusted";

/** The params of the notification `pythonExpert/status`. */
export interface ServerStatus {
  provider: "anthropic" | "offline";
  model: string | null;
  /** Why no model is asked, for people. */
  message: string;
  /** The same for us. */
  reason: Reason | null;
  tokens: number;
  known: KnownFindings[];
  tools: ToolStatus[];
}

/** What one language status item shows. */
export interface Shown {
  text: string;
  detail: string;
  severity: "information" | "warning" | "error";
  busy: boolean;
}

/** How the server itself is. */
export type ServerState = "starting" | "running" | "stopped" | "failed";

const CHOOSE_MODEL: Command = { command: "python-expert.chooseModel", title: "Choose Model" };
const SHOW_KNOWN: Command = { command: "python-expert.showKnownFindings", title: "Show" };
const HIDE_KNOWN: Command = { command: "python-expert.hideKnownFindings", title: "Hide" };

/** The name of the files with known findings. */
const BASELINE = ".python-expert-baseline.json";

const SET_KEY: Command = { command: "python-expert.setApiKey", title: "Set API Key" };

const REMEDIES: Record<Reason, Command> = {
  chosen: openSettings("pythonExpert.llm.provider"),
  noKey: SET_KEY,
  wrongKey: SET_KEY,
  network: openSettings("pythonExpert.privacy.network"),
  untrusted: { command: "workbench.trust.manage", title: "Manage Workspace Trust" },
};

const SERVER: Record<ServerState, string> = {
  starting: "Starting",
  running: "",
  stopped: "Stopped",
  failed: "The server is not running",
};

/**
 * What is said of the tools of the project that is looked at.
 *
 * @param state How the server is.
 * @param why What is wrong with it, or which one it is.
 * @param status What it told last, if anything.
 * @param path The path of the active document, if it has one.
 */
export function describeTools(
  state: ServerState,
  why: string,
  status: ServerStatus | undefined,
  path: string | undefined,
): Shown {
  if (state !== "running" || !status) {
    const severity = state === "failed" ? "error" : "information";
    const text = SERVER[state] || "Running";
    return { text, detail: brief(why), severity, busy: state === "starting" };
  }
  const tools = toolsOf(status, path);
  const failed = tools.filter((tool) => tool.state === "failed");
  const busy = tools.some((tool) => tool.state === "busy");
  const text = tools
    .filter((tool) => tool.state !== "off")
    .map((tool) => `${tool.name} ${tool.version}`.trim())
    .join(", ");
  if (failed.length > 0) {
    const detail = brief(failed.map((tool) => `${tool.name}: ${tool.message}`).join("; "));
    return { text: text || "No tool runs", detail, severity: "error", busy };
  }
  const [first] = tools;
  const detail = first ? pythonOf(first) : "";
  return { text: text || "No tool runs", detail, severity: "information", busy };
}

/** Which Python a project's imports are looked for in: its end, which tells environments apart. */
function pythonOf({ root, interpreter }: ToolStatus): string {
  if (!interpreter) {
    return "no Python found for imports";
  }
  const inside = interpreter.startsWith(root) ? interpreter.slice(root.length + 1) : interpreter;
  const room = 50 - "Python: ".length;
  return `Python: ${inside.length > room ? `…${inside.slice(1 - room)}` : inside}`;
}

/** What is said of who proposes rewrites. */
export function describeProvider(status: ServerStatus | undefined): Shown {
  const shown: Shown = { text: "", detail: "", severity: "information", busy: false };
  if (!status) {
    return { ...shown, text: "Rewrites" };
  }
  const tokens = `${status.tokens.toLocaleString("en")} tokens this session`;
  const asked = status.provider === "anthropic";
  if (asked && !status.message) {
    return { ...shown, text: `Rewrites by ${status.model}`, detail: tokens };
  }
  const [why] = status.message.split(/[:;,]/, 1); // the rest says what to do; here is a button
  const detail = [why, status.tokens > 0 ? tokens : ""].filter(Boolean).join("; ");
  return asked
    ? { ...shown, text: `Rewrites: ${status.model} may not be asked`, detail, severity: "warning" }
    : { ...shown, text: "Rewrites offline", detail };
}

/** What is said of the known findings in the project of a path; nothing if there are none. */
export function describeKnown(
  status: ServerStatus | undefined,
  path: string | undefined,
): (Shown & { command: Command }) | undefined {
  const [known] = (status?.known ?? [])
    .filter((each) => each.findings > 0 && path?.startsWith(each.path.slice(0, -BASELINE.length)))
    .sort((one, other) => other.path.length - one.path.length);
  if (!known) {
    return undefined;
  }
  const count = known.findings.toLocaleString("en");
  const what = `${count} known finding${known.findings === 1 ? "" : "s"}`;
  return {
    text: `${what} ${known.shown ? "shown" : "hidden"}`,
    detail: BASELINE,
    severity: "information",
    busy: false,
    command: known.shown ? HIDE_KNOWN : SHOW_KNOWN,
  };
}

/** What is offered beside it. */
export function providerCommand(status: ServerStatus | undefined): Command | undefined {
  const usable = status?.provider === "anthropic" ? CHOOSE_MODEL : undefined;
  return remedyFor(status?.reason ?? null) ?? usable;
}

/** What the user can do so that a model is asked. */
export function remedyFor(reason: Reason | null): Command | undefined {
  return reason ? REMEDIES[reason] : undefined;
}

function openSettings(name: string): Command {
  return { command: "workbench.action.openSettings", title: "Open Settings", arguments: [name] };
}

/** As much of a text as leaves room for the buttons beside it. */
function brief(text: string): string {
  return text.length > 50 ? `${text.slice(0, 49).trimEnd()}…` : text;
}

/** The tools of the innermost project that holds a path, else those of the first. */
function toolsOf(status: ServerStatus, path: string | undefined): ToolStatus[] {
  const roots = [...new Set(status.tools.map((tool) => tool.root))];
  const holding = roots
    .filter((root) => path?.startsWith(`${root}/`) || path?.startsWith(`${root}\\`))
    .sort((one, other) => other.length - one.length);
  const root = holding[0] ?? roots[0];
  return status.tools.filter((tool) => tool.root === root);
}
