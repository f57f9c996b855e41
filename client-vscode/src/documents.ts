import {
  commands,
  type Disposable,
  EventEmitter,
  Uri,
  ViewColumn,
  window,
  workspace,
} from "vscode";

/** Read-only virtual documents with a URI scheme of their own. */
export interface Texts {
  registration: Disposable;
  /** Sets a text and returns its URI; the last part of the name is the title of its tab. */
  set(name: string, text: string): Uri;
  /** Removes a text that is no longer shown. */
  drop(uri: Uri): void;
}

/** Registers a content provider for a scheme. */
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

/** Registers the content provider for reports. */
export function registerDocuments(): Disposable {
  return shown.registration;
}

/** Shows a text in an editor tab. */
export async function showText(name: string, text: string): Promise<void> {
  const document = await workspace.openTextDocument(shown.set(name, text));
  await window.showTextDocument(document, { preview: true });
}

/** Shows Markdown in the preview. */
export async function showMarkdown(name: string, text: string): Promise<void> {
  await commands.executeCommand("markdown.showPreview", shown.set(`${name}.md`, text), {
    viewColumn: ViewColumn.Active,
  });
}
