/** What every field of the form needs: the config, what is wrong with it, and what it can be completed with. */
"use client";
import { createContext, use } from "react";
import type { DatasetChoice, KnownDataset } from "./dataset-choice";
import type { ConfigDraft } from "./use-config-draft";
import type { PlacedIssue } from "./unfold-issues";
import type { Suggestion } from "./suggestion-input";
import { issueText } from "./field-words";
import { pathText, printJson, sameJson, valueAt, type Json, type Path } from "./json-value";

export interface KnownDatasets {
  readonly known: readonly KnownDataset[];
  readonly choices: readonly DatasetChoice[];
}

export interface ConfigForm {
  readonly draft: ConfigDraft;
  readonly issues: readonly PlacedIssue[];
  /** By path. */
  readonly suggestions: Readonly<Record<string, readonly Suggestion[]>>;
  readonly datasets: KnownDatasets;
}

const FormContext = createContext<ConfigForm | null>(null);
export const ConfigFormProvider = FormContext;

/** @throws {Error} outside a form. */
export function useConfigForm(): ConfigForm {
  const form = use(FormContext);
  if (form === null) throw new Error("Expected a <ConfigFormProvider> above. Received: none.");
  return form;
}

export interface EditedValue {
  readonly value: Json | undefined;
  readonly set: (value: Json | undefined) => void;
  readonly error: string | undefined;
  /** What the run that this one repeats had; null: the same, or there is none. */
  readonly was: { readonly text: string; readonly restore: () => void } | null;
}

/** @param whole the field shows the issues of all that lies below it too. */
export function useEditedValue(path: Path, { whole = true }: { whole?: boolean } = {}): EditedValue {
  const { draft, issues } = useConfigForm();
  const value = valueAt(draft.config, path);
  const before = draft.base === null ? undefined : valueAt(draft.base, path);
  const isChanged = draft.base !== null && !sameJson(value, before);
  return {
    value,
    set: (next) => draft.set(path, next),
    // What is merely not written yet is asked for beside the button.
    error: value === undefined ? undefined : issuesAt(issues, path, whole).join(" ") || undefined,
    was: isChanged
      ? { text: before === undefined ? "nothing" : printJson(before), restore: () => draft.set(path, before) }
      : null,
  };
}

export function issuesAt(issues: readonly PlacedIssue[], path: Path, whole: boolean): string[] {
  return issues
    .filter((issue) => path.every((key, index) => issue.path[index] === String(key)))
    .filter((issue) => whole || issue.path.length === path.length)
    .map(({ path: place, message }) => {
      const below = pathText(place.slice(path.length));
      return below === "" ? issueText(message) : `${below}: ${issueText(message)}`;
    });
}
