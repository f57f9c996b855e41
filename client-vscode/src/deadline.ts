/** Thrown when a promise does not settle within the time limit. */
export class TimeoutError extends Error {}

/**
 * Waits for a promise for a limited time.
 *
 * @throws TimeoutError after the given time, or the error of the promise.
 */
export async function withTimeout<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const onTimeout = () =>
      reject(new TimeoutError(`no answer within ${milliseconds / 1_000} seconds`));
    timer = setTimeout(onTimeout, milliseconds);
  });
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}
