/**
 * Installs the missing requirements of the editor tests: code-server (VS Code without Electron),
 * its version of Node, and Chromium.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const CODE_SERVER = "4.139.1";
const NODE = "24.19.0";
const DEBIAN_PACKAGES = ["chromium", "libkrb5-dev", "fonts-dejavu-core"];

/** The absolute paths of the programs that run the editor. */
export interface Editor {
  readonly node: string;
  /** The script that `node` runs. */
  readonly codeServer: string;
  readonly chromium: string;
}

/**
 * Installs the editor and the browser if they are missing.
 *
 * @throws Error that lists what to install manually if this machine does not permit it.
 */
export function install(): Editor {
  if (process.platform !== "linux") {
    throw new Error(
      "The tests in a real editor run on Linux only; `npm test -- unit` runs anywhere.",
    );
  }
  const chromium = installBrowser();
  const folder = join(cacheFolder(), `code-server-${CODE_SERVER}`);
  const nodeFolder = join(folder, "node_modules", `node-linux-${process.arch}`);
  const editor = {
    node: join(nodeFolder, "bin", "node"),
    codeServer: join(folder, "node_modules", "code-server", "out", "node", "entry.js"),
    chromium,
  };
  const marker = join(folder, "complete");
  if (!existsSync(marker)) {
    installEditor(folder, nodeFolder);
    execFileSync(editor.node, [editor.codeServer, "--version"], { stdio: "inherit" });
    writeFileSync(marker, "");
  }
  return editor;
}

function cacheFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "python-expert-tests");
}

function installEditor(folder: string, nodeFolder: string): void {
  console.log(`Installing code-server ${CODE_SERVER} in ${folder} (some 4 minutes, 800 MB)`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const npm = (specification: string, environment: NodeJS.ProcessEnv) =>
    run("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", specification], {
      // The install scripts of code-server's dependencies build it from source.
      ...{ ...environment, npm_config_dangerously_allow_all_scripts: "true" },
    });
  const plain = outsideNpm();
  npm(`node-linux-${process.arch}@${NODE}`, plain);
  npm(`code-server@${CODE_SERVER}`, {
    ...plain,
    PATH: join(nodeFolder, "bin") + delimiter + (plain.PATH ?? ""),
    npm_config_nodedir: nodeFolder,
  });
}

/** Returns the environment without the variables that `npm test` sets for this package. */
function outsideNpm(): NodeJS.ProcessEnv {
  const own =
    /^npm_(package|lifecycle|command|config_local_prefix|config_prefix|config_user_agent)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

function installBrowser(): string {
  const named = process.env.CHROMIUM;
  if (named && !existsSync(named)) {
    throw new Error(`CHROMIUM names ${named}, which does not exist.`);
  }
  const found = named || findBrowser();
  // The editor's Kerberos module requires these headers.
  if (found && existsSync("/usr/include/gssapi/gssapi.h") && hasFont()) {
    return found;
  }
  if (process.getuid?.() !== 0 || !onPath("apt-get")) {
    throw new Error(
      `The tests in a real editor need Chromium, the Kerberos headers and a font. ` +
        `Install them (on Debian: sudo apt-get install ${DEBIAN_PACKAGES.join(" ")}).`,
    );
  }
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  console.log(`Installing ${DEBIAN_PACKAGES.join(" ")}`);
  run("apt-get", ["update", "--quiet=2"], environment);
  run(
    "apt-get",
    ["install", "--yes", "--quiet=2", "--no-install-recommends", ...DEBIAN_PACKAGES],
    environment,
  );
  const installed = named || findBrowser();
  if (!installed) {
    throw new Error("Chromium was installed and cannot be found; name it in CHROMIUM.");
  }
  return installed;
}

function findBrowser(): string | undefined {
  return onPath("chromium") ?? onPath("chromium-browser") ?? onPath("google-chrome");
}

function hasFont(): boolean {
  const fonts = spawnSync("fc-list", { encoding: "utf8" });
  return fonts.status === 0 && fonts.stdout.trim() !== "";
}

function onPath(program: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

function run(program: string, args: string[], env: NodeJS.ProcessEnv): void {
  const { status, error } = spawnSync(program, args, { env, stdio: "inherit" });
  if (error || status !== 0) {
    throw new Error(`${program} ${args.join(" ")} failed: ${error?.message ?? `exit ${status}`}`);
  }
}
