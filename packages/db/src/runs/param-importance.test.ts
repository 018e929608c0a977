import { describe, expect, it } from "vitest";
import { paramImportance } from "./param-importance.js";

const only = (rows: ReturnType<typeof paramImportance>) => {
  expect(rows).toHaveLength(1);
  return rows[0]!;
};

describe("paramImportance", () => {
  it("is ε² of groups, by hand", () => {
    // Groups [1, 2, 3] and [5, 6, 7]: mean 4, total 28, within 4 with 4 degrees of freedom.
    const row = only(
      paramImportance([{ key: "model", values: ["a", "a", "a", "b", "b", "b"] }], [1, 2, 3, 5, 6, 7]),
    );
    expect(row.importance).toBeCloseTo(1 - 4 / 4 / (28 / 5), 12);
    expect(row).toMatchObject({ key: "model", correlation: null, count: 6 });
  });

  it("is 0 where groups explain no more than chance does", () => {
    // Groups [1, 3] and [2, 2]: equal means, total 2, within 2 with 2 degrees of freedom; 1 − 1 / (2 / 3) < 0.
    const row = only(paramImportance([{ key: "flip", values: ["x", "x", "y", "y"] }], [1, 3, 2, 2]));
    expect(row.importance).toBe(0);
  });

  it("gives Spearman's correlation with ties at their mean rank, by hand", () => {
    // Ranks 1.5, 1.5, 3, 4 and 1, 2, 3.5, 3.5: deviations −1, −1, 0.5, 1.5 and −1.5, −0.5, 1, 1; products 4; squares
    // 4.5 and 4.5.
    const row = only(paramImportance([{ key: "lr", values: [0.1, 0.1, 0.2, 0.5] }], [10, 20, 30, 30]));
    expect(row.correlation).toBeCloseTo(4 / 4.5, 12);
  });

  it("is −1 for what falls strictly, however fast", () => {
    const row = only(paramImportance([{ key: "lr", values: [1, 2, 3, 4, 5] }], [100, 10, 1, 0.1, 0.01]));
    expect(row.correlation).toBeCloseTo(-1, 12);
  });

  it("keeps equal numbers together, in whatever order the runs come", () => {
    const values = [...new Array<number>(12).fill(0.1), 0.2, 0.3, 0.4, 0.5];
    const metric = values.map((value, index) => (value === 0.1 ? index : 50 + index));
    const inOrder = only(paramImportance([{ key: "lr", values }], metric));
    // Four groups of about four: twelve equal ones fill three; the others are the rest.
    const total = spread(metric);
    const within = spread(metric.slice(0, 12)) + spread(metric.slice(12));
    expect(inOrder.importance).toBeCloseTo(1 - within / 14 / (total / 15), 12);
    const turned = only(paramImportance([{ key: "lr", values: values.toReversed() }], metric.toReversed()));
    expect(turned.importance).toBeCloseTo(inOrder.importance, 12);
  });

  it("leaves out runs without a value or a result, and params that do not vary", () => {
    const rows = paramImportance(
      [
        { key: "same", values: [1, 1, 1, 1, 1] },
        { key: "few", values: [1, 2, 3, null, null] },
        { key: "lr", values: [1, 2, 3, 4, null] },
      ],
      [1, 2, 3, 4, 5],
    );
    expect(rows.map(({ key, count }) => [key, count])).toEqual([["lr", 4]]);
    expect(paramImportance([{ key: "lr", values: [1, 2, 3, 4] }], [1, 2, NaN, null])).toEqual([]);
  });

  it("treats a param that is a number in some runs and a text in others as names", () => {
    const row = only(paramImportance([{ key: "size", values: [1, "auto", 1, "auto"] }], [1, 2, 1, 2]));
    expect(row).toMatchObject({ importance: 1, correlation: null });
  });

  it("is 0 where the metric is always the same", () => {
    const row = only(paramImportance([{ key: "lr", values: [1, 2, 1, 2] }], [5, 5, 5, 5]));
    expect(row).toMatchObject({ importance: 0, correlation: 0 });
  });

  it("puts the most important first, and equal ones by name", () => {
    const rows = paramImportance(
      [
        { key: "b", values: ["x", "y", "x", "y"] },
        { key: "good", values: ["x", "x", "y", "y"] },
        { key: "a", values: ["x", "y", "x", "y"] },
      ],
      [1, 2, 8, 9],
    );
    expect(rows.map(({ key }) => key)).toEqual(["good", "a", "b"]);
  });
});

function spread(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
