import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSplit } from "./create-split.js";
import { DatasetFormatError } from "./formats/dataset-format-error.js";

function splitOf(count: number) {
  return createSplit({
    name: "train",
    images: Uint8Array.from({ length: count * 2 }, (_, i) => i % 256),
    shape: { count, height: 1, width: 2, channels: 1 },
    labels: Array.from({ length: count }, (_, i) => (i < count / 2 ? 0 : 1)),
  });
}

describe("createSplit", () => {
  it("makes a split out of arrays", async () => {
    const split = splitOf(3);
    expect(split.length).toBe(3);
    expect(split.imageShape).toEqual([1, 2, 1]);
    expect(split.ids).toEqual(["train/0", "train/1", "train/2"]);
    const { images, shape } = await split.readImages([2, 0]);
    expect([...images]).toEqual([4, 5, 0, 1]);
    expect(shape).toEqual({ count: 2, height: 1, width: 2, channels: 1 });
  });

  it("uses shared memory as it is and copies other", async () => {
    const shape = { count: 1, height: 1, width: 2, channels: 1 };
    const shared = new Uint8Array(new SharedArrayBuffer(2));
    const own = new Uint8Array(2);
    const splits = [shared, own].map((images) => createSplit({ name: "x", images, shape, labels: [0] }));
    shared[0] = 9;
    own[0] = 9;
    const first = await Promise.all(splits.map(async (split) => (await split.readImages([0])).images[0]));
    expect(first).toEqual([9, 0]);
  });

  it("refuses what does not fit", () => {
    const shape = { count: 2, height: 1, width: 1, channels: 1 };
    const images = new Uint8Array(2);
    expect(() => createSplit({ name: "x", images, shape, labels: [0] })).toThrow(DatasetFormatError);
    expect(() => createSplit({ name: "x", images, shape, labels: [0, 0], ids: ["a"] })).toThrow(/1 ids/);
    expect(() => createSplit({ name: "x", images: new Uint8Array(3), shape, labels: [0, 0] })).toThrow(
      /3 bytes/,
    );
  });
});

describe("take", () => {
  it("keeps the old order, holds both classes, and nests", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(200), fc.nat(200), (count, a, b) => {
        const split = splitOf(count);
        const [small, large] = [Math.min(a, b), Math.max(a, b)].map((n) => split.take(n));
        if (!small || !large) throw new Error("two splits");
        expect(small.length).toBe(Math.min(a, b, count));
        expect(large.ids).toEqual(expect.arrayContaining([...small.ids]));
        const positions = large.ids.map((id) => split.ids.indexOf(id));
        expect(positions).toEqual([...positions].sort((x, y) => x - y));
      }),
      { numRuns: 30 },
    );
    const { labels } = splitOf(1000).take(100);
    const ones = labels.filter((label) => label === 1).length;
    expect(Math.abs(ones - 50)).toBeLessThan(25);
  });

  it("brings labels and pictures along", async () => {
    const split = splitOf(50);
    const taken = split.take(7);
    for (const [i, id] of taken.ids.entries()) {
      const position = split.ids.indexOf(id);
      expect(taken.labels[i]).toBe(split.labels[position]);
      expect((await taken.readImages([i])).images).toEqual((await split.readImages([position])).images);
    }
  });

  it("names a position that is not there", async () => {
    await expect(splitOf(3).readImages([3])).rejects.toThrow(/from 0 to 2. Received: 3/);
  });
});
