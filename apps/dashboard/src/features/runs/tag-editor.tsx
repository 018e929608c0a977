/** Puts tags on runs and takes them off: a tag that only some of the runs have is half ticked. */
"use client";
import { Button, Checkbox, Input, Popover } from "@convkit/ui";
import { useState, type ReactNode } from "react";
import type { RunRow } from "../../trpc/context";
import { useRunActions } from "./use-run-actions";

export interface TagEditorProps {
  runs: readonly Pick<RunRow, "id" | "tags">[];
  /** All tags that are in use. */
  known: readonly string[];
  trigger: ReactNode;
}

export function TagEditor({ runs, known, trigger }: TagEditorProps) {
  const { tag } = useRunActions();
  const [draft, setDraft] = useState("");
  const ids = runs.map(({ id }) => id);
  const names = [...new Set([...runs.flatMap(({ tags }) => tags), ...known])].sort();
  const wanted = draft.trim();
  const shown = names.filter((name) => name.toLowerCase().includes(wanted.toLowerCase()));
  const isNew = wanted !== "" && !names.includes(wanted);

  const stateOf = (name: string) => {
    const count = runs.filter(({ tags }) => tags.includes(name)).length;
    return count === 0 ? false : count === runs.length ? true : ("indeterminate" as const);
  };
  const set = (name: string, on: boolean) => {
    tag.mutate({ ids, add: on ? [name] : [], remove: on ? [] : [name] });
    setDraft("");
  };

  return (
    <Popover label="Tags" trigger={trigger} align="start">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted !== "") set(wanted, true);
        }}
        className="flex gap-2"
      >
        <Input
          aria-label="Find or make a tag"
          placeholder="Find or make a tag"
          maxLength={100}
          value={draft}
          onChange={(event) => setDraft(event.currentTarget.value)}
        />
        {isNew && (
          <Button type="submit" busy={tag.isPending}>
            Add
          </Button>
        )}
      </form>
      <ul className="mt-2 flex max-h-64 flex-col gap-1 overflow-y-auto py-1 pl-1.5">
        {shown.map((name) => (
          <li key={name}>
            <Checkbox label={name} checked={stateOf(name)} onCheckedChange={(on) => set(name, on)} />
          </li>
        ))}
      </ul>
      {names.length === 0 && <p className="text-xs text-ink-3">No run has a tag yet.</p>}
    </Popover>
  );
}
