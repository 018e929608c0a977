/** The question before a job is ended: what is kept differs. */
"use client";
import { ConfirmDialog } from "@convkit/ui";
import type { JobRow } from "../../trpc/context";
import { jobTitle } from "./job-words";
import { useJobActions } from "./use-jobs";

export interface EndJobDialogProps {
  job: JobRow | null;
  action: "stop" | "cancel";
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function EndJobDialog({ job, action, open, onOpenChange }: EndJobDialogProps) {
  const { end } = useJobActions();
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`${action === "stop" ? "Stop" : "Cancel"} ${job ? jobTitle(job) : "the job"}?`}
      description={job ? descriptionOf(job, action) : ""}
      confirmLabel={`${action === "stop" ? "Stop" : "Cancel"} the ${job?.kind === "train" ? "run" : "job"}`}
      danger={action === "cancel"}
      busy={end.isPending}
      onConfirm={() => job && end.mutate({ id: job.id, action }, { onSettled: () => onOpenChange(false) })}
    />
  );
}

function descriptionOf({ state, kind }: JobRow, action: "stop" | "cancel"): string {
  if (state === "waiting") return "It leaves the queue; no worker has it yet.";
  if (kind !== "train") return "Its worker is told when it next asks, and lets go of it.";
  return action === "stop"
    ? "Its worker is told when it next asks: the run ends after the step that it is in, judges its best weights and writes its report."
    : "Its worker is told when it next asks: the run ends at its next step and is not judged. What it has saved stays, and it can be resumed.";
}
