/** The runs that are compared, each with its colour; one can leave, others can join. */
"use client";
import { Button, Icon, IconButton, Popover, StatusBadge, strokesOfRuns } from "@convkit/ui";
import { Link } from "../shell/link";
import { useState } from "react";
import type { RunDetail } from "../../trpc/context";
import { RunPicker } from "../run/compare-with-dialog";
import { runPath } from "../shell/links";

/** Colour and dash by a run's id. */
export type RunStrokes = ReturnType<typeof strokesOfRuns>;

export interface ComparedRunsProps {
  ids: readonly string[];
  runs: readonly RunDetail[];
  onChange: (ids: readonly string[]) => void;
}

export function ComparedRuns({ ids, runs, onChange }: ComparedRunsProps) {
  const strokes = strokesOfRuns(ids);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  return (
    <ul
      className="flex max-h-40 flex-wrap items-center gap-2 overflow-y-auto px-4 pb-3 lg:px-6"
      aria-label="Compared runs"
    >
      {ids.map((id) => {
        const run = runs.find((each) => each.id === id);
        return (
          <li
            key={id}
            className="flex h-8 max-w-72 items-center gap-2 rounded-md border border-line bg-surface pl-2.5 text-sm"
          >
            <StrokeDot color={strokes.get(id)?.color ?? ""} />
            <Link
              href={runPath(id)}
              prefetch={false}
              title={id}
              className="truncate text-ink hover:underline"
            >
              {run?.name ?? id}
            </Link>
            {run && run.status !== "completed" && (
              <StatusBadge status={run.status} plain className="text-2xs" />
            )}
            <IconButton
              size="sm"
              tooltip={false}
              label={`Leave out ${run?.name ?? id}`}
              onClick={() => onChange(ids.filter((each) => each !== id))}
            >
              <Icon name="close" className="size-3.5" />
            </IconButton>
          </li>
        );
      })}
      <li>
        <Popover
          label="Add runs"
          align="start"
          className="w-96"
          open={open}
          onOpenChange={(next) => {
            setOpen(next);
            setChosen([]);
          }}
          trigger={
            <Button variant="ghost">
              <Icon name="plus" />
              Add
            </Button>
          }
        >
          <RunPicker exclude={ids} chosen={chosen} onChange={setChosen} />
          <div className="mt-3 flex justify-end">
            <Button
              variant="primary"
              disabled={chosen.length === 0}
              onClick={() => {
                onChange([...ids, ...chosen]);
                setOpen(false);
              }}
            >
              Add
            </Button>
          </div>
        </Popover>
      </li>
    </ul>
  );
}

export function StrokeDot({ color }: { color: string }) {
  return (
    <svg viewBox="0 0 8 8" className="size-2 shrink-0" aria-hidden="true">
      <circle cx="4" cy="4" r="4" fill={color} />
    </svg>
  );
}
