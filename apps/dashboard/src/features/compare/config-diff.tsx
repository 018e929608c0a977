/** Settings side by side: by default those alone that differ. */
"use client";
import { Card, DiffTable } from "@convkit/ui";
import { useMemo } from "react";
import type { RunDetail } from "../../trpc/context";
import { StrokeDot, type RunStrokes } from "./compared-runs";

export function ConfigDiff({ runs, strokes }: { runs: readonly RunDetail[]; strokes: RunStrokes }) {
  const columns = useMemo(() => {
    return runs.map(({ id, name, config }) => {
      // What a run is called says nothing about how it learnt.
      const settings = { ...config, name: undefined, formatVersion: undefined };
      return {
        id,
        header: (
          <span className="flex items-center gap-2">
            <StrokeDot color={strokes.get(id)?.color ?? ""} />
            {name}
          </span>
        ),
        config: settings,
      };
    });
  }, [runs, strokes]);
  return (
    <Card flush>
      <DiffTable label="Settings of the runs" columns={columns} />
    </Card>
  );
}
