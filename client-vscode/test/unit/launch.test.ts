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
(process.platform === "win32" ? describe.skip : describe)("findLaunch", () => {
  let bin: string;
  beforeEach(() => {
    bin = fake.newFolder();
  });
  afterEach(fake.clear);

  /** Calls `findLaunch` with a working uv, so that a fallback to an installation is detected. */
  function find(changes: Parameters<typeof fake.newRequest>[0], host = fake.newHost([bin])) {
    fake.uv(join(bin, "uv"));
    return findLaunch(fake.newRequest(changes), host);
  }

  describe("with the setting serverPath", () => {
    it("uses the executable that the setting names", async () => {
      const serverPath = fake.script(join(bin, "python-expert"), "echo python-expert 1.3.0");
      const launch = await find({ serverPath });
      assert.deepEqual([launch.command, launch.args], [serverPath, ["server"]]);
      assert.equal(launch.version, "1.3.0");
    });

    it("decodes the output of --version as UTF-8", async () => {
      const serverPath = fake.script(join(bin, "pe"), 'echo "no ü, but $PYTHONUTF8"; exit 1');
      assert.match((await fake.failure(find({ serverPath }))).message, /no ü, but 1/);
    });

    it("uses the server of the Python that the setting names", async () => {
      const serverPath = fake.python(join(bin, "python3"), { server: "1.2.0" });
      const launch = await find({ serverPath });
      assert.deepEqual([launch.command, launch.args], [serverPath, MODULE]);
    });

    it("expands ~ to the home folder", async () => {
      const host = fake.newHost([bin]);
      const path = fake.script(join(String(host.env.HOME), "x", "pe"), "echo python-expert 1.2.0");
      assert.equal((await find({ serverPath: "~/x/pe" }, host)).command, path);
    });

    const wrong: [string, RegExp, (path: string) => void][] = [
      ["a missing file", /does not exist/, () => {}],
      ["a folder", /is not a file/, (path) => mkdirSync(path)],
      ["a file that is not executable", /is not executable/, (path) => writeFileSync(path, "")],
      ["another program", /it printed: hello/, (path) => fake.script(path, "echo hello")],
      ["a program without output", /it printed: nothing/, (path) => fake.script(path, "")],
      [
        "a program that exits with an error",
        /status 3 and said: boom/,
        (path) => fake.script(path, "echo boom >&2; exit 3"),
      ],
      ["a Python without python-expert", /without python-expert/, (path) => fake.python(path)],
      [
        "Python 3.8",
        /is Python 3\.8\.18; 3\.11 or newer/,
        (path) => fake.python(path, { version: "3.8.18" }),
      ],
      [
        "a script with a missing interpreter",
        /first line names, is missing/,
        (path) => {
          writeFileSync(path, "#!/nonexistent/python\n");
          chmodSync(path, 0o755);
        },
      ],
    ];
    for (const [what, message, write] of wrong) {
      it(`rejects ${what} with the reason and starts no other server`, async () => {
        const serverPath = join(bin, "configured");
        write(serverPath);
        const selected = fake.python(join(bin, "selected"), { server: "1.2.0" });
        const error = await fake.failure(find({ serverPath, selected }));
        assert.match(error.message, message);
        assert.ok(error.message.includes(serverPath), error.message);
        assert.equal(error.remedy, "set-server-path");
      });
    }

    it("rejects a relative path", async () => {
      const error = await fake.failure(find({ serverPath: "bin/python-expert" }));
      assert.match(error.message, /bin\/python-expert is not an absolute path/);
    });
  });

  describe("with a selected interpreter", () => {
    it("uses the interpreter's server if it has one", async () => {
      const selected = fake.python(join(bin, "venv", "python"), { server: "1.10.0" });
      const launch = await find({ selected, version: "1.9.0" });
      assert.deepEqual([launch.command, launch.args], [selected, MODULE]);
      assert.equal(launch.version, "1.10.0");
    });

    it("ignores other output of the interpreter", async () => {
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
        "has an older python-expert",
        /has python-expert 1\.1\.9, older than 1\.2\.0/,
        (path) => fake.python(path, { server: "1.1.9" }),
      ],
      ["exits with an error", /ended with status 1/, (path) => fake.script(path, "exit 1")],
      ["crashes", /ended with SIGSEGV/, (path) => fake.script(path, "kill -SEGV $$")],
      ["is not a Python", /did not answer as a Python/, (path) => fake.script(path, "echo '[]'")],
    ];
    for (const [what, sentence, write] of passed) {
      it(`skips an interpreter that ${what} and logs the reason`, async () => {
        const selected = join(bin, "selected");
        write(selected);
        const host = fake.newHost([bin]);
        const launch = await find({ selected }, host);
        assert.match(launch.why, /private environment/);
        const entry = host.lines.find((line) => line.includes(selected));
        assert.match(entry ?? "", sentence);
      });
    }

    it("skips an interpreter that hangs and kills its child processes", async () => {
      const pid = join(bin, "pid");
      const selected = fake.script(join(bin, "hangs"), `sleep 600 & echo $! > "${pid}"; wait`);
      const host = fake.newHost([bin]);
      mock.timers.enable({ apis: ["setTimeout"] });
      try {
        const launch = find({ selected }, host);
        await fake.until("the interpreter hangs", () => fake.content(pid).endsWith("\n"));
        mock.timers.tick(10_000);
        assert.match((await launch).why, /private environment/);
      } finally {
        mock.timers.reset();
      }
      assert.ok(host.lines.some((line) => line.includes("did not end within 10 seconds")));
      await fake.until("the child process has ended", () => !isAlive(Number(fake.content(pid))));
    });

    for (const version of ["2.7.18", "3.6.15", "3.8.18"]) {
      it(`skips a real Python ${version}`, async function () {
        const selected = join(process.env.PYENV_ROOT ?? "", "versions", version, "bin", "python");
        if (!fake.content(selected)) this.skip();
        const host = fake.newHost([bin]);
        await find({ selected }, host);
        const entry = host.lines.find((line) => line.includes(selected.slice(0, -6)));
        assert.ok(entry?.includes(`is Python ${version}, older than 3.11.`), entry);
      });
    }
  });

  describe("in an untrusted workspace", () => {
    let workspace: string;
    let ran: string;
    beforeEach(() => {
      workspace = fake.newFolder();
      ran = join(fake.newFolder(), "ran");
    });

    /** Writes an executable that records its runs. */
    function trap(path: string): string {
      return fake.script(path, `echo "$0 $*" >> "${ran}"; exit 1`);
    }

    async function findUntrusted(path: string[], changes = {}) {
      const request = fake.newRequest({ trusted: false, folders: [workspace], ...changes });
      const host = fake.newHost(path);
      return findLaunch(request, host);
    }

    it("runs no program of the workspace, whichever path leads to it", async () => {
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

    it("runs no program of a workspace that was opened through a link", async () => {
      const link = join(fake.newFolder(), "link");
      symlinkSync(workspace, link);
      trap(join(workspace, "bin", "uv"));
      fake.uv(join(bin, "uv"));
      await findUntrusted([join(workspace, "bin"), bin], { folders: [link] });
      assert.equal(fake.content(ran), "");
    });

    it("removes the workspace from the server's path until it is trusted", () => {
      const link = join(fake.newFolder(), "link");
      symlinkSync(workspace, link);
      const inside = [join(workspace, "bin"), join(link, "bin"), workspace, "bin", ""];
      const env = { Path: [inside[0], bin, ...inside.slice(1), "/usr/bin"].join(":"), X: "y" };
      const trust = { folders: [workspace], storage: fake.newFolder() };
      assert.deepEqual(guardedPath(env, { ...trust, trusted: false }), { Path: `${bin}:/usr/bin` });
      assert.deepEqual(guardedPath(env, { ...trust, trusted: true }), {});
      const harmless = { PATH: `${bin}:/usr/bin` };
      const change = guardedPath(harmless, { ...trust, trusted: false });
      assert.deepEqual(change, {}, "the server would restart without need");
      assert.deepEqual(guardedPath({}, { ...trust, trusted: false }), {});
    });

    it("rejects a serverPath in the workspace", async () => {
      const serverPath = trap(join(workspace, "python-expert"));
      const error = await fake.failure(findUntrusted([], { serverPath }));
      assert.match(error.message, /lies in the workspace, which is not trusted/);
      assert.equal(fake.content(ran), "");
    });

    it("installs into the storage even if the workspace contains it", async () => {
      fake.uv(join(bin, "uv"));
      const request = { storage: join(workspace, ".config", "storage") };
      const launch = await findUntrusted([bin], request);
      assert.ok(launch.command.startsWith(request.storage));
    });
  });

  it("ignores relative entries of the path", async () => {
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

  it("installs outside the workspace, so that Python imports nothing from it", async () => {
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

describe("whyNotExecutable with an alias of the Microsoft Store", () => {
  /** Returns file functions that behave as Node does for aliases on Windows: `stat` fails. */
  function aliases(code: string, changes: Partial<Files> = {}): Files {
    const stat = () => {
      throw Object.assign(new Error("stat"), { code });
    };
    const lstat = () => ({ isDirectory: () => false });
    return { windows: true, stat, lstat, access: () => {}, ...changes };
  }

  it("reports no error", () => {
    for (const code of ["EACCES", "UNKNOWN", "EPERM"]) {
      assert.equal(whyNotExecutable("C:\\Apps\\python.exe", aliases(code)), "");
    }
  });

  const refuse = () => {
    throw new Error("no");
  };
  const missing: [string, Files][] = [
    ["the file is missing", aliases("ENOENT")],
    ["a parent is not a folder", aliases("ENOTDIR")],
    ["lstat fails too", aliases("EACCES", { lstat: refuse })],
    ["it is a folder", aliases("EACCES", { lstat: () => ({ isDirectory: () => true }) })],
    ["the platform is not Windows", aliases("EACCES", { windows: false })],
  ];
  for (const [why, files] of missing) {
    it(`reports a missing file if ${why}`, () => {
      assert.equal(whyNotExecutable("C:\\Apps\\python.exe", files), "does not exist");
    });
  }

  it("reports a file without execute permission", () => {
    const files = aliases("EACCES", { access: refuse });
    assert.equal(whyNotExecutable("C:\\Apps\\python.exe", files), "is not executable");
  });
});

describe("isOlder", () => {
  const older: [string, string][] = [
    ["1.9.0", "1.10.0"],
    ["0.9", "1.0.0"],
    ["1.2.0", "1.2.0.1"],
    ["3.8.18", "3.11"],
    ["1.1.9rc1", "1.2.0"],
    ["nonsense", "0.1"],
  ];
  for (const [left, right] of older) {
    it(`ranks ${left} before ${right}`, () => {
      assert.equal(isOlder(left, right), true);
      assert.equal(isOlder(right, left), false);
    });
  }
  for (const same of ["1.2", "1.2.0", "1.2.0rc1", "1.2.0.dev3", "1.2.0-beta.4", "1.2.0+local.7"]) {
    it(`treats ${same} as 1.2.0`, () => {
      assert.equal(isOlder(same, "1.2.0") || isOlder("1.2.0", same), false);
    });
  }
});

(process.platform === "win32" ? describe.skip : describe)("run", () => {
  const options = { cwd: "/", env: { PATH: "/usr/bin:/bin" }, seconds: 5 };
  afterEach(fake.clear);

  it("kills the process and its children on timeout and on cancellation", async () => {
    const pid = join(fake.newFolder(), "pid");
    const text = `sleep 600 & echo $! > "${pid}"; wait`;
    for (const how of ["deadline", "cancel"]) {
      const abort = new AbortController();
      const seconds = how === "deadline" ? 0.3 : 60;
      const ended = run("/bin/sh", ["-c", text], { ...options, seconds, signal: abort.signal });
      await fake.until("the process has started", () => fake.content(pid).endsWith("\n"));
      if (how === "cancel") abort.abort();
      assert.match((await ended).trouble, how === "cancel" ? /cancelled/ : /did not end within/);
      await fake.until("its child process has ended", () => !isAlive(Number(fake.content(pid))));
      writeFileSync(pid, "");
    }
  });

  it("does not wait for a daemon that holds the output open", async () => {
    const daemon = `echo done; setsid sleep 600 & echo $!`;
    const { stdout, trouble } = await run("/bin/sh", ["-c", daemon], options);
    const [text, pid] = stdout.trim().split("\n");
    process.kill(Number(pid));
    assert.deepEqual([text, trouble], ["done", ""]);
  });

  it("passes complete lines to onLine, however the output is split", async () => {
    const lines: string[] = [];
    const text = "printf 'gr'; sleep 0.1; printf 'ü\\303'; sleep 0.1; printf '\\244n\\r\\n\\nlast'";
    await run("/bin/sh", ["-c", text], { ...options, onLine: (line) => lines.push(line) });
    assert.deepEqual(lines, ["grüän", "last"]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A child process that was not waited for remains as a zombie.
    return !/^State:\s*Z/m.test(fake.content(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}
