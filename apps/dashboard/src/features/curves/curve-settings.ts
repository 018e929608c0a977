/** How curves are drawn, in the page's query string: x axis, smoothing, logarithmic axes. */
"use client";
import { useMemo } from "react";
import { joinList, splitList, useUrlState } from "../shell/url-state";

export type CurveAxis = "step" | "epoch" | "time";

export interface CurveSettings {
  readonly x: CurveAxis;
  /** Weight of the past, 0 to 0.999. */
  readonly smoothing: number;
  readonly logX: boolean;
  /** Charts whose y axis is logarithmic. */
  readonly logY: readonly string[];
}

const AXES: readonly string[] = ["step", "epoch", "time"];

export function useCurveSettings(): [CurveSettings, (change: Partial<CurveSettings>) => void] {
  const [params, update] = useUrlState();
  const settings = useMemo<CurveSettings>(() => {
    const x = params.get("x") ?? "step";
    const smoothing = Number(params.get("smoothing") ?? 0);
    return {
      x: AXES.includes(x) ? (x as CurveAxis) : "step",
      smoothing: smoothing > 0 && smoothing < 1 ? smoothing : 0,
      logX: params.get("logx") === "1",
      logY: splitList(params.get("logy")),
    };
  }, [params]);
  const change = (part: Partial<CurveSettings>) =>
    update({
      ...(part.x !== undefined && { x: part.x === "step" ? null : part.x }),
      ...(part.smoothing !== undefined && {
        smoothing: part.smoothing === 0 ? null : String(part.smoothing),
      }),
      ...(part.logX !== undefined && { logx: part.logX ? "1" : null }),
      ...(part.logY !== undefined && { logy: joinList(part.logY) }),
    });
  return [settings, change];
}
