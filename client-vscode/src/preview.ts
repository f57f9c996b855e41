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

/** The failure reason that tells the server not to offer the edit again. */
const DISCARDED = "discarded";

const proposals = provideTexts("python-expert-proposal");

/** The callbacks for the user's answer, by the URI of the proposal. */
const pending = new Map<string, (answer: typeof APPLY | typeof DISCARD) => void>();

let count = 0;

/** A document, its version when it was read, and its proposed text. */
interface Proposed extends Changed {
  document: TextDocument;
  version: number;
}

/** A text after the edits, and the line of the edit nearest to the cursor. */
interface Changed {
  text: string;
  line: number;
}

type Next = (params: ApplyWorkspaceEditParams) => PromiseLike<ApplyWorkspaceEditResult>;

/** Registers the content provider and the buttons of previews. */
export function registerPreviews(): Disposable[] {
  // A button above the diff passes the proposal's URI; the palette uses the active tab's proposal.
  const answering = (answer: typeof APPLY | typeof DISCARD) => (named?: unknown) => {
    const shown = proposalOf(window.tabGroups.activeTabGroup.activeTab?.input);
    const proposal = named instanceof Uri && pending.has(named.toString()) ? named : shown;
    pending.get(proposal?.toString() ?? "")?.(answer);
  };
  return [
    proposals.registration,
    commands.registerCommand("python-expert.applyProposal", answering(APPLY)),
    commands.registerCommand("python-expert.discardProposal", answering(DISCARD)),
  ];
}

/**
 * Applies a workspace edit of the server; shows it as a diff first if it needs confirmation.
 *
 * VS Code's own preview would let the user exclude single changes of a rewrite. The server has
 * proven the rewrite as a whole only, so the user applies or discards all of it.
 *
 * @param onAsk Called with the edit's label before the user is asked.
 */
export async function applyEdit(
  client: LanguageClient,
  params: ApplyWorkspaceEditParams,
  next: Next,
  onAsk: (label: string) => void,
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
    // The version is null for files that the server read from disk; they may be open by now.
    const isOnDisk = textDocument.version === null && !open?.isDirty;
    if (!isOnDisk && open?.version !== textDocument.version) {
      return { applied: false };
    }
    const document = open ?? (await workspace.openTextDocument(uri));
    const plain = (edits as AnnotatedTextEdit[]).map(({ annotationId: _, ...edit }) => edit);
    shown.push({ document, version: document.version, ...changed(document, plain) });
    bare.push({ textDocument, edits: plain });
  }
  onAsk(params.label ?? "");
  const label = annotations.map((each) => each.label).join(", ");
  const why = annotations.flatMap((each) => (each.description ?? "").split("\n"));
  if (!(await confirmed(shown, label, why))) {
    return { applied: false, failureReason: DISCARDED };
  }
  // VS Code does not check the version of files without one.
  if (shown.some(({ document, version }) => document.version !== version)) {
    return { applied: false };
  }
  return next({ ...params, edit: { documentChanges: bare } });
}

/** Shows the proposals as diffs, the first one in front, and waits for the user's answer. */
async function confirmed(shown: Proposed[], label: string, why: string[]): Promise<boolean> {
  let isAnswered = false;
  let isMessageAnswered = false;
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
    count += 1; // makes the URI unique: two files may have the same name
    // The proposal keeps the file's name, so that VS Code highlights it as Python.
    const proposal = proposals.set(`${count}/${label}/${name}`, text);
    opened.unshift({ document, proposal });
    // Registered before the diff opens: its buttons work before the command returns.
    pending.set(proposal.toString(), resolve);
    const title = `${name}: ${label}`;
    // Reveals the requested change: the first one may be an import at the top.
    const options = { preview: false, selection: new Range(line, 0, line, 0) };
    await commands.executeCommand("vscode.diff", document.uri, proposal, title, options);
  }
  const watch = window.tabGroups.onDidChangeTabs(() => {
    if (opened.some(({ proposal }) => tabsOf(proposal).length === 0)) {
      resolve(DISCARD);
    }
  });
  if (!isAnswered) {
    // VS Code hides the message after some seconds; the buttons above the diff stay.
    void ask(label, why).then((choice) => {
      isMessageAnswered = choice !== undefined;
      if (choice && opened.some(({ proposal }) => pending.has(proposal.toString()))) {
        resolve(choice);
      } else if (choice === APPLY) {
        void window.showInformationMessage("Python Expert: that proposal is already closed.");
      }
    });
  }
  const answer = await answered;
  if (!isMessageAnswered) {
    // An extension cannot dismiss a message, but it can hide all messages.
    void commands.executeCommand("notifications.hideToasts");
  }
  watch.dispose();
  for (const { document, proposal } of [...opened].reverse()) {
    pending.delete(proposal.toString());
    await close(proposal, document);
    proposals.drop(proposal);
  }
  return answer === APPLY;
}

/** Asks for confirmation in a message; a button shows further reasons and asks again. */
async function ask(label: string, why: string[]) {
  const more = why.length - 1;
  const question = `Python Expert: ${label}? ${why[0]}${more ? ` (${more} more in Details)` : ""}`;
  const buttons = more ? ([APPLY, DETAILS, DISCARD] as const) : ([APPLY, DISCARD] as const);
  const choice = await window.showInformationMessage(question, ...buttons);
  if (choice !== DETAILS) {
    return choice;
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

/** Returns the URI of the proposal in a tab; undefined if the tab shows no proposal. */
function proposalOf(input: unknown): Uri | undefined {
  const { modified } = (input ?? {}) as { modified?: unknown };
  return modified instanceof Uri ? modified : undefined;
}

function tabsOf(uri: Uri) {
  return window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => proposalOf(tab.input)?.toString() === uri.toString());
}

/** Closes a proposal; if it was active, shows the document instead. */
async function close(proposal: Uri, document: TextDocument): Promise<void> {
  const tabs = tabsOf(proposal);
  const isActive = tabs.some((tab) => tab.isActive && tab.group.isActive);
  if (isActive) {
    // Before the tabs close: afterwards it would take the focus from the next active element.
    await window.showTextDocument(document);
  }
  await window.tabGroups.close(tabs, true);
}
