import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import { isPipConfigured } from "../../src/launch/indexes";
import { progressMessage } from "../../src/launch/install";
import { findLaunch, LaunchError, type Request } from "../../src/launch/launch";
import * as fake from "./fixtures/launch";

(process.platform === "win32" ? describe.skip : describe)("an installation", () => {
  let bin: string;
  beforeEach(() => {
    bin = fake.newFolder();
  });
  afterEach(fake.clear);

  const find = (host = fake.newHost([bin]), changes: Partial<Request> = {}) =>
    findLaunch(fake.newRequest(changes), host);

  it("reports progress in words, not as output of pip or uv", () => {
    const expected = {
      "Collecting mypy<3,>=2.0": "downloading mypy",
      "  Downloading mypy-2.4.1.whl (12.3 MB)": undefined,
      "Downloading mypy_extensions-1.1.0-py3-none-any.whl (5.0 kB)": "downloading mypy-extensions",
      "Downloading detect-secrets (117.3KiB)": "downloading detect-secrets",
      "Collecting python-expert @ file:///x/python_expert.whl": "downloading what it needs",
      "Installing collected packages: mypy, ruff": "installing",
      "Prepared 31 packages in 2.13s": "installing",
      "Resolved 31 packages in 1.02s": undefined,
      "WARNING: a newer pip is there": undefined,
    };
    for (const [line, message] of Object.entries(expected)) {
      assert.equal(progressMessage(line), message, line);
    }
  });

  it("asks for Python or uv if neither is installed", async () => {
    const error = await fake.failure(find());
    assert.match(error.message, /found no Python .* Install Python 3\.11 or newer, or uv/);
    assert.equal(error.remedy, "install-python");
  });

  it("lists the Pythons that are too old", async () => {
    const python38 = fake.python(join(bin, "python3"), { version: "3.8.18" });
    const python27 = fake.script(
      join(bin, "python"),
      'case "$1" in -V) echo Python 2.7.18 >&2;; *) echo "Unknown option: -I" >&2; exit 2;; esac',
    );
    const error = await fake.failure(find());
    assert.ok(error.message.includes(`${python38} (3.8.18), ${python27} (2.7.18)`), error.message);
    assert.equal(error.remedy, "install-python");
  });

  it("names the missing Debian package", async () => {
    const python = fake.python(join(bin, "python3"), { version: "3.12.3", venv: false });
    const error = await fake.failure(find());
    assert.match(error.message, /sudo apt install python3\.12-venv/);
    assert.ok(error.message.includes(python), error.message);
    assert.equal(error.remedy, "install-python");
  });

  it("uses the selected Python, else the newest that can create environments", async () => {
    const first = fake.newFolder();
    mkdirSync(join(first, "python3"));
    fake.python(join(first, "python3.13"), { version: "3.13.0", venv: false });
    fake.script(join(first, "python3.12"), "echo pyenv: not found >&2; exit 127");
    const chosen = fake.python(join(bin, "python3"), { version: "3.11.2" });
    fake.python(join(bin, "python"), { version: "3.14.0" });
    assert.equal(await creator(fake.newHost([first, bin])), chosen);
    const selected = fake.python(join(bin, "selected"), { version: "3.11.0" });
    assert.equal(await creator(fake.newHost([first, bin]), { selected }), selected);
  });

  /** Returns the Python that is chosen to create an environment; the fakes cannot create one. */
  async function creator(
    host: fake.RecordingHost,
    changes: Partial<Request> = {},
  ): Promise<string> {
    await fake.failure(find(host, changes));
    return /^Running (.*) -I -X utf8 -m venv /m.exec(host.lines.join("\n"))?.[1] ?? "";
  }

  it("lets uv choose a Python unless the selected one is new enough", async () => {
    fake.uv(join(bin, "uv"));
    const used = async (selected: string | undefined) => {
      const host = fake.newHost([bin]);
      await find(host, { selected });
      return /^uv venv --python (.+?) \S*python expert ü \S+$/m.exec(host.lines.join("\n"))?.[1];
    };
    const selected = fake.python(join(bin, "new"), { version: "3.11.0" });
    assert.equal(await used(undefined), ">=3.11");
    assert.equal(await used(selected), selected);
    assert.equal(await used(fake.python(join(bin, "old"), { version: "3.10.9" })), ">=3.11");
  });

  it("decodes the output as UTF-8, whatever the system's encoding", async () => {
    const python = fake.script(
      join(bin, "python3"),
      `case "$*" in
*-c*) echo '{"version": "3.12.0", "venv": true}';;
"-I -X utf8 "*) echo "no ü" >&2; exit 1;;
*) printf 'no \\374\\n' >&2; exit 1;;
esac`,
    );
    const error = await fake.failure(find());
    assert.ok(error.message.includes(`with ${python} `), error.message);
    assert.match(error.message, /no ü$/);
  });

  it("finds uv in the folder of its installer", async () => {
    const host = fake.newHost([]);
    const uv = fake.uv(join(String(host.env.HOME), ".local", "bin", "uv"));
    await find(host);
    assert.ok(host.lines.some((line) => line.startsWith(`Running ${uv} venv`)));
  });

  it("logs all output", async () => {
    fake.uv(join(bin, "uv"), { also: "echo one; echo two >&2" });
    const host = fake.newHost([bin]);
    await find(host);
    for (const line of ["one", "two"]) assert.ok(host.lines.includes(line), host.lines.join("\n"));
  });

  it("ignores variables that redirect Python, pip or uv", async () => {
    fake.uv(join(bin, "uv"), {
      also: 'echo "seen:$VIRTUAL_ENV$PYTHONPATH$PIP_TARGET$UV_PYTHON."; echo "index:$UV_INDEX_URL"',
    });
    const env = {
      VIRTUAL_ENV: "a",
      PYTHONPATH: "b",
      PIP_TARGET: "c",
      UV_PYTHON: "d",
      UV_INDEX_URL: "https://mine",
    };
    const host = fake.newHost([bin], env);
    await find(host);
    assert.ok(host.lines.includes("seen:."), host.lines.join("\n"));
    assert.ok(host.lines.includes("index:https://mine"), host.lines.join("\n"));
  });

  const failures: [string, string, RegExp][] = [
    [
      "the disk is full",
      "error: Failed to write\n  cause: No space left on device (os error 28)",
      /the disk is full.*No space left on device/,
    ],
    [
      "a file cannot be written",
      "error: failed to create `/x`: Permission denied (os error 13)",
      /cannot be written.*create `\/x`: Permission denied/,
    ],
    [
      "the network is down",
      "error: Failed to fetch: `https://i/simple/`\n  Caused by: dns error",
      /cannot be reached.*Failed to fetch: `https:\/\/i\/simple\/`: dns error/,
    ],
  ];
  for (const [what, printed, message] of failures) {
    it(`reports that ${what} and does not try pip`, async () => {
      fake.uv(join(bin, "uv"), { also: `cat >&2 <<'END'\n${printed}\nEND\nexit 2` });
      fake.python(join(bin, "python3"));
      const host = fake.newHost([bin], { PIP_CONFIG_FILE: devNull });
      const error = await fake.failure(find(host));
      assert.match(error.message, message);
      assert.equal(error.remedy, "retry");
      assert.ok(!host.lines.some((line) => line.includes("-m venv")));
    });
  }

  describe("with the user's package index", () => {
    const [mine, more] = ["https://name:word@mine/simple", "https://a/simple https://b/simple"];

    /** Returns uv's index variables, given the user's variables. */
    async function uvIndexes(env: NodeJS.ProcessEnv): Promise<string | undefined> {
      const names = ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL"];
      const output = join(fake.newFolder(), "output");
      const each = names.map((name) => `${name}=$${name};`).join("");
      fake.uv(join(bin, "uv"), { also: `echo "${each}" > "${output}"` });
      const host = fake.newHost([bin], env);
      await find(host);
      assert.ok(!host.lines.join().includes("word@"), "a password is in the log");
      return fake.content(output).replace(/\w+=;/g, "").trim();
    }

    it("passes pip's index to uv", async () => {
      assert.equal(await uvIndexes({}), "");
      assert.equal(await uvIndexes({ PIP_INDEX_URL: "" }), "");
      assert.equal(await uvIndexes({ PIP_INDEX_URL: mine }), `UV_DEFAULT_INDEX=${mine};`);
      assert.equal(await uvIndexes({ PIP_EXTRA_INDEX_URL: more }), `UV_INDEX=${more};`);
    });

    for (const own of ["UV_DEFAULT_INDEX", "UV_INDEX_URL"]) {
      it(`leaves ${own} as it is`, async () => {
        assert.equal(
          await uvIndexes({ PIP_INDEX_URL: mine, [own]: "https://uv" }),
          `${own}=https://uv;`,
        );
      });
    }
    for (const own of ["UV_INDEX", "UV_EXTRA_INDEX_URL"]) {
      it(`leaves ${own} as it is`, async () => {
        const env = { PIP_EXTRA_INDEX_URL: more, [own]: "https://uv" };
        assert.equal(await uvIndexes(env), `${own}=https://uv;`);
      });
    }

    for (const name of ["PIP_INDEX_URL", "PIP_FIND_LINKS"]) {
      it(`tries pip with ${name} if uv cannot reach its own index`, async () => {
        fake.uv(join(bin, "uv"), { also: "echo 'Caused by: dns error' >&2; exit 2" });
        const python = fake.python(join(bin, "python3"));
        const host = fake.newHost([bin], { PIP_CONFIG_FILE: devNull, [name]: mine });
        await fake.failure(find(host));
        const start = `Running ${python} -I -X utf8 -m venv`;
        assert.ok(host.lines.some((line) => line.startsWith(start)));
      });
    }

    const files: [string, NodeJS.ProcessEnv][] = [
      ["/etc/pip.conf", {}],
      ["/etc/xdg/pip/pip.conf", {}],
      ["/y/pip/pip.conf", { XDG_CONFIG_DIRS: "/x:/y" }],
      ["/home/me/.pip/pip.conf", {}],
      ["/home/me/.config/pip/pip.conf", {}],
      ["/x/pip/pip.conf", { XDG_CONFIG_HOME: "/x" }],
      ["/x/named", { PIP_CONFIG_FILE: "/x/named" }],
    ];
    for (const [file, env] of files) {
      it(`tries pip if ${file} may configure it`, () => {
        const context = { env, home: "/home/me" };
        const exists = (path: string) => path === file;
        assert.equal(isPipConfigured(context, exists), true);
        assert.equal(
          isPipConfigured({ ...context, env: {} }, () => false),
          false,
        );
        const none = { ...env, PIP_CONFIG_FILE: devNull };
        assert.equal(isPipConfigured({ ...context, env: none }, exists), false);
      });
    }
  });

  it("tries pip if uv does not trust the package index", async () => {
    const output = "invalid peer certificate: UnknownIssuer";
    fake.uv(join(bin, "uv"), { also: `echo "${output}" >&2; exit 2` });
    const host = fake.newHost([bin]);
    const error = await fake.failure(find(host));
    assert.match(error.message, /is not trusted\. .*UnknownIssuer/, "there is no Python for pip");
    const python = fake.python(join(bin, "python3"));
    const second = fake.newHost([bin]);
    await fake.failure(find(second));
    assert.ok(second.lines.some((line) => line.startsWith(`Running ${python} -I -X utf8 -m venv`)));
  });

  it("asks for Python if uv finds none and may not download one", async () => {
    fake.script(
      join(bin, "uv"),
      "echo 'error: No interpreter found for Python >=3.11' >&2; exit 2",
    );
    const error = await fake.failure(find());
    assert.ok(error instanceof LaunchError);
    assert.equal(error.remedy, "install-python");
    assert.match(error.message, /there is no Python 3\.11 or newer/);
  });
});
