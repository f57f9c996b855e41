import assert from "node:assert/strict";
import Module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import type * as Selection from "../../src/interpreters";

type Listener = (event: unknown) => void;

/** Creates an event emitter like `vscode.EventEmitter`. */
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

// The used part of the module `vscode`; each test resets it.
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

describe("Interpreters", () => {
  let module: typeof Selection;
  let selected: Selection.Interpreters;
  let lines: string[];
  const ask = () => selected.of(undefined);
  /** Queries with an empty cache. */
  const askUncached = () => {
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

  /** Installs a fake Python Environments extension; without an executable, it has no selection. */
  function environmentsExtension(executable: string | undefined, change = emitter()) {
    const getEnvironment = async () => executable && { execInfo: { run: { executable } } };
    const api = { getEnvironment, onDidChangeEnvironment: change.event };
    state.extensions[ENVIRONMENTS] = { activate: async () => api };
  }

  /** Installs a fake Python extension. */
  function pythonExtension(executable: string | undefined, change = emitter()) {
    const environments = {
      getActiveEnvironmentPath: () => ({ path: "active" }),
      resolveEnvironment: async ({ path }: { path: string }) =>
        path === "active" && { executable: { uri: executable && { fsPath: executable } } },
      onDidChangeActiveEnvironmentPath: change.event,
    };
    state.extensions[PYTHON] = { activate: async () => ({ environments }) };
  }

  it("returns undefined without any source", async () => {
    assert.equal(await ask(), undefined);
    assert.deepEqual(lines, []);
  });

  it("prefers pythonExpert.interpreter and expands its variables", async () => {
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

  it("prefers the Python Environments extension over the Python extension", async () => {
    environmentsExtension("/envs/python");
    pythonExtension("/python/python");
    assert.equal(await ask(), "/envs/python");
  });

  it("uses the Python extension if the other is disabled or has no selection", async () => {
    pythonExtension("/python/python");
    state.extensions[ENVIRONMENTS] = { activate: async () => undefined };
    assert.equal(await ask(), "/python/python");
    environmentsExtension(undefined);
    assert.equal(await askUncached(), "/python/python");
    assert.deepEqual(lines, []);
  });

  it("uses the Python extension and logs the error if the other fails", async () => {
    const failing = async () => Promise.reject(new Error("broken"));
    state.extensions[ENVIRONMENTS] = { activate: failing };
    pythonExtension("/python/python");
    assert.equal(await ask(), "/python/python");
    assert.match(lines.join(), /ms-python\.vscode-python-envs .*broken/);
  });

  it("waits for an extension for two seconds at most", async () => {
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

  it("tolerates extensions with unexpected exports", async () => {
    for (const exports of [{}, null, 3, { environments: {} }, { getEnvironment: () => 3 }]) {
      for (const id of [ENVIRONMENTS, PYTHON]) {
        state.extensions[id] = { activate: async () => exports };
      }
      assert.equal(await askUncached(), undefined);
    }
  });

  it("uses python.defaultInterpreterPath only if it is set to a path", async () => {
    const name = "python.defaultInterpreterPath";
    state.settings[name] = { defaultValue: "/default/python" };
    assert.equal(await ask(), undefined);
    state.settings[name] = { globalValue: "python" };
    assert.equal(await ask(), undefined);
    state.settings[name] = { globalValue: "/user/python", workspaceValue: "/workspace/python" };
    assert.equal(await ask(), "/workspace/python");
  });

  it("returns undefined in an untrusted workspace", async () => {
    state.trusted = false;
    environmentsExtension("/envs/python");
    state.settings["pythonExpert.interpreter"] = { workspaceValue: "/own/python" };
    assert.equal(await ask(), undefined);
  });

  describe("with a late answer of an extension", () => {
    let changes: number;
    let subscription: { dispose(): void };
    let asked: number;
    let answer: { resolve(path: string | undefined): void; reject(error: Error): void };
    beforeEach(() => {
      [changes, asked] = [0, 0];
      const environments = {
        getActiveEnvironmentPath: () => ({ path: "active" }),
        resolveEnvironment: () => {
          asked += 1;
          return new Promise((resolve, reject) => {
            const resolvePath = (path: string | undefined) =>
              resolve({ executable: { uri: path && { fsPath: path } } });
            answer = { resolve: resolvePath, reject };
          });
        },
        onDidChangeActiveEnvironmentPath: emitter().event,
      };
      state.extensions[PYTHON] = { activate: async () => ({ environments }) };
      subscription = selected.onDidChange(() => {
        changes += 1;
      });
      mock.timers.enable({ apis: ["setTimeout"] });
    });
    afterEach(() => {
      subscription.dispose();
      mock.timers.reset();
    });

    /** Queries and exceeds the time limit. */
    async function askUntilTimeout(): Promise<void> {
      const unanswered = ask();
      await settled();
      mock.timers.tick(2_000);
      assert.equal(await unanswered, undefined);
    }

    it("reports the answer as a change and caches it", async () => {
      await askUntilTimeout();
      assert.equal(await ask(), undefined, "the second query does not wait");
      answer.resolve("/late/python");
      await settled();
      assert.equal(changes, 1);
      assert.equal(await ask(), "/late/python");
      assert.equal(asked, 1, "a late extension is queried only once");
      assert.equal(lines.length, 1);
    });

    it("reports the answer of an extension that activates late", async () => {
      const { activate } = state.extensions[PYTHON] ?? assert.fail();
      let start = () => {};
      const started = new Promise<void>((resolve) => {
        start = resolve;
      });
      state.extensions[PYTHON] = { activate: () => started.then(activate) };
      await askUntilTimeout();
      start();
      await settled();
      answer.resolve("/late/python");
      await settled();
      assert.equal(changes, 1);
      assert.equal(await ask(), "/late/python");
    });

    it("reports no change without a selection and does not wait again", async () => {
      await askUntilTimeout();
      answer.resolve(undefined);
      await settled();
      assert.equal(await ask(), undefined);
      assert.deepEqual([changes, asked], [0, 1]);
    });

    it("queries again if the extension fails in the end", async () => {
      await askUntilTimeout();
      answer.reject(new Error("broken"));
      await settled();
      const again = ask();
      await settled();
      answer.resolve("/second/python");
      assert.equal(await again, "/second/python");
      assert.equal(changes, 0);
    });

    it("ignores the answer if the selection has changed in the meantime", async () => {
      await askUntilTimeout();
      const old = answer;
      state.configured.fire({ affectsConfiguration: () => true });
      const current = ask();
      await settled();
      old.resolve("/old/python");
      answer.resolve("/new/python");
      assert.equal(await current, "/new/python");
      await settled();
      assert.equal(await ask(), "/new/python");
      assert.equal(changes, 1, "only the selection reports a change");
    });
  });

  it("caches an answer, but queries again after an error", async () => {
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

  describe("onDidChange", () => {
    let changes: number;
    let subscription: { dispose(): void };
    beforeEach(() => {
      changes = 0;
    });
    const follow = async () => {
      subscription = selected.onDidChange(() => {
        changes += 1;
      });
      await settled();
    };
    afterEach(() => subscription.dispose());

    it("reports changes of both extensions and the settings", async () => {
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

    it("reports each change once for an extension that is installed later", async () => {
      await follow();
      const change = emitter();
      pythonExtension("/x", change);
      state.installed.fire();
      state.installed.fire();
      await settled();
      assert.equal(changes, 1, "the installation is reported as a change");
      change.fire();
      assert.equal(changes, 2);
    });

    it("reports changes of an extension once it activates after a failure", async () => {
      state.extensions[PYTHON] = { activate: () => Promise.reject(new Error("broken")) };
      await follow();
      const change = emitter();
      pythonExtension("/x", change);
      state.installed.fire();
      await settled();
      change.fire();
      assert.equal(changes, 2);
    });

    it("reports nothing after dispose", async () => {
      const change = emitter();
      pythonExtension("/x", change);
      await follow();
      subscription.dispose();
      change.fire();
      state.installed.fire();
      assert.deepEqual([changes, change.listeners.size], [0, 0]);
    });

    it("does not subscribe to an extension that activates after dispose", async () => {
      const change = emitter();
      pythonExtension("/x", change);
      subscription = selected.onDidChange(() => {
        changes += 1;
      });
      subscription.dispose();
      await settled();
      assert.equal(change.listeners.size, 0);
    });
  });
});

/** Waits for the pending promise callbacks. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
