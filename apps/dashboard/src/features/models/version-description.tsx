/** What someone wrote about a version: Markdown, edited in place. */
"use client";
import { Button, Skeleton, TextArea } from "@convkit/ui";
import { useState } from "react";
import { lazyPart } from "../shell/lazy-part";

const Markdown = lazyPart(
  () => import("../run/markdown").then((module) => module.Markdown),
  () => <Skeleton className="w-2/3" />,
);

export interface VersionDescriptionProps {
  description: string;
  busy: boolean;
  onSave: (description: string) => void;
}

export function VersionDescription({ description, busy, onSave }: VersionDescriptionProps) {
  const [editing, setEditing] = useState(false);
  const [draft, setDraft] = useState(description);
  if (!editing) {
    return (
      <div className="flex flex-col items-start gap-1">
        {description !== "" && <Markdown text={description} />}
        <Button
          size="sm"
          variant="ghost"
          className="-ml-2"
          onClick={() => {
            setDraft(description);
            setEditing(true);
          }}
        >
          {description === "" ? "Describe it" : "Edit the description"}
        </Button>
      </div>
    );
  }
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(draft);
        setEditing(false);
      }}
    >
      <TextArea
        aria-label="Description"
        autoFocus
        rows={4}
        maxLength={10_000}
        value={draft}
        onChange={(event) => setDraft(event.currentTarget.value)}
      />
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={() => setEditing(false)}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={busy}>
          Save
        </Button>
      </div>
    </form>
  );
}
