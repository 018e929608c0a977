/** A part of the form that few change: folded, it says what it holds and whether something in it is wrong. */
"use client";
import { Badge, Icon } from "@convkit/ui";
import { useState, type ReactNode } from "react";
import { summaryOf, type FoldedSection as Section } from "./arrange-fields";
import { ConfigField } from "./config-field";
import { issuesAt, useConfigForm } from "./form-context";
import { sameJson, valueAt } from "./json-value";

interface FoldedSectionProps {
  section: Section;
  /** Below the fields. */
  children?: ReactNode;
}

export function FoldedSection({ section, children }: FoldedSectionProps) {
  const { draft, issues } = useConfigForm();
  const [isOpen, setIsOpen] = useState(false);
  const wrong = section.fields.flatMap(({ path }) => issuesAt(issues, path, true)).length;
  const { base } = draft;
  const changed =
    base === null
      ? 0
      : section.fields.filter(({ path }) => !sameJson(valueAt(draft.config, path), valueAt(base, path)))
          .length;
  return (
    <details
      data-section={section.id}
      className="group border-t border-line first:border-t-0"
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary className="flex min-h-11 cursor-pointer list-none items-center gap-2 px-4 py-2 hover:bg-hover pointer-coarse:min-h-12 [&::-webkit-details-marker]:hidden">
        <Icon name="chevron-right" className="text-ink-3 transition-transform group-open:rotate-90" />
        <h3 className="shrink-0 text-sm font-semibold text-ink">{section.title}</h3>
        <span className="min-w-0 flex-1 truncate text-xs text-ink-3">
          {isOpen ? section.help : summaryOf(section, draft.config) || section.help}
        </span>
        {changed > 0 && <Badge tone="accent">changed</Badge>}
        {wrong > 0 && <Badge tone="bad">{wrong === 1 ? "1 problem" : `${wrong} problems`}</Badge>}
      </summary>
      {isOpen && (
        <div className="grid gap-x-5 gap-y-4 px-4 pt-1 pb-5 sm:grid-cols-2 xl:grid-cols-3">
          {section.fields.map(({ path, field }) => (
            <ConfigField key={field.key} path={path} field={field} />
          ))}
          {children}
        </div>
      )}
    </details>
  );
}
