import { type ExtensionContext, type Uri, workspace } from "vscode";
import { foldersAt } from "./folders";
import { explicitSettings, SECTION, serverSettings } from "./settings";
import { expand } from "./variables";

/** Returns the server's settings for a scope, including the workspace trust. */
export function settingsFor(
  context: ExtensionContext,
  scope: Uri | undefined,
): Record<string, unknown> {
  const folders = foldersAt(scope);
  const set = explicit(context, scope, (value) => expand(value, folders));
  return { ...set, trusted: workspace.isTrusted };
}

/** Returns the settings as JSON without expanding variables, for bug reports. */
export function settingsAsWritten(context: ExtensionContext): string {
  const set = { ...explicit(context, undefined), trusted: workspace.isTrusted };
  return JSON.stringify(set, null, 2);
}

function explicit(
  context: ExtensionContext,
  scope: Uri | undefined,
  expandPath?: (value: unknown) => unknown,
) {
  const { properties } = context.extension.packageJSON.contributes.configuration;
  const configuration = workspace.getConfiguration(SECTION, scope);
  const inspect = (name: string) => configuration.inspect(name);
  return explicitSettings(serverSettings(properties), inspect, expandPath);
}
