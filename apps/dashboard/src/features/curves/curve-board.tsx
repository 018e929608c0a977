/** Charts over one x axis: the same smoothing, the same zoom, the cursor in all of them at once. */
"use client";
import { EmptyState } from "@convkit/ui";
import type { Interval } from "@convkit/ui/charts";
import { useId, useState, type ReactNode } from "react";
import type { CurveGroup } from "./curve-groups";
import { CurvePanel, type CurvePanelProps } from "./curve-panel";
import { useCurveSettings } from "./curve-settings";
import { CurveToolbar } from "./curve-toolbar";

export interface CurveBoardProps extends Pick<CurvePanelProps, "runIds" | "lookOf" | "hasCurve"> {
  groups: readonly CurveGroup[];
  /** More controls beside those of all boards. */
  controls?: ReactNode;
  empty: string;
}

export function CurveBoard({ groups, controls, empty, ...curves }: CurveBoardProps) {
  const syncKey = useId();
  const [settings, change] = useCurveSettings();
  const [zoom, setZoom] = useState<Interval | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    setHidden(next);
  };
  return (
    <div className="flex flex-col gap-4">
      <CurveToolbar
        settings={settings}
        onChange={(part) => {
          // A stretch of steps says nothing about seconds.
          if (part.x !== undefined) setZoom(null);
          change(part);
        }}
      >
        {controls}
      </CurveToolbar>
      {groups.length === 0 ? (
        <EmptyState title="No curves yet" description={empty} />
      ) : (
        <div className="grid gap-4 xl:grid-cols-2">
          {groups.map((group) => (
            <CurvePanel
              key={group.id}
              group={group}
              {...curves}
              settings={settings}
              onSettings={change}
              zoom={zoom}
              onZoom={setZoom}
              hidden={hidden}
              onToggle={toggle}
              syncKey={syncKey}
            />
          ))}
        </div>
      )}
    </div>
  );
}
