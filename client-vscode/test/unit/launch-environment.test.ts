import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findLaunch, type Launch, type Request, repair } from "../../src/launch/launch";
import * as fake from "./fixtures/launch";

(process.platform === "win32" ? describe.skip : describe)("the private environment", () => {
  let bin: string;
  let uv: string;
  let request: Request;
  let host: fake.Heard;
  beforeEach(() => {
    bin = fake.newFolder();
    uv = fake.uv(join(bin, "uv"));
    request = fake.newRequest();
    host = fake.newHost([bin]);
  });
  afterEach(fake.clear);

  const find = (changes: Partial<Request> = {}) => findLaunch({ ...request, ...changes }, host);

  it("is made at the first start with progress, and used at the next without", async () => {
    const first = await find();
    assert.match(basename(folderOf(first)), /^server-1\.2\.0-/);
    assert.equal(dirname(folderOf(first)), request.storage);
    assert.deepEqual(first.args, ["-I", "-X", "utf8", "-m", "python_expert", "server"]);
    assert.ok(host.reports.includes("downloading what it needs"));
    assert.deepEqual(await find(), first);
    assert.equal(host.titles.length, 1);
  });

  it("is ready for the server and ruff before the rest is downloaded", async () => {
    const steps = () =>
      host.lines.filter((line) => /^(Running|uv) .*pip install/.test(line)).map(String);
    const begun: [Launch, number][] = [];
    host.first = (launch) => begun.push([launch, steps().length]);
    const found = await find();
    const ran = steps().filter((line) => line.startsWith("Running"));
    assert.match(ran[0] ?? "", /--no-deps python-expert @ file:.* orjson packaging ruff$/);
    assert.match(ran[1] ?? "", /python-expert @ file:\S+\.whl$/);
    assert.deepEqual(
      begun.map(([launch]) => launch),
      [found],
    );
    assert.ok((begun[0]?.[1] ?? 9) < steps().length, "the second step came after it");
  });

  it("is made anew when the extension is updated", async () => {
    const first = await find();
    fake.uv(uv, { server: "1.3.0" });
    const second = await find({ version: "1.3.0" });
    assert.equal(second.version, "1.3.0");
    assert.notEqual(second.command, first.command);
    assert.deepEqual(await find(), first, "a window with the old extension lost its server");
  });

  it("is made anew when the wheel is another build of the same version", async () => {
    const first = await find();
    writeFileSync(request.wheel, "another");
    assert.notEqual((await find()).command, first.command);
  });

  it("is used even if the wheel has gone since", async () => {
    const first = await find();
    rmSync(request.wheel);
    assert.deepEqual(await find(), first);
  });

  const broken: [string, (launch: Launch) => void][] = [
    ["its Python has gone", ({ command }) => rmSync(command)],
    ["it has gone", (launch) => rmSync(folderOf(launch), { recursive: true })],
    ["it has lost the server", ({ command }) => fake.python(command)],
    ["it has an older server", ({ command }) => fake.python(command, { server: "1.1.0" })],
    ["its Python crashes", ({ command }) => fake.script(command, "kill -SEGV $$")],
    ["the pointer to it is garbage", () => writeFileSync(pointer(), "{")],
    ["the pointer to it is empty", () => writeFileSync(pointer(), "")],
    [
      "the pointer leads out of the storage",
      () => {
        fake.python(join(request.storage, "..", "x", "bin", "python"), { server: "1.2.0" });
        const wheel = JSON.parse(fake.content(pointer())).wheel;
        writeFileSync(pointer(), JSON.stringify({ folder: "../x", wheel }));
      },
    ],
  ];
  const pointer = () => join(request.storage, "server-1.2.0.json");
  for (const [what, harm] of broken) {
    it(`is made anew, once, when ${what}`, async () => {
      const first = await find();
      harm(first);
      const second = await find();
      assert.notEqual(second.command, first.command);
      assert.deepEqual(await find(), second);
      assert.equal(host.titles.length, 2);
    });
  }

  it("is not made again and again if the one just made does not work", async () => {
    fake.uv(uv, { also: 'printf "#!/bin/sh\\nexit 9\\n" > "$folder/bin/python"' });
    const error = await fake.failure(find());
    assert.match(error.message, /installed its server, but it does not start: .*status 9/);
    assert.equal(error.remedy, "show-logs");
    assert.equal(host.titles.length, 1);
    assert.deepEqual(fake.environments(request), []);
  });

  it("is made anew by a repair, although it seems to work", async () => {
    const first = await find();
    const second = await repair(request, host);
    assert.notEqual(second.command, first.command);
    assert.deepEqual(await find(), second);
  });

  it("stays as it was if a repair fails", async () => {
    const first = await find();
    fake.script(uv, "echo certificate; exit 1");
    await fake.failure(repair(request, host));
    assert.deepEqual(await find(), first);
  });

  it("is never one whose installation was broken off", async () => {
    mkdirSync(join(request.storage, "server-1.2.0-broken", "bin"), { recursive: true });
    writeFileSync(join(request.storage, "server-1.2.0-broken.json"), '{"folder": "server-1.2.0-br');
    const launch = await find();
    assert.notEqual(basename(folderOf(launch)), "server-1.2.0-broken");
  });

  it("is one and the same for windows that install at once", async () => {
    const launches = await Promise.all([find(), find(), find(), find()]);
    for (const { command } of launches) assert.ok(existsSync(command), `${command} was taken away`);
    assert.ok(launches.some(({ command }) => command.startsWith(pointedTo())));
    assert.ok((await find()).command.startsWith(pointedTo()));
  });

  it("is that of the window that was ready first", async () => {
    const signs = fake.newFolder();
    const [begun, go] = [join(signs, "begun"), join(signs, "go")];
    fake.uv(uv, { also: `touch "${begun}"; while [ ! -e "${go}" ]; do sleep 0.02; done` });
    const slow = find();
    await fake.until("the first window installs", () => existsSync(begun));
    fake.uv(join(bin, "quick", "uv"));
    const quick = await findLaunch(request, fake.newHost([join(bin, "quick")]));
    writeFileSync(go, "");
    assert.deepEqual(await slow, quick);
    assert.deepEqual(fake.environments(request), [basename(folderOf(quick))]);
  });

  it("is removed when no window has used it for seven days", async () => {
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

  it("is not removed by an update as long as a window uses it", async () => {
    const old = await find();
    age(folderOf(old), 8);
    await find();
    fake.uv(uv, { server: "1.3.0" });
    await find({ version: "1.3.0" });
    await find({ version: "1.3.0" });
    assert.deepEqual(await find(), old);
  });

  it("leaves nothing behind when the user cancels", async () => {
    const [begun, pid] = [join(bin, "begun"), join(bin, "pid")];
    fake.uv(uv, { also: `echo $$ > "${pid}"; touch "${begun}"; sleep 600` });
    const launch = find();
    await fake.until("it installs", () => existsSync(begun));
    host.abort.abort();
    const error = await fake.failure(launch);
    assert.match(error.message, /was cancelled/);
    assert.equal(error.remedy, "retry");
    assert.deepEqual(fake.environments(request), []);
    assert.throws(() => process.kill(Number(fake.content(pid)), 0), "uv still runs");
  });

  it("needs the wheel, and says where it should be", async () => {
    for (const wheel of [`${request.wheel}.gone`, dirname(request.wheel)]) {
      const error = await fake.failure(find({ wheel }));
      assert.ok(error.message.includes(wheel), error.message);
      assert.match(error.message, /is missing\. Install the extension again/);
    }
  });

  it("cannot be made where the storage is a file, and the message names it", async () => {
    writeFileSync(request.storage, "");
    const error = await fake.failure(find());
    assert.ok(error.message.includes(request.storage), error.message);
  });

  it("cannot be made where the storage is read-only, and the message names it", async function () {
    if (process.getuid?.() === 0) this.skip();
    mkdirSync(request.storage, { mode: 0o555 });
    const error = await fake.failure(find());
    assert.match(error.message, /a file cannot be written/);
    assert.ok(error.message.includes(request.storage), error.message);
    chmodSync(request.storage, 0o755);
  });

  it("is used where the storage has become read-only", async function () {
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

/** The environment's folder. */
function folderOf({ command }: Launch): string {
  return dirname(dirname(command));
}

/** Makes a folder look as if it was not used for some days. */
function age(folder: string, days: number): void {
  const then = new Date(Date.now() - days * 24 * 3_600_000);
  utimesSync(folder, then, then);
}
