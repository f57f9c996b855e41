import { type Disposable, type ExtensionContext, window } from "vscode";

const NAME = "anthropicApiKey";

/** The variables that the server reads a key from, in its order; ours goes into the first. */
const VARIABLES = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"] as const;

/** What the server's environment needs beside VS Code's own: the key, if the user has set one. */
export async function keyEnvironment(context: ExtensionContext): Promise<Record<string, string>> {
  const key = await context.secrets.get(NAME);
  return key ? { [VARIABLES[0]]: key } : {};
}

/** Whether the user has set one. */
export async function hasKey(context: ExtensionContext): Promise<boolean> {
  return Boolean(await context.secrets.get(NAME));
}

/** Asks the user for a key and keeps it where the system keeps secrets. */
export async function setKey(context: ExtensionContext): Promise<void> {
  const key = await window.showInputBox({
    title: "Python Expert: API key for rewrites by a model",
    prompt:
      "It is kept in the system's secret storage, and never in settings. Nothing is sent before you choose a rewrite.",
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (/\s/.test(value.trim()) ? "A key has no spaces in it." : undefined),
  });
  if (key?.trim()) {
    await context.secrets.store(NAME, key.trim());
  }
}

/** Forgets the key. */
export async function clearKey(context: ExtensionContext): Promise<void> {
  await context.secrets.delete(NAME);
  const other = VARIABLES.find((name) => process.env[name]);
  const elsewhere = other
    ? ` VS Code was started with ${other} in its environment; that one is used now.`
    : "";
  void window.showInformationMessage(`Python Expert has deleted the API key.${elsewhere}`);
}

/** Calls back when the key was changed, in whichever window. */
export function onKeyChanged(context: ExtensionContext, listener: () => void): Disposable {
  return context.secrets.onDidChange((event) => {
    if (event.key === NAME) {
      listener();
    }
  });
}
