import { createByteLoader, createLoader, createSplit, type LoaderOptions } from "@convkit/data";
import { hasFinishImages } from "@convkit/ops";
import { Rng } from "@convkit/random";
import { BatchTransformSpec, BuiltinTransformSpec } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { imagesTensor, openLoader, type AnyBatch } from "./batch-tensors.js";

const PICTURES = { count: 10, height: 6, width: 7, channels: 3 };
const split = createSplit({
  name: "train",
  images: Uint8Array.from({ length: 10 * 126 }, (_, i) => (i * i * 31) % 256),
  shape: PICTURES,
  labels: Array.from({ length: 10 }, (_, i) => i % 3),
});
const transforms = [
  { name: "RandomCrop", size: [6, 5], padding: 2, paddingMode: "constant" },
  { name: "RandomHorizontalFlip" },
  { name: "Normalize", mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3] },
  { name: "RandomErasing", p: 0.5 },
].map((spec) => BuiltinTransformSpec.parse(spec));
const options = (batchTransforms: LoaderOptions["batchTransforms"] = []): LoaderOptions => ({
  batchSize: 4,
  transforms,
  batchTransforms,
  rng: Rng.fromSeed(3),
  workers: 0,
});

it.each([[], [{ name: "MixUp", alpha: 1 }], [{ name: "CutMix", alpha: 1 }]])(
  "pictures that come as bytes are those that come ready, mixed by %o",
  async (...mixes) => {
    const specs = mixes.map((spec) => BatchTransformSpec.parse(spec));
    const ready = await createLoader(split, options(specs));
    const asBytes = (await createByteLoader(split, options(specs)))!;
    const expected: { shape: readonly number[]; values: Float32Array }[] = [];
    for await (const { images, shape } of ready.epoch(1)) expected.push({ shape, values: images.slice() });
    let step = 0;
    for await (const batch of asBytes.epoch(1)) {
      const tensor = imagesTensor(batch);
      // The loader fills the memory of this batch again while the tensor is read.
      batch.unfinished.bytes.fill(99);
      const values = await tensor.data();
      const { shape, values: wanted } = expected[step++]!;
      expect(tensor.shape).toEqual(shape);
      wanted.forEach((value, i) => expect(Math.abs(values[i]! - value)).toBeLessThan(2e-6));
      tensor.dispose();
    }
    expect(step).toBe(3);
    await Promise.all([ready.close(), asBytes.close()]);
  },
);

it("they come as bytes where the backend finishes them and the transforms let it", async () => {
  const kindOf = async (opened: Promise<{ epoch(n: number): AsyncIterable<AnyBatch>; close(): unknown }>) => {
    const loader = await opened;
    for await (const batch of loader.epoch(0)) {
      await loader.close();
      return "images" in batch ? "images" : "bytes";
    }
    return "none";
  };
  const before = tf.memory().numTensors;
  expect(await kindOf(openLoader(split, options()))).toBe(hasFinishImages() ? "bytes" : "images");
  expect(hasFinishImages()).toBe(tf.getBackend() === "webgpu");
  const late = { ...options(), transforms: [...transforms].reverse() };
  expect(await kindOf(openLoader(split, late))).toBe("images");
  expect(tf.memory().numTensors).toBe(before);
});
