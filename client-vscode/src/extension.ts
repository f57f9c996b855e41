import type { ExtensionContext } from "vscode";

/** Called by VS Code when the first Python document is opened. */
export async function activate(_context: ExtensionContext): Promise<void> {}

/** Called by VS Code when the window closes. */
export async function deactivate(): Promise<void> {}
