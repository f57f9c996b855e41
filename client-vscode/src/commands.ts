import { commands, type Disposable, type ExtensionContext, window } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { debugInformation } from "./debug";
import { showMarkdown, showText } from "./documents";
import { chooseModel, type Models } from "./models";
import { actions, currentPlace, execute, type Place, payload, rewrite } from "./rewrites";
import { clearKey, setKey } from "./secrets";
import type { Server } from "./server";
import { debugTest, runTests, showOutput } from "./tests";

/** Registers the commands; the client registers the server's commands, which have other ids. */
export function registerCommands(
  context: ExtensionContext,
  server: Server,
  showLogs: () => void,
): Disposable[] {
  const withServer = (work: (client: LanguageClient) => Promise<unknown>) => async () => {
    const client = await server.ready();
    if (client) {
      await work(client);
    } else {
      void offerStart();
    }
  };
  // The place is recorded first: installing the server may take a while, and the user may move on.
  const atCursor =
    (work: (client: LanguageClient, place: Place) => Promise<unknown>) => async () => {
      const place = currentPlace();
      if (place) {
        await withServer((client) => work(client, place))();
      }
    };
  const rewriting = (action: string, where: "selection" | "file") =>
    atCursor((client, place) => rewrite(client, place, action, where));
  const all: Record<string, (...given: never[]) => unknown> = {
    restart: () => server.restart(),
    showLogs,
    printDebugInformation: async () => {
      const text = await debugInformation(context, server);
      await showText("Python Expert: debug information.md", text);
    },
    showPayload: atCursor(async (client, place) => {
      const text = await payload(client, place, actions(context));
      if (text !== undefined) {
        await showText("What would be sent.md", text);
      }
    }),
    showReport: withServer(async (client) => {
      const report = await execute(client, "pythonExpert.lastReport");
      if (report) {
        await showMarkdown("Last rewrite", String(report));
      } else {
        void window.showInformationMessage("Python Expert: nothing has been rewritten yet.");
      }
    }),
    setApiKey: () => setKey(context),
    clearApiKey: () => clearKey(context),
    chooseModel: withServer((client) =>
      chooseModel(async () => (await execute(client, "pythonExpert.models", {})) as Models),
    ),
    checkWorkspace: withServer(checkWorkspace),
    showKnownFindings: withServer((client) => showKnown(client, true)),
    hideKnownFindings: withServer((client) => showKnown(client, false)),
    runTests: withServer(runTests),
    showTestOutput: withServer((client) => showOutput(client)),
    debugTest,
  };
  for (const { name, command, file } of actions(context)) {
    all[command] = rewriting(name, "selection");
    if (file) {
      all[`${command}ToFile`] = rewriting(name, "file");
    }
  }
  return Object.entries(all).map(([name, work]) =>
    commands.registerCommand(`python-expert.${name}`, work),
  );
}

async function checkWorkspace(client: LanguageClient): Promise<void> {
  const { result, message } = (await execute(client, "pythonExpert.checkWorkspace", {
    wait: true,
  })) as {
    result: string;
    message: string;
  };
  if (result === "failed") {
    void window.showWarningMessage(`Python Expert: ${message}`);
  } else if (result === "done") {
    const show = "Show Problems";
    if ((await window.showInformationMessage(`Python Expert: ${message}`, show)) === show) {
      await commands.executeCommand("workbench.actions.view.problems");
    }
  }
}

async function showKnown(client: LanguageClient, show: boolean): Promise<void> {
  const { findings, message } = (await execute(client, "pythonExpert.showKnown", { show })) as {
    findings: number;
    message: string;
  };
  if (findings === 0) {
    void window.showInformationMessage(`Python Expert: ${message}.`);
  }
}

async function offerStart(): Promise<void> {
  const start = "Restart Server";
  const text = "Python Expert: the server is not running; see its log.";
  const answer = await window.showWarningMessage(text, start, "Show Logs");
  if (answer) {
    await commands.executeCommand(
      answer === start ? "python-expert.restart" : "python-expert.showLogs",
    );
  }
}
