/** The fake model endpoint; `tests/messages_main.py` describes its commands. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CLIENT, PYTHON } from "./paths";

/** A running endpoint. */
export interface Messages {
  readonly url: string;
  readonly key: string;
  /**
   * Sends a command and returns the answer.
   *
   * @throws Error if the command is invalid or its wait times out.
   */
  tell(command: { do: string } & Record<string, unknown>): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** Starts a fake endpoint. */
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
