/** The run's name, which becomes a field when it is edited. */
"use client";
import { Input } from "@convkit/ui";
import { useRef } from "react";
import type { RunDetail } from "../../trpc/context";
import { useRunActions } from "../runs/use-run-actions";

export interface RunNameProps {
  run: RunDetail;
  editing: boolean;
  onEditing: (editing: boolean) => void;
}

export function RunName({ run, editing, onEditing }: RunNameProps) {
  const { rename } = useRunActions();
  const given = useRef(false);
  if (!editing) {
    return (
      <button
        type="button"
        title="Rename"
        onClick={() => onEditing(true)}
        className="min-w-0 cursor-text rounded-sm text-left break-words hover:bg-hover"
      >
        {rename.isPending ? rename.variables.name : run.name}
      </button>
    );
  }
  const finish = (name: string, keep: boolean) => {
    if (given.current) return;
    given.current = true;
    const next = name.trim();
    if (keep && next !== "" && next !== run.name) rename.mutate({ id: run.id, name: next });
    onEditing(false);
  };
  return (
    <Input
      aria-label="Name of the run"
      autoFocus
      maxLength={300}
      defaultValue={run.name}
      className="w-96 max-w-[70vw] font-normal"
      onFocus={(event) => {
        given.current = false;
        event.currentTarget.select();
      }}
      onBlur={(event) => finish(event.currentTarget.value, true)}
      onKeyDown={(event) => {
        if (event.key === "Enter") finish(event.currentTarget.value, true);
        if (event.key === "Escape") finish("", false);
      }}
    />
  );
}
