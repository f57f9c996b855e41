import { ConfigurationTarget, commands, window, workspace } from "vscode";
import { SECTION } from "./settings";

/** What `pythonExpert.models` answers. */
export interface Models {
  models: { id: string; name: string }[];
  message: string;
}

const BY_HAND = "Enter another model…";
const SET_KEY = "Set API Key";

/**
 * Lets the user choose among the models that the endpoint offers.
 *
 * @param ask Asks the server for them.
 */
export async function chooseModel(ask: () => Promise<Models>): Promise<void> {
  const { models, message } = await ask();
  if (models.length === 0) {
    const answer = await window.showWarningMessage(
      `Python Expert: ${message}`,
      SET_KEY,
      "Enter a Model",
    );
    if (answer === SET_KEY) {
      await commands.executeCommand("python-expert.setApiKey");
    } else if (answer) {
      await save(await enter());
    }
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
