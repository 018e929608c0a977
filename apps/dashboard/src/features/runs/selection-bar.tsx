/** What can be done with the runs that are ticked. */
"use client";
import { Button } from "@convkit/ui";
import { Archive, ArchiveRestore, GitCompareArrows, Tag, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { RunRow } from "../../trpc/context";
import { comparePath } from "../shell/links";
import { DeleteRunsDialog } from "./delete-runs-dialog";
import { TagEditor } from "./tag-editor";
import { useRunActions } from "./use-run-actions";

export interface SelectionBarProps {
  runs: readonly RunRow[];
  tags: readonly string[];
  /** Whether the table shows the archive. */
  archived: boolean;
  onClear: () => void;
}

const MOST_COMPARED = 50;

export function SelectionBar({ runs, tags, archived, onClear }: SelectionBarProps) {
  const router = useRouter();
  const { archive } = useRunActions();
  const [deleting, setDeleting] = useState(false);
  const ids = runs.map(({ id }) => id);
  const icon = "size-4 text-ink-3";
  return (
    <div
      role="region"
      aria-label="Selected runs"
      className="flex animate-appear flex-wrap items-center gap-2 border-y border-line bg-accent-soft px-4 py-1.5 lg:px-6"
    >
      <span className="text-sm font-medium text-ink tabular-nums">
        {runs.length} {runs.length === 1 ? "run" : "runs"} selected
      </span>
      <Button
        size="sm"
        variant="primary"
        disabled={runs.length < 2 || runs.length > MOST_COMPARED}
        title={runs.length < 2 ? "Select two or more" : undefined}
        onClick={() => router.push(comparePath(ids))}
      >
        <GitCompareArrows className="size-4" aria-hidden="true" />
        Compare
      </Button>
      <TagEditor
        runs={runs}
        known={tags}
        trigger={
          <Button size="sm">
            <Tag className={icon} aria-hidden="true" />
            Tag
          </Button>
        }
      />
      <Button
        size="sm"
        busy={archive.isPending}
        onClick={() => archive.mutate({ ids, archived: !archived }, { onSuccess: onClear })}
      >
        {archived ? (
          <ArchiveRestore className={icon} aria-hidden="true" />
        ) : (
          <Archive className={icon} aria-hidden="true" />
        )}
        {archived ? "Restore" : "Archive"}
      </Button>
      <Button size="sm" variant="danger" onClick={() => setDeleting(true)}>
        <Trash2 className="size-4" aria-hidden="true" />
        Delete
      </Button>
      <Button size="sm" variant="ghost" onClick={onClear} className="ml-auto">
        Clear the selection
      </Button>
      <DeleteRunsDialog runs={runs} open={deleting} onOpenChange={setDeleting} onDeleted={onClear} />
    </div>
  );
}
