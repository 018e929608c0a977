import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { largestDifference } from "../test/finite-difference.js";
import { finishImages } from "./finish-images.js";
import { hashIndex } from "./stateless-dropout.js";
import type { FinishImagesAttrs, ImageMix } from "./kernel-names.js";

const NO_RECTANGLE = [0, 0, 0, 0];
/** Each byte of channel c as 1000 · c + byte, and −1 where it is erased. */
const valuesOf = (channels: number) =>
  Float32Array.from({ length: channels * 257 }, (_, i) =>
    i % 257 === 256 ? -1 : 1000 * Math.floor(i / 257) + (i % 257),
  );

async function read(image: tf.Tensor): Promise<number[]> {
  const values = [...(await image.data())];
  image.dispose();
  return values;
}

describe("finishImages", () => {
  it("moves pixels, black ones in, looks each up by its channel, and erases", async () => {
    // One picture of 2×2 pixels and two channels; its columns change places, and a black one comes before.
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const places = Int32Array.of(1, 0, -1, 1, 0, /* rectangle */ 1, 2, 1, 1);
    const image = finishImages(
      { bytes, places, values: valuesOf(2) },
      { bytesShape: [2, 2], shape: [1, 2, 3, 2], mix: null },
    );
    expect(image.shape).toEqual([1, 2, 3, 2]);
    expect(await read(image)).toEqual([0, 1000, 7, 1008, 5, 1006, 0, 1000, 3, 1004, -1, -1]);
  });

  const three = {
    bytes: Uint8Array.of(10, 20, 30, 40, 50, 60),
    places: Int32Array.of(0, 0, 1, ...NO_RECTANGLE, 0, 0, 1, ...NO_RECTANGLE, 0, 0, 1, ...NO_RECTANGLE),
    values: valuesOf(1),
  };
  const attrs = (mix: ImageMix | null): FinishImagesAttrs => ({
    bytesShape: [1, 2],
    shape: [3, 1, 2, 1],
    mix,
  });

  it("mixes each picture with the one before it, the first with the last", async () => {
    const mixed = await read(finishImages(three, attrs({ name: "MixUp", weight: 0.75 })));
    expect(mixed).toEqual([20, 30, 25, 35, 45, 55]);
    const box = { top: 0, left: 1, height: 1, width: 1 };
    expect(await read(finishImages(three, attrs({ name: "CutMix", box })))).toEqual([10, 60, 30, 20, 50, 40]);
  });

  it("does as its formula says of random pictures", async () => {
    let drawn = 0;
    /** In [0, bound). */
    const int = (bound: number) => hashIndex(drawn++, 9) % bound;
    for (const [index, mix] of [
      null,
      { name: "MixUp", weight: 0.3 },
      { name: "CutMix", box: { top: 1, left: 0, height: 3, width: 2 } },
    ].entries() as IterableIterator<[number, ImageMix | null]>) {
      const [count, channels] = [2 + index, 1 + 2 * (index % 2)];
      const [height, width] = [5, 4 + index];
      const bytesShape = [7, 6] as const;
      const bytes = Uint8Array.from({ length: count * 42 * channels }, () => int(256));
      const places = Int32Array.from({ length: count }, () => 0).reduce<number[]>((all) => {
        const rows = Array.from({ length: height }, () => int(8) - 1);
        const columns = Array.from({ length: width }, () => int(7) - 1);
        return [...all, ...rows, ...columns, int(3), int(3), int(3), int(3)];
      }, []);
      const values = Float32Array.from({ length: channels * 257 }, () => int(1000) / 500 - 1);
      const shape = [count, height, width, channels] as const;
      const own = (n: number, y: number, x: number, c: number): number => {
        const part = places.slice(n * (height + width + 4), (n + 1) * (height + width + 4));
        const [top, left, tall, wide] = part.slice(height + width) as [number, number, number, number];
        if (y >= top && y < top + tall && x >= left && x < left + wide) return values[c * 257 + 256]!;
        const [row, column] = [part[y]!, part[height + x]!];
        const at = ((n * bytesShape[0] + row) * bytesShape[1] + column) * channels + c;
        return values[c * 257 + (row < 0 || column < 0 ? 0 : bytes[at]!)]!;
      };
      const expected: number[] = [];
      for (let n = 0; n < count; n++)
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++)
            for (let c = 0; c < channels; c++) {
              const [mine, other] = [own(n, y, x, c), own((n + count - 1) % count, y, x, c)];
              if (mix?.name === "MixUp") expected.push(0.3 * mine + 0.7 * other);
              else expected.push(mix?.name === "CutMix" && y >= 1 && y < 4 && x < 2 ? other : mine);
            }
      const image = finishImages(
        { bytes, places: Int32Array.from(places), values },
        { bytesShape, shape, mix },
      );
      expect(largestDifference(await image.data(), expected)).toBeLessThan(
        mix?.name === "MixUp" ? 1e-6 : 1e-12,
      );
      image.dispose();
    }
  });

  it("takes bytes that lie anywhere, and leaves nothing behind", async () => {
    const before = tf.memory().numTensors;
    const shifted = new Uint8Array(7);
    shifted.set(three.bytes, 1);
    const pictures = { ...three, bytes: shifted.subarray(1) };
    expect(await read(finishImages(pictures, attrs(null)))).toEqual([10, 20, 30, 40, 50, 60]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("refuses arrays that do not fit", () => {
    expect(() => finishImages({ ...three, places: new Int32Array(20) }, attrs(null))).toThrow(
      "Expected 6, 21, 257 bytes, places and values for [3, 1, 2, 1]. Received: 6, 20, 257.",
    );
  });
});
