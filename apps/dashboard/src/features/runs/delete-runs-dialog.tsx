/** The question before runs are lost for good. */
"use client";
import { ConfirmDialog } from "@convkit/ui";
import { useRunActions } from "./use-run-actions";

export interface DeleteRunsDialogProps {
  runs: readonly { readonly id: string; readonly name: string }[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onDeleted: () => void;
}

const MOST_NAMED = 5;

export function DeleteRunsDialog({ runs, open, onOpenChange, onDeleted }: DeleteRunsDialogProps) {
  const { remove } = useRunActions();
  const many = runs.length > 1;
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      danger
      busy={remove.isPending}
      title={many ? `Delete ${runs.length} runs?` : "Delete this run?"}
      description={
        <>
          Curves, predictions, checkpoints and files go, in the record and on disk. Nothing brings them back.
          <ul className="mt-2 flex flex-col gap-0.5 text-ink">
            {runs.slice(0, MOST_NAMED).map(({ id, name }) => (
              <li key={id} className="truncate" title={id}>
                {name}
              </li>
            ))}
            {runs.length > MOST_NAMED && <li className="text-ink-3">and {runs.length - MOST_NAMED} more</li>}
          </ul>
        </>
      }
      confirmLabel={many ? `Delete ${runs.length} runs` : "Delete the run"}
      {...(runs.length >= 10 && { typedConfirmation: `delete ${runs.length}` })}
      onConfirm={() =>
        remove.mutate(
          runs.map(({ id }) => id),
          {
            onSuccess: onDeleted,
            onSettled: () => onOpenChange(false),
          },
        )
      }
    />
  );
}
