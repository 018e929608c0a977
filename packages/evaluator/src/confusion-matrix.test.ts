import { expect, it } from "vitest";
import { topConfusions } from "./confusion-matrix.js";

it("lists the most frequent confusions, equal ones by their share", () => {
  const matrix = [
    [90, 6, 4],
    [0, 10, 0],
    [6, 1, 13],
  ];
  expect(topConfusions(matrix, 3)).toEqual([
    { label: 2, prediction: 0, count: 6, share: 6 / 20 },
    { label: 0, prediction: 1, count: 6, share: 6 / 100 },
    { label: 0, prediction: 2, count: 4, share: 4 / 100 },
  ]);
  expect(
    topConfusions(
      [
        [3, 0],
        [0, 0],
      ],
      5,
    ),
  ).toEqual([]);
});
