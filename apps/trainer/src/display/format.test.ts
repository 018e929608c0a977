import type { DatasetCard } from "@convkit/schema";
import { expect, it } from "vitest";
import {
  formatBytes,
  formatFlops,
  formatImageShape,
  formatDuration,
  formatLoss,
  formatPercent,
  formatTable,
} from "./format.js";

it("formats numbers as people read them", () => {
  const shapes = [
    { imageShape: [96, 128, 3] },
    { imageShape: [8, 8, 1], imageFit: "pad" },
    { imageShape: null },
  ];
  expect((shapes as DatasetCard[]).map(formatImageShape)).toEqual([
    "96×128×3",
    "8×8×1, padded",
    "of different sizes",
  ]);
  expect(formatPercent(0.8123)).toBe("81.2 %");
  expect([4_400, 75_000, 3_720_000].map(formatDuration)).toEqual(["4 s", "1 min 15 s", "1 h 02 min"]);
  expect([3712, 77_200_000, 2.5e9].map(formatFlops)).toEqual(["3,712 FLOP", "77.2 MFLOP", "2.5 GFLOP"]);
  expect([512, 3 * 2 ** 20, 1.5 * 2 ** 30].map(formatBytes)).toEqual(["0.5 KiB", "3.0 MiB", "1.5 GiB"]);
});

it.each([
  [0, "0.000"],
  [2.30258, "2.303"],
  [0.5, "0.500"],
  [0.01234, "0.012"],
  [0.0012, "0.0012"],
  [0.000031, "3.1e-5"],
  [215.25, "215.3"],
  [44316049416738136, "4.43e+16"],
  [3.779903392174617e23, "3.78e+23"],
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "Infinity"],
])("formats a loss of %d as %s", (loss, text) => {
  expect(formatLoss(loss)).toBe(text);
});

it("pads columns to their widest cell and leaves no trailing blanks", () => {
  expect(
    formatTable([
      ["a", "bcd", ""],
      ["efg", "h", ""],
    ]),
  ).toEqual(["a    bcd", "efg  h"]);
});
