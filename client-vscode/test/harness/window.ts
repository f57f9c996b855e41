/** A window of the editor, with the actions and the view of a user. */
import { get } from "node:http";
import { basename, join, resolve } from "node:path";
import type { Locator, Page } from "playwright-core";
import type { CodeServer } from "./codeServer";
import { type Observation, type Problem, type Shown, socketName } from "./observation";
import { until } from "./until";

const MESSAGE = ".notification-list-item-message";

/** A notification in the window. */
export interface Notification {
  readonly text: string;
  /** Clicks a button of the notification. */
  press(button: string): Promise<void>;
}

const beginsWith = (text: string) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);

/** A window of the editor. All methods wait up to 60 s for the required state. */
export class Window {
  constructor(
    readonly server: CodeServer,
    /** The path of its folder; `""` if it has none. */
    readonly folder: string,
    readonly page: Page,
  ) {}

  /** Returns the state that the probe reports. */
  async observe(): Promise<Observation> {
    return until("the window's extensions run", () => this.ask());
  }

  private ask(): Promise<Observation | undefined> {
    const socketPath = join(this.server.probes, socketName(this.folder));
    return new Promise((done) => {
      get({ socketPath, path: "/", agent: false }, async (response) => {
        let text = "";
        for await (const chunk of response.setEncoding("utf8")) {
          text += chunk;
        }
        done(JSON.parse(text));
      }).on("error", () => done(undefined));
    });
  }

  /** Returns the document in the active editor. */
  async document(): Promise<Shown> {
    return until("a document is shown", async () => (await this.observe()).document);
  }

  /** Returns the text of the active editor, including unsaved changes. */
  async text(): Promise<string> {
    return (await this.document()).text;
  }

  /** Waits until the text equals, matches or satisfies `wanted`, and returns it. */
  async textBecomes(wanted: string | RegExp | ((text: string) => boolean)): Promise<string> {
    let text = "";
    const fits = () =>
      typeof wanted === "function"
        ? wanted(text)
        : typeof wanted === "string"
          ? text === wanted
          : wanted.test(text);
    try {
      await until(`the text is ${wanted}`, async () => {
        text = await this.text();
        return fits();
      });
    } catch (error) {
      throw new Error(`${error}\nIt is:\n${text}`);
    }
    return text;
  }

  /** Opens a file by its absolute path, or relative to the folder, and focuses it. */
  async openFile(path: string): Promise<void> {
    const wanted = resolve(this.folder, path);
    await until(`${path} is shown`, async () => {
      // The list shows recent files first, even if only the end of their path matches.
      await this.choose("Control+p", path, beginsWith(basename(path)));
      const shown = async () => (await this.document()).path === wanted;
      return until(`${path} is shown`, shown, 5).catch(() => false);
    });
    await this.page.locator(".editor-instance .monaco-editor.focused").waitFor();
  }

  /** Opens a notebook by its path relative to the folder. */
  async openNotebook(path: string): Promise<void> {
    const cells = this.page.locator(".notebookOverlay .cell-list-container");
    await until(`${path} is shown`, async () => {
      await this.choose("Control+p", path, basename(path));
      return cells.first().isVisible();
    });
  }

  /** Activates the tab of an open file. */
  async showTab(name: string): Promise<void> {
    await this.page.locator(".tabs-container .tab").filter({ hasText: name }).first().click();
    const wanted = resolve(this.folder, name);
    await until(`${name} is shown`, async () => (await this.document()).path === wanted);
  }

  /** Focuses the editor. */
  async focusEditor(): Promise<void> {
    await this.page.keyboard.press("Control+1");
    await this.page.locator(".editor-instance .monaco-editor.focused").waitFor();
  }

  /** Types a text key by key. */
  async type(text: string): Promise<void> {
    await this.focusEditor();
    await this.page.keyboard.type(text);
  }

  /** Replaces the text of the editor in one step, without saving. */
  async replaceText(text: string): Promise<void> {
    await this.focusEditor();
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.insertText(text);
    await this.textBecomes(text);
  }

  /** Puts the cursor before the first occurrence of a text. */
  async placeCursor(before: string): Promise<void> {
    const text = await this.text();
    const offset = text.indexOf(before);
    if (offset < 0) {
      throw new Error(`"${before}" is not in the text:\n${text}`);
    }
    const lines = text.slice(0, offset).split("\n");
    await this.focusEditor();
    await this.page.keyboard.press("Control+Home");
    await this.press("ArrowDown", lines.length - 1);
    await this.press("ArrowRight", (lines.at(-1) ?? "").length);
  }

  /** Undoes the last change. */
  async undo(): Promise<void> {
    await this.focusEditor();
    await this.page.keyboard.press("Control+z");
  }

  /** Saves the document. */
  async save(): Promise<void> {
    await this.focusEditor();
    await this.page.keyboard.press("Control+s");
    await until("the document is saved", async () => !(await this.document()).dirty);
  }

  /** Returns the problems of the document in the active editor. */
  async problems(): Promise<readonly Problem[]> {
    return (await this.observe()).problems;
  }

  /** Waits for a problem with this source and optional code, and returns it. */
  async problem(source: string, code?: string, seconds?: number): Promise<Problem> {
    let problems: readonly Problem[] = [];
    try {
      const fits = (one: Problem) => one.source === source && (!code || one.code === code);
      const look = async () => {
        problems = await this.problems();
        return problems.find(fits);
      };
      return await until(`${source} reports ${code ?? "something"}`, look, seconds);
    } catch (error) {
      throw new Error(`${error}\nThe problems are ${JSON.stringify(problems, null, 1)}`);
    }
  }

  /** Returns a locator of the squiggles of a kind. */
  squiggles(kind: "error" | "warning" | "info" | "hint"): Locator {
    return this.page.locator(`.editor-instance .squiggly-${kind}`);
  }

  /** Waits until the hover at a text matches `wanted`; it stays open until Escape is pressed. */
  async hoverBecomes(at: string, wanted: RegExp): Promise<void> {
    const hover = this.page.locator(".monaco-hover:visible .hover-contents");
    let text = "";
    try {
      await until(`the hover says ${wanted}`, async () => {
        await this.placeCursor(at);
        await this.page.keyboard.press("Control+k");
        await this.page.keyboard.press("Control+i");
        await hover.first().waitFor({ timeout: 2000 });
        // The editor shows a finding's message first and the server's answer later.
        const says = async () => {
          text = (await hover.allInnerTexts()).join("\n");
          return wanted.test(text);
        };
        return until("the answer is shown", says, 2).catch(() => false);
      });
    } catch (error) {
      throw new Error(`${error}\nIt says:\n${text}`);
    }
  }

  /** Opens the menu of code actions at the cursor and returns its entries. */
  async actions(): Promise<string[]> {
    // The editor drops the key press if new problems arrive while it collects the actions.
    await until("the menu of code actions opens", async () => {
      await this.page.keyboard.press("Control+.");
      const opened = this.actionRows.first().waitFor({ timeout: 5000 });
      return opened.then(
        () => true,
        () => false,
      );
    });
    return this.actionRows.allInnerTexts();
  }

  /** Opens the menu of code actions at the cursor and chooses an entry. */
  async quickFix(title: string): Promise<void> {
    const entries = await this.actions();
    const entry = this.actionRows.filter({ hasText: title }).first();
    if ((await entry.count()) === 0) {
      throw new Error(`"${title}" is not offered, but:\n${entries.join("\n")}`);
    }
    await entry.click();
  }

  /** Chooses an entry of a submenu in the context menu of the line with this text. */
  async contextMenu(at: string, submenu: string, entry: string): Promise<void> {
    const line = this.page.locator(".editor-instance .view-line").filter({ hasText: at });
    await line.first().click({ button: "right", position: { x: 60, y: 8 } });
    const item = (name: string) => this.page.getByRole("menuitem", { name, exact: true }).last();
    await item(submenu).hover();
    // A menu ignores clicks just after it has opened.
    await until(`"${entry}" is chosen`, async () => {
      await item(entry)
        .click({ timeout: 1000 })
        .catch(() => undefined);
      return !(await item(entry).isVisible());
    });
  }

  /** Waits for the proposal for a file and activates its tab. */
  async showProposal(name: string): Promise<void> {
    await this.page
      .locator(".tabs-container .tab")
      .filter({ hasText: `${name}: ` })
      .click();
    const wanted = (shown: Shown) => /proposal$/.test(shown.scheme) && shown.path.endsWith(name);
    await until("the proposal is shown", async () => wanted(await this.document()));
  }

  /** Waits until a web view with this name contains the text. */
  async pageShows(name: string, text: RegExp): Promise<void> {
    await this.page.locator(".tabs-container .tab").filter({ hasText: name }).first().waitFor();
    await until(`${name} has ${text}`, async () => {
      const bodies = this.page.frames().map((frame) => frame.locator("body").allInnerTexts());
      const texts = await Promise.allSettled(bodies); // frames come and go
      return texts.some((each) => each.status === "fulfilled" && text.test(each.value.join()));
    });
  }

  /** Runs a command from the command palette by its full title. */
  async runCommand(title: string): Promise<void> {
    await until(`"${title}" is chosen`, () => this.choose("F1", `>${title}`, title));
  }

  /** Enters a text in the open input box. */
  async answer(text: string): Promise<void> {
    await this.quickInput.fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** Chooses an entry of the open list. */
  async pick(entry: string | RegExp, timeout = 60_000): Promise<void> {
    const row = this.page.locator(".quick-input-list .monaco-list-row");
    await row.filter({ hasText: entry }).first().click({ timeout });
  }

  /** Waits for a notification with this text. */
  async notification(text: string | RegExp): Promise<Notification> {
    const items = this.page.locator(".notification-list-item").filter({ hasText: text });
    await items.first().waitFor();
    return {
      text: (await items.first().locator(MESSAGE).textContent()) ?? "",
      press: async (title) => {
        const button = items.locator(".monaco-button").filter({ hasText: title }).first();
        // The editor hides notifications after some seconds; the notification center still has them.
        if (!(await button.isVisible())) {
          await this.runCommand("Notifications: Show Notifications");
        }
        await button.click();
      },
    };
  }

  /** Returns the texts of the visible notifications. */
  async notifications(): Promise<string[]> {
    return this.page.locator(`.notification-toast ${MESSAGE}`).allInnerTexts();
  }

  /** Opens the language status (the braces in the status bar) and returns its text. */
  async statusItem(): Promise<string> {
    const hover = this.page.locator(".hover-language-status");
    if (!(await hover.first().isVisible())) {
      await this.page.locator("[id='status.languageStatus']").click();
      await hover.first().waitFor();
    }
    return (await hover.allInnerTexts()).join("\n");
  }

  /** Waits until the language status matches `wanted`, and closes it. */
  async statusBecomes(wanted: RegExp): Promise<string> {
    let text = "";
    try {
      await until(`the status says ${wanted}`, async () => {
        text = await this.statusItem();
        await this.focusEditor();
        return wanted.test(text);
      });
    } catch (error) {
      throw new Error(`${error}\nIt says:\n${text}`);
    }
    return text;
  }

  /** Opens the Problems panel. */
  async openProblemsPanel(): Promise<void> {
    await this.page.keyboard.press("Control+Shift+m");
    await this.page.locator(".markers-panel .monaco-list-row").first().waitFor();
  }

  /** Closes the window. */
  async close(): Promise<void> {
    await this.page.context().close();
  }

  /**
   * Opens a list with a key and chooses an entry.
   *
   * @returns Whether the entry was chosen; a change of focus closes the list.
   */
  private async choose(key: string, text: string, entry: string | RegExp): Promise<boolean> {
    await this.page.keyboard.press(key);
    try {
      await this.quickInput.fill(text, { timeout: 5000 });
      await this.pick(entry, 5000);
      return true;
    } catch {
      return false;
    }
  }

  private async press(key: string, times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      await this.page.keyboard.press(key);
    }
  }

  private get quickInput(): Locator {
    return this.page.locator(".quick-input-widget .quick-input-box input");
  }

  private get actionRows(): Locator {
    return this.page.locator(".action-widget .monaco-list-row.action");
  }
}
