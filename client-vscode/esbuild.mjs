// Bundles the extension into dist/, or with --tests all test programs into out/test/.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  const { metafile } = await build({
    ...common,
    entryPoints: ["src/extension.ts"],
    outfile: "dist/extension.js",
    minify: production,
    sourcemap: production ? false : "inline",
    external: ["vscode"],
    metafile: true,
  });
  writeFileSync("dist/licenses.txt", licenses(Object.keys(metafile.inputs)));
}

/** The licences of the packages that are in the bundle, which ask to be passed on. */
function licenses(inputs) {
  const folders = inputs.map((path) => path.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1]);
  const texts = [...new Set(folders)].filter(Boolean).map((folder) => {
    const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    if (!file) {
      throw new Error(`${folder} has no licence that could be passed on.`);
    }
    return `${name} ${version}\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}
