/** Runs the tests of this folder with mocha inside the extension host. */
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { format } from "node:util";
import Mocha from "mocha";

/**
 * Runs the tests. The editor calls it.
 *
 * @throws Error if a test fails or there is none.
 */
export async function run(): Promise<void> {
  const output = join(process.env.HOME ?? "", "..", "mocha.txt");
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => {
    appendFileSync(output, `${format(...args)}\n`);
  };
  const mocha = new Mocha({ timeout: 90_000, failZero: true, reporter: "spec" });
  for (const name of readdirSync(__dirname).sort()) {
    if (name.endsWith(".test.js")) {
      mocha.addFile(join(__dirname, name));
    }
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) {
    throw new Error(`${failures} failed`);
  }
}
