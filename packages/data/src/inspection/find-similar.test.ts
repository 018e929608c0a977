import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { film, pictures } from "../../test/grey-prints.js";
import { perceptualHash } from "../pictures/perceptual-hash.js";
import { createCorrelation, findSimilar, type SimilarPair } from "./find-similar.js";
import { PRINT_BYTES } from "./picture-prints.js";

function distance(one: string, other: string): number {
  return (BigInt(`0x${one}`) ^ BigInt(`0x${other}`)).toString(2).replaceAll("0", "").length;
}

async function collect(
  grey: Uint8Array,
  minCorrelation: number,
  isWanted: (pair: SimilarPair) => boolean = () => true,
) {
  const pairs: SimilarPair[] = [];
  const correlate = createCorrelation(grey);
  await findSimilar(grey, { correlate, minCorrelation, isWanted }, (pair) => {
    pairs.push(pair);
    return false;
  });
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

  it("compares a frame of a film that stands still with the one that stands for the others", async () => {
    const grey = Buffer.concat([pictures(600, 1), film(600, { seed: 5, stray: 1 })]);
    const correlate = createCorrelation(grey);
    let [compared, found] = [0, 0];
    const counting = (first: number, second: number) => {
      if (first >= 600) compared++;
      return correlate(first, second);
    };
    const options = { correlate: counting, minCorrelation: 0.97, isWanted: () => true };
    await findSimilar(grey, options, ({ first }, correlation) => {
      if (first >= 600) found++;
      return correlation >= 0.99;
    });
    // Of 179,700 pairs.
    expect({ compared, found }).toEqual({ compared: 599, found: 599 });
  });

  it("compares each picture with so many others and no more, those of the nearest hashes first", async () => {
    // All are one scene, so that without the mean nothing but noise is left of them, and of two the same.
    const scene = film(500, { seed: 5, stray: 15 });
    const grey = Buffer.concat([scene, scene.subarray(100 * PRINT_BYTES, 101 * PRINT_BYTES)]);
    const correlate = createCorrelation(grey);
    let compared = 0;
    const counting = (first: number, second: number) => {
      compared++;
      return correlate(first, second);
    };
    const found: SimilarPair[] = [];
    const options = { correlate: counting, minCorrelation: 0.97, isWanted: () => true, mostCompared: 40 };
    await findSimilar(grey, options, (pair) => found.push(pair) === 0);
    expect(compared).toBeGreaterThan(400 * 40);
    expect(compared).toBeLessThanOrEqual(500 * 40);
    expect(found).toEqual([{ first: 100, second: 500 }]);
  });
});
