import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findLaunch, type Launch, type Request, repair } from "../../src/launch/launch";
import * as fake from "./fixtures/launch";

(process.platform === "win32" ? describe.skip : describe)("the private environment", () => {
  let bin: string;
  let uv: string;
  let request: Request;
  let host: fake.RecordingHost;
  beforeEach(() => {
    bin = fake.newFolder();
    uv = fake.uv(join(bin, "uv"));
    request = fake.newRequest();
    host = fake.newHost([bin]);
  });
  afterEach(fake.clear);

  const find = (changes: Partial<Request> = {}) => findLaunch({ ...request, ...changes }, host);

  it("is created with progress at the first start and reused without", async () => {
    const first = await find();
    assert.match(basename(folderOf(first)), /^server-1\.2\.0-/);
    assert.equal(dirname(folderOf(first)), request.storage);
    assert.deepEqual(first.args, ["-I", "-X", "utf8", "-m", "python_expert", "server"]);
    assert.ok(host.reports.includes("downloading what it needs"));
    assert.deepEqual(await find(), first);
    assert.equal(host.titles.length, 1);
  });

  it("can start the server with ruff before the other tools are installed", async () => {
    const steps = () =>
      host.lines.filter((line) => /^(Running|uv) .*pip install/.test(line)).map(String);
    const calls: [Launch, number][] = [];
    host.first = (launch) => calls.push([launch, steps().length]);
    const found = await find();
    const ran = steps().filter((line) => line.startsWith("Running"));
    assert.match(ran[0] ?? "", /--no-deps python-expert @ file:.* orjson packaging ruff$/);
    assert.match(ran[1] ?? "", /python-expert @ file:\S+\.whl$/);
    assert.deepEqual(
      calls.map(([launch]) => launch),
      [found],
    );
    assert.ok((calls[0]?.[1] ?? 9) < steps().length, "the second step came after it");
  });

  it("is created again when the extension is updated", async () => {
    const first = await find();
    fake.uv(uv, { server: "1.3.0" });
    const second = await find({ version: "1.3.0" });
    assert.equal(second.version, "1.3.0");
    assert.notEqual(second.command, first.command);
    assert.deepEqual(await find(), first, "a window with the old extension lost its server");
  });

  it("is created again for another build of the same version", async () => {
    const first = await find();
    writeFileSync(request.wheel, "another");
    assert.notEqual((await find()).command, first.command);
  });

  it("is used even if the wheel is missing", async () => {
    const first = await find();
    rmSync(request.wheel);
    assert.deepEqual(await find(), first);
  });

  const broken: [string, (launch: Launch) => void][] = [
    ["its Python is missing", ({ command }) => rmSync(command)],
    ["its folder is missing", (launch) => rmSync(folderOf(launch), { recursive: true })],
    ["its server is missing", ({ command }) => fake.python(command)],
    ["it has an older server", ({ command }) => fake.python(command, { server: "1.1.0" })],
    ["its Python crashes", ({ command }) => fake.script(command, "kill -SEGV $$")],
    ["the pointer is invalid", () => writeFileSync(pointer(), "{")],
    ["the pointer is empty", () => writeFileSync(pointer(), "")],
    [
      "the pointer refers to a folder outside the storage",
      () => {
        fake.python(join(request.storage, "..", "x", "bin", "python"), { server: "1.2.0" });
        const wheel = JSON.parse(fake.content(pointer())).wheel;
        writeFileSync(pointer(), JSON.stringify({ folder: "../x", wheel }));
      },
    ],
  ];
  const pointer = () => join(request.storage, "server-1.2.0.json");
  for (const [what, damage] of broken) {
    it(`is created again once if ${what}`, async () => {
      const first = await find();
      damage(first);
      const second = await find();
      assert.notEqual(second.command, first.command);
      assert.deepEqual(await find(), second);
      assert.equal(host.titles.length, 2);
    });
  }

  it("is not created repeatedly if it does not work", async () => {
    fake.uv(uv, { also: 'printf "#!/bin/sh\\nexit 9\\n" > "$folder/bin/python"' });
    const error = await fake.failure(find());
    assert.match(error.message, /installed its server, but it does not start: .*status 9/);
    assert.equal(error.remedy, "show-logs");
    assert.equal(host.titles.length, 1);
    assert.deepEqual(fake.environments(request), []);
  });

  it("is created again by repair although it seems to work", async () => {
    const first = await find();
    const second = await repair(request, host);
    assert.notEqual(second.command, first.command);
    assert.deepEqual(await find(), second);
  });

  it("is unchanged if repair fails", async () => {
    const first = await find();
    fake.script(uv, "echo certificate; exit 1");
    await fake.failure(repair(request, host));
    assert.deepEqual(await find(), first);
  });

  it("is never an incomplete installation", async () => {
    mkdirSync(join(request.storage, "server-1.2.0-broken", "bin"), { recursive: true });
    writeFileSync(join(request.storage, "server-1.2.0-broken.json"), '{"folder": "server-1.2.0-br');
    const launch = await find();
    assert.notEqual(basename(folderOf(launch)), "server-1.2.0-broken");
  });

  it("is shared by windows that install at the same time", async () => {
    const launches = await Promise.all([find(), find(), find(), find()]);
    for (const { command } of launches) assert.ok(existsSync(command), `${command} was removed`);
    assert.ok(launches.some(({ command }) => command.startsWith(pointedTo())));
    assert.ok((await find()).command.startsWith(pointedTo()));
  });

  it("is the one of the window that finished first", async () => {
    const signs = fake.newFolder();
    const [started, go] = [join(signs, "started"), join(signs, "go")];
    fake.uv(uv, { also: `touch "${started}"; while [ ! -e "${go}" ]; do sleep 0.02; done` });
    const slow = find();
    await fake.until("the first window installs", () => existsSync(started));
    fake.uv(join(bin, "quick", "uv"));
    const quick = await findLaunch(request, fake.newHost([join(bin, "quick")]));
    writeFileSync(go, "");
    assert.deepEqual(await slow, quick);
    assert.deepEqual(fake.environments(request), [basename(folderOf(quick))]);
  });

  it("is removed if no window has used it for seven days", async () => {
    const old = folderOf(await find());
    const recent = folderOf(await repair(request, host));
    const current = folderOf(await repair(request, host));
    const half = join(request.storage, "server-0.9.0-half.old");
    mkdirSync(join(half, "lib"), { recursive: true });
    for (const folder of [old, current, half]) age(folder, 8);
    age(recent, 6);
    await find();
    await fake.until("the old ones are removed", () => fake.environments(request).length === 2);
    assert.deepEqual(
      new Set(fake.environments(request)),
      new Set([recent, current].map((path) => basename(path))),
    );
  });

  it("is not removed by an update while a window uses it", async () => {
    const old = await find();
    age(folderOf(old), 8);
    await find();
    fake.uv(uv, { server: "1.3.0" });
    await find({ version: "1.3.0" });
    await find({ version: "1.3.0" });
    assert.deepEqual(await find(), old);
  });

  it("is removed if the user cancels the installation", async () => {
    const [started, pid] = [join(bin, "started"), join(bin, "pid")];
    fake.uv(uv, { also: `echo $$ > "${pid}"; touch "${started}"; sleep 600` });
    const launch = find();
    await fake.until("the installation runs", () => existsSync(started));
    host.abort.abort();
    const error = await fake.failure(launch);
    assert.match(error.message, /was cancelled/);
    assert.equal(error.remedy, "retry");
    assert.deepEqual(fake.environments(request), []);
    assert.throws(() => process.kill(Number(fake.content(pid)), 0), "uv still runs");
  });

  it("requires the wheel and reports its expected path", async () => {
    for (const wheel of [`${request.wheel}.gone`, dirname(request.wheel)]) {
      const error = await fake.failure(find({ wheel }));
      assert.ok(error.message.includes(wheel), error.message);
      assert.match(error.message, /is missing\. Install the extension again/);
    }
  });

  it("reports the path of the storage if that is a file", async () => {
    writeFileSync(request.storage, "");
    const error = await fake.failure(find());
    assert.ok(error.message.includes(request.storage), error.message);
  });

  it("reports the path of the storage if that is read-only", async function () {
    if (process.getuid?.() === 0) this.skip();
    mkdirSync(request.storage, { mode: 0o555 });
    const error = await fake.failure(find());
    assert.match(error.message, /a file cannot be written/);
    assert.ok(error.message.includes(request.storage), error.message);
    chmodSync(request.storage, 0o755);
  });

  it("is used if the storage is read-only", async function () {
    if (process.getuid?.() === 0) this.skip();
    const first = await find();
    chmodSync(request.storage, 0o555);
    assert.deepEqual(await find(), first);
    chmodSync(request.storage, 0o755);
  });

  function pointedTo(): string {
    return join(request.storage, JSON.parse(fake.content(pointer())).folder);
  }
});

/** Returns the folder of a launch's environment. */
function folderOf({ command }: Launch): string {
  return dirname(dirname(command));
}

/** Sets the time of a folder's last use to some days ago. */
function age(folder: string, days: number): void {
  const then = new Date(Date.now() - days * 24 * 3_600_000);
  utimesSync(folder, then, then);
}
