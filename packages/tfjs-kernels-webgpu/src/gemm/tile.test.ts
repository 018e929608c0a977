import { expect, it } from "vitest";
import { chooseTile, splitSums, TILES, UNIT_TILES } from "./tile.js";

it.each([
  { m: 32_768, n: 64, tile: "128×64" },
  { m: 32_768, n: 256, tile: "128×64" },
  { m: 32_768, n: 16, tile: "128×32" },
  { m: 576, n: 64, tile: "128×64" },
  { m: 288, n: 64, tile: "64×64" },
  { m: 27, n: 32, tile: "32×32" },
  { m: 64, n: 10, tile: "64×32" },
])("chooses the largest tile that computes little beyond the edge: $m × $n", ({ m, n, tile }) => {
  const chosen = chooseTile(m, n, { isSoftware: false });
  expect(`${chosen.m}×${chosen.n}`).toBe(tile);
});

it.each([
  { m: 64, n: 64, k: 131_072, splits: 512 },
  { m: 576, n: 64, k: 131_072, splits: 100 },
  { m: 16_384, n: 128, k: 2304, splits: 2 },
  { m: 38_400, n: 64, k: 2304, splits: 1 },
  { m: 64, n: 64, k: 200, splits: 1 },
])("shares sums of $k terms where there are few tiles: $m × $n", ({ splits, ...sizes }) => {
  const shared = splitSums({ ...sizes, usualM: sizes.m });
  expect(shared.splits).toBe(splits);
  for (const { k } of [...TILES, ...UNIT_TILES]) expect(shared.termsPerSplit % k).toBe(0);
  expect(shared.splits * shared.termsPerSplit).toBeGreaterThanOrEqual(sizes.k);
  expect((shared.splits - 1) * shared.termsPerSplit).toBeLessThan(sizes.k);
});
