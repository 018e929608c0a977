import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { edgeMarks, traceCurve, type PlotFrame } from "./curve-drawing.js";
import {
  curvesToCsv,
  nearestIndex,
  summarizeCurve,
  xExtent,
  yExtent,
  type CurveSeries,
} from "./curve-series.js";

function curve(x: number[], y: number[], more: Partial<CurveSeries> = {}): CurveSeries {
  return { id: "a", label: "a", color: "red", x: Float64Array.from(x), y: Float64Array.from(y), ...more };
}

/** 100 × 100 pixels over x and y from 0 to 100, so that a value is its own distance from the corner. */
const frame: PlotFrame = {
  left: 0,
  top: 0,
  width: 100,
  height: 100,
  x: { min: 0, max: 100 },
  y: { min: 0, max: 100 },
  xScale: "linear",
  yScale: "linear",
};

/** Strokes as lists of points; the pixel's hundredth that makes lone points visible is left out. */
function traced(series: CurveSeries, over: Partial<PlotFrame> = {}): [number, number][][] {
  const strokes: [number, number][][] = [];
  traceCurve(
    {
      moveTo: (x, y) => void strokes.push([[x, y]]),
      lineTo(x, y) {
        const stroke = strokes.at(-1);
        const [lastX, lastY] = stroke?.at(-1) ?? [NaN, NaN];
        if (Math.abs(x - lastX) > 0.02 || y !== lastY) stroke?.push([x, y]);
      },
    },
    series.x,
    series.y,
    { ...frame, ...over },
  );
  return strokes;
}

test("nearestIndex agrees with looking at every point", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -50, max: 50 })),
      fc.integer({ min: -60, max: 60 }),
      (values, target) => {
        const x = Float64Array.from(values).sort();
        const index = nearestIndex(x, target);
        const distance = Math.abs((x[index] ?? NaN) - target);
        if (x.length === 0) expect(index).toBe(-1);
        else expect(distance).toBe(Math.min(...x.map((value) => Math.abs(value - target))));
      },
    ),
  );
});

describe("extents", () => {
  test("outliers set the axis, what is not finite does not", () => {
    expect(yExtent([curve([0, 1, 2, 3], [1, 100, NaN, Infinity])], { min: 0, max: 3 }, "linear")).toEqual({
      min: 1 - 4.95,
      max: 100 + 4.95,
    });
  });

  test("only what is in view counts, and the shadow counts too", () => {
    const series = curve([0, 1, 2], [0, 10, 500], { smooth: Float64Array.of(0, 5, 90) });
    const { min, max } = yExtent([series], { min: 0, max: 1 }, "linear");
    expect([min, max]).toEqual([-0.5, 10.5]);
  });

  test("nothing, one point, a constant, all NaN", () => {
    expect(xExtent([], "linear")).toEqual({ min: 0, max: 1 });
    expect(xExtent([curve([3], [1])], "linear")).toEqual({ min: 2.7, max: 3.3 });
    expect(yExtent([curve([0, 1], [5, 5])], { min: 0, max: 1 }, "linear")).toEqual({ min: 4.5, max: 5.5 });
    expect(yExtent([curve([0, 1], [NaN, NaN])], { min: 0, max: 1 }, "log")).toEqual({ min: 0.1, max: 10 });
  });

  test("a log axis begins at the first positive value", () => {
    expect(xExtent([curve([0, 1, 10], [1, 1, 1])], "log")).toEqual({ min: 1, max: 10 });
  });

  test("where a clock was set back, the latest time is not the last", () => {
    expect(xExtent([curve([0, 10, 5], [1, 1, 1])], "linear")).toEqual({ min: 0, max: 10 });
  });
});

describe("traceCurve", () => {
  test("draws through the points, y upwards", () => {
    expect(traced(curve([0, 50, 100], [0, 80, 100]))).toEqual([
      [
        [0, 100],
        [50, 20],
        [100, 0],
      ],
    ]);
  });

  test("breaks at NaN and infinity, and goes on after them", () => {
    expect(traced(curve([0, 10, 20, 30, 40], [5, NaN, 6, Infinity, 7]))).toEqual([
      [[0, 95]],
      [[20, 94]],
      [[40, 93]],
    ]);
  });

  test("leaves the frame on both sides when zoomed in", () => {
    const [stroke] = traced(curve([0, 10, 20, 30, 40], [1, 2, 3, 4, 5]), { x: { min: 12, max: 28 } });
    expect(stroke?.length).toBe(3);
    expect(stroke?.[0]?.[0]).toBeLessThan(0);
    expect(stroke?.at(-1)?.[0]).toBeGreaterThan(100);
  });

  test("many points in few pixels keep the height of every spike", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 500, maxLength: 3000 }),
        (values) => {
          const y = Float64Array.from(values);
          const x = y.map((_, index) => (index / (y.length - 1)) * 100);
          const strokes = traced({ ...curve([], []), x, y });
          expect(strokes.length).toBe(1);
          const heights = new Map<number, [number, number]>();
          for (const [px, py] of strokes[0] ?? []) {
            const [low, high] = heights.get(Math.round(px)) ?? [Infinity, -Infinity];
            heights.set(Math.round(px), [Math.min(low, py), Math.max(high, py)]);
          }
          x.forEach((at, index) => {
            const [top, bottom] = heights.get(Math.round(at)) ?? [NaN, NaN];
            const py = 100 - (y[index] ?? NaN);
            expect(py).toBeGreaterThanOrEqual(top - 1e-9);
            expect(py).toBeLessThanOrEqual(bottom + 1e-9);
          });
          expect((strokes[0] ?? []).length).toBeLessThanOrEqual(101 * 4 + 4);
        },
      ),
      { numRuns: 30 },
    );
  });
});

test("every value that no axis can hold has its mark", () => {
  const series = curve([0, 20, 40, 60, 80], [1, NaN, Infinity, -Infinity, 0]);
  expect(edgeMarks(series, frame, 5)).toEqual([
    { px: 20, kind: "nan" },
    { px: 40, kind: "up" },
    { px: 60, kind: "down" },
  ]);
  expect(edgeMarks(series, { ...frame, y: { min: 0.1, max: 10 }, yScale: "log" }, 5).at(-1)).toEqual({
    px: 80,
    kind: "down",
  });
});

test("marks of one kind keep their distance", () => {
  const x = Array.from({ length: 101 }, (_, i) => i);
  expect(
    edgeMarks(
      curve(
        x,
        x.map(() => NaN),
      ),
      frame,
      10,
    ).map(({ px }) => px),
  ).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
});

test("a summary knows where a run diverged", () => {
  expect(summarizeCurve(curve([10, 20, 30], [3, 1, NaN]))).toEqual({
    count: 3,
    first: 3,
    last: NaN,
    min: 1,
    max: 3,
    nonFinite: 1,
    firstNonFiniteX: 30,
  });
  expect(summarizeCurve(curve([], []))).toMatchObject({
    count: 0,
    first: null,
    last: null,
    min: null,
    nonFinite: 0,
  });
});

test("CSV has every point, quotes names and lets no name become a formula", () => {
  const series = [
    curve([0, 1], [0.5, NaN], { label: '=1+1, "x"', smooth: Float64Array.of(0.5, 0.5) }),
    curve([0], [9], { visible: false }),
  ];
  expect(curvesToCsv(series, "step")).toBe(
    ["series,step,value,smoothed", `"'=1+1, ""x""",0,0.5,0.5`, `"'=1+1, ""x""",1,NaN,0.5`, ""].join("\r\n"),
  );
});
