/** Computes the content of the language status items. No dependency on `vscode` at run time. */
import type { Command } from "vscode";

/** The state of one tool in one project, as in `pythonExpert/status`. */
export interface ToolStatus {
  root: string;
  /** The path of the Python that resolves the project's imports; empty if there is none. */
  interpreter: string;
  name: string;
  state: "off" | "ready" | "busy" | "failed";
  version: string;
  variant: string;
  lastMs: number | null;
  message: string;
}

/** A baseline file, as in `pythonExpert/status`; its findings are hidden unless `shown`. */
export interface KnownFindings {
  path: string;
  findings: number;
  shown: boolean;
}

/** Why no model is used. */
export type Reason = "chosen" | "noKey" | "wrongKey" | "network" | "untrusted";

/** The params of the notification `pythonExpert/status`. */
export interface ServerStatus {
  provider: "anthropic" | "offline";
  model: string | null;
  /** A readable explanation of why no model is used. */
  message: string;
  /** The reason as a code; null if there is none. */
  reason: Reason | null;
  tokens: number;
  known: KnownFindings[];
  tools: ToolStatus[];
}

/** The content of one language status item. */
export interface Shown {
  text: string;
  detail: string;
  severity: "information" | "warning" | "error";
  busy: boolean;
}

/** The state of the server. */
export type ServerState = "starting" | "running" | "stopped" | "failed";

const CHOOSE_MODEL: Command = { command: "python-expert.chooseModel", title: "Choose Model" };
const SHOW_KNOWN: Command = { command: "python-expert.showKnownFindings", title: "Show" };
const HIDE_KNOWN: Command = { command: "python-expert.hideKnownFindings", title: "Hide" };

/** The name of the baseline files. */
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
 * Describes the tools of the project of the active document.
 *
 * @param state The state of the server.
 * @param why The error if it failed, else the reason for choosing it.
 * @param status The last status that it sent.
 * @param path The path of the active document.
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
    return { text, detail: truncate(why), severity, busy: state === "starting" };
  }
  const tools = toolsOf(status, path);
  const failed = tools.filter((tool) => tool.state === "failed");
  const busy = tools.some((tool) => tool.state === "busy");
  const text = tools
    .filter((tool) => tool.state !== "off")
    .map((tool) => `${tool.name} ${tool.version}`.trim())
    .join(", ");
  if (failed.length > 0) {
    const detail = truncate(failed.map((tool) => `${tool.name}: ${tool.message}`).join("; "));
    return { text: text || "No tool runs", detail, severity: "error", busy };
  }
  const [first] = tools;
  const detail = first ? pythonOf(first) : "";
  return { text: text || "No tool runs", detail, severity: "information", busy };
}

/** Describes a project's Python; a long path keeps its end, which identifies the environment. */
function pythonOf({ root, interpreter }: ToolStatus): string {
  if (!interpreter) {
    return "no Python found for imports";
  }
  const inside = interpreter.startsWith(root) ? interpreter.slice(root.length + 1) : interpreter;
  const room = 50 - "Python: ".length;
  return `Python: ${inside.length > room ? `…${inside.slice(1 - room)}` : inside}`;
}

/** Describes the provider of rewrites. */
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
  const [why] = status.message.split(/[:;,]/, 1); // the item has a button instead of the advice
  const detail = [why, status.tokens > 0 ? tokens : ""].filter(Boolean).join("; ");
  return asked
    ? { ...shown, text: `Rewrites: ${status.model} may not be asked`, detail, severity: "warning" }
    : { ...shown, text: "Rewrites offline", detail };
}

/** Describes the baseline of the project that contains a path; undefined if there is none. */
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

/** Returns the command of the provider's item. */
export function providerCommand(status: ServerStatus | undefined): Command | undefined {
  const usable = status?.provider === "anthropic" ? CHOOSE_MODEL : undefined;
  return remedyFor(status?.reason ?? null) ?? usable;
}

/** Returns the command that removes the reason; undefined without a reason. */
export function remedyFor(reason: Reason | null): Command | undefined {
  return reason ? REMEDIES[reason] : undefined;
}

function openSettings(name: string): Command {
  return { command: "workbench.action.openSettings", title: "Open Settings", arguments: [name] };
}

/** Truncates a text to 50 characters, which leaves room for the item's button. */
function truncate(text: string): string {
  return text.length > 50 ? `${text.slice(0, 49).trimEnd()}…` : text;
}

/** Returns the tools of the innermost project that contains a path, else of the first project. */
function toolsOf(status: ServerStatus, path: string | undefined): ToolStatus[] {
  const roots = [...new Set(status.tools.map((tool) => tool.root))];
  const holding = roots
    .filter((root) => path?.startsWith(`${root}/`) || path?.startsWith(`${root}\\`))
    .sort((one, other) => other.length - one.length);
  const root = holding[0] ?? roots[0];
  return status.tools.filter((tool) => tool.root === root);
}
