import { expect, it } from "vitest";
import { thinCurve } from "./thin-curve.js";

it("keeps the ends and the corners, and leaves out what lies on a line", () => {
  const x = [0, 0, 0, 0.25, 0.5, 0.5, 0.75, 1];
  const y = [0, 0.25, 0.5, 0.5, 0.5, 0.75, 0.875, 1];
  expect(thinCurve({ x, y }, 200)).toEqual({ x: [0, 0, 0.5, 0.5, 1], y: [0, 0.5, 0.5, 0.75, 1] });
  expect(thinCurve({ x, y }, 2)).toEqual({ x: [0, 1], y: [0, 1] });
  // The corner that is furthest off the diagonal.
  expect(thinCurve({ x, y }, 3)).toEqual({ x: [0, 0, 1], y: [0, 0.5, 1] });
});

it("draws ten thousand points with two hundred that no eye tells from them", () => {
  const t = Array.from({ length: 10_000 }, (_, i) => i / 9_999);
  const thin = thinCurve({ x: t, y: t.map((value) => value ** 0.1) }, 200);
  expect(thin.x.length).toBeLessThanOrEqual(200);
  const furthest = t.map((value) => {
    const right = Math.max(
      1,
      thin.x.findIndex((kept) => kept >= value),
    );
    const [x0, x1, y0, y1] = [thin.x[right - 1]!, thin.x[right]!, thin.y[right - 1]!, thin.y[right]!];
    // Off the curve at a right angle, where it is steep as where it is flat.
    const distance = (x1 - x0) * (value ** 0.1 - y0) - (y1 - y0) * (value - x0);
    return Math.abs(distance) / Math.hypot(x1 - x0, y1 - y0);
  });
  expect(Math.max(...furthest)).toBeLessThan(1 / 2000);
});

it("has nothing to draw of nothing", () => {
  expect(thinCurve({ x: [], y: [] }, 200)).toEqual({ x: [], y: [] });
});
