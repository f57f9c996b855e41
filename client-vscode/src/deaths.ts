/** The number of crashes within `WINDOW_MS` (ms) after which the server is still restarted. */
const MAX_CRASHES = 4;
const WINDOW_MS = 180_000;
const INITIAL_PAUSE_MS = 500;

/** Counts the crashes of the server and computes the pause before the next restart. */
export class Deaths {
  private times: number[] = [];

  /**
   * Records a crash.
   *
   * @param now The time in ms.
   * @returns The pause in ms, which doubles each time; undefined after too many crashes.
   */
  next(now: number): number | undefined {
    this.times = [...this.times.filter((time) => now - time < WINDOW_MS), now];
    const count = this.times.length;
    return count > MAX_CRASHES ? undefined : INITIAL_PAUSE_MS * 2 ** (count - 1);
  }

  /** Resets the count. */
  clear(): void {
    this.times = [];
  }
}
