/** A chart for each metric, a curve for each run. */
"use client";
import { Button, Checkbox, Icon, Popover } from "@convkit/ui";
import { useCallback, useMemo } from "react";
import type { RunDetail } from "../../trpc/context";
import { CurveBoard } from "../curves/curve-board";
import type { CurveGroup } from "../curves/curve-groups";
import type { CurveLook } from "../curves/curve-panel";
import { byRank } from "../runs/metric-format";
import { joinList, splitList, useUrlState } from "../shell/url-state";
import type { RunStrokes } from "./compared-runs";

const USUAL = ["val_accuracy", "val_loss", "accuracy", "loss"];

export interface ComparedCurvesProps {
  ids: readonly string[];
  /** Those of `ids` that are here: of the others, the curves may be here before the names. */
  runs: readonly RunDetail[];
  strokes: RunStrokes;
}

export function ComparedCurves({ ids, runs, strokes }: ComparedCurvesProps) {
  const [params, update] = useUrlState();
  const all = useMemo(
    () =>
      [...new Set(runs.flatMap(({ metricKeys }) => metricKeys))]
        .filter((key) => !key.startsWith("test_"))
        .sort(byRank),
    [runs],
  );
  const chosen = params.get("curves");
  const shown = useMemo(() => {
    if (chosen !== null) return splitList(chosen);
    if (runs.length === 0) return USUAL;
    const usual = USUAL.filter((key) => all.includes(key));
    return usual.length > 0 ? usual : all.slice(0, 4);
  }, [chosen, runs, all]);
  const groups = useMemo(
    () => shown.map((key): CurveGroup => ({ id: key, title: key, keys: [key] })),
    [shown],
  );
  const names = useMemo(() => new Map(runs.map(({ id, name }) => [id, name])), [runs]);
  const lookOf = useCallback(
    (runId: string): CurveLook => {
      const { color, dash } = strokes.get(runId) ?? { color: "var(--color-control)" };
      return { label: names.get(runId) ?? runId, color, ...(dash && { dash }) };
    },
    [strokes, names],
  );
  const hasCurve = useMemo(() => {
    const keys = new Map(runs.map(({ id, metricKeys }) => [id, new Set(metricKeys)]));
    return (runId: string, key: string) => keys.get(runId)?.has(key) ?? false;
  }, [runs]);
  return (
    <CurveBoard
      groups={groups}
      runIds={ids}
      lookOf={lookOf}
      hasCurve={hasCurve}
      empty={all.length === 0 ? "None of the runs has a curve yet." : "Choose curves above."}
      controls={
        <Popover
          label="Curves"
          trigger={
            <Button>
              Curves
              {runs.length > 0 && (
                <span className="font-mono text-2xs text-ink-3 tabular-nums">
                  {shown.length}/{all.length}
                </span>
              )}
              <Icon name="chevron-down" className="size-3.5 text-ink-3" />
            </Button>
          }
        >
          <ul className="flex max-h-80 flex-col gap-1 overflow-y-auto py-1 pl-1.5">
            {all.map((key) => (
              <li key={key}>
                <Checkbox
                  label={<span className="font-mono text-xs">{key}</span>}
                  checked={shown.includes(key)}
                  onCheckedChange={(on) =>
                    update({
                      curves: joinList(
                        on ? [...shown, key].sort(byRank) : shown.filter((each) => each !== key),
                      ),
                    })
                  }
                />
              </li>
            ))}
          </ul>
        </Popover>
      }
    />
  );
}
