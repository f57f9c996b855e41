import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { devNull } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { findLaunch, type Launch } from "../../src/launch/launch";
import { interpreters, probe } from "../../src/launch/python";
import { executable, surroundings } from "../../src/launch/surroundings";
import * as fake from "./fixtures/launch";

const MINUTES = 60_000;
const UV = executable("uv");

// Uses real Pythons, pip, uv and the package index.
describe("a real installation", function () {
  this.timeout(4 * MINUTES);
  afterEach(fake.clear);

  it("with pip provides a working server, which the next start reuses", async () => {
    const request = real();
    const host = fake.newHost([], { ...environment(), PATH: await pythonOnly() });
    const early: [string, boolean][] = [];
    host.first = (first) => {
      const isLate = host.reports.includes("downloading mypy");
      early.push([initialized(first, request.storage), isLate]);
    };
    const launch = await findLaunch(request, host);
    assert.match(initialized(launch, request.storage), /"name": ?"python-expert"/);
    assert.match(early[0]?.[0] ?? "", /"name": ?"python-expert"/);
    assert.deepEqual(
      [early.length, early[0]?.[1]],
      [1, false],
      "the server answers before mypy is installed",
    );
    assert.ok(host.lines.some((line) => line.startsWith("Successfully installed")));
    assert.ok(host.reports.includes("downloading mypy"));
    assert.deepEqual(await findLaunch(request, host), launch);
    assert.equal(host.titles.length, 1);
    const selected = await findLaunch({ ...real(), selected: launch.command }, host);
    assert.equal(selected.command, launch.command);
    assert.match(selected.why, /selected interpreter/);
    for (const serverPath of [launch.command, siblingOf(launch, "python-expert")]) {
      const configured = await findLaunch({ ...real(), serverPath }, host);
      assert.equal(configured.version, request.version);
    }
  });

  it("with uv provides a working server", async () => {
    const uv = uvOnPath();
    const request = real();
    const host = fake.newHost([], {
      ...process.env,
      PATH: [dirname(uv), await pythonOnly()].join(delimiter),
    });
    const launch = await findLaunch(request, host);
    assert.match(initialized(launch, request.storage), /"name": ?"python-expert"/);
    assert.ok(host.lines.some((line) => /^Installed \d+ packages/.test(line)));
  });

  const unreachable = "http://127.0.0.1:9/simple";
  it("with pip reports the unreachable index", async () => {
    const env = {
      PIP_INDEX_URL: unreachable,
      PIP_CONFIG_FILE: devNull,
      PIP_FIND_LINKS: "",
      PIP_RETRIES: "1",
    };
    const error = await fake.failure(
      findLaunch(real(), fake.newHost([], { ...environment(), ...env, PATH: await pythonOnly() })),
    );
    assert.match(error.message, /with pip .*cannot be reached.*refused/);
    assert.equal(error.remedy, "retry");
  });

  it("with uv reports the unreachable index", async () => {
    const uv = uvOnPath();
    const env = {
      UV_DEFAULT_INDEX: unreachable,
      UV_CACHE_DIR: fake.newFolder(),
      UV_HTTP_RETRIES: "0",
      PIP_CONFIG_FILE: devNull,
      PIP_FIND_LINKS: "",
      PIP_INDEX_URL: "",
    };
    const PATH = [dirname(uv), await pythonOnly()].join(delimiter);
    const error = await fake.failure(
      findLaunch(real(), fake.newHost([], { ...environment(), ...env, PATH })),
    );
    assert.match(error.message, /with uv .*cannot be reached.*127\.0\.0\.1:9.*refused/);
    assert.equal(error.remedy, "retry");
  });

  it("falls back from uv to pip and uses pip's index", async () => {
    const env = {
      PIP_INDEX_URL: unreachable,
      PIP_CONFIG_FILE: devNull,
      PIP_FIND_LINKS: "",
      PIP_RETRIES: "1",
      UV_CACHE_DIR: fake.newFolder(),
      UV_HTTP_RETRIES: "0",
    };
    const PATH = [dirname(uvOnPath()), await pythonOnly()].join(delimiter);
    const host = fake.newHost([], { ...environment(), ...env, PATH });
    const error = await fake.failure(findLaunch(real(), host));
    const first = host.lines.find((line) => line.endsWith("Trying it with pip."));
    assert.match(first ?? "", /with uv .*cannot be reached.*127\.0\.0\.1:9.*refused/);
    assert.match(error.message, /with pip .*cannot be reached.*refused/);
  });
});

/** Creates a request for the wheel that `npm run package` has built. */
function real(): ReturnType<typeof fake.newRequest> {
  const wheels = resolve("wheel");
  const wheel = existsSync(wheels) && readdirSync(wheels).find((name) => name.endsWith(".whl"));
  assert.ok(wheel, "there is no wheel: run `node scripts/wheel.mjs`");
  return fake.newRequest({ wheel: join(wheels, wheel), version: wheel.split("-")[1] ?? "" });
}

/** Returns a folder that contains a Python for the server and no uv. */
async function pythonOnly(): Promise<string> {
  const context = surroundings(real(), fake.newHost([], process.env));
  for (const { command, prefix } of interpreters(context)) {
    const { python } = await probe(command, context, prefix);
    const folder = python?.venv ? dirname(python.path) : "";
    if (folder && !existsSync(join(folder, UV))) return folder;
  }
  return assert.fail("no Python on the path, without uv beside it, can make an environment");
}

/** Returns the user's environment with an empty home folder. */
function environment(): NodeJS.ProcessEnv {
  const home = fake.newFolder();
  return { ...process.env, HOME: home, USERPROFILE: home };
}

function uvOnPath(): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, UV)).find(existsSync);
  assert.ok(found, "there is no uv on the PATH; it is among what pip installs for '.[dev]'");
  return found;
}

function siblingOf({ command }: Launch, name: string): string {
  return join(dirname(command), executable(name));
}

/** Returns the server's answer to `initialize`. */
function initialized({ command, args }: Launch, cwd: string): string {
  const content = JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { processId: null, rootUri: null, capabilities: {} },
  });
  const input = `Content-Length: ${content.length}\r\n\r\n${content}`;
  return spawnSync(command, args, { cwd, input, encoding: "utf8", timeout: MINUTES }).stdout;
}
