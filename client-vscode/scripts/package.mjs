// Packs the extension, with the server's wheel and all notices inside, as python-expert.vsix.
import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const client = dirname(dirname(fileURLToPath(import.meta.url)));

function node(...args) {
  const done = spawnSync(process.execPath, args, { cwd: client, stdio: "inherit" });
  if (done.status !== 0) {
    process.exit(done.status ?? 1);
  }
}

// A marketplace shows the README's pictures only where their addresses are whole.
const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_SHA } = process.env;
const repository = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`;
const links = GITHUB_REPOSITORY
  ? [
      ...["--baseContentUrl", `${repository}/blob/${GITHUB_SHA}/client-vscode`],
      ...["--baseImagesUrl", `${repository}/raw/${GITHUB_SHA}/client-vscode`],
    ]
  : ["--no-rewrite-relative-links"];

copyFileSync(join(dirname(client), "CHANGELOG.md"), join(client, "CHANGELOG.md"));
node("scripts/wheel.mjs");
node("esbuild.mjs", "--production");
node(
  ...["node_modules/@vscode/vsce/vsce", "package", "--no-dependencies"],
  ...["--allow-missing-repository", ...links, "--out", "python-expert.vsix"],
);
