// Bundles the extension into dist/, or with --tests all test programs into out/test/.
import { readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

const production = process.argv.includes("--production");
const tests = process.argv.includes("--tests");

/** @type {import("esbuild").BuildOptions} */
const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  logLevel: "warning",
};

if (tests) {
  // Else a test that is no more would be run on.
  rmSync("out/test", { recursive: true, force: true });
  const files = readdirSync("test", { recursive: true, encoding: "utf8" });
  await build({
    ...common,
    entryPoints: files.filter((file) => file.endsWith(".ts")).map((file) => `test/${file}`),
    outdir: "out/test",
    outbase: "test",
    sourcemap: "inline",
    // The tests of a suite share one editor, so what starts it is one module for all of them.
    external: ["vscode", "mocha", "playwright-core", "../harness/*"],
  });
} else {
  await build({
    ...common,
    entryPoints: ["src/extension.ts"],
    outfile: "dist/extension.js",
    minify: production,
    sourcemap: production ? false : "inline",
    external: ["vscode"],
  });
}
