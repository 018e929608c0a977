/** A field with its label, help, what is wrong with it, and what it was in the run that is repeated. */
"use client";
import { classNames, Field } from "@convkit/ui";
import type { ReactNode } from "react";
import { titleOf } from "./field-words";
import type { EditedValue } from "./form-context";
import { pathText, type Path } from "./json-value";

export interface FieldFrameProps {
  path: Path;
  help: string;
  edited: Pick<EditedValue, "error" | "was">;
  children: Parameters<typeof Field>[0]["children"];
  className?: string;
}

export function FieldFrame({ path, help, edited, children, className }: FieldFrameProps) {
  return (
    <div data-path={pathText(path)} className={classNames("min-w-0", className)}>
      <Field
        label={<ChangeMark title={titleOf(path)} isChanged={edited.was !== null} />}
        help={<HelpText help={help} was={edited.was} />}
        error={edited.error}
      >
        {children}
      </Field>
    </div>
  );
}

export function ChangeMark({ title, isChanged }: { title: string; isChanged: boolean }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      {title}
      {isChanged && (
        <span className="size-1.5 rounded-full bg-accent">
          <span className="sr-only">, changed</span>
        </span>
      )}
    </span>
  );
}

export function HelpText({ help, was }: { help: string; was: EditedValue["was"] }): ReactNode {
  if (!was) return help;
  return (
    <>
      {help}
      <span className="mt-0.5 flex min-w-0 items-baseline gap-2 text-accent">
        <span className="min-w-0 truncate">
          Was <span className="font-mono">{was.text}</span>
        </span>
        <button
          type="button"
          onClick={was.restore}
          className="shrink-0 cursor-pointer rounded-sm font-medium underline underline-offset-2 hover:text-accent-strong"
        >
          Restore
        </button>
      </span>
    </>
  );
}
