import {
  commands,
  type Disposable,
  EventEmitter,
  Uri,
  ViewColumn,
  window,
  workspace,
} from "vscode";

/** Texts that VS Code can show under a scheme of their own, and nobody can save. */
export interface Texts {
  registration: Disposable;
  /** Sets a text; the name's last part is what its tab is called. */
  set(name: string, text: string): Uri;
  /** Forgets one that is not shown any more. */
  drop(uri: Uri): void;
}

/** Provides the texts of a scheme. */
export function provideTexts(scheme: string): Texts {
  const texts = new Map<string, string>();
  const changed = new EventEmitter<Uri>();
  const registration = workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? "",
  });
  return {
    registration,
    set(name, text) {
      const uri = Uri.from({ scheme, path: `/${name}` });
      texts.set(uri.toString(), text);
      changed.fire(uri);
      return uri;
    },
    drop: (uri) => void texts.delete(uri.toString()),
  };
}

const shown = provideTexts("python-expert");

/** Registers what reports need to be shown. */
export function registerDocuments(): Disposable {
  return shown.registration;
}

/** Shows a text in a tab of its own. */
export async function showText(name: string, text: string): Promise<void> {
  const document = await workspace.openTextDocument(shown.set(name, text));
  await window.showTextDocument(document, { preview: true });
}

/** Shows Markdown as it is meant to look. */
export async function showMarkdown(name: string, text: string): Promise<void> {
  await commands.executeCommand("markdown.showPreview", shown.set(`${name}.md`, text), {
    viewColumn: ViewColumn.Active,
  });
}
