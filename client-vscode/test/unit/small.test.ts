import assert from "node:assert/strict";
import { Deaths } from "../../src/deaths";
import { lineReader } from "../../src/log";
import {
  doubled,
  NEIGHBOURS,
  type Neighbour,
  oneByOne,
  typesElsewhere,
} from "../../src/neighbours";
import { proxyVariables } from "../../src/proxy";

describe("a server that dies", () => {
  it("is started anew after a pause that doubles, and given up after the fourth time", () => {
    const deaths = new Deaths();
    const pauses = [0, 1000, 3000, 7000, 15_000].map((now) => deaths.next(now));
    assert.deepEqual(pauses, [500, 1000, 2000, 4000, undefined]);
  });

  it("once in a while is started anew at once", () => {
    const deaths = new Deaths();
    for (let hour = 0; hour < 20; hour += 1) {
      assert.equal(deaths.next(hour * 3_600_000), 500);
    }
  });
});

describe("the log", () => {
  function read(...pieces: string[]): [string, string][] {
    const lines: [string, string][] = [];
    const reader = lineReader((level, line) => lines.push([level, line]));
    pieces.forEach(reader);
    return lines;
  }

  it("has the server's lines at their levels, without their times", () => {
    const lines = read("2026-11-23 12:00:00,123 WARNING python_expert.lsp: careful\n");
    assert.deepEqual(lines, [["warn", "python_expert.lsp: careful"]]);
  });

  it("keeps a traceback together, wherever the pieces are cut", () => {
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

describe("other extensions", () => {
  const settings: Record<string, unknown> = {};
  const offered = (active: string[], more: object = {}, asked: string[] = []) =>
    doubled(
      (id) => active.includes(id),
      (name) => ({ ...settings, ...more })[name],
      asked,
    ).map((each) => each.id);

  it("that run one of our tools are spoken of, once", () => {
    assert.deepEqual(offered(["charliermarsh.ruff"]), ["charliermarsh.ruff"]);
    assert.deepEqual(offered(["charliermarsh.ruff"], {}, ["charliermarsh.ruff"]), []);
  });

  it("show types if they check them", () => {
    const shows = (...active: string[]) => typesElsewhere((id) => active.includes(id));
    for (const id of ["ms-python.vscode-pylance", "astral-sh.ty", "meta.pyrefly"]) {
      assert.equal(shows(id), true);
    }
    assert.equal(shows("detachhead.basedpyright", "charliermarsh.ruff"), true);
    assert.equal(shows("charliermarsh.ruff", "matangover.mypy"), false);
  });

  it("are left alone if they do not run, or if either side is off already", () => {
    assert.deepEqual(offered([]), []);
    assert.deepEqual(offered(["charliermarsh.ruff"], { "ruff.enable": false }), []);
    const own = { "pythonExpert.tools.ruff.enabled": false };
    assert.deepEqual(offered(["charliermarsh.ruff"], own), []);
  });

  it("are quiet after what was offered was done", () => {
    for (const each of NEIGHBOURS) {
      assert.deepEqual(offered([each.id], { [each.setting]: each.off(undefined) }), []);
    }
  });

  it("are switched off beside what the user has set there", () => {
    const mypy = NEIGHBOURS.find(({ id }) => id === "ms-python.mypy-type-checker");
    assert.deepEqual(mypy?.off(["generated"]), ["generated", "**"]);
    assert.deepEqual(offered([mypy?.id ?? ""], { [mypy?.setting ?? ""]: ["**", "x"] }), []);
  });

  it("are offered one after the other, each only if it is still due then", async () => {
    const due = NEIGHBOURS.slice(0, 3);
    const said: string[] = [];
    let answer = () => {};
    const offer = oneByOne(
      () => due.shift(),
      ({ name }: Neighbour) => {
        said.push(name);
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    );
    const passes = [offer(), offer()]; // as with every status of the server's
    assert.deepEqual(said, ["Ruff"]);
    due.shift(); // another answer has made the second one superfluous
    answer();
    await new Promise(setImmediate);
    assert.deepEqual(said, ["Ruff", "Mypy"]);
    answer();
    await Promise.all(passes);
    due.push(...NEIGHBOURS.slice(0, 1));
    void offer();
    assert.deepEqual(said, ["Ruff", "Mypy", "Ruff"]);
  });

  it("that check types are spoken of where they report type errors", () => {
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

describe("the proxy of VS Code", () => {
  const proxy = "http://proxy.example:3128";

  it("is told to what is started, with the hosts it is not for", () => {
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

  it("is not told where the environment names one, it is switched off, or there is none", () => {
    assert.deepEqual(proxyVariables({ proxy }, { https_proxy: "http://own" }), {});
    assert.deepEqual(proxyVariables({ proxy, proxySupport: "off" }, {}), {});
    assert.deepEqual(proxyVariables({ proxy: "", noProxy: [] }, {}), {});
    assert.deepEqual(proxyVariables({ proxy: 3128, noProxy: "a" }, {}), {});
  });
});
