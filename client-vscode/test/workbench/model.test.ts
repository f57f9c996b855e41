import { doesNotMatch, equal, match } from "node:assert/strict";
import { type Messages, openFolder, startMessages, until, type Window } from "../harness/workbench";
import { GREET } from "./samples";

describe("rewrites by a model", () => {
  let messages: Messages;
  let window: Window;

  before(async () => {
    messages = await startMessages();
    window = await openFolder(
      { "greet.py": GREET },
      { "pythonExpert.llm.baseUrl": messages.url, "pythonExpert.llm.retries": 0 },
    );
    await window.openFile("greet.py");
    await window.runCommand("Python Expert: Set API Key");
    await window.answer(messages.key);
    await window.statusBecomes(/Rewrites by claude/);
    await window.problem("Mypy");
  });
  beforeEach(() => window.placeCursor("greet(name"));
  after(async () => {
    await window.close();
    await messages.stop();
  });

  it("writes the model's docstrings", async () => {
    const greet = {
      summary: "Greet somebody politely.",
      args: ["name: Whom to greet.", "times: How often."],
      returns: "The number of letters.",
    };
    await messages.tell({ do: "answers", answers: { greet } });
    await window.quickFix("Add docstrings");
    await window.textBecomes(/"""Greet somebody politely\./);
    await window.undo();
    await window.textBecomes(GREET);
  });

  it("writes the model's type hints that pass the checks", async () => {
    const greet = { types: ["name: str", "times: int", "return: int"] };
    await messages.tell({ do: "answers", answers: { greet } });
    await window.quickFix("Add type hints");
    await window.textBecomes(/def greet\(name: str, times: int = 1\) -> int:/);
    await window.undo();
    await window.textBecomes(GREET);
  });

  it("applies the model's conversion to async after confirmation", async () => {
    const calls = { convert: true, calls: ["1: asyncio.sleep"] };
    await messages.tell({ do: "answers", answers: { greet: calls, main: { convert: true } } });
    await window.quickFix("Convert `greet` to async");
    await (await window.notification(/Convert to async/i)).press("Apply");
    await until("the preview is closed", async () => (await window.document()).scheme === "file");
    await window.textBecomes(/async def greet.*await asyncio\.sleep\(0\)/s);
    await window.undo();
    await window.textBecomes(GREET);
  });

  it("can be cancelled, and then nothing is written", async () => {
    const { count } = await messages.tell({ do: "requests" });
    await messages.tell({ do: "script", behaviour: "hang", times: 1 });
    await window.quickFix("Add docstrings");
    await messages.tell({ do: "wait_requests", count: Number(count) + 1 });
    const progress = await window.notification(/docstrings/i);
    await progress.press("Cancel");
    await messages.tell({ do: "wait_closed", count: 1 });
    await until("there are no messages", async () => (await window.notifications()).length === 0);
    equal(await window.text(), GREET);
  });

  it("shows the endpoint's error message", async () => {
    await messages.tell({
      ...{ do: "script", behaviour: "error", status: 400, kind: "invalid_request_error" },
      ...{ message: "Your credit balance is too low", times: 1 },
    });
    await window.quickFix("Add docstrings");
    const { text } = await window.notification(/credit balance/);
    match(text, /Docstrings added to 0 of 1 definition; 1 skipped: .*add some at the endpoint/);
    equal(await window.text(), GREET);
  });

  it("shows what would be sent without sending it", async () => {
    const before = await messages.tell({ do: "requests" });
    await window.runCommand("Python Expert: Show What Would Be Sent");
    await window.pick("Add docstrings");
    await until("the text is shown", async () => (await window.document()).scheme !== "file");
    await window.textBecomes(/twice is polite/);
    equal((await messages.tell({ do: "requests" })).count, before.count);
    await window.runCommand("View: Close Editor");
    await window.openFile("greet.py");
  });

  it("offers the endpoint's models", async () => {
    await messages.tell({ do: "models", models: { "claude-tiny": "Tiny", "claude-huge": "Huge" } });
    await window.runCommand("Python Expert: Choose Model");
    await window.pick("claude-huge");
    await window.statusBecomes(/Rewrites by claude-huge/);
  });

  it("are offline after the key is cleared", async () => {
    await window.runCommand("Python Expert: Clear API Key");
    await window.statusBecomes(/Rewrites offline/);
    const { count } = await messages.tell({ do: "requests" });
    await window.quickFix("Add type hints");
    await window.textBecomes(/times: int = 1/);
    await window.undo();
    await window.textBecomes(GREET);
    equal((await messages.tell({ do: "requests" })).count, count);
  });

  it("offers to set a key if the models cannot be listed without one", async () => {
    await window.runCommand("Python Expert: Choose Model");
    const offer = await window.notification(/there is no key/);
    doesNotMatch(offer.text, /environment/);
    await offer.press("Set API Key");
    await window.answer(messages.key);
    await window.statusBecomes(/Rewrites by claude/);
  });
});

describe("a model that is configured but not allowed", () => {
  it("is shown with the setting that disallows it", async () => {
    const window = await openFolder(
      { "greet.py": GREET },
      { "pythonExpert.llm.provider": "anthropic", "pythonExpert.privacy.network": false },
    );
    await window.openFile("greet.py");
    const text = await window.statusBecomes(/claude-\S+ may not be asked/);
    match(text, /the network is off.*Open Settings/s);
    await window.runCommand("Python Expert: Choose Model");
    await (await window.notification(/the network is off/)).press("Open Settings");
  });
});
