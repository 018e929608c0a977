/** The config as text, with its lines numbered: whatever has no field can be written here. */
"use client";
import { Button, classNames } from "@convkit/ui";
import type { ConfigDraft } from "./use-config-draft";

export function JsonEditor({ draft }: { draft: ConfigDraft }) {
  const lines = draft.text.split("\n");
  const { textError: error } = draft;
  return (
    <div className="flex flex-col gap-2">
      <p className="text-xs text-ink-3">
        The same config as in the form. What the form has no field for is kept here, and taken along.
      </p>
      <div
        className={classNames(
          "flex overflow-hidden rounded-lg border bg-surface font-mono text-xs leading-5 focus-within:outline-2 focus-within:outline-accent",
          error ? "border-bad" : "border-line",
        )}
      >
        <ol
          aria-hidden="true"
          className="shrink-0 border-r border-line bg-sunken py-3 text-right text-ink-3 select-none"
        >
          {lines.map((_, index) => (
            <li
              key={index}
              className={classNames(
                "px-2.5",
                index + 1 === error?.line && "bg-bad-soft font-semibold text-bad",
              )}
            >
              {index + 1}
            </li>
          ))}
        </ol>
        <textarea
          aria-label="Config as JSON"
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? "json-error" : undefined}
          rows={Math.max(12, lines.length)}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          value={draft.text}
          onChange={(event) => draft.setText(event.currentTarget.value)}
          className="min-w-0 flex-1 resize-none overflow-x-auto bg-transparent px-3 py-3 leading-5 text-ink outline-none pointer-coarse:text-lg pointer-coarse:leading-5"
        />
      </div>
      {error && (
        <p
          id="json-error"
          role="alert"
          className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-bad"
        >
          <span>
            <strong className="font-semibold">Line {error.line}.</strong> {error.message}
          </span>
          <Button size="sm" onClick={draft.dropText}>
            Back to what the form says
          </Button>
        </p>
      )}
    </div>
  );
}
