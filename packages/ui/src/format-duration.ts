/** How long a run took or will take, in at most two units. */

import { decimalsOf } from "./format-metric.js";

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * 850 → `850 ms`, 12 300 → `12.3 s`, 125 000 → `2 min 5 s`, 4 320 000 → `1 h 12 min`, null or NaN → `–`.
 *
 * @param resolutionMs the least difference that must show, as between the ticks of an axis: then in more units.
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
  const needed = UNITS.findIndex(([unitMs]) => unitMs <= resolutionMs * (1 + 1e-9));
  // Rounded to its smaller unit, 59 min 59.9 s is an hour.
  const big = UNITS.findIndex(([unitMs], index) => {
    const [smallMs] = UNITS[Math.min(index + 1, UNITS.length - 1)]!;
    return Math.round(ms / smallMs) * smallMs >= unitMs;
  });
  const small = Math.max(big + 1, needed === -1 ? UNITS.length - 1 : needed);
  const decimals = Math.max(0, decimalsOf(resolutionMs / secondMs));
  return inUnits(ms, { big, small: Math.min(small, UNITS.length - 1), decimals });
}

const UNITS = [
  [dayMs, "d"],
  [hourMs, "h"],
  [minuteMs, "min"],
  [secondMs, "s"],
] as const;

/** Zeros at the end are left out, and in between. */
function inUnits(
  ms: number,
  { big, small, decimals }: { big: number; small: number; decimals: number },
): string {
  const [smallMs] = UNITS[small]!;
  const scale = smallMs === secondMs ? 10 ** decimals : 1;
  let rest = Math.round((ms / smallMs) * scale);
  const parts: string[] = [];
  for (const [unitMs, name] of UNITS.slice(big, small)) {
    const count = Math.floor(rest / ((unitMs / smallMs) * scale));
    rest -= count * (unitMs / smallMs) * scale;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  if (rest > 0) parts.push(`${rest / scale} ${UNITS[small]![1]}`);
  return parts.join(" ");
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
