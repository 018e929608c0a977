/** The question before a run is asked to end: what is kept differs. */
"use client";
import { ConfirmDialog } from "@convkit/ui";
import type { RunDetail } from "../../trpc/context";
import { useRunActions } from "../runs/use-run-actions";

export interface EndRunDialogProps {
  run: RunDetail;
  action: "stop" | "cancel";
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const words = {
  stop: {
    title: "Stop this run?",
    description:
      "It ends after the step that it is in, judges its best weights on the test pictures and writes its report.",
    confirmLabel: "Stop the run",
  },
  cancel: {
    title: "Cancel this run?",
    description:
      "It ends at its next step and is not judged. What it has saved stays, and convkit resume can go on with it.",
    confirmLabel: "Cancel the run",
  },
};

export function EndRunDialog({ run, action, open, onOpenChange }: EndRunDialogProps) {
  const { end } = useRunActions();
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      {...words[action]}
      danger={action === "cancel"}
      busy={end.isPending}
      onConfirm={() => end.mutate({ id: run.id, action }, { onSettled: () => onOpenChange(false) })}
    />
  );
}
