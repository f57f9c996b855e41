/** The loopback endpoint that stands in for a model: `tests/messages_main.py`, which says how. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CLIENT, PYTHON } from "./paths";

/** A running endpoint. */
export interface Messages {
  readonly url: string;
  readonly key: string;
  /**
   * Tells it something, and returns what it answers.
   *
   * @throws Error if it does not understand, or if what was waited for did not happen
   */
  tell(command: { do: string } & Record<string, unknown>): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** Starts an endpoint. */
export async function startMessages(): Promise<Messages> {
  const child = spawn(PYTHON, ["-m", "tests.messages_main"], {
    cwd: join(CLIENT, ".."),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await lines.next();
    if (done) {
      throw new Error("The loopback endpoint has ended.");
    }
    return JSON.parse(value);
  };
  const { url, key } = await next();
  return {
    url: String(url),
    key: String(key),
    async tell(command) {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      const answer = await next();
      if (answer.error !== undefined || answer.ok === false) {
        throw new Error(`${JSON.stringify(command)}: ${JSON.stringify(answer)}`);
      }
      return answer;
    },
    async stop() {
      child.stdin.end();
      await new Promise((resolve) => child.once("close", resolve));
    },
  };
}
