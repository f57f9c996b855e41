/** The state of a window as the probe reports it. */
import { createHash } from "node:crypto";

/** A problem of the document in the active editor. */
export interface Problem {
  readonly source: string;
  readonly code: string;
  readonly message: string;
  readonly severity: "error" | "warning" | "information" | "hint";
  /** The 1-based line number. */
  readonly line: number;
  /** The marked code. */
  readonly text: string;
}

/** The document in the active editor. */
export interface Shown {
  readonly path: string;
  readonly scheme: string;
  readonly text: string;
  /** Whether it has unsaved changes. */
  readonly dirty: boolean;
}

/** The state of a window. */
export interface Observation {
  /** The process id of the extension host. */
  readonly extensionHost: number;
  readonly trusted: boolean;
  readonly document: Shown | undefined;
  readonly problems: readonly Problem[];
}

/** Returns the socket name of the window with this folder; `""` means no folder. */
export function socketName(folder: string): string {
  return createHash("sha256").update(folder).digest("hex").slice(0, 12);
}
