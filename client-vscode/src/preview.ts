import { basename } from "node:path";
import {
  commands,
  type Disposable,
  Position,
  Range,
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
import { provideTexts, showText } from "./documents";

const APPLY = "Apply";
const DISCARD = "Discard";
const DETAILS = "Details";

/** How the server is told that the user does not want an edit: it is not offered again. */
const DISCARDED = "discarded";

const proposals = provideTexts("python-expert-proposal");

/** What is done with each proposal that is shown, by its URI. */
const waiting = new Map<string, (answer: typeof APPLY | typeof DISCARD) => void>();

let count = 0;

/** A document, the version that was read, and what it would become. */
interface Proposed extends Changed {
  document: TextDocument;
  version: number;
}

/** A text with edits made, and the line of the edit that is nearest to the cursor. */
interface Changed {
  text: string;
  line: number;
}

type Next = (params: ApplyWorkspaceEditParams) => PromiseLike<ApplyWorkspaceEditResult>;

/** Registers what previews need: their texts, and the buttons above them. */
export function registerPreviews(): Disposable[] {
  // A button above the diff names the proposal; from the palette, it is the one in the active tab.
  const answering = (answer: typeof APPLY | typeof DISCARD) => (named?: unknown) => {
    const shown = proposalOf(window.tabGroups.activeTabGroup.activeTab?.input);
    const proposal = named instanceof Uri && waiting.has(named.toString()) ? named : shown;
    waiting.get(proposal?.toString() ?? "")?.(answer);
  };
  return [
    proposals.registration,
    commands.registerCommand("python-expert.applyProposal", answering(APPLY)),
    commands.registerCommand("python-expert.discardProposal", answering(DISCARD)),
  ];
}

/**
 * Makes an edit of the server's; one that wants to be confirmed is shown as a diff before.
 *
 * VS Code's own preview would let the user take single changes of a rewrite out, after which
 * nobody has proven anything about what is left; here it is all or nothing.
 *
 * @param asking Called before the user is asked, with the edit's label.
 */
export async function applyEdit(
  client: LanguageClient,
  params: ApplyWorkspaceEditParams,
  next: Next,
  asking: (label: string) => void,
): Promise<ApplyWorkspaceEditResult> {
  const annotations = Object.values(params.edit.changeAnnotations ?? {});
  const changes = (params.edit.documentChanges ?? []) as TextDocumentEdit[];
  if (changes.length === 0 || !annotations.some((each) => each.needsConfirmation)) {
    return next(params);
  }
  const shown: Proposed[] = [];
  const bare: TextDocumentEdit[] = [];
  for (const { textDocument, edits } of changes) {
    const uri = client.protocol2CodeConverter.asUri(textDocument.uri);
    const isOpen = (each: TextDocument) => each.uri.toString() === uri.toString();
    const open = workspace.textDocuments.find(isOpen);
    // Only files that the server has read from disk have no version; they may be shown by now.
    const isOnDisk = textDocument.version === null && !open?.isDirty;
    if (!isOnDisk && open?.version !== textDocument.version) {
      return { applied: false };
    }
    const document = open ?? (await workspace.openTextDocument(uri));
    const plain = (edits as AnnotatedTextEdit[]).map(({ annotationId: _, ...edit }) => edit);
    shown.push({ document, version: document.version, ...changed(document, plain) });
    bare.push({ textDocument, edits: plain });
  }
  asking(params.label ?? "");
  const label = annotations.map((each) => each.label).join(", ");
  const why = annotations.flatMap((each) => (each.description ?? "").split("\n"));
  if (!(await confirmed(shown, label, why))) {
    return { applied: false, failureReason: DISCARDED };
  }
  // Files without a version are not compared by VS Code.
  if (shown.some(({ document, version }) => document.version !== version)) {
    return { applied: false };
  }
  return next({ ...params, edit: { documentChanges: bare } });
}

/** Shows what documents would become, the first in front, and waits for what the user says. */
async function confirmed(shown: Proposed[], label: string, why: string[]): Promise<boolean> {
  let isAnswered = false;
  let isAsked = false; // whether the message below was answered, rather than a button above the diff
  let resolve: (answer: string) => void = () => undefined;
  const answered = new Promise<string>((settle) => {
    resolve = (answer) => {
      isAnswered = true;
      settle(answer);
    };
  });
  const opened: { document: TextDocument; proposal: Uri }[] = [];
  for (const { document, text, line } of [...shown].reverse()) {
    const name = basename(document.uri.path);
    count += 1; // two files may have one name
    // The proposal's name ends as the file's does, so that it is coloured as Python.
    const proposal = proposals.set(`${count}/${label}/${name}`, text);
    opened.unshift({ document, proposal });
    // Before the diff is shown: its buttons can be pressed before the command that shows it returns.
    waiting.set(proposal.toString(), resolve);
    const title = `${name}: ${label}`;
    // An import at the top is the first change, and not the one that the user asked for.
    const options = { preview: false, selection: new Range(line, 0, line, 0) };
    await commands.executeCommand("vscode.diff", document.uri, proposal, title, options);
  }
  const watch = window.tabGroups.onDidChangeTabs(() => {
    if (opened.some(({ proposal }) => tabsOf(proposal).length === 0)) {
      resolve(DISCARD);
    }
  });
  if (!isAnswered) {
    // The message goes away after some seconds; the buttons above the diff stay.
    void ask(label, why).then((said) => {
      isAsked = said !== undefined;
      if (said && opened.some(({ proposal }) => waiting.has(proposal.toString()))) {
        resolve(said);
      } else if (said === APPLY) {
        void window.showInformationMessage("Python Expert: that proposal is already closed.");
      }
    });
  }
  const answer = await answered;
  if (!isAsked) {
    // An extension cannot take back a question, but it can put it out of sight.
    void commands.executeCommand("notifications.hideToasts");
  }
  watch.dispose();
  for (const { document, proposal } of [...opened].reverse()) {
    waiting.delete(proposal.toString());
    await close(proposal, document);
    proposals.drop(proposal);
  }
  return answer === APPLY;
}

/** Asks in a short message; what is more than one reason is shown on demand, and asked again. */
async function ask(label: string, why: string[]) {
  const more = why.length - 1;
  const question = `Python Expert: ${label}? ${why[0]}${more ? ` (${more} more in Details)` : ""}`;
  const buttons = more ? ([APPLY, DETAILS, DISCARD] as const) : ([APPLY, DISCARD] as const);
  const said = await window.showInformationMessage(question, ...buttons);
  if (said !== DETAILS) {
    return said;
  }
  await showText(`${label}.txt`, why.map((each) => `- ${each}\n`).join(""));
  return ask(label, why);
}

function changed(document: TextDocument, edits: TextEdit[]): Changed {
  const before = document.getText();
  const offset = ({ line, character }: TextEdit["range"]["start"]) =>
    document.offsetAt(new Position(line, character));
  const placed = edits
    .map(({ range, newText }) => ({ start: offset(range.start), end: offset(range.end), newText }))
    .sort((one, other) => one.start - other.start);
  const editor = window.visibleTextEditors.find((each) => each.document === document);
  const cursor = editor ? document.offsetAt(editor.selection.active) : 0;
  let after = "";
  let done = 0;
  let nearest = Number.POSITIVE_INFINITY;
  let line = 0;
  for (const { start, end, newText } of placed) {
    after += before.slice(done, start);
    if (Math.abs(start - cursor) < nearest) {
      nearest = Math.abs(start - cursor);
      line = after.split("\n").length - 1;
    }
    after += newText;
    done = Math.max(done, end);
  }
  return { text: after + before.slice(done), line };
}

/** The proposal that a tab shows, if it shows one. */
function proposalOf(input: unknown): Uri | undefined {
  const { modified } = (input ?? {}) as { modified?: unknown };
  return modified instanceof Uri ? modified : undefined;
}

function tabsOf(uri: Uri) {
  return window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => proposalOf(tab.input)?.toString() === uri.toString());
}

/** Closes a proposal; whoever was looking at it is back in the document. */
async function close(proposal: Uri, document: TextDocument): Promise<void> {
  const tabs = tabsOf(proposal);
  const looking = tabs.some((tab) => tab.isActive && tab.group.isActive);
  if (looking) {
    // Before the tabs are closed: after it, it would take the focus from what is used next.
    await window.showTextDocument(document);
  }
  await window.tabGroups.close(tabs, true);
}
