import { rm, writeFile } from "node:fs/promises";
import { Rng } from "@convkit/random";
import type { BatchTransformSpec, TransformSpec } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { collect, fileSplit, fixture, open, splitOf } from "../../test/loaders.js";
import { ImageSizeRequiredError } from "../pictures/pixel-source.js";
import { LoaderClosedError } from "./batch-producer.js";
import type { Batch } from "./batch.js";
import { LoaderError } from "./loader.js";

const AUGMENT: TransformSpec[] = [
  { name: "RandomCrop", size: [3, 3], padding: 1, paddingMode: "constant" },
  { name: "RandomHorizontalFlip", p: 0.5 },
];

/** Number of the picture, from its first value. */
function numbersOf(batch: Batch): number[] {
  return batch.ids.map((_, i) => Math.round((batch.images[i * 9] as number) * 255));
}

describe("an epoch", () => {
  it("holds every picture once with its label and id, the last batch being what is left", async () => {
    const loader = await open(splitOf(10));
    const batches = await collect(loader.epoch(0));
    expect(loader.stepsPerEpoch).toBe(3);
    expect(batches.map(({ shape }) => shape)).toEqual([
      [4, 3, 3, 1],
      [4, 3, 3, 1],
      [2, 3, 3, 1],
    ]);
    expect(batches.map(({ images }) => images.length)).toEqual([36, 36, 18]);
    const numbers = batches.flatMap(numbersOf);
    expect(numbers.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(batches.flatMap(({ ids }) => ids)).toEqual(numbers.map((n) => `train/${n}`));
    expect(batches.flatMap(({ labels }) => [...labels])).toEqual(numbers.map((n) => n % 3));
  });

  it("leaves the rest out when asked to", async () => {
    const loader = await open(splitOf(10), { dropRemainder: true });
    expect(loader.stepsPerEpoch).toBe(2);
    expect(await collect(loader.epoch(0))).toHaveLength(2);
  });

  it("has the split's order without shuffling, another in every epoch with it, the same for the same epoch", async () => {
    const ordered = await open(splitOf(10), { shuffle: false });
    expect((await collect(ordered.epoch(5))).flatMap(numbersOf)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const loader = await open(splitOf(10));
    const orders = await Promise.all(
      [0, 1, 0].map(async (e) => (await collect(loader.epoch(e))).flatMap(numbersOf)),
    );
    expect(orders[0]).not.toEqual(orders[1]);
    expect(orders[0]).toEqual(orders[2]);
  });

  it("goes on at any step as if it had come there by itself", async () => {
    const loader = await open(splitOf(18), { transforms: AUGMENT, prefetch: 2 });
    const whole = await collect(loader.epoch(3));
    expect(await collect(loader.epoch(3, { fromStep: 2 }))).toEqual(whole.slice(2));
    expect(await collect(loader.epoch(3, { fromStep: 5 }))).toEqual([]);
  });

  it("does not depend on numbers drawn from the Rng, and does on its seed", async () => {
    const drawn = Rng.fromSeed(0);
    drawn.uniform();
    const [fresh, used, other] = await Promise.all(
      [Rng.fromSeed(0), drawn, Rng.fromSeed(1)].map(async (rng) =>
        collect((await open(splitOf(12), { rng, transforms: AUGMENT })).epoch(0)),
      ),
    );
    expect(used).toEqual(fresh);
    expect(other).not.toEqual(fresh);
  });

  it("augments the same picture differently in another epoch", async () => {
    const loader = await open(splitOf(1), { transforms: AUGMENT });
    const looks = new Set<string>();
    for (let e = 0; e < 20; e++)
      for (const { images } of await collect(loader.epoch(e))) looks.add(images.join());
    expect(looks.size).toBeGreaterThan(5);
  });

  it("mirrors a picture in every other epoch, whichever batch it is in and wherever the epoch is resumed", async () => {
    const options = { transforms: [{ name: "AlternatingFlip" } satisfies TransformSpec], workers: 2 };
    const loader = await open(splitOf(20), options);
    const looksIn = async (epoch: number, fromStep = 0) =>
      new Map(
        (await collect(loader.epoch(epoch, { fromStep }))).flatMap((batch) =>
          batch.ids.map((id, i) => [id, batch.images.slice(i * 9, (i + 1) * 9).join()] as const),
        ),
      );
    const [first, second, third] = [await looksIn(0), await looksIn(1), await looksIn(2)];
    expect(third.size).toBe(20);
    for (const [id, look] of first) {
      expect(third.get(id)).toBe(look);
      expect(second.get(id)).not.toBe(look);
    }
    for (const [id, look] of await looksIn(2, 3)) expect(third.get(id)).toBe(look);
  });

  it("mixes each picture and its label with the one before it, up to an epoch", async () => {
    const batchTransforms: BatchTransformSpec[] = [{ name: "MixUp", alpha: 1, p: 1, untilEpoch: 2 }];
    const plain = await open(splitOf(9), { shuffle: false });
    const loader = await open(splitOf(9), { shuffle: false, batchTransforms });
    const [pure, mixed] = [await collect(plain.epoch(2)), await collect(loader.epoch(2))];
    for (const [k, { images, labels, ids, mixed: soft }] of mixed.entries()) {
      const { labels: others, weight } = soft!;
      const count = ids.length;
      expect({ labels, ids }).toEqual({ labels: pure[k]?.labels, ids: pure[k]?.ids });
      expect([...others]).toEqual([...labels.slice(-1), ...labels.slice(0, -1)]);
      for (let i = 0; i < count; i++) {
        const partner = (i + count - 1) % count;
        const expected = weight * pure[k]!.images[i * 9]! + (1 - weight) * pure[k]!.images[partner * 9]!;
        expect(images[i * 9]).toBeCloseTo(expected, 6);
      }
    }
    expect(await collect(loader.epoch(3))).toEqual(pure);
  });

  it("of no pictures has no batches", async () => {
    const loader = await open(splitOf(0));
    expect(loader.stepsPerEpoch).toBe(0);
    expect(await collect(loader.epoch(0))).toEqual([]);
  });
});

describe("workers", () => {
  it("make the very batches that this thread makes, however many they are", async () => {
    const transforms: TransformSpec[] = [
      ...AUGMENT,
      { module: fixture("constant.mjs"), options: {} },
      { module: fixture("halve.ts"), options: {} },
      { name: "Normalize", mean: [0.5], std: [0.25] },
    ];
    const [inline, one, three] = await Promise.all(
      [0, 1, 3].map(async (workers) => collect((await open(splitOf(50), { workers, transforms })).epoch(2))),
    );
    expect(inline).toHaveLength(13);
    expect(inline?.[0]?.shape).toEqual([4, 3, 1, 1]);
    expect(one).toEqual(inline);
    expect(three).toEqual(inline);
  });

  it("mix the same pictures of a batch in the same way, however many they are and wherever the epoch goes on", async () => {
    const batchTransforms: BatchTransformSpec[] = [
      { name: "MixUp", alpha: 0.4, p: 0.8 },
      { name: "CutMix", alpha: 1, p: 0.8, untilEpoch: 4 },
    ];
    const options = { transforms: AUGMENT, batchTransforms };
    const [inline, ...others] = await Promise.all(
      [0, 1, 2, 7].map(async (workers) =>
        collect((await open(splitOf(50), { workers, ...options })).epoch(2)),
      ),
    );
    expect(new Set(inline?.map(({ mixed }) => mixed?.weight)).size).toBeGreaterThan(6);
    expect(inline?.some(({ mixed }) => mixed === undefined)).toBe(true);
    for (const other of others) expect(other).toEqual(inline);
    const resumed = await open(splitOf(50), { workers: 2, ...options });
    expect(await collect(resumed.epoch(2, { fromStep: 5 }))).toEqual(inline?.slice(5));
    expect(await collect(resumed.epoch(3))).not.toEqual(inline);
  });

  it("work ahead over several epochs in a bounded amount of memory", async () => {
    const loader = await open(splitOf(40), { workers: 2, prefetch: 3 });
    const buffers = new Set<ArrayBuffer>();
    for (let e = 0; e < 5; e++) {
      let previous: Batch | null = null;
      for await (const batch of loader.epoch(e)) {
        // What the consumer has given back is gone from this thread, not quietly overwritten.
        if (previous !== null) buffers.add(previous.images.buffer);
        previous = batch;
      }
    }
    expect(buffers.size).toBe(45);
    expect([...buffers].filter((buffer) => buffer.byteLength > 0).length).toBeLessThanOrEqual(5);
  });

  it("pass on why a batch cannot be made, and make the next", async () => {
    const options = { workers: 1, shuffle: false, batchSize: 1, prefetch: 4 };
    const loader = await open(splitOf(20), {
      ...options,
      transforms: [{ module: fixture("throws.mjs"), options: {} }],
    });
    const received: number[] = [];
    const error: unknown = await (async () => {
      for await (const batch of loader.epoch(0)) received.push(...numbersOf(batch));
    })().catch((failure: unknown) => failure);
    expect(received).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(error).toBeInstanceOf(LoaderError);
    expect((error as LoaderError).message).toMatch(
      /batch 13 of epoch 0 of the train split.*RangeError: I do not like/,
    );
    expect((error as LoaderError).cause).toMatchObject({
      name: "RangeError",
      message: "I do not like this picture",
    });
    expect(await collect(loader.epoch(0, { fromStep: 14 }))).toHaveLength(6);
  });

  it("may be left early, and used again", async () => {
    const loader = await open(splitOf(40), { workers: 2 });
    for await (const batch of loader.epoch(0)) {
      expect(batch.ids).toHaveLength(4);
      break;
    }
    const first = await collect(loader.epoch(1));
    expect(first).toHaveLength(10);
    expect(await collect(loader.epoch(1))).toEqual(first);
  });

  it("end with close, whoever waits", async () => {
    const loader = await open(splitOf(400), { workers: 2 });
    const iterator = loader.epoch(0)[Symbol.asyncIterator]();
    await iterator.next();
    const waiting = expect(collect({ [Symbol.asyncIterator]: () => iterator })).rejects.toThrow(
      LoaderClosedError,
    );
    await loader.close();
    await waiting;
    await expect(collect(loader.epoch(0))).rejects.toThrow(LoaderClosedError);
    await loader.close();
  });
});

describe("picture files", () => {
  it("are decoded and resized in workers, and not again in the next epoch", async () => {
    const split = await fileSplit();
    const loader = await open(split, { workers: 2, shuffle: false, imageSize: [2, 2] });
    expect(loader.imageShape).toEqual([2, 2, 3]);
    const first = await collect(loader.epoch(0));
    expect(
      first.flatMap(({ images, ids }) => ids.map((_, i) => Math.round((images[i * 12] ?? 0) * 255))),
    ).toEqual([0, 50, 100, 150, 200, 250]);
    if (split.source.kind === "files")
      await Promise.all(split.source.locations.map((path) => rm(path as string)));
    expect(await collect(loader.epoch(0))).toEqual(first);
  });

  it("that have gone are named", async () => {
    const split = await fileSplit();
    if (split.source.kind === "files") await rm(split.source.locations[3] as string);
    const loader = await open(split, { workers: 1, imageSize: [2, 2] });
    await expect(collect(loader.epoch(0))).rejects.toThrow(/ImageDecodeError.*150\.png/);
  });

  it("that were damaged in the middle of an epoch are named", async () => {
    const split = await fileSplit();
    const loader = await open(split, {
      workers: 1,
      prefetch: 0,
      batchSize: 1,
      shuffle: false,
      imageSize: [2, 2],
    });
    const read: string[] = [];
    const reading = async () => {
      for await (const { ids } of loader.epoch(0)) {
        read.push(...ids);
        if (read.length === 2 && split.source.kind === "files")
          await writeFile(split.source.locations[4] as string, "no picture any more");
      }
    };
    await expect(reading()).rejects.toThrow(/batch 4 of epoch 0 .*ImageDecodeError.*200\.png/);
    expect(read).toEqual(["0", "50", "100", "150"]);
  });

  it("of unknown size need one", async () => {
    await expect(open(await fileSplit())).rejects.toThrow(ImageSizeRequiredError);
  });
});

describe("createLoader", () => {
  it.each([
    [{ batchSize: 0 }, /`batchSize`/],
    [{ batchSize: 1.5 }, /`batchSize`/],
    [{ workers: -1 }, /`workers`/],
    [{ prefetch: Number.NaN }, /`prefetch`/],
  ])("refuses %j", async (options, message) => {
    await expect(open(splitOf(4), options)).rejects.toThrow(message);
  });

  it("refuses transforms that cannot take the pictures, before any batch", async () => {
    const transforms: TransformSpec[] = [{ name: "CenterCrop", size: [9, 9] }];
    await expect(open(splitOf(4), { transforms })).rejects.toThrow(/CenterCrop no larger/);
    await expect(
      open(splitOf(4), { transforms: [{ module: "./nowhere.mjs", options: {} }] }),
    ).rejects.toThrow(/no such file/);
  });

  it("resizes pictures in memory too", async () => {
    const loader = await open(splitOf(4), { imageSize: [6, 6] });
    const [batch] = await collect(loader.epoch(0));
    expect(batch?.shape).toEqual([4, 6, 6, 1]);
    // With threads of its own, which share what they resize: the second epoch has it from there.
    const inWorkers = await open(splitOf(4), { imageSize: [6, 6], workers: 2, batchSize: 2 });
    for (const epoch of [0, 1]) {
      const batches = await collect(inWorkers.epoch(epoch));
      const byId = new Map(
        batches.flatMap(({ images, ids }) => ids.map((id, i) => [id, images.slice(i * 36, (i + 1) * 36)])),
      );
      batch?.ids.forEach((id, i) => {
        expect(byId.get(id)).toEqual(batch.images.slice(i * 36, (i + 1) * 36));
      });
    }
  });
});
