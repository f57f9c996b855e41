import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mock } from "node:test";
import { findLaunch } from "../../src/launch/launch";
import { run } from "../../src/launch/process";
import { isOlder } from "../../src/launch/python";
import { type Files, guardedPath, whyNotExecutable } from "../../src/launch/surroundings";
import * as fake from "./fixtures/launch";

const MODULE = ["-I", "-X", "utf8", "-m", "python_expert", "server"];

// The fakes are shell scripts.
(process.platform === "win32" ? describe.skip : describe)("the server that is started", () => {
  let bin: string;
  beforeEach(() => {
    bin = fake.newFolder();
  });
  afterEach(fake.clear);

  /** What is found where uv could install, so that falling back would be seen. */
  function find(changes: Parameters<typeof fake.newRequest>[0], host = fake.newHost([bin])) {
    fake.uv(join(bin, "uv"));
    return findLaunch(fake.newRequest(changes), host);
  }

  describe("by the setting", () => {
    it("is the python-expert that it names", async () => {
      const serverPath = fake.script(join(bin, "python-expert"), "echo python-expert 1.3.0");
      const launch = await find({ serverPath });
      assert.deepEqual([launch.command, launch.args], [serverPath, ["server"]]);
      assert.equal(launch.version, "1.3.0");
    });

    it("is asked for its version such that what it says is UTF-8, on Windows too", async () => {
      const serverPath = fake.script(join(bin, "pe"), 'echo "no ü, but $PYTHONUTF8"; exit 1');
      assert.match((await fake.failure(find({ serverPath }))).message, /no ü, but 1/);
    });

    it("is that of the Python that it names", async () => {
      const serverPath = fake.python(join(bin, "python3"), { server: "1.2.0" });
      const launch = await find({ serverPath });
      assert.deepEqual([launch.command, launch.args], [serverPath, MODULE]);
    });

    it("may be in the home folder, written ~", async () => {
      const host = fake.newHost([bin]);
      const path = fake.script(join(String(host.env.HOME), "x", "pe"), "echo python-expert 1.2.0");
      assert.equal((await find({ serverPath: "~/x/pe" }, host)).command, path);
    });

    const wrong: [string, RegExp, (path: string) => void][] = [
      ["a path where nothing is", /does not exist/, () => {}],
      ["a folder", /is not a file/, (path) => mkdirSync(path)],
      ["a file that is not executable", /is not executable/, (path) => writeFileSync(path, "")],
      ["another program", /it printed: hello/, (path) => fake.script(path, "echo hello")],
      ["what says nothing", /it printed: nothing/, (path) => fake.script(path, "")],
      [
        "what exits at once",
        /status 3 and said: boom/,
        (path) => fake.script(path, "echo boom >&2; exit 3"),
      ],
      ["a Python without it", /without python-expert/, (path) => fake.python(path)],
      [
        "Python 3.8",
        /is Python 3\.8\.18; 3\.11 or newer/,
        (path) => fake.python(path, { version: "3.8.18" }),
      ],
      [
        "a script whose Python is gone",
        /first line names, is missing/,
        (path) => {
          writeFileSync(path, "#!/nonexistent/python\n");
          chmodSync(path, 0o755);
        },
      ],
    ];
    for (const [what, message, write] of wrong) {
      it(`is refused with its reason if it is ${what}, and nothing else is started`, async () => {
        const serverPath = join(bin, "configured");
        write(serverPath);
        const selected = fake.python(join(bin, "selected"), { server: "1.2.0" });
        const error = await fake.failure(find({ serverPath, selected }));
        assert.match(error.message, message);
        assert.ok(error.message.includes(serverPath), error.message);
        assert.equal(error.remedy, "set-server-path");
      });
    }

    it("must be absolute", async () => {
      const error = await fake.failure(find({ serverPath: "bin/python-expert" }));
      assert.match(error.message, /bin\/python-expert is not an absolute path/);
    });
  });

  describe("by the selected interpreter", () => {
    it("is its own, if it has it", async () => {
      const selected = fake.python(join(bin, "venv", "python"), { server: "1.10.0" });
      const launch = await find({ selected, version: "1.9.0" });
      assert.deepEqual([launch.command, launch.args], [selected, MODULE]);
      assert.equal(launch.version, "1.10.0");
    });

    it("is asked even if what starts it prints something of its own", async () => {
      const also = "echo welcome; echo 3; echo null; trap 'echo bye' EXIT";
      const selected = fake.python(join(bin, "noisy"), { server: "1.2.0", also });
      assert.equal((await find({ selected })).command, selected);
    });

    const passed: [string, RegExp, (path: string) => void][] = [
      ["does not exist", /does not exist/, () => {}],
      [
        "is Python 3.8",
        /is Python 3\.8\.18, older than 3\.11/,
        (path) => fake.python(path, { version: "3.8.18" }),
      ],
      ["has no python-expert", /has no python-expert/, (path) => fake.python(path)],
      [
        "has an older one",
        /has python-expert 1\.1\.9, older than 1\.2\.0/,
        (path) => fake.python(path, { server: "1.1.9" }),
      ],
      ["exits at once", /ended with status 1/, (path) => fake.script(path, "exit 1")],
      ["crashes", /ended with SIGSEGV/, (path) => fake.script(path, "kill -SEGV $$")],
      ["is no Python", /did not answer as a Python/, (path) => fake.script(path, "echo '[]'")],
    ];
    for (const [what, sentence, write] of passed) {
      it(`is passed over if that ${what}, and the log says so`, async () => {
        const selected = join(bin, "selected");
        write(selected);
        const host = fake.newHost([bin]);
        const launch = await find({ selected }, host);
        assert.match(launch.why, /private environment/);
        const said = host.lines.find((line) => line.includes(selected));
        assert.match(said ?? "", sentence);
      });
    }

    it("is passed over if that hangs, and what it has started is ended", async () => {
      const pid = join(bin, "pid");
      const selected = fake.script(join(bin, "hangs"), `sleep 600 & echo $! > "${pid}"; wait`);
      const host = fake.newHost([bin]);
      mock.timers.enable({ apis: ["setTimeout"] });
      try {
        const launch = find({ selected }, host);
        await fake.until("it hangs", () => fake.content(pid).endsWith("\n"));
        mock.timers.tick(10_000);
        assert.match((await launch).why, /private environment/);
      } finally {
        mock.timers.reset();
      }
      assert.ok(host.lines.some((line) => line.includes("did not end within 10 seconds")));
      await fake.until("the child is gone", () => !isAlive(Number(fake.content(pid))));
    });

    for (const version of ["2.7.18", "3.6.15", "3.8.18"]) {
      it(`survives a real Python ${version}`, async function () {
        const selected = join(process.env.PYENV_ROOT ?? "", "versions", version, "bin", "python");
        if (!fake.content(selected)) this.skip();
        const host = fake.newHost([bin]);
        await find({ selected }, host);
        const said = host.lines.find((line) => line.includes(selected.slice(0, -6)));
        assert.ok(said?.includes(`is Python ${version}, older than 3.11.`), said);
      });
    }
  });

  describe("in a folder that is not trusted", () => {
    let workspace: string;
    let ran: string;
    beforeEach(() => {
      workspace = fake.newFolder();
      ran = join(fake.newFolder(), "ran");
    });

    /** An executable that takes note of being run. */
    function trap(path: string): string {
      return fake.script(path, `echo "$0 $*" >> "${ran}"; exit 1`);
    }

    async function findUntrusted(path: string[], changes = {}) {
      const request = fake.newRequest({ trusted: false, folders: [workspace], ...changes });
      const host = fake.newHost(path);
      return findLaunch(request, host);
    }

    it("is found without running what lies there, by whatever way it is on the path", async () => {
      for (const name of ["uv", "python", "python3", "python3.12"]) {
        trap(join(workspace, ".venv", "bin", name));
        symlinkSync(join(workspace, ".venv", "bin", name), join(bin, name));
      }
      const link = join(fake.newFolder(), "link");
      symlinkSync(workspace, link);
      const inside = join(workspace, ".venv", "bin");
      const others = fake.newFolder();
      const seen = join(fake.newFolder(), "seen");
      fake.uv(join(others, "uv"), { also: `echo "$SEEN" > "${seen}"` });
      const cwd = process.cwd();
      process.chdir(workspace);
      try {
        const path = [inside, bin, join(link, ".venv", "bin"), ".venv/bin", "", others];
        const launch = await findUntrusted(path, { selected: join(inside, "python") });
        assert.match(launch.why, /private environment/);
      } finally {
        process.chdir(cwd);
      }
      assert.equal(fake.content(ran), "");
      assert.equal(fake.content(seen).trim(), others);
    });

    it("is found so too where the folder was opened by way of a link", async () => {
      const link = join(fake.newFolder(), "link");
      symlinkSync(workspace, link);
      trap(join(workspace, "bin", "uv"));
      fake.uv(join(bin, "uv"));
      await findUntrusted([join(workspace, "bin"), bin], { folders: [link] });
      assert.equal(fake.content(ran), "");
    });

    it("runs without what lies there on its path, and with VS Code's own once it is trusted", () => {
      const link = join(fake.newFolder(), "link");
      symlinkSync(workspace, link);
      const inside = [join(workspace, "bin"), join(link, "bin"), workspace, "bin", ""];
      const env = { Path: [inside[0], bin, ...inside.slice(1), "/usr/bin"].join(":"), X: "y" };
      const trust = { folders: [workspace], storage: fake.newFolder() };
      assert.deepEqual(guardedPath(env, { ...trust, trusted: false }), { Path: `${bin}:/usr/bin` });
      assert.deepEqual(guardedPath(env, { ...trust, trusted: true }), {});
      const harmless = { PATH: `${bin}:/usr/bin` };
      const change = guardedPath(harmless, { ...trust, trusted: false });
      assert.deepEqual(change, {}, "then trust changes nothing, and nothing is started anew");
      assert.deepEqual(guardedPath({}, { ...trust, trusted: false }), {});
    });

    it("is not the configured one if that lies there", async () => {
      const serverPath = trap(join(workspace, "python-expert"));
      const error = await fake.failure(findUntrusted([], { serverPath }));
      assert.match(error.message, /lies in the workspace, which is not trusted/);
      assert.equal(fake.content(ran), "");
    });

    it("is found where the folder is the home folder, which has the storage in it", async () => {
      fake.uv(join(bin, "uv"));
      const request = { storage: join(workspace, ".config", "storage") };
      const launch = await findUntrusted([bin], request);
      assert.ok(launch.command.startsWith(request.storage));
    });
  });

  it("is not installed with what a relative entry of the path leads to", async () => {
    const workspace = fake.newFolder();
    fake.uv(join(workspace, "tools", "uv"));
    const cwd = process.cwd();
    process.chdir(workspace);
    try {
      const launch = findLaunch(fake.newRequest(), fake.newHost(["tools", "", "."]));
      assert.equal((await fake.failure(launch)).remedy, "install-python");
    } finally {
      process.chdir(cwd);
    }
  });

  it("is installed from outside the workspace, so that nothing in it is imported", async () => {
    const workspace = fake.newFolder();
    const uv = fake.uv(join(bin, "uv"));
    const cwd = process.cwd();
    process.chdir(workspace);
    try {
      const request = fake.newRequest({ folders: [workspace] });
      await findLaunch(request, fake.newHost([bin]));
      assert.deepEqual(
        new Set(fake.content(`${uv}.cwd`).trim().split("\n")),
        new Set([request.storage]),
      );
    } finally {
      process.chdir(cwd);
    }
  });
});

describe("a Python of the Microsoft Store", () => {
  /** What Node says of aliases on Windows: they can be opened, and not be followed. */
  function aliases(code: string, changes: Partial<Files> = {}): Files {
    const stat = () => {
      throw Object.assign(new Error("stat"), { code });
    };
    const lstat = () => ({ isDirectory: () => false });
    return { windows: true, stat, lstat, access: () => {}, ...changes };
  }

  it("is not said to be missing", () => {
    for (const code of ["EACCES", "UNKNOWN", "EPERM"]) {
      assert.equal(whyNotExecutable("C:\\Apps\\python.exe", aliases(code)), "");
    }
  });

  const refuse = () => {
    throw new Error("no");
  };
  const missing: [string, Files][] = [
    ["nothing is there", aliases("ENOENT")],
    ["a folder is no folder", aliases("ENOTDIR")],
    ["it cannot be seen at all", aliases("EACCES", { lstat: refuse })],
    ["it is a folder", aliases("EACCES", { lstat: () => ({ isDirectory: () => true }) })],
    ["this is not Windows", aliases("EACCES", { windows: false })],
  ];
  for (const [why, files] of missing) {
    it(`does not exist where ${why}`, () => {
      assert.equal(whyNotExecutable("C:\\Apps\\python.exe", files), "does not exist");
    });
  }

  it("is not executable where it may not be run", () => {
    const files = aliases("EACCES", { access: refuse });
    assert.equal(whyNotExecutable("C:\\Apps\\python.exe", files), "is not executable");
  });
});

describe("versions", () => {
  const older: [string, string][] = [
    ["1.9.0", "1.10.0"],
    ["0.9", "1.0.0"],
    ["1.2.0", "1.2.0.1"],
    ["3.8.18", "3.11"],
    ["1.1.9rc1", "1.2.0"],
    ["nonsense", "0.1"],
  ];
  for (const [left, right] of older) {
    it(`${left} is older than ${right}`, () => {
      assert.equal(isOlder(left, right), true);
      assert.equal(isOlder(right, left), false);
    });
  }
  for (const same of ["1.2", "1.2.0", "1.2.0rc1", "1.2.0.dev3", "1.2.0-beta.4", "1.2.0+local.7"]) {
    it(`${same} counts as 1.2.0`, () => {
      assert.equal(isOlder(same, "1.2.0") || isOlder("1.2.0", same), false);
    });
  }
});

(process.platform === "win32" ? describe.skip : describe)("a program that is run", () => {
  const options = { cwd: "/", env: { PATH: "/usr/bin:/bin" }, seconds: 5 };
  afterEach(fake.clear);

  it("is ended with what it has started when its time is over or the user cancels", async () => {
    const pid = join(fake.newFolder(), "pid");
    const text = `sleep 600 & echo $! > "${pid}"; wait`;
    for (const how of ["deadline", "cancel"]) {
      const abort = new AbortController();
      const seconds = how === "deadline" ? 0.3 : 60;
      const ended = run("/bin/sh", ["-c", text], { ...options, seconds, signal: abort.signal });
      await fake.until("it has started", () => fake.content(pid).endsWith("\n"));
      if (how === "cancel") abort.abort();
      assert.match((await ended).trouble, how === "cancel" ? /cancelled/ : /did not end within/);
      await fake.until("its child is gone", () => !isAlive(Number(fake.content(pid))));
      writeFileSync(pid, "");
    }
  });

  it("is not waited for when only a daemon of its holds the output open", async () => {
    const daemon = `echo said; setsid sleep 600 & echo $!`;
    const { stdout, trouble } = await run("/bin/sh", ["-c", daemon], options);
    const [said, pid] = stdout.trim().split("\n");
    process.kill(Number(pid));
    assert.deepEqual([said, trouble], ["said", ""]);
  });

  it("gives its lines whole, in whatever pieces they come", async () => {
    const lines: string[] = [];
    const text = "printf 'gr'; sleep 0.1; printf 'ü\\303'; sleep 0.1; printf '\\244n\\r\\n\\nlast'";
    await run("/bin/sh", ["-c", text], { ...options, onLine: (line) => lines.push(line) });
    assert.deepEqual(lines, ["grüän", "last"]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A child that nobody waits for stays in the table as a zombie.
    return !/^State:\s*Z/m.test(fake.content(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}
