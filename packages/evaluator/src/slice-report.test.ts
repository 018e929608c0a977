import type { Predictions } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import fisher from "./fixtures/fisher-exact.json" with { type: "json" };
import { fisherExact } from "./fisher-exact.js";
import { sliceReport, type PictureAttributes } from "./slice-report.js";

/** Two classes; a picture a letter: `+` right, `-` wrong, `?` without a label. */
function judged(marks: string, attributesOf: (row: number) => PictureAttributes) {
  const rows = [...marks];
  const ids = rows.map((_, row) => `picture ${row}`);
  const predictions: Predictions = {
    split: "test",
    classNames: ["cat", "dog"],
    ids,
    labels: Int32Array.from(rows, (mark) => (mark === "?" ? -1 : mark === "+" ? 0 : 1)),
    probabilities: Float32Array.from(rows.flatMap(() => [0.75, 0.25])),
  };
  return { predictions, attributes: new Map(ids.map((id, row) => [id, attributesOf(row)])) };
}

describe("Fisher's exact test", () => {
  it.each(fisher.cases)("of $table is SciPy's", ({ table, pValue }) => {
    const [a, b, c, d] = table as [number, number, number, number];
    const found = fisherExact({ hits: a, misses: b }, { hits: c, misses: d });
    expect(found / pValue).toBeCloseTo(1, 6);
  });

  it("says nothing where a side is empty", () => {
    expect(fisherExact({ hits: 0, misses: 0 }, { hits: 3, misses: 4 })).toBe(1);
  });
});

describe("slices", () => {
  // Of the night 2 of 8 are right, of the day 9 of 10; two more have no label.
  const nightAndDay = judged("++------" + "+++++++++-" + "??", (row) => ({
    light: row < 8 ? "night" : "day",
  }));

  it("have the worst first, with its accuracy beside that of all others", () => {
    const [worst, best, ...others] = sliceReport(nightAndDay.predictions, nightAndDay.attributes, {
      minCount: 5,
    });
    expect(others).toEqual([]);
    expect(worst).toMatchObject({ by: "light", value: "night", count: 8, accuracy: 0.25 });
    expect(worst!.difference).toBeCloseTo(0.25 - 0.9, 12);
    expect(best).toMatchObject({ value: "day", count: 10, accuracy: 0.9 });
    // Wilson's interval of 2 in 8.
    expect(worst!.interval[0]).toBeCloseTo(0.07149, 4);
    expect(worst!.interval[1]).toBeCloseTo(0.59072, 4);
  });

  it("are corrected for how many were looked at", () => {
    // Two slices that are each other's rest, so of one p-value: the smaller of two counts twice, and the other no less.
    const once = fisherExact({ hits: 2, misses: 6 }, { hits: 9, misses: 1 });
    const slices = sliceReport(nightAndDay.predictions, nightAndDay.attributes, { minCount: 5 });
    expect(slices.map(({ pValue }) => pValue)).toEqual([2 * once, 2 * once]);
  });

  it("gather rare values, and leave out what is too small, has all pictures, or is each one's own", () => {
    const { predictions, attributes } = judged("+".repeat(12) + "-".repeat(8), (row) => ({
      camera: row < 12 ? "A" : row < 16 ? "B" : `C${row}`,
      site: "north",
      file: `name ${row}`,
      ...(row < 3 && { note: "blurred" }),
    }));
    const found = sliceReport(predictions, attributes, { minCount: 5 });
    expect(found.map(({ by, value, count }) => [by, value, count])).toEqual([
      ["camera", "(other)", 8],
      ["camera", "A", 12],
    ]);
  });

  it("cut numbers at their quantiles, whether they are numbers or texts, and keep equal ones together", () => {
    const { predictions, attributes } = judged("-".repeat(4) + "+".repeat(16), (row) => ({
      brightness: row * 10.123,
      exposure: String(row < 9 ? 1 : row),
    }));
    const found = sliceReport(predictions, attributes, { minCount: 2, bins: 4 });
    const of = (by: string) =>
      found.filter((slice) => slice.by === by).map(({ value, count, accuracy }) => [value, count, accuracy]);
    expect(of("brightness")).toEqual([
      ["0 to 40.5", 5, 0.2],
      ["50.6 to 91.1", 5, 1],
      ["101 to 142", 5, 1],
      ["152 to 192", 5, 1],
    ]);
    expect(of("exposure").map(([value, count]) => [value, count])).toEqual([
      ["1", 9],
      ["10 to 14", 5],
      ["15 to 19", 5],
    ]);
  });

  it("take few numbers as they are", () => {
    const { predictions, attributes } = judged("+-".repeat(6), (row) => ({ width: row < 6 ? 320 : 240 }));
    const found = sliceReport(predictions, attributes, { minCount: 5 });
    expect(found.map(({ value, count }) => [value, count])).toEqual([
      ["320", 6],
      ["240", 6],
    ]);
  });

  it("are held against pictures of which the same is known alone", () => {
    // Of 16 pictures the first 8 were measured; the others are all right.
    const { predictions, attributes } = judged("----++++" + "+".repeat(8), (row) => ({
      ...(row < 8 && { brightness: row < 4 ? 10 : 200, colourfulness: 0 }),
      // Blank in a manifest: known to have none.
      ...(row < 12 && { remark: row < 4 ? "blurred" : "" }),
    }));
    const found = sliceReport(predictions, attributes, { minCount: 2 });
    expect(found.map(({ by, value, count, difference }) => [by, value, count, difference])).toEqual([
      ["brightness", "10", 4, -1],
      ["remark", "blurred", 4, -1],
      ["brightness", "200", 4, 1],
    ]);
  });

  it("are none of label sets", () => {
    const { predictions, attributes } = judged("+", () => ({ light: "day" }));
    const sets = { ...predictions, labels: Int32Array.of(-1), labelSets: Uint8Array.of(1, 1) };
    expect(sliceReport(sets, attributes, { minCount: 1 })).toEqual([]);
  });
});
