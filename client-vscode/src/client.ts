import { type ExtensionContext, workspace } from "vscode";
import type { LanguageClient, LanguageClientOptions } from "vscode-languageclient/node";
import { settingsFor } from "./configuration";
import type { Interpreters } from "./interpreters";
import { isActive } from "./neighbourOffers";
import { typesElsewhere } from "./neighbours";
import { applyEdit } from "./preview";
import type { ProgressView } from "./progress";
import { withRuffAlone, withTypesElsewhere } from "./settings";

/** How the language client meets the editor: documents, settings, edits, progress. */
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
    // The settings are asked for; whether something of the folder may be run is known at once.
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
              const some = isPartial() ? withRuffAlone(all) : all;
              const set = typesElsewhere(isActive) ? withTypesElsewhere(some) : some;
              // What is set goes before what is selected; a name such as python3.12 will do there.
              const interpreter = set.interpreter ?? (await interpreters.of(scope));
              return { ...set, ...(interpreter ? { interpreter } : {}) };
            }),
          ),
      },
    },
  };
}

/** Tells the server what this client has beside LSP: a status, reports, a debugger for tests. */
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
