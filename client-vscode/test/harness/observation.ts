/** What the probe tells of a window. */
import { createHash } from "node:crypto";

/** A problem of the document in the active editor. */
export interface Problem {
  readonly source: string;
  readonly code: string;
  readonly message: string;
  readonly severity: "error" | "warning" | "information" | "hint";
  /** Counted from 1. */
  readonly line: number;
  /** The code that is marked. */
  readonly text: string;
}

/** The document in the active editor. */
export interface Shown {
  readonly path: string;
  readonly scheme: string;
  readonly text: string;
  /** Whether it has changes that are not saved. */
  readonly dirty: boolean;
}

/** The state of a window. */
export interface Observation {
  /** The process id of its extension host. */
  readonly extensionHost: number;
  readonly trusted: boolean;
  readonly document: Shown | undefined;
  readonly problems: readonly Problem[];
}

/** The name of the socket of the window that shows this folder (`""`: none). */
export function socketName(folder: string): string {
  return createHash("sha256").update(folder).digest("hex").slice(0, 12);
}
