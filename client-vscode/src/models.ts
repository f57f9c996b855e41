import { ConfigurationTarget, commands, window, workspace } from "vscode";
import { SECTION } from "./settings";
import { type Reason, remedyFor } from "./status";

/** What `pythonExpert.models` answers. */
export interface Models {
  models: { id: string; name: string }[];
  /** Why there are none, for people. */
  message: string;
  /** The same for us, where it is one that we can do something about. */
  reason: Reason | null;
}

const BY_HAND = "Enter another model…";
const BY_NAME = "Enter a Model";

/** The server's words say which variable to set; here is a button. */
const NO_KEY = "there is no key, so the endpoint cannot be asked which models it has.";

/**
 * Lets the user choose among the models that the endpoint offers.
 *
 * @param ask Asks the server for them.
 */
export async function chooseModel(ask: () => Promise<Models>): Promise<void> {
  const { models, message, reason } = await ask();
  if (models.length === 0) {
    await offerInstead(reason === "noKey" ? NO_KEY : message, reason);
    return;
  }
  const current = workspace.getConfiguration(SECTION).get<string>("llm.model");
  const items = models.map(({ id, name }) => ({
    label: id,
    description: id === current ? `${name} (in use)` : name,
  }));
  const chosen = await window.showQuickPick([...items, { label: BY_HAND, description: "" }], {
    title: "Python Expert: the model that proposes rewrites",
    matchOnDescription: true,
  });
  await save(chosen?.label === BY_HAND ? await enter() : chosen?.label);
}

async function offerInstead(why: string, reason: Reason | null): Promise<void> {
  const remedy = remedyFor(reason);
  const titles = remedy ? [remedy.title, BY_NAME] : [BY_NAME];
  const answer = await window.showWarningMessage(`Python Expert: ${why}`, ...titles);
  if (answer === BY_NAME) {
    await save(await enter());
  } else if (answer && remedy) {
    await commands.executeCommand(remedy.command, ...(remedy.arguments ?? []));
  }
}

async function enter(): Promise<string | undefined> {
  return window.showInputBox({ title: "Python Expert: the model's name, as the endpoint has it" });
}

async function save(model: string | undefined): Promise<void> {
  if (!model?.trim()) {
    return;
  }
  const configuration = workspace.getConfiguration(SECTION);
  await configuration.update("llm.model", model.trim(), ConfigurationTarget.Global);
  if (configuration.inspect("llm.model")?.workspaceValue) {
    void window.showWarningMessage(
      "Python Expert: this workspace's settings name another model (pythonExpert.llm.model), which counts here.",
    );
  }
}
