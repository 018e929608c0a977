import { describe, expect, test } from "vitest";
import { cellStep, confusionScale, shortCount } from "./confusion-scale.js";
import { layOutAxis, nearestLine, passesBrushes, type ParallelRun } from "./parallel-axes.js";
import { sparklinePath } from "./sparkline.js";

describe("confusion scale", () => {
  const counts = [
    [90, 10, 0],
    [1, 99, 0],
    [0, 0, 0],
  ];
  const scale = confusionScale(counts);

  test("the worst mistake and a perfect class have the strongest colors; nothing has none", () => {
    expect(scale).toEqual({ totals: [100, 100, 0], worstShare: 0.1 });
    expect(cellStep(scale, 0, 1, 10)).toBe(8);
    expect(cellStep(confusionScale([[5]]), 0, 0, 5)).toBe(8);
    expect(cellStep(scale, 0, 2, 0)).toBeNull();
    expect(cellStep(scale, 2, 2, 0)).toBeNull();
  });

  test("one mistake in a hundred is still seen", () => {
    expect(cellStep(scale, 1, 0, 1)).toBeGreaterThanOrEqual(2);
  });

  test.each([
    [999, false, "999"],
    [1234, false, "1234"],
    [12_345, false, "12k"],
    [1234, true, "1.2k"],
    [9999, true, "10k"],
  ])("%s, narrow: %s → %s", (count, narrow, text) => expect(shortCount(count, narrow)).toBe(text));
});

const runs: ParallelRun[] = [
  { id: "a", label: "a", values: { lr: 0.001, model: "resnet9" }, metric: 0.9 },
  { id: "b", label: "b", values: { lr: 0.1, model: "resnet20" }, metric: 0.8 },
  { id: "c", label: "c", values: { model: null }, metric: null },
];

describe("parallel axes", () => {
  test("a log axis spaces ratios, and brushes give values back", () => {
    const axis = layOutAxis({ id: "lr", label: "lr", kind: "numeric", scale: "log" }, runs);
    expect(axis.place(0.01)).toBeCloseTo(0.5);
    expect(axis.place(undefined)).toBeNull();
    const brush = axis.brushOver(1, 0.5) as { min: number; max: number };
    expect(brush.min).toBeCloseTo(0.01);
    expect(brush.max).toBeCloseTo(0.1);
    expect(axis.stretchOf({ min: 0.01, max: 5 })[0]).toBeCloseTo(0.5);
    expect(axis.stretchOf({ min: 0.01, max: 5 })[1]).toBe(1);
  });

  test("a category lies in the middle of its band", () => {
    const axis = layOutAxis({ id: "model", label: "model", kind: "categorical" }, runs);
    expect([axis.place("resnet9"), axis.place("resnet20"), axis.place(null)]).toEqual([0.25, 0.75, null]);
    expect(axis.brushOver(0, 0.5)).toEqual({ values: ["resnet9"] });
    expect(axis.stretchOf({ values: ["resnet20"] })).toEqual([0.5, 1]);
  });

  test("a run must pass every brush, and without a value it passes none", () => {
    const passing = (brushes: Parameters<typeof passesBrushes>[1]) =>
      runs
        .filter((run) => passesBrushes(run, brushes))
        .map(({ id }) => id)
        .join("");
    expect(passing({})).toBe("abc");
    expect(passing({ lr: { min: 0.01, max: 1 } })).toBe("b");
    expect(passing({ lr: { min: 0, max: 1 }, model: { values: ["resnet9"] } })).toBe("a");
  });

  test("the nearest line, if one is near enough", () => {
    const lines = [
      [
        { x: 0, y: 0 },
        { x: 100, y: 100 },
      ],
      [
        { x: 0, y: 100 },
        { x: 100, y: 0 },
      ],
      [],
    ];
    expect(nearestLine(lines, { x: 20, y: 25 }, 12)).toBe(0);
    expect(nearestLine(lines, { x: 20, y: 75 }, 12)).toBe(1);
    expect(nearestLine(lines, { x: 20, y: 50 }, 12)).toBe(-1);
    expect(nearestLine(lines, { x: 120, y: 0 }, 12)).toBe(-1);
  });
});

test("a sparkline keeps gaps, single points and constants", () => {
  expect(sparklinePath([0, 1, 2], 10, 4)).toBe("M0 4h0L5 2L10 0");
  expect(sparklinePath([1, NaN, 2], 10, 4)).toBe("M0 4h0M10 0h0");
  expect(sparklinePath([5, 5], 10, 4)).toBe("M0 2h0L10 2");
  expect(sparklinePath([5], 10, 4)).toBe("M5 2h0");
  expect(sparklinePath([NaN], 10, 4)).toBe("");
});
