/** How long a run took or will take, in at most two units. */

import { decimalsOf } from "./format-metric.js";

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * 850 → `850 ms`, 12 300 → `12.3 s`, 125 000 → `2 min 5 s`, 4 320 000 → `1 h 12 min`, null or NaN → `–`.
 *
 * @param resolutionMs the least difference that must show, as between the ticks of an axis; it counts below a minute.
 */
export function formatDuration(durationMs: number | null | undefined, resolutionMs = Infinity): string {
  if (durationMs === null || durationMs === undefined || !Number.isFinite(durationMs)) return "–";
  const ms = Math.max(0, durationMs);
  if (ms === 0) return "0 s";
  if (Math.round(ms) < secondMs) {
    const decimals = decimalsOf(resolutionMs);
    return decimals > 0 ? `${ms.toFixed(decimals)} ms` : `${Math.max(1, Math.round(ms))} ms`;
  }
  if (ms < minuteMs - 50) {
    const seconds = (ms / secondMs).toFixed(Math.max(1, decimalsOf(resolutionMs / secondMs)));
    return `${seconds.replace(/\.0$/, "")} s`;
  }
  if (Math.round(ms / secondMs) * secondMs < hourMs) return pair(ms, [minuteMs, "min"], [secondMs, "s"]);
  if (Math.round(ms / minuteMs) * minuteMs < dayMs) return pair(ms, [hourMs, "h"], [minuteMs, "min"]);
  return pair(ms, [dayMs, "d"], [hourMs, "h"]);
}

function pair(ms: number, [bigMs, big]: [number, string], [smallMs, small]: [number, string]): string {
  const smalls = Math.round(ms / smallMs);
  const perBig = bigMs / smallMs;
  const rest = smalls % perBig;
  return `${Math.floor(smalls / perBig)} ${big}${rest === 0 ? "" : ` ${rest} ${small}`}`;
}

/**
 * How long ago, seen from `nowMs`; both in milliseconds since 1970. Beyond thirty days the date itself says more:
 * `2026-03-01` (UTC).
 */
export function formatRelativeTime(nowMs: number, thenMs: number): string {
  const distanceMs = Math.abs(nowMs - thenMs);
  if (!Number.isFinite(distanceMs)) return "–";
  if (distanceMs < 5 * secondMs) return "just now";
  if (distanceMs >= 30 * dayMs) return new Date(thenMs).toISOString().slice(0, 10);
  const [unitMs, unit] = (
    [
      [dayMs, "d"],
      [hourMs, "h"],
      [minuteMs, "min"],
      [secondMs, "s"],
    ] as const
  ).find(([size]) => distanceMs >= size) ?? [secondMs, "s"];
  const text = `${Math.floor(distanceMs / unitMs)} ${unit}`;
  return thenMs > nowMs ? `in ${text}` : `${text} ago`;
}
