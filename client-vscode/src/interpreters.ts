import { type Uri, workspace } from "vscode";
import { selectedInterpreter } from "./launch/selected";

/** The Pythons that the user has selected, remembered: other extensions may take seconds to tell. */
export class Interpreters {
  private readonly known = new Map<string, Promise<string | undefined>>();

  constructor(private readonly log: (line: string) => void) {}

  /**
   * The one selected for a folder.
   *
   * @returns Its path; undefined if there is none, or if nothing of the workspace may be run.
   */
  of(scope: Uri | undefined): Promise<string | undefined> {
    if (!workspace.isTrusted) {
      return Promise.resolve(undefined);
    }
    const key = scope?.toString() ?? "";
    const known = this.known.get(key) ?? selectedInterpreter(scope, this.log);
    this.known.set(key, known);
    return known;
  }

  /** Asks anew from now on: another one was selected. */
  forget(): void {
    this.known.clear();
  }
}
