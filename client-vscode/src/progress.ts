import { type CancellationToken, type Progress, ProgressLocation, window } from "vscode";
import type {
  ProgressToken,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from "vscode-languageclient/node";

/** The delay in ms before a notification is shown; shorter operations show none. */
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
  /** Shows cancellable progress with a Cancel button; passes all other progress to `next`. */
  handle(token: ProgressToken, change: Change, next: () => void): void;
  /** Hides the progress with a title while the user is asked for confirmation. */
  hide(title: string): void;
  /** Hides all progress after the server has stopped. */
  clear(): void;
}

/**
 * Creates a view of the server's progress.
 *
 * @param cancel Sends the user's cancellation to the server.
 */
export function progressView(cancel: (token: ProgressToken) => void): ProgressView {
  const shown = new Map<ProgressToken, Shown>();
  const end = (token: ProgressToken, item: Shown) => {
    shown.delete(token);
    item.end();
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
        next(); // the library tracks the token, so it must receive the end
      }
    },
    hide(title) {
      for (const [token, item] of shown) {
        if (item.title === title) {
          end(token, item);
        }
      }
    },
    clear() {
      for (const [token, item] of shown) {
        end(token, item);
      }
    },
  };
}

function begin(change: WorkDoneProgressBegin, cancel: () => void): Shown {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const item: Shown = { title: change.title, message: change.message, percentage: 0, end };
  const show = async (
    progress: NonNullable<Shown["progress"]>,
    token: CancellationToken,
  ): Promise<void> => {
    item.progress = progress;
    token.onCancellationRequested(cancel);
    progress.report({ ...(item.message && { message: item.message }), increment: item.percentage });
    await ended;
  };
  const timer = setTimeout(() => {
    const location = ProgressLocation.Notification;
    void window.withProgress({ location, title: item.title, cancellable: true }, show);
  }, DELAY_MS);
  void ended.then(() => clearTimeout(timer));
  return item;
}

function report(item: Shown, change: WorkDoneProgressReport): void {
  const increment = Math.max(0, (change.percentage ?? 0) - item.percentage);
  item.percentage += increment;
  item.message = change.message ?? item.message;
  item.progress?.report({ ...(item.message && { message: item.message }), increment });
}
