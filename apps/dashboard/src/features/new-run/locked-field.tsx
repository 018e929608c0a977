/** A field that a fork has in common with the run it goes on from: shown with its value and the reason, and not to be changed. */
"use client";
import { Field, Input } from "@convkit/ui";
import { titleOf } from "./field-words";
import { pathText, printJson, type Json, type Path } from "./json-value";

export interface LockedFieldProps {
  path: Path;
  value: Json | undefined;
  reason: string;
}

export function LockedField({ path, value, reason }: LockedFieldProps) {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : printJson(value);
  return (
    <div data-path={pathText(path)} className="min-w-0">
      <Field label={titleOf(path)} help={lockHelp(reason)}>
        {(control) => <Input {...control} mono disabled placeholder="left out" value={text} />}
      </Field>
    </div>
  );
}

export const lockHelp = (reason: string) => `As in the run that is forked: ${reason}.`;
