import { ConfigurationTarget, commands, window, workspace } from "vscode";
import { SECTION } from "./settings";
import { type Reason, remedyFor } from "./status";

/** The result of the command `pythonExpert.models`. */
export interface Models {
  models: { id: string; name: string }[];
  /** A readable explanation of why there are none. */
  message: string;
  /** The reason as a code, if the extension offers a remedy for it. */
  reason: Reason | null;
}

const OTHER_MODEL = "Enter another model…";
const ENTER_MODEL = "Enter a Model";

/** Replaces the server's message, which names a variable; this message has a button. */
const NO_KEY = "there is no key, so the endpoint cannot be asked which models it has.";

/**
 * Lets the user choose one of the endpoint's models.
 *
 * @param fetchModels Requests the models from the server.
 */
export async function chooseModel(fetchModels: () => Promise<Models>): Promise<void> {
  const { models, message, reason } = await fetchModels();
  if (models.length === 0) {
    await offerRemedy(reason === "noKey" ? NO_KEY : message, reason);
    return;
  }
  const current = workspace.getConfiguration(SECTION).get<string>("llm.model");
  const items = models.map(({ id, name }) => ({
    label: id,
    description: id === current ? `${name} (in use)` : name,
  }));
  const chosen = await window.showQuickPick([...items, { label: OTHER_MODEL, description: "" }], {
    title: "Python Expert: the model that proposes rewrites",
    matchOnDescription: true,
  });
  await save(chosen?.label === OTHER_MODEL ? await promptForName() : chosen?.label);
}

async function offerRemedy(why: string, reason: Reason | null): Promise<void> {
  const remedy = remedyFor(reason);
  const titles = remedy ? [remedy.title, ENTER_MODEL] : [ENTER_MODEL];
  const answer = await window.showWarningMessage(`Python Expert: ${why}`, ...titles);
  if (answer === ENTER_MODEL) {
    await save(await promptForName());
  } else if (answer && remedy) {
    await commands.executeCommand(remedy.command, ...(remedy.arguments ?? []));
  }
}

async function promptForName(): Promise<string | undefined> {
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
