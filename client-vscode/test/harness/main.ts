/**
 * Runs the suites named on the command line; by default `unit`, `host` and `workbench`. All suites
 * run even if one fails; the exit status is 0 only if all pass. The suite `real` requires a
 * project, which `tests/first_hour/test_real_projects.py` downloads.
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
const DEFAULT_SUITES = ["unit", "host", "workbench"];

function inWorkbench(suite: string): string[] {
  return [
    ...[MOCHA, "--fail-zero", "--timeout", "120000"],
    ...["--require", join(OUT, "harness", "workbench.js")],
    join(OUT, suite, "**", "*.test.js"),
  ];
}

async function main(): Promise<boolean> {
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : DEFAULT_SUITES;
  const unknown = wanted.find((name) => !(name in SUITES));
  if (unknown) {
    throw new Error(`There is no suite ${unknown}; there are ${Object.keys(SUITES).join(", ")}.`);
  }
  clearFailures();
  const inEditor = wanted.filter((name) => name !== "unit");
  // The unit tests need no editor, so they run in parallel to the other suites.
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

/** Runs a suite; with `pipe`, prints its output at the end. */
async function run(name: string, output: "inherit" | "pipe"): Promise<boolean> {
  const start = Date.now();
  // The uv beside the tests' Python is last on the path, so another installed uv comes before it.
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
