/** Waits for an observable state with a timeout; all tests wait this way. */

/**
 * Waits until `state` returns a truthy value, and returns that value.
 *
 * @param what The expected state, for the error message.
 * @param seconds The timeout in s.
 * @throws Error on timeout, or the error of `state`.
 */
export async function until<T>(
  what: string,
  state: () => T | Promise<T>,
  seconds = 60,
): Promise<Exclude<T, undefined | false | null>> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await state();
    if (value) {
      return value as Exclude<T, undefined | false | null>;
    }
    if (Date.now() > deadline) {
      throw new Error(`Timed out after ${seconds} seconds: ${what}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
