import { type ExtensionContext, workspace } from "vscode";
import type { LanguageClient, LanguageClientOptions } from "vscode-languageclient/node";
import { settingsFor } from "./configuration";
import type { Interpreters } from "./interpreters";
import { isActive } from "./neighbourOffers";
import { hasTypeChecker } from "./neighbours";
import { applyEdit } from "./preview";
import type { ProgressView } from "./progress";
import { withoutHoverTypes, withRuffOnly } from "./settings";

/** Returns the language client's options: documents, settings, edits and progress. */
export function clientOptions(
  context: ExtensionContext,
  client: () => LanguageClient,
  interpreters: Interpreters,
  progress: ProgressView,
  isPartial: () => boolean,
): LanguageClientOptions {
  return {
    documentSelector: [
      { scheme: "file", language: "python" },
      { scheme: "untitled", language: "python" },
      { notebook: "jupyter-notebook", language: "python" },
    ],
    // The server requests the settings later; it needs the workspace trust at once.
    initializationOptions: () => ({ trusted: workspace.isTrusted }),
    middleware: {
      handleWorkDoneProgress: (token, change, next) =>
        progress.handle(token, change, () => next(token, change)),
      workspace: {
        handleApplyEdit: (params, next) => {
          const apply = async (edit: typeof params) => {
            const answer = await next(edit, undefined as never);
            return "applied" in answer ? answer : { applied: false };
          };
          return applyEdit(client(), params, apply, progress.hide);
        },
        configuration: ({ items }) =>
          Promise.all(
            items.map(async ({ scopeUri }) => {
              const scope = scopeUri ? client().protocol2CodeConverter.asUri(scopeUri) : undefined;
              const all = settingsFor(context, scope);
              const some = isPartial() ? withRuffOnly(all) : all;
              const set = hasTypeChecker(isActive) ? withoutHoverTypes(some) : some;
              // The setting overrides the selection; it may be a name such as python3.12.
              const interpreter = set.interpreter ?? (await interpreters.of(scope));
              return { ...set, ...(interpreter ? { interpreter } : {}) };
            }),
          ),
      },
    },
  };
}

/** Returns the feature that announces capabilities beyond LSP: status, reports, test debugging. */
export function statusFeature() {
  return {
    fillClientCapabilities: (capabilities: { experimental?: object }) => {
      capabilities.experimental = {
        ...capabilities.experimental,
        pythonExpertStatus: true,
        pythonExpertReport: true,
        pythonExpertDebugTests: true,
      };
    },
    initialize: () => undefined,
    getState: () => ({ kind: "static" as const }),
    clear: () => undefined,
  };
}
