import { type Disposable, type ExtensionContext, window } from "vscode";

const NAME = "anthropicApiKey";

/** The variables from which the server reads a key, by precedence; the first is set here. */
const VARIABLES = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"] as const;

/** Returns the environment variable with the API key, if the user has set one. */
export async function keyEnvironment(context: ExtensionContext): Promise<Record<string, string>> {
  const key = await context.secrets.get(NAME);
  return key ? { [VARIABLES[0]]: key } : {};
}

/** Whether the user has set an API key. */
export async function hasKey(context: ExtensionContext): Promise<boolean> {
  return Boolean(await context.secrets.get(NAME));
}

/** Prompts the user for an API key and stores it in the secret storage. */
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

/** Deletes the API key from the secret storage. */
export async function clearKey(context: ExtensionContext): Promise<void> {
  await context.secrets.delete(NAME);
  const other = VARIABLES.find((name) => process.env[name]);
  const elsewhere = other
    ? ` VS Code was started with ${other} in its environment; that one is used now.`
    : "";
  void window.showInformationMessage(`Python Expert has deleted the API key.${elsewhere}`);
}

/** Calls the listener when the key changes, in any window. */
export function onKeyChanged(context: ExtensionContext, listener: () => void): Disposable {
  return context.secrets.onDidChange((event) => {
    if (event.key === NAME) {
      listener();
    }
  });
}
