import { ConfigurationTarget, type ExtensionContext, extensions, window, workspace } from "vscode";
import { findDuplicates, type Neighbour, offerSequentially } from "./neighbours";

const ASKED = "neighboursAsked";

/** Whether an extension is installed and active. */
export const isActive = (id: string) => extensions.getExtension(id)?.isActive ?? false;

/** Creates a function that offers, once for each duplicate extension, to disable one of the two. */
export function neighbourOffers(context: ExtensionContext): () => Promise<void> {
  const asked = () => context.globalState.get<string[]>(ASKED, []);
  const setting = (name: string) => workspace.getConfiguration().get(name);
  return offerSequentially(
    () => findDuplicates(isActive, setting, asked())[0],
    async (each) => {
      await context.globalState.update(ASKED, [...asked(), each.id]);
      await offer(each);
    },
  );
}

async function offer(neighbour: Neighbour): Promise<void> {
  await (neighbour.types ? offerTypes(neighbour) : offerTool(neighbour));
}

/** Asks whose type errors to show; Python Expert's gate runs mypy in any case. */
async function offerTypes({ name, tool }: Neighbour): Promise<void> {
  const there = `Leave Types to ${name}`;
  const answer = await window.showInformationMessage(
    `${name} also reports type errors: keep both, or leave types to ${name}?`,
    "Keep Both",
    there,
  );
  if (answer === there) {
    await switchOff(tool);
  }
}

async function switchOff(tool: string): Promise<void> {
  const own = `pythonExpert.tools.${tool}.enabled`;
  await workspace.getConfiguration().update(own, false, ConfigurationTarget.Global);
}

async function offerTool({ name, tool, setting, off }: Neighbour): Promise<void> {
  const here = "Switch Off in Python Expert";
  const there = `Switch Off in ${name}`;
  const answer = await window.showInformationMessage(
    `Python Expert and the extension ${name} both run ${tool}, so that its findings are shown twice.`,
    here,
    there,
    "Keep Both",
  );
  const configuration = workspace.getConfiguration();
  if (answer === here) {
    await switchOff(tool);
  } else if (answer === there) {
    const value = off(configuration.inspect(setting)?.globalValue);
    await configuration.update(setting, value, ConfigurationTarget.Global);
  }
}
