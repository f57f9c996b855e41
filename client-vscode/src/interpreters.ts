import { Disposable, type Uri } from "vscode";
import { TimeoutError, withTimeout } from "./deadline";
import {
  onDidChangeInterpreter,
  queryInterpreter,
  type Source,
  selectedInterpreter,
} from "./launch/selected";

/**
 * The time limit for an extension to activate and answer, in ms. The server receives the
 * interpreter with the settings and waits 5 s for them.
 */
const TIMEOUT_MS = 2_000;

/**
 * Provides the interpreters that the user has selected.
 *
 * The answers of other extensions are cached, because they may take seconds. An answer that
 * exceeds the time limit counts as undefined until it arrives; the listeners are then called.
 */
export class Interpreters {
  /** The answers by extension and folder; the promises never reject. */
  private readonly answers = new Map<string, Promise<string | undefined>>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly log: (line: string) => void) {}

  /**
   * Returns the interpreter selected for a folder.
   *
   * @returns Its path; undefined if none is selected or the workspace is not trusted.
   */
  of(scope: Uri | undefined): Promise<string | undefined> {
    return selectedInterpreter(scope, (source) => this.ask(source, scope));
  }

  /**
   * Calls the listener when the selection may have changed, after clearing the cache.
   *
   * The listener may be called several times for one change, and without any change.
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
    const answer = queryInterpreter(source, scope);
    const isCurrent = () => this.answers.get(key) === answerInTime;
    const forget = () => {
      if (isCurrent()) this.answers.delete(key);
    };
    // Late answers stay cached: an extension that is always late would be queried forever.
    const keep = (path: string | undefined) => {
      if (!isCurrent()) return;
      this.answers.set(key, answer);
      if (path) for (const listener of this.listeners) listener();
    };
    const answerInTime: Promise<string | undefined> = withTimeout(TIMEOUT_MS, answer).catch(
      (error) => {
        this.log(`The extension ${source.id} does not report its interpreter: ${error}`);
        if (error instanceof TimeoutError) void answer.then(keep, forget);
        else forget(); // the next query may succeed
        return undefined;
      },
    );
    this.answers.set(key, answerInTime);
    return answerInTime;
  }
}
