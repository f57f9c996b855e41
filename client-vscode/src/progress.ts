import { type CancellationToken, type Progress, ProgressLocation, window } from "vscode";
import type {
  ProgressToken,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from "vscode-languageclient/node";

/** What takes less than this many ms is not worth a notification. */
const DELAY_MS = 300;

type Change = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

interface Shown {
  title: string;
  message: string | undefined;
  percentage: number;
  progress?: Progress<{ message?: string; increment?: number }>;
  end(): void;
}

/** Shows the server's progress. */
export interface ProgressView {
  /** What can be cancelled is shown with a button for it; all else goes to `next`. */
  handle(token: ProgressToken, change: Change, next: () => void): void;
  /** Takes away what is shown under a title: the user is being asked, and nothing should spin. */
  hide(title: string): void;
  /** Takes all away: the server has ended. */
  clear(): void;
}

/**
 * Makes a view of the server's progress.
 *
 * @param cancel Tells the server that the user wants something stopped.
 */
export function progressView(cancel: (token: ProgressToken) => void): ProgressView {
  const shown = new Map<ProgressToken, Shown>();
  const end = (token: ProgressToken, one: Shown) => {
    shown.delete(token);
    one.end();
  };
  return {
    handle(token, change, next) {
      const known = shown.get(token);
      if (change.kind === "begin" && change.cancellable) {
        shown.set(
          token,
          begin(change, () => cancel(token)),
        );
      } else if (known && change.kind === "report") {
        report(known, change);
      } else {
        if (known) {
          end(token, known);
        }
        next(); // an end is told to the library in any case, which keeps a record of the token
      }
    },
    hide(title) {
      for (const [token, one] of shown) {
        if (one.title === title) {
          end(token, one);
        }
      }
    },
    clear() {
      for (const [token, one] of shown) {
        end(token, one);
      }
    },
  };
}

function begin(change: WorkDoneProgressBegin, cancel: () => void): Shown {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const one: Shown = { title: change.title, message: change.message, percentage: 0, end };
  const show = async (
    progress: NonNullable<Shown["progress"]>,
    token: CancellationToken,
  ): Promise<void> => {
    one.progress = progress;
    token.onCancellationRequested(cancel);
    progress.report({ ...(one.message && { message: one.message }), increment: one.percentage });
    await ended;
  };
  const late = setTimeout(() => {
    const location = ProgressLocation.Notification;
    void window.withProgress({ location, title: one.title, cancellable: true }, show);
  }, DELAY_MS);
  void ended.then(() => clearTimeout(late));
  return one;
}

function report(one: Shown, change: WorkDoneProgressReport): void {
  const increment = Math.max(0, (change.percentage ?? 0) - one.percentage);
  one.percentage += increment;
  one.message = change.message ?? one.message;
  one.progress?.report({ ...(one.message && { message: one.message }), increment });
}
