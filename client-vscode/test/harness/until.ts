/** The one way in which tests wait: for a state that can be observed, with a deadline. */

/**
 * Waits until `state` gives something true, and returns it.
 *
 * @param what what is waited for, for the message when it does not come
 * @param seconds the deadline
 * @throws Error at the deadline, or what `state` throws
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
      throw new Error(`Waited ${seconds} seconds in vain until ${what}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
