import { ConfigurationTarget, type ExtensionContext, extensions, window, workspace } from "vscode";
import { doubled, type Neighbour } from "./neighbours";

const ASKED = "neighboursAsked";

/** Offers, once for each other extension that runs one of our tools, to switch one of them off. */
export async function offerNeighbours(context: ExtensionContext): Promise<void> {
  const asked = context.globalState.get<string[]>(ASKED, []);
  const isActive = (id: string) => extensions.getExtension(id)?.isActive ?? false;
  const setting = (name: string) => workspace.getConfiguration().get(name);
  for (const each of doubled(isActive, setting, asked)) {
    await context.globalState.update(ASKED, [
      ...context.globalState.get<string[]>(ASKED, []),
      each.id,
    ]);
    await offer(each);
  }
}

async function offer({ name, tool, setting, off }: Neighbour): Promise<void> {
  const here = "Switch Off Here";
  const there = `Switch Off in ${name}`;
  const answer = await window.showInformationMessage(
    `Python Expert and the extension ${name} both run ${tool}, so that its findings are shown twice.`,
    here,
    there,
    "Keep Both",
  );
  const configuration = workspace.getConfiguration();
  if (answer === here) {
    const own = `pythonExpert.tools.${tool}.enabled`;
    await configuration.update(own, false, ConfigurationTarget.Global);
  } else if (answer === there) {
    await configuration.update(setting, off, ConfigurationTarget.Global);
  }
}
