import { expect, it } from "vitest";
import { chooseTile, splitSums } from "./tile.js";

it.each([
  { m: 32_768, n: 64, tile: "128×64" },
  { m: 32_768, n: 256, tile: "128×64" },
  { m: 32_768, n: 16, tile: "128×32" },
  { m: 576, n: 64, tile: "128×64" },
  { m: 288, n: 64, tile: "64×64" },
  { m: 27, n: 32, tile: "32×32" },
  { m: 64, n: 10, tile: "64×32" },
])("chooses the largest tile that computes little beyond the edge: $m × $n", ({ m, n, tile }) => {
  const chosen = chooseTile(m, n, false);
  expect(`${chosen.m}×${chosen.n}`).toBe(tile);
});

it.each([
  { tiles: 1, k: 131_072, splits: 512 },
  { tiles: 5, k: 131_072, splits: 102 },
  { tiles: 256, k: 2304, splits: 2 },
  { tiles: 300, k: 2304, splits: 1 },
  { tiles: 1, k: 200, splits: 1 },
])("shares sums of $k terms where there are $tiles tiles", ({ tiles, k, splits }) => {
  const tile = chooseTile(64, 64, false);
  const shared = splitSums(tiles, k, tile);
  expect(shared.splits).toBe(splits);
  expect(shared.termsPerSplit % tile.k).toBe(0);
  expect(shared.splits * shared.termsPerSplit).toBeGreaterThanOrEqual(k);
  expect((shared.splits - 1) * shared.termsPerSplit).toBeLessThan(k);
});
