/** What was waited for has not come in time. */
export class LateError extends Error {}

/**
 * Waits for a promise, but not longer than a deadline.
 *
 * @throws LateError at the deadline, or what the promise rejects with.
 */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const late = () => reject(new LateError(`no answer within ${milliseconds / 1_000} seconds`));
    timer = setTimeout(late, milliseconds);
  });
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}
