import {
  commands,
  type Disposable,
  EventEmitter,
  Uri,
  ViewColumn,
  window,
  workspace,
} from "vscode";

const SCHEME = "python-expert";

const texts = new Map<string, string>();
const changed = new EventEmitter<Uri>();

/** Lets VS Code open the texts that are shown but never saved: reports, payloads, proposals. */
export function provideDocuments(): Disposable {
  return workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? "",
  });
}

/**
 * Sets the text of a read-only document.
 *
 * @param name What its tab is called; one name is one document.
 */
export function setText(name: string, text: string): Uri {
  const uri = Uri.from({ scheme: SCHEME, path: `/${name}` });
  texts.set(uri.toString(), text);
  changed.fire(uri);
  return uri;
}

/** Forgets a text that is not shown any more. */
export function dropText(uri: Uri): void {
  texts.delete(uri.toString());
}

/** Shows a text in a tab of its own. */
export async function showText(name: string, text: string): Promise<void> {
  const document = await workspace.openTextDocument(setText(name, text));
  await window.showTextDocument(document, { preview: true });
}

/** Shows Markdown as it is meant to look. */
export async function showMarkdown(name: string, text: string): Promise<void> {
  await commands.executeCommand("markdown.showPreview", setText(`${name}.md`, text), {
    viewColumn: ViewColumn.Active,
  });
}
