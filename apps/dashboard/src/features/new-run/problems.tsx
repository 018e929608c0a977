/** What keeps a config from being taken, each with the way to its field; or that nothing does. */
"use client";
import { Icon } from "@convkit/ui";
import type { WorkerRow } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { issueText, titleOf } from "./field-words";
import { focusField } from "./focus-field";
import { useConfigForm } from "./form-context";
import { isObject, pathText, valueAt, type JsonObject } from "./json-value";
import type { PlacedIssue } from "./unfold-issues";
import type { CheckedConfig } from "./use-config-check";

export interface ProblemsProps {
  check: CheckedConfig;
  /** Those that could train it. */
  workers: readonly WorkerRow[];
  onShowForm: () => void;
  onShowJson: () => void;
}

export function Problems({ check, workers, onShowForm, onShowJson }: ProblemsProps) {
  const { draft } = useConfigForm();
  const { isBehind, error } = check;
  // Of text that is broken only that is said: the rest is about what it was before.
  const issues = draft.textError === null ? check.issues : [];
  const needed = issues.filter((issue) => isMissing(draft.config, issue));
  const wrong = issues.filter((issue) => !needed.includes(issue));
  const open = (issue: PlacedIssue) => {
    onShowForm();
    requestAnimationFrame(() => {
      if (!focusField(issue.path)) onShowJson();
    });
  };
  const hints = draft.textError === null && issues.length === 0 ? hintsOf(draft.config, workers) : [];
  return (
    <div role="status" className="flex flex-col gap-2 text-sm">
      {draft.textError && (
        <p className="text-bad">
          The JSON is broken in line {draft.textError.line}.{" "}
          <button type="button" onClick={onShowJson} className={linkClasses}>
            Show it
          </button>
        </p>
      )}
      {error !== null && <p className="text-bad">It could not be checked. {messageOfError(error)}</p>}
      {needed.length > 0 && (
        <p className="text-ink-2">
          Still needed:{" "}
          {needed.map((issue, index) => (
            <span key={pathText(issue.path)}>
              {index > 0 && ", "}
              <button type="button" onClick={() => open(issue)} className={linkClasses}>
                {titleOf(issue.path).toLowerCase()}
              </button>
            </span>
          ))}
        </p>
      )}
      {wrong.length > 0 && (
        <ul className="flex flex-col gap-1.5">
          {wrong.map((issue) => (
            <li key={`${pathText(issue.path)} ${issue.message}`} className="flex items-start gap-2 text-bad">
              <Icon name="alert" className="mt-0.5 size-3.5" />
              <span className="min-w-0 break-words">
                {issue.path.length > 0 && (
                  <button
                    type="button"
                    onClick={() => open(issue)}
                    className={`${linkClasses} font-mono text-xs`}
                  >
                    {pathText(issue.path)}
                  </button>
                )}{" "}
                {issueText(issue.message)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {issues.length === 0 && draft.textError === null && error === null && (
        <p className="flex items-center gap-2 text-ink-2">
          {isBehind ? (
            "Checking…"
          ) : (
            <>
              <Icon name="check" className="text-good" />
              Nothing is wrong with it.
            </>
          )}
        </p>
      )}
      {hints.map((hint) => (
        <p key={hint} className="flex items-start gap-2 text-warn">
          <Icon name="alert" className="mt-0.5 size-3.5" />
          {hint}
        </p>
      ))}
    </div>
  );
}

const linkClasses = "cursor-pointer rounded-sm font-medium underline underline-offset-2 hover:no-underline";

function isMissing(config: JsonObject, { path }: PlacedIssue): boolean {
  const value = valueAt(config, path);
  if (value === undefined || value === "") return true;
  return isObject(value) && Object.values(value).includes("");
}

const isPath = (text: string) => /[/\\]|^\./.test(text);
const isModule = (text: string) => isPath(text) || /\.[mc]?[jt]s$/.test(text);

/** What may be meant so, and most often is a slip. */
function hintsOf(config: JsonObject, workers: readonly WorkerRow[]): string[] {
  const source = valueAt(config, ["data", "source"]);
  const named = valueAt(config, ["model", "name"]);
  if (typeof named === "string" && isModule(named))
    return [`${named} is a path: choose "Own module" as the network, and write it there.`];
  if (workers.length === 0) return [];
  const model = named ?? config["model"];
  const knows = (key: "datasets" | "models", name: string) =>
    workers.some(({ description }) => description[key].includes(name));
  return [
    ...(typeof source === "string" && !isPath(source) && !knows("datasets", source)
      ? [`No worker that is here knows a data set called ${source}.`]
      : []),
    ...(typeof model === "string" && !isModule(model) && !knows("models", model)
      ? [`No worker that is here knows a network called ${model}.`]
      : []),
  ];
}
