import { basename } from "node:path";
import {
  commands,
  type Disposable,
  Position,
  type TextDocument,
  Uri,
  window,
  workspace,
} from "vscode";
import type {
  AnnotatedTextEdit,
  ApplyWorkspaceEditParams,
  ApplyWorkspaceEditResult,
  LanguageClient,
  TextDocumentEdit,
  TextEdit,
} from "vscode-languageclient/node";
import { dropText, setText } from "./documents";

const APPLY = "Apply";
const DISCARD = "Discard";

type Next = (params: ApplyWorkspaceEditParams) => PromiseLike<ApplyWorkspaceEditResult>;

/**
 * Makes an edit of the server's; one that wants to be confirmed is shown as a diff before.
 *
 * VS Code's own preview would let the user take single changes of a rewrite out, after which
 * nobody has proven anything about what is left; here it is all or nothing.
 *
 * @param asking Called before the user is asked.
 */
export async function applyEdit(
  client: LanguageClient,
  params: ApplyWorkspaceEditParams,
  next: Next,
  asking: () => void,
): Promise<ApplyWorkspaceEditResult> {
  const annotations = Object.values(params.edit.changeAnnotations ?? {});
  const [change] = (params.edit.documentChanges ?? []) as TextDocumentEdit[];
  if (!change || !annotations.some((each) => each.needsConfirmation)) {
    return next(params);
  }
  const uri = client.protocol2CodeConverter.asUri(change.textDocument.uri);
  const document = workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
  if (!document || document.version !== change.textDocument.version) {
    return { applied: false };
  }
  const edits = (change.edits as AnnotatedTextEdit[]).map(({ annotationId: _, ...edit }) => edit);
  asking();
  const label = annotations.map((each) => each.label).join(", ");
  const why = annotations.map((each) => each.description ?? "").join("; ");
  if (!(await confirmed(document, changedText(document, edits), label, why))) {
    return { applied: false, failureReason: "you discarded it" };
  }
  const { textDocument } = change;
  return next({ ...params, edit: { documentChanges: [{ textDocument, edits }] } });
}

/** Shows what a document would become, and waits for what the user says to it. */
async function confirmed(
  document: TextDocument,
  text: string,
  label: string,
  why: string,
): Promise<boolean> {
  const name = basename(document.uri.path);
  // The proposal's name ends as the file's does, so that it is coloured as Python.
  const proposal = setText(`${label}/${name}`, text);
  await commands.executeCommand("vscode.diff", document.uri, proposal, `${name}: ${label}`, {
    preview: true,
  });
  const [closed, watch] = whenClosed(proposal);
  const question = `Python Expert: ${label}? ${why}`;
  const answer = window.showInformationMessage(question, APPLY, DISCARD);
  const agreed = (await Promise.race([answer, closed])) === APPLY;
  watch.dispose();
  await closeTabs(proposal);
  dropText(proposal);
  return agreed;
}

function changedText(document: TextDocument, edits: TextEdit[]): string {
  const offset = ({ line, character }: TextEdit["range"]["start"]) =>
    document.offsetAt(new Position(line, character));
  const placed = edits.map(({ range, newText }) => ({
    start: offset(range.start),
    end: offset(range.end),
    newText,
  }));
  // From the end, so that no edit moves another; of two at one place the first comes first.
  return placed
    .reverse()
    .toSorted((one, other) => other.start - one.start)
    .reduce(
      (text, edit) => text.slice(0, edit.start) + edit.newText + text.slice(edit.end),
      document.getText(),
    );
}

function tabsOf(uri: Uri) {
  return window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => {
      const { modified } = (tab.input ?? {}) as { modified?: unknown };
      return modified instanceof Uri && modified.toString() === uri.toString();
    });
}

/** Resolves when no tab shows a proposal any more: to close it is to discard it. */
function whenClosed(uri: Uri): [Promise<undefined>, Disposable] {
  let watch: Disposable = { dispose: () => undefined };
  const closed = new Promise<undefined>((resolve) => {
    watch = window.tabGroups.onDidChangeTabs(() => {
      if (tabsOf(uri).length === 0) {
        resolve(undefined);
      }
    });
  });
  return [closed, watch];
}

async function closeTabs(uri: Uri): Promise<void> {
  const tabs = tabsOf(uri);
  if (tabs.length > 0) {
    await window.tabGroups.close(tabs, true);
  }
}
