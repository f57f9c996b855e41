/** So many deaths within so many ms are too many. */
const MOST = 4;
const WINDOW_MS = 180_000;
const FIRST_PAUSE_MS = 500;

/** Counts how often a server has died, and says how long to wait before it is started anew. */
export class Deaths {
  private times: number[] = [];

  /**
   * Counts a death.
   *
   * @param now The time in ms.
   * @returns The pause in ms, which doubles each time; undefined if it has died too often.
   */
  next(now: number): number | undefined {
    this.times = [...this.times.filter((time) => now - time < WINDOW_MS), now];
    const count = this.times.length;
    return count > MOST ? undefined : FIRST_PAUSE_MS * 2 ** (count - 1);
  }

  /** Forgets them: the user has asked for a new start. */
  clear(): void {
    this.times = [];
  }
}
