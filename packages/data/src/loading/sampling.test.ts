import { Rng } from "@convkit/random";
import type { TransformSpec } from "@convkit/schema";
import { describe, expect, it, onTestFinished } from "vitest";
import { createSplit } from "../create-split.js";
import type { Batch } from "./batch.js";
import { createLoader, type LoaderOptions } from "./loader.js";
import { Sampler, SamplingError, samplingOf, type Sampling } from "./sampling.js";

/** 90 pictures of class 0, 9 of class 1, 1 of class 2. */
const UNBALANCED = Int32Array.from({ length: 100 }, (_, i) => (i < 90 ? 0 : i < 99 ? 1 : 2));
const EPOCHS = 300;

function samplerOf(sampling: Sampling, { labels = UNBALANCED, seed = 0, batchSize = 8 } = {}): Sampler {
  return new Sampler(labels, { sampling, batchSize, rng: Rng.fromSeed(seed) });
}

/** Mean number of pictures of each class in an epoch. */
function meanCounts(sampler: Sampler): number[] {
  const counts = [0, 0, 0];
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (const position of sampler.order(epoch).positions) counts[UNBALANCED[position] as number]! += 1;
  }
  return counts.map((count) => count / EPOCHS);
}

describe("by weights of classes", () => {
  it("draws every class equally often, however many pictures it has", () => {
    // A class's count is binomial (100, ⅓), of variance 22.2: its mean over 300 epochs has a standard error of 0.27.
    for (const mean of meanCounts(samplerOf({ name: "class-balanced" })))
      expect(Math.abs(mean - 100 / 3)).toBeLessThan(1.4);
  });

  it("draws pictures of a class alike, and as many in all as there are", () => {
    const sampler = samplerOf({ name: "class-balanced" });
    const ofClass1 = new Array<number>(9).fill(0);
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      const { positions } = sampler.order(epoch);
      expect(positions).toHaveLength(100);
      for (const position of positions) if (UNBALANCED[position] === 1) ofClass1[position - 90]! += 1;
    }
    // Each 100/27 times an epoch: 1111 ± 33 times in all.
    for (const count of ofClass1) expect(Math.abs(count - 1111)).toBeLessThan(170);
  });

  it("draws a picture by its class's weight, and none whose weight is 0", () => {
    // 90 · 1, 9 · 10, 1 · 0 of 180.
    const [first, second, third] = meanCounts(samplerOf({ name: "weighted", weights: [1, 10, 0] }));
    expect(Math.abs(first! - 50)).toBeLessThan(1.5);
    expect(Math.abs(second! - 50)).toBeLessThan(1.5);
    expect(third).toBe(0);
    const onlyLast = samplerOf({ name: "weighted", weights: [0, 0, 1] }).order(0);
    expect(new Set(onlyLast.positions)).toEqual(new Set([99]));
    expect([...onlyLast.repetitions!]).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it("refuses weights that leave no picture", () => {
    expect(() => samplerOf({ name: "weighted", weights: [0, 0, 0] })).toThrow(SamplingError);
    expect(() => samplerOf({ name: "weighted", weights: [1, Number.POSITIVE_INFINITY, 1] })).toThrow(
      /above 0.*Received: a sum of Infinity/,
    );
    const empty = samplerOf({ name: "class-balanced" }, { labels: new Int32Array(0) });
    expect(empty.order(0).positions).toHaveLength(0);
  });
});

describe("repeated augmentation", () => {
  it("shows each of an epoch's pictures so many times, in the epoch's own length", () => {
    const sampler = samplerOf({ name: "repeated-augmentation", repeats: 3 });
    const seen = new Set<number>();
    for (let epoch = 0; epoch < 40; epoch++) {
      const { positions } = sampler.order(epoch);
      const counts = new Map<number, number>();
      for (const position of positions) counts.set(position, (counts.get(position) ?? 0) + 1);
      expect(positions).toHaveLength(100);
      expect([...counts.values()].toSorted((a, b) => a - b)).toEqual([1, ...new Array<number>(33).fill(3)]);
      for (const position of positions) seen.add(position);
    }
    expect(seen.size).toBe(100);
  });

  it("has a picture's turns in one batch or the next, and apart from each other", () => {
    const { positions, repetitions } = samplerOf(
      { name: "repeated-augmentation", repeats: 3 },
      { batchSize: 9 },
    ).order(5);
    for (let start = 0; start + 9 <= 100; start += 9) {
      const batch = [...positions.subarray(start, start + 9)];
      expect(batch.slice(3)).toEqual([...batch.slice(0, 3), ...batch.slice(0, 3)]);
      expect([...repetitions!.subarray(start, start + 9)]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
      batch.forEach((position, i) => expect(position).not.toBe(batch.at(i - 1)));
    }
    const uneven = samplerOf({ name: "repeated-augmentation", repeats: 3 }, { batchSize: 4 }).order(5);
    expect([...uneven.repetitions!.subarray(0, 12)]).toEqual([0, 0, 1, 2, 0, 1, 1, 2, 0, 1, 2, 2]);
  });

  it("of fewer pictures than repeats shows one of them", () => {
    const sampler = samplerOf(
      { name: "repeated-augmentation", repeats: 5 },
      { labels: Int32Array.of(0, 0, 0) },
    );
    const { positions, repetitions } = sampler.order(0);
    expect(new Set(positions).size).toBe(1);
    expect([...repetitions!]).toEqual([0, 1, 2]);
  });
});

it.each<Sampling>([
  { name: "shuffle" },
  { name: "class-balanced" },
  { name: "weighted", weights: [1, 2, 3] },
  { name: "repeated-augmentation", repeats: 2 },
])("$name depends on the seed and the epoch alone", (sampling) => {
  const [once, again, other] = [0, 0, 1].map((seed) => samplerOf(sampling, { seed }));
  const third = once!.order(3);
  expect(again!.order(3)).toEqual(third);
  expect(once!.order(3)).toEqual(third);
  expect(once!.order(4)).not.toEqual(third);
  expect(other!.order(3)).not.toEqual(third);
});

describe("a config's weights", () => {
  it("stand for classes by their names, 1 where a class is not named", () => {
    const spec = { name: "weighted" as const, weights: { dog: 4, cat: 0 } };
    expect(samplingOf(spec, ["bird", "cat", "dog"])).toEqual({ name: "weighted", weights: [1, 0, 4] });
    expect(samplingOf({ name: "class-balanced" }, ["a"])).toEqual({ name: "class-balanced" });
  });

  it("of a class that is not there are refused", () => {
    const spec = { name: "weighted" as const, weights: { cta: 2 } };
    expect(() => samplingOf(spec, ["bird", "cat"])).toThrow(/bird, cat\. Received: cta/);
    // A name that objects have by themselves is no class's weight.
    expect(samplingOf({ name: "weighted", weights: {} }, ["constructor"])).toMatchObject({ weights: [1] });
  });
});

describe("a loader", () => {
  const CROP: TransformSpec[] = [{ name: "RandomCrop", size: [4, 4], padding: 4, paddingMode: "constant" }];

  /** Picture n is 4×4 pixels, each another. */
  const split = createSplit({
    name: "train",
    images: Uint8Array.from({ length: 30 * 16 }, (_, i) => 1 + (i % 16)),
    shape: { count: 30, height: 4, width: 4, channels: 1 },
    labels: Array.from({ length: 30 }, (_, i) => (i < 27 ? 0 : 1)),
  });

  async function collect(options: Partial<LoaderOptions>, fromStep = 0): Promise<Batch[]> {
    const loader = await createLoader(split, {
      batchSize: 6,
      transforms: CROP,
      rng: Rng.fromSeed(2),
      workers: 0,
      ...options,
    });
    onTestFinished(() => loader.close());
    const batches: Batch[] = [];
    for await (const batch of loader.epoch(1, { fromStep }))
      batches.push({ ...batch, images: batch.images.slice() });
    return batches;
  }

  it.each<Sampling>([{ name: "class-balanced" }, { name: "repeated-augmentation", repeats: 3 }])(
    "makes the same batches by $name with any number of workers, and from any step on",
    async (sampling) => {
      const whole = await collect({ sampling });
      expect(whole).toHaveLength(5);
      expect(await collect({ sampling, workers: 3 })).toEqual(whole);
      expect(await collect({ sampling, workers: 2 }, 3)).toEqual(whole.slice(3));
    },
  );

  it("augments a picture that comes again differently, and the first time as without sampling", async () => {
    const looksOf = (batches: readonly Batch[]) => {
      const looks = new Map<string, string[]>();
      for (const { ids, images } of batches) {
        ids.forEach((id, i) => {
          looks.set(id, [...(looks.get(id) ?? []), images.slice(i * 16, (i + 1) * 16).join()]);
        });
      }
      return looks;
    };
    const plain = looksOf(await collect({}));
    const repeated = looksOf(await collect({ sampling: { name: "repeated-augmentation", repeats: 3 } }));
    expect(repeated.size).toBe(10);
    let different = 0;
    for (const [id, looks] of repeated) {
      expect(looks).toHaveLength(3);
      expect(plain.get(id)).toContain(looks[0]);
      different += new Set(looks).size;
    }
    // 81 places of a crop: seldom the same one twice.
    expect(different).toBeGreaterThan(24);
  });

  it("cannot keep the split's order and sample", async () => {
    await expect(collect({ shuffle: false, sampling: { name: "class-balanced" } })).rejects.toThrow(
      /Received: class-balanced, in the split's own order/,
    );
  });
});
