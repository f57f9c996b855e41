import assert from "node:assert/strict";
import { Deaths } from "../../src/deaths";
import { lineReader } from "../../src/log";
import {
  findDuplicates,
  hasTypeChecker,
  NEIGHBOURS,
  type Neighbour,
  offerSequentially,
} from "../../src/neighbours";
import { proxyVariables } from "../../src/proxy";

describe("Deaths", () => {
  it("doubles the pause and gives up after the fourth crash", () => {
    const deaths = new Deaths();
    const pauses = [0, 1000, 3000, 7000, 15_000].map((now) => deaths.next(now));
    assert.deepEqual(pauses, [500, 1000, 2000, 4000, undefined]);
  });

  it("resets the pause if crashes are rare", () => {
    const deaths = new Deaths();
    for (let hour = 0; hour < 20; hour += 1) {
      assert.equal(deaths.next(hour * 3_600_000), 500);
    }
  });
});

describe("lineReader", () => {
  function read(...pieces: string[]): [string, string][] {
    const lines: [string, string][] = [];
    const reader = lineReader((level, line) => lines.push([level, line]));
    pieces.forEach(reader);
    return lines;
  }

  it("assigns the server's levels and removes the times", () => {
    const lines = read("2026-11-23 12:00:00,123 WARNING python_expert.lsp: careful\n");
    assert.deepEqual(lines, [["warn", "python_expert.lsp: careful"]]);
  });

  it("assigns a traceback the level of its message, however the output is split", () => {
    const text = "2026-11-23 12:00:00,123 ERROR a: failed\nTraceback:\r\n  line 1\nrest";
    const expected = [
      ["error", "a: failed"],
      ["error", "Traceback:"],
      ["error", "  line 1"],
    ];
    for (let cut = 0; cut <= text.length; cut += 1) {
      assert.deepEqual(read(text.slice(0, cut), text.slice(cut)), expected);
    }
  });
});

describe("neighbours", () => {
  const settings: Record<string, unknown> = {};
  const offered = (active: string[], more: object = {}, asked: string[] = []) =>
    findDuplicates(
      (id) => active.includes(id),
      (name) => ({ ...settings, ...more })[name],
      asked,
    ).map((each) => each.id);

  it("offers an extension that runs the same tool once", () => {
    assert.deepEqual(offered(["charliermarsh.ruff"]), ["charliermarsh.ruff"]);
    assert.deepEqual(offered(["charliermarsh.ruff"], {}, ["charliermarsh.ruff"]), []);
  });

  it("detects extensions that check types", () => {
    const shows = (...active: string[]) => hasTypeChecker((id) => active.includes(id));
    for (const id of ["ms-python.vscode-pylance", "astral-sh.ty", "meta.pyrefly"]) {
      assert.equal(shows(id), true);
    }
    assert.equal(shows("detachhead.basedpyright", "charliermarsh.ruff"), true);
    assert.equal(shows("charliermarsh.ruff", "matangover.mypy"), false);
  });

  it("does not offer inactive extensions and disabled tools", () => {
    assert.deepEqual(offered([]), []);
    assert.deepEqual(offered(["charliermarsh.ruff"], { "ruff.enable": false }), []);
    const own = { "pythonExpert.tools.ruff.enabled": false };
    assert.deepEqual(offered(["charliermarsh.ruff"], own), []);
  });

  it("does not offer an extension again after it was disabled", () => {
    for (const each of NEIGHBOURS) {
      assert.deepEqual(offered([each.id], { [each.setting]: each.off(undefined) }), []);
    }
  });

  it("keeps the user's patterns when disabling the mypy extension", () => {
    const mypy = NEIGHBOURS.find(({ id }) => id === "ms-python.mypy-type-checker");
    assert.deepEqual(mypy?.off(["generated"]), ["generated", "**"]);
    assert.deepEqual(offered([mypy?.id ?? ""], { [mypy?.setting ?? ""]: ["**", "x"] }), []);
  });

  it("offers one extension at a time and skips those no longer due", async () => {
    const due = NEIGHBOURS.slice(0, 3);
    const offeredNames: string[] = [];
    let answer = () => {};
    const offer = offerSequentially(
      () => due.shift(),
      ({ name }: Neighbour) => {
        offeredNames.push(name);
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    );
    const passes = [offer(), offer()]; // as on each status notification
    assert.deepEqual(offeredNames, ["Ruff"]);
    due.shift(); // the answer to another offer resolved this one
    answer();
    await new Promise(setImmediate);
    assert.deepEqual(offeredNames, ["Ruff", "Mypy"]);
    answer();
    await Promise.all(passes);
    due.push(...NEIGHBOURS.slice(0, 1));
    void offer();
    assert.deepEqual(offeredNames, ["Ruff", "Mypy", "Ruff"]);
  });

  it("offers type checkers that report type errors", () => {
    const mode = "python.analysis.typeCheckingMode";
    const pylance = ["ms-python.vscode-pylance", "ms-python.python"];
    assert.deepEqual(offered(pylance), []);
    assert.deepEqual(offered(pylance, { [mode]: "off" }), []);
    assert.deepEqual(offered(pylance, { [mode]: "basic" }), ["ms-python.vscode-pylance"]);
    const left = { [mode]: "basic", "pythonExpert.tools.mypy.enabled": false };
    assert.deepEqual(offered(pylance, left), []);
    const old = { "python.pyrefly.displayTypeErrors": "default" };
    const off = { ...old, "python.pyrefly.typeCheckingMode": "off" };
    assert.deepEqual(offered(["meta.pyrefly"], old), ["meta.pyrefly"]);
    assert.deepEqual(offered(["meta.pyrefly"], off), []);
  });
});

describe("proxyVariables", () => {
  const proxy = "http://proxy.example:3128";

  it("passes VS Code's proxy and its exceptions to child processes", () => {
    assert.deepEqual(proxyVariables({ proxy, noProxy: ["localhost", ".example"] }, {}), {
      HTTPS_PROXY: proxy,
      HTTP_PROXY: proxy,
      NO_PROXY: "localhost,.example",
    });
    assert.deepEqual(proxyVariables({ proxy, noProxy: ["a"] }, { no_proxy: "b" }), {
      HTTPS_PROXY: proxy,
      HTTP_PROXY: proxy,
    });
  });

  it("returns nothing if a proxy is set in the environment, disabled, or missing", () => {
    assert.deepEqual(proxyVariables({ proxy }, { https_proxy: "http://own" }), {});
    assert.deepEqual(proxyVariables({ proxy, proxySupport: "off" }, {}), {});
    assert.deepEqual(proxyVariables({ proxy: "", noProxy: [] }, {}), {});
    assert.deepEqual(proxyVariables({ proxy: 3128, noProxy: "a" }, {}), {});
  });
});
