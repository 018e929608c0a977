/** Points of a projection: which are drawn, and what tells their groups apart. */
import { expect, it } from "vitest";
import type { Projection } from "../../trpc/context";
import { groupByClass, groupByOutcome, planeOf } from "./projection-points";

const projection: Projection = {
  formatVersion: 1,
  split: "test",
  classNames: Array.from({ length: 30 }, (_, index) => `class ${index}`),
  ids: ["a", "b", "c", "d"],
  labels: [0, 25, -1, 0],
  pca: { x: [1, 2, 3, 4], y: [5, 6, 7, 8], explained: [0.5, 0.1] },
  umap: { indices: [3, 1, 9], x: [10, 20, 30], y: [40, 50, 60] },
  neighbours: { split: "train", ids: [], labels: [], of: [], similarity: [] },
};

it("has all pictures by PCA, and by UMAP its sample, without places that are none", () => {
  expect(planeOf(projection, "pca")).toEqual({ places: [0, 1, 2, 3], x: [1, 2, 3, 4], y: [5, 6, 7, 8] });
  expect(planeOf(projection, "umap")).toEqual({ places: [3, 1], x: [10, 20], y: [40, 50] });
  const short = { ...projection, umap: undefined, pca: { ...projection.pca, y: [5, 6] } };
  expect(planeOf(short, "umap")).toEqual({ places: [0, 1], x: [1, 2], y: [5, 6] });
});

it("names the classes that have points, and gives the twenty-sixth another shape than the sixth", () => {
  expect(groupByClass(projection, planeOf(projection, "pca"))).toEqual({
    group: [1, 2, 0, 1],
    groups: [
      { label: "unknown", color: "var(--color-control)", shape: "disc" },
      { label: "class 0", color: "var(--color-run-0)", shape: "disc" },
      { label: "class 25", color: "var(--color-run-5)", shape: "triangle" },
    ],
  });
});

it("puts mistakes over what was right, and names pictures without a label only where there are some", () => {
  const all = groupByOutcome(projection, planeOf(projection, "pca"), new Set(["b", "c"]));
  expect(all.group).toEqual([0, 2, 1, 0]);
  expect(all.groups.map(({ label }) => label)).toEqual(["right", "without a label", "wrong"]);
  const sample = groupByOutcome(projection, planeOf(projection, "umap"), new Set(["b"]));
  expect(sample.group).toEqual([0, 1]);
  expect(sample.groups.map(({ label }) => label)).toEqual(["right", "wrong"]);
});
