import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { perceptualHash } from "../pictures/perceptual-hash.js";
import { createCorrelation, findSimilar, type SimilarPair } from "./find-similar.js";
import { PRINT_BYTES } from "./picture-prints.js";

/** Pictures of broad strokes, each followed by one that strays from it, further and further through the set. */
function pictures(count: number, seed: number): Uint8Array {
  const rng = Rng.fromSeed(seed);
  const grey = new Uint8Array(count * PRINT_BYTES);
  for (let i = 0; i < count; i++) {
    const waves = Array.from(
      { length: 6 },
      () => [rng.uniform() * 6, rng.uniform() * 6, rng.uniform() * 6.28] as const,
    );
    for (let at = 0; at < PRINT_BYTES; at++) {
      const [x, y] = [at % 32, Math.floor(at / 32)];
      const own =
        waves.reduce((sum, [fx, fy, phase]) => sum + Math.cos((fx * x + fy * y) / 10 + phase), 0) * 20 + 128;
      const stray = (rng.uniform() - 0.5) * (i * 1.5);
      const base = i % 2 === 1 ? (grey[(i - 1) * PRINT_BYTES + at] as number) : own;
      grey[i * PRINT_BYTES + at] = Math.max(0, Math.min(255, base + (i % 2 === 1 ? stray : 0)));
    }
  }
  return grey;
}

function distance(one: string, other: string): number {
  return (BigInt(`0x${one}`) ^ BigInt(`0x${other}`)).toString(2).replaceAll("0", "").length;
}

async function collect(
  grey: Uint8Array,
  minCorrelation: number,
  isWanted: (pair: SimilarPair) => boolean = () => true,
) {
  const pairs: SimilarPair[] = [];
  await findSimilar(grey, { minCorrelation, isWanted }, (pair) => pairs.push(pair));
  return pairs.map(({ first, second }) => `${first} ${second}`).sort();
}

describe("findSimilar", () => {
  it.each([1, 2, 3])("finds each pair of hashes at most eight bits apart, once: set %i", async (seed) => {
    const grey = pictures(300, seed);
    const hashes = Array.from({ length: 300 }, (_, i) =>
      perceptualHash(grey.subarray(i * PRINT_BYTES, (i + 1) * PRINT_BYTES)),
    );
    const expected = hashes.flatMap((one, i) =>
      hashes.slice(i + 1).flatMap((other, j) => (distance(one!, other!) <= 8 ? [`${i} ${i + 1 + j}`] : [])),
    );
    expect(expected.length).toBeGreaterThan(20);
    expect(expected.length).toBeLessThan(150);
    expect(await collect(grey, -1)).toEqual(expected.sort());
  });

  it("tells pictures apart that share no more than the mean of the set", async () => {
    // A frame that all share, as X-rays do; what is inside differs, but for the last two.
    const count = 400;
    const grey = new Uint8Array(count * PRINT_BYTES);
    const rng = Rng.fromSeed(7);
    const frame = Float64Array.from(
      { length: PRINT_BYTES },
      (_, at) => 128 + 80 * Math.cos((at % 32) / 4) * Math.sin(at / 130),
    );
    for (let i = 0; i < count; i++) {
      for (let at = 0; at < PRINT_BYTES; at++)
        grey[i * PRINT_BYTES + at] = frame[at]! + (rng.uniform() - 0.5) * 40;
    }
    grey.copyWithin((count - 1) * PRINT_BYTES, (count - 2) * PRINT_BYTES, (count - 1) * PRINT_BYTES);
    expect((await collect(grey, -1)).length).toBeGreaterThan(1000);
    expect(await collect(grey, 0.9)).toEqual([`${count - 2} ${count - 1}`]);
  });

  it("compares no pixels of a pair that is not wanted", async () => {
    const grey = pictures(40, 1);
    expect(await collect(grey, -1, ({ second }) => second < 6)).toEqual(
      (await collect(grey, -1)).filter((pair) => Number(pair.split(" ")[1]) < 6),
    );
  });

  it("knows no likeness in pictures of one tone", async () => {
    const grey = new Uint8Array(3 * PRINT_BYTES).fill(255);
    expect(await collect(grey, -1)).toEqual([]);
    expect(createCorrelation(grey)(0, 1)).toBe(0);
  });
});
