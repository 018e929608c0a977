import type { DatasetCard, DatasetInspection } from "@convkit/schema";
import picocolors from "picocolors";
import { expect, it } from "vitest";
import { describeInspection } from "./describe-inspection.js";

function linesOf(perClass: number[], facts: Partial<DatasetCard> = {}): string[] {
  const spread = { min: 8, median: 8, max: 8 };
  const inspection: DatasetInspection = {
    formatVersion: 1,
    card: {
      formatVersion: 1,
      name: "photos",
      source: "./photos",
      contentHash: "00",
      classNames: perClass.map((_, label) => `class ${label}`),
      imageShape: [8, 8, 3],
      splits: { train: { count: perClass.reduce((sum, count) => sum + count, 0), perClass } },
      badFiles: [],
      warnings: [],
      ...facts,
    },
    sizes: { height: spread, width: spread, mostFrequent: [], shorterEdge: [], aspectRatio: [] },
    duplicates: { minSimilarity: 0.97, groupCount: 0, pictureCount: 0, conflictCount: 0, groups: [] },
    leakage: [],
  };
  return describeInspection(inspection, picocolors.createColors(false));
}

it("says how unbalanced classes are, and what they would weigh", () => {
  const lines = linesOf([300, 100, 50, 0]);
  const start = lines.indexOf("balance  6 training pictures of class 0 for each of class 2");
  // 1/300 : 1/100 : 1/50 = 1 : 3 : 6, made to sum to 4; effective numbers 259.3, 95.2 and 48.8.
  expect(lines.slice(start + 1, start + 5).map((line) => line.trim().split(/ {2,}/))).toEqual([
    ["weights", "balanced", "effective-number"],
    ["class 2", "2.40", "2.35"],
    ["class 1", "1.20", "1.21"],
    ["class 0", "0.40", "0.44"],
  ]);
  expect(lines.join("\n")).toMatch(/--set loss\.classWeights=balanced.*--set sampling=class-balanced/s);
});

it("tells of the rarest of many classes, and of none where they are nearly of a size", () => {
  const lines = linesOf(Array.from({ length: 40 }, (_, label) => 10 + label));
  const start = lines.findIndex((line) => line.startsWith("balance"));
  expect(lines[start]).toBe("balance  4.9 training pictures of class 39 for each of class 0");
  expect(lines[start + 12]).toContain("and 30 more");
  for (const alike of [[100, 34], [5, 0], []])
    expect(linesOf(alike).filter((line) => line.startsWith("balance"))).toEqual([]);
});

it("counts the files that were left out, also where a card lists the first alone", () => {
  const badFiles = Array.from({ length: 12 }, (_, i) => ({ path: `${i}.png`, reason: "is empty" }));
  const of = (facts: Partial<DatasetCard>) => {
    const lines = linesOf([5, 5], facts);
    const start = lines.findIndex((line) => line.startsWith("left out"));
    return [lines[start], lines[start + 10], lines[start + 11]];
  };
  const more = "more; --json lists all, --sheet writes a page";
  expect(of({ badFiles })).toEqual(["left out  12 files", "  9.png: is empty", `  and 2 ${more}`]);
  expect(of({ badFiles, badFileCount: 1500 })).toEqual([
    "left out  1,500 files",
    "  9.png: is empty",
    `  and 1,490 ${more}`,
  ]);
});

it("says how pictures are decoded, where they are", () => {
  const decoded = (facts?: Partial<DatasetCard>) =>
    linesOf([5, 5], facts).filter((line) => line.startsWith("brought"));
  expect(decoded({ decoding: "full" })).toEqual([
    "brought to 8 × 8 pixels: each decoded whole, then resized",
  ]);
  expect(decoded({ decoding: "dct-scaled" })).toEqual([
    "brought to 8 × 8 pixels: JPEGs of 7.5 times that size and more, and other pictures of more than 32 Mi pixels, scaled " +
      "to 2.5 times it while they are decoded, then resized",
  ]);
  expect(decoded()).toEqual([]);
});
