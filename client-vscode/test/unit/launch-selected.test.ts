import assert from "node:assert/strict";
import Module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import type * as Selection from "../../src/interpreters";

type Listener = (event: unknown) => void;

/** An event as `vscode.EventEmitter` gives it. */
function emitter() {
  const listeners = new Set<Listener>();
  const event = (listener: Listener) => {
    listeners.add(listener);
    return { dispose: () => listeners.delete(listener) };
  };
  const fire = (value?: unknown) => {
    for (const listener of listeners) listener(value);
  };
  return { event, fire, listeners };
}

// As much of the module `vscode` as is used; each test starts with a new one.
const state = {
  trusted: true,
  settings: {} as Record<string, object>,
  extensions: {} as Record<string, { activate(): Promise<unknown> }>,
  installed: emitter(),
  configured: emitter(),
};
const vscode = {
  Disposable: class {
    static from(...parts: { dispose(): void }[]) {
      return new vscode.Disposable(() => parts.map((part) => part.dispose()));
    }
    constructor(readonly dispose: () => void) {}
  },
  extensions: {
    getExtension: (id: string) => state.extensions[id],
    onDidChange: (listener: Listener) => state.installed.event(listener),
  },
  workspace: {
    get isTrusted() {
      return state.trusted;
    },
    workspaceFolders: [{ uri: { fsPath: "/project" } }],
    getWorkspaceFolder: () => undefined,
    getConfiguration: () => ({ inspect: (name: string) => state.settings[name] }),
    onDidChangeConfiguration: (listener: Listener) => state.configured.event(listener),
  },
};

const ENVIRONMENTS = "ms-python.vscode-python-envs";
const PYTHON = "ms-python.python";

describe("the selected interpreter", () => {
  let module: typeof Selection;
  let selected: Selection.Interpreters;
  let lines: string[];
  const ask = () => selected.of(undefined);
  /** Asks as if nobody had asked before. */
  const askAnew = () => {
    selected = new module.Interpreters((line) => lines.push(line));
    return ask();
  };

  before(async () => {
    const loader = Module as unknown as { _load(id: string, ...rest: unknown[]): unknown };
    const load = loader._load;
    loader._load = (id, ...rest) => (id === "vscode" ? vscode : load.call(loader, id, ...rest));
    try {
      module = await import("../../src/interpreters.js");
    } finally {
      loader._load = load;
    }
  });
  beforeEach(() => {
    lines = [];
    selected = new module.Interpreters((line) => lines.push(line));
    Object.assign(state, { trusted: true, settings: {}, extensions: {} });
    Object.assign(state, { installed: emitter(), configured: emitter() });
  });

  /** The Python Environments extension; without an executable, nothing is selected in it. */
  function environmentsExtension(executable: string | undefined, change = emitter()) {
    const getEnvironment = async () => executable && { execInfo: { run: { executable } } };
    const api = { getEnvironment, onDidChangeEnvironment: change.event };
    state.extensions[ENVIRONMENTS] = { activate: async () => api };
  }

  /** The Python extension. */
  function pythonExtension(executable: string | undefined, change = emitter()) {
    const environments = {
      getActiveEnvironmentPath: () => ({ path: "active" }),
      resolveEnvironment: async ({ path }: { path: string }) =>
        path === "active" && { executable: { uri: executable && { fsPath: executable } } },
      onDidChangeActiveEnvironmentPath: change.event,
    };
    state.extensions[PYTHON] = { activate: async () => ({ environments }) };
  }

  it("is none where nothing tells of one", async () => {
    assert.equal(await ask(), undefined);
    assert.deepEqual(lines, []);
  });

  it("is that of our own setting first, with its variables", async () => {
    environmentsExtension("/envs/python");
    for (const [value, path] of [
      ["/own/python", "/own/python"],
      ["${workspaceFolder}/.venv/bin/python", "/project/.venv/bin/python"],
      [".venv/bin/python", "/project/.venv/bin/python"],
      ["~/x/python", join(homedir(), "x/python")],
    ]) {
      state.settings["pythonExpert.interpreter"] = { globalValue: value };
      assert.equal(await ask(), path);
    }
  });

  it("is that of the Python Environments extension before the Python extension's", async () => {
    environmentsExtension("/envs/python");
    pythonExtension("/python/python");
    assert.equal(await ask(), "/envs/python");
  });

  it("is the Python extension's where the other is switched off or has none", async () => {
    pythonExtension("/python/python");
    state.extensions[ENVIRONMENTS] = { activate: async () => undefined };
    assert.equal(await ask(), "/python/python");
    environmentsExtension(undefined);
    assert.equal(await askAnew(), "/python/python");
    assert.deepEqual(lines, []);
  });

  it("is the Python extension's if the other fails, and the log says so", async () => {
    const failing = async () => Promise.reject(new Error("broken"));
    state.extensions[ENVIRONMENTS] = { activate: failing };
    pythonExtension("/python/python");
    assert.equal(await ask(), "/python/python");
    assert.match(lines.join(), /ms-python\.vscode-python-envs .*broken/);
  });

  it("is not waited for longer than two seconds", async () => {
    state.extensions[ENVIRONMENTS] = { activate: () => new Promise(() => {}) };
    pythonExtension("/python/python");
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const answer = ask();
      await settled();
      mock.timers.tick(5_000);
      assert.equal(await answer, "/python/python");
    } finally {
      mock.timers.reset();
    }
    assert.match(lines.join(), /no answer within 2 seconds/);
  });

  it("survives extensions of another shape", async () => {
    for (const exports of [{}, null, 3, { environments: {} }, { getEnvironment: () => 3 }]) {
      for (const id of [ENVIRONMENTS, PYTHON]) {
        state.extensions[id] = { activate: async () => exports };
      }
      assert.equal(await askAnew(), undefined);
    }
  });

  it("is that of the old setting only if somebody has set it to a path", async () => {
    const name = "python.defaultInterpreterPath";
    state.settings[name] = { defaultValue: "/default/python" };
    assert.equal(await ask(), undefined);
    state.settings[name] = { globalValue: "python" };
    assert.equal(await ask(), undefined);
    state.settings[name] = { globalValue: "/user/python", workspaceValue: "/workspace/python" };
    assert.equal(await ask(), "/workspace/python");
  });

  it("is none where the folder is not trusted", async () => {
    state.trusted = false;
    environmentsExtension("/envs/python");
    state.settings["pythonExpert.interpreter"] = { workspaceValue: "/own/python" };
    assert.equal(await ask(), undefined);
  });

  describe("that an extension tells too late", () => {
    let changes: number;
    let following: { dispose(): void };
    let asked: number;
    let answer: { resolve(path: string | undefined): void; reject(error: Error): void };
    beforeEach(() => {
      [changes, asked] = [0, 0];
      const environments = {
        getActiveEnvironmentPath: () => ({ path: "active" }),
        resolveEnvironment: () => {
          asked += 1;
          return new Promise((resolve, reject) => {
            const told = (path: string | undefined) =>
              resolve({ executable: { uri: path && { fsPath: path } } });
            answer = { resolve: told, reject };
          });
        },
        onDidChangeActiveEnvironmentPath: emitter().event,
      };
      state.extensions[PYTHON] = { activate: async () => ({ environments }) };
      following = selected.onDidChange(() => {
        changes += 1;
      });
      mock.timers.enable({ apis: ["setTimeout"] });
    });
    afterEach(() => {
      following.dispose();
      mock.timers.reset();
    });

    /** Asks until the time for an answer is over. */
    async function askInVain(): Promise<void> {
      const vain = ask();
      await settled();
      mock.timers.tick(2_000);
      assert.equal(await vain, undefined);
    }

    it("is told as a change, and is the one from then on", async () => {
      await askInVain();
      assert.equal(await ask(), undefined, "nobody waits for it again");
      answer.resolve("/late/python");
      await settled();
      assert.equal(changes, 1);
      assert.equal(await ask(), "/late/python");
      assert.equal(asked, 1, "one that is always late is not asked for ever");
      assert.equal(lines.length, 1);
    });

    it("is told so too where the extension starts late", async () => {
      const { activate } = state.extensions[PYTHON] ?? assert.fail();
      let start = () => {};
      const started = new Promise<void>((resolve) => {
        start = resolve;
      });
      state.extensions[PYTHON] = { activate: () => started.then(activate) };
      await askInVain();
      start();
      await settled();
      answer.resolve("/late/python");
      await settled();
      assert.equal(changes, 1);
      assert.equal(await ask(), "/late/python");
    });

    it("is no change if none is selected, and then nobody waits again", async () => {
      await askInVain();
      answer.resolve(undefined);
      await settled();
      assert.equal(await ask(), undefined);
      assert.deepEqual([changes, asked], [0, 1]);
    });

    it("is asked for again if the extension fails in the end", async () => {
      await askInVain();
      answer.reject(new Error("broken"));
      await settled();
      const again = ask();
      await settled();
      answer.resolve("/second/python");
      assert.equal(await again, "/second/python");
      assert.equal(changes, 0);
    });

    it("does not count if another one was selected meanwhile", async () => {
      await askInVain();
      const old = answer;
      state.configured.fire({ affectsConfiguration: () => true });
      const anew = ask();
      await settled();
      old.resolve("/old/python");
      answer.resolve("/new/python");
      assert.equal(await anew, "/new/python");
      await settled();
      assert.equal(await ask(), "/new/python");
      assert.equal(changes, 1, "which the selection itself has told");
    });
  });

  it("is asked for once, and again after an extension has failed to tell it", async () => {
    let asked = 0;
    state.extensions[PYTHON] = {
      activate: async () => {
        asked += 1;
        return asked === 1 ? Promise.reject(new Error("broken")) : undefined;
      },
    };
    for (let times = 0; times < 3; times += 1) {
      assert.equal(await ask(), undefined);
    }
    assert.equal(asked, 2);
    assert.match(lines.join(), /^The extension ms-python\.python .*broken$/);
  });

  describe("when it changes", () => {
    let changes: number;
    let following: { dispose(): void };
    beforeEach(() => {
      changes = 0;
    });
    const follow = async () => {
      following = selected.onDidChange(() => {
        changes += 1;
      });
      await settled();
    };
    afterEach(() => following.dispose());

    it("is told by either extension and by the settings", async () => {
      const [first, second] = [emitter(), emitter()];
      environmentsExtension("/x", first);
      pythonExtension("/x", second);
      await follow();
      assert.equal(changes, 0);
      first.fire();
      second.fire();
      state.configured.fire({ affectsConfiguration: (name: string) => name === "editor.tabSize" });
      assert.equal(changes, 2);
      for (const setting of ["pythonExpert.interpreter", "python.defaultInterpreterPath"]) {
        state.configured.fire({ affectsConfiguration: (name: string) => name === setting });
      }
      assert.equal(changes, 4);
    });

    it("is told by an extension that is installed later, and once for each change", async () => {
      await follow();
      const change = emitter();
      pythonExtension("/x", change);
      state.installed.fire();
      state.installed.fire();
      await settled();
      assert.equal(changes, 1, "the interpreter it brings counts as a change");
      change.fire();
      assert.equal(changes, 2);
    });

    it("is not told by an extension that does not start, until that does", async () => {
      state.extensions[PYTHON] = { activate: () => Promise.reject(new Error("broken")) };
      await follow();
      const change = emitter();
      pythonExtension("/x", change);
      state.installed.fire();
      await settled();
      change.fire();
      assert.equal(changes, 2);
    });

    it("is not told any more after that was asked", async () => {
      const change = emitter();
      pythonExtension("/x", change);
      await follow();
      following.dispose();
      change.fire();
      state.installed.fire();
      assert.deepEqual([changes, change.listeners.size], [0, 0]);
    });

    it("is not told by an extension that starts after that was asked", async () => {
      const change = emitter();
      pythonExtension("/x", change);
      following = selected.onDidChange(() => {
        changes += 1;
      });
      following.dispose();
      await settled();
      assert.equal(change.listeners.size, 0);
    });
  });
});

/** Waits until all that was due has been done. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
