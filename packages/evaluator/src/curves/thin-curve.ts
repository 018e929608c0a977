/**
 * A curve of ten thousand points as one of a few that looks the same: points are added where the line through those that are kept
 * is furthest off. Ramer 1972, https://doi.org/10.1016/S0146-664X(72)80017-0, Douglas & Peucker 1973,
 * https://doi.org/10.3138/FM57-6770-U75U-7727; ends at a number of points in place of a tolerance.
 */
import type { CurvePoints } from "@convkit/schema";

interface Stretch {
  readonly from: number;
  readonly to: number;
  /** The point between the two that is furthest from the line through them. */
  readonly furthest: number;
  readonly distance: number;
}

/**
 * The first and the last point, and those between that keep the shape; fewer than `maxPoints` where fewer lie off the line.
 * @param maxPoints at least 2.
 */
export function thinCurve({ x, y }: CurvePoints, maxPoints: number): CurvePoints {
  if (x.length <= 2) return { x: [...x], y: [...y] };
  const kept = [0, x.length - 1];
  const stretches = [stretchOf({ x, y }, 0, x.length - 1)];
  while (kept.length < maxPoints) {
    let worst = 0;
    for (const [i, { distance }] of stretches.entries()) if (distance > stretches[worst]!.distance) worst = i;
    const { from, to, furthest, distance } = stretches[worst]!;
    if (distance === 0) break;
    kept.push(furthest);
    stretches.splice(worst, 1, stretchOf({ x, y }, from, furthest), stretchOf({ x, y }, furthest, to));
  }
  kept.sort((a, b) => a - b);
  return { x: kept.map((i) => x[i]!), y: kept.map((i) => y[i]!) };
}

function stretchOf({ x, y }: CurvePoints, from: number, to: number): Stretch {
  const dx = x[to]! - x[from]!;
  const dy = y[to]! - y[from]!;
  const length = Math.hypot(dx, dy);
  let furthest = from;
  let distance = 0;
  for (let i = from + 1; i < to; i++) {
    const ex = x[i]! - x[from]!;
    const ey = y[i]! - y[from]!;
    const off = length === 0 ? Math.hypot(ex, ey) : Math.abs(dx * ey - dy * ex) / length;
    // A rounding error is no bend.
    if (off > distance + 1e-12) [furthest, distance] = [i, off];
  }
  return { from, to, furthest, distance };
}
