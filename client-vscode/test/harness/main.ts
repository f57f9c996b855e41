/**
 * Runs the suites named on the command line, else `unit`, `host` and `workbench`. One that fails
 * does not keep the others from being run; the exit status is 0 only if all have passed. The suite
 * `real` needs a project, which `tests/first_hour/test_real_projects.py` fetches.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { clearFailures } from "./failures";
import { install } from "./install";
import { CLIENT, PYTHON } from "./paths";

const OUT = join(CLIENT, "out", "test");
const MOCHA = join(
  createRequire(__filename).resolve("mocha/package.json"),
  "..",
  "bin",
  "mocha.js",
);

const SUITES: Record<string, string[]> = {
  unit: [MOCHA, "--fail-zero", "--timeout", "60000", join(OUT, "unit", "**", "*.test.js")],
  host: [join(OUT, "harness", "host.js")],
  workbench: inWorkbench("workbench"),
  real: inWorkbench("real"),
};
const USUAL = ["unit", "host", "workbench"];

function inWorkbench(suite: string): string[] {
  return [
    ...[MOCHA, "--fail-zero", "--timeout", "120000"],
    ...["--require", join(OUT, "harness", "workbench.js")],
    join(OUT, suite, "**", "*.test.js"),
  ];
}

async function main(): Promise<boolean> {
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : USUAL;
  const unknown = wanted.find((name) => !(name in SUITES));
  if (unknown) {
    throw new Error(`There is no suite ${unknown}; there are ${Object.keys(SUITES).join(", ")}.`);
  }
  clearFailures();
  const inEditor = wanted.filter((name) => name !== "unit");
  // These need no editor, so they run beside the others.
  const unit = inEditor.length < wanted.length ? [run("unit", "pipe")] : [];
  const prepared = inEditor.length === 0 || prepare();
  const results: boolean[] = [];
  for (const name of inEditor) {
    results.push(prepared && (await run(name, "inherit")));
  }
  return [...results, ...(await Promise.all(unit))].every(Boolean);
}

function prepare(): boolean {
  try {
    install();
    if (!existsSync(PYTHON)) {
      throw new Error(
        `There is no ${PYTHON}; name a Python that has python-expert in PYTHON_EXPERT_PYTHON.`,
      );
    }
    return true;
  } catch (error) {
    console.error(`The tests in a real editor cannot run. ${error}`);
    return false;
  }
}

/** Runs a suite; what it prints through a pipe is shown as a whole at the end. */
async function run(name: string, output: "inherit" | "pipe"): Promise<boolean> {
  const start = Date.now();
  // The uv that the tests install with lies beside their Python; any other one goes before it.
  const PATH = [process.env.PATH, dirname(PYTHON)].join(delimiter);
  const child = spawn(process.execPath, SUITES[name] ?? [], {
    cwd: CLIENT,
    env: { ...process.env, PATH },
    stdio: ["ignore", output, output],
  });
  const pieces: Buffer[] = [];
  child.stdout?.on("data", (piece) => pieces.push(piece));
  child.stderr?.on("data", (piece) => pieces.push(piece));
  const code = await new Promise((resolve) => child.once("close", resolve));
  process.stdout.write(Buffer.concat(pieces));
  const verdict = code === 0 ? "passed" : "FAILED";
  console.log(`Suite ${name}: ${verdict} in ${Math.round((Date.now() - start) / 1000)} s\n`);
  return code === 0;
}

main().then(
  (passed) => {
    process.exitCode = passed ? 0 : 1;
  },
  (error) => {
    console.error(String(error));
    process.exitCode = 1;
  },
);
