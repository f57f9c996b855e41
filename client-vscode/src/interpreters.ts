import { Disposable, type Uri } from "vscode";
import { LateError, within } from "./deadline";
import {
  answerOf,
  onDidChangeInterpreter,
  type Source,
  selectedInterpreter,
} from "./launch/selected";

/**
 * How long one of the extensions may take to start and to answer, in milliseconds; the server, which
 * is told the interpreter with the settings, waits for five seconds.
 */
const PATIENCE_MS = 2_000;

/**
 * The Pythons that the user has selected.
 *
 * What other extensions say of them is remembered, as they may take seconds to say it. One that
 * takes too long is done without until it has answered; who listens is told then.
 */
export class Interpreters {
  /** What the extensions say, by extension and folder; it never rejects. */
  private readonly answers = new Map<string, Promise<string | undefined>>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly log: (line: string) => void) {}

  /**
   * The one selected for a folder.
   *
   * @returns Its path; undefined if there is none, or if nothing of the workspace may be run.
   */
  of(scope: Uri | undefined): Promise<string | undefined> {
    return selectedInterpreter(scope, (source) => this.ask(source, scope));
  }

  /**
   * Calls back when other interpreters may be selected than before; they are asked for anew then.
   *
   * The listener may be called more than once for one change, and when nothing has changed.
   */
  onDidChange(listener: () => void): Disposable {
    this.listeners.add(listener);
    const selection = onDidChangeInterpreter(() => {
      this.answers.clear();
      listener();
    });
    return new Disposable(() => {
      this.listeners.delete(listener);
      selection.dispose();
    });
  }

  private ask(source: Source, scope: Uri | undefined): Promise<string | undefined> {
    const key = `${source.id} ${scope ?? ""}`;
    const known = this.answers.get(key);
    if (known) return known;
    const whole = answerOf(source, scope);
    const isCurrent = () => this.answers.get(key) === inTime;
    const forget = () => {
      if (isCurrent()) this.answers.delete(key);
    };
    // Kept, not asked for again: an extension that is always late would be asked for ever.
    const keep = (path: string | undefined) => {
      if (!isCurrent()) return;
      this.answers.set(key, whole);
      if (path) for (const listener of this.listeners) listener();
    };
    const inTime: Promise<string | undefined> = within(PATIENCE_MS, whole).catch((error) => {
      this.log(`The extension ${source.id} does not report its interpreter: ${error}`);
      if (error instanceof LateError) void whole.then(keep, forget);
      else forget(); // it may do better the next time
      return undefined;
    });
    this.answers.set(key, inTime);
    return inTime;
  }
}
