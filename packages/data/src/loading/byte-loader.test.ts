/** Batches of bytes: what they leave to do makes the very pictures of a loader that does all of it. */
import { Rng } from "@convkit/random";
import { BatchTransformSpec, BuiltinTransformSpec, type TransformSpec } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { finished } from "../../test/finish.js";
import { collect, fileSplit, fixture, open, splitOf } from "../../test/loaders.js";
import { createByteLoader, type LoaderOptions } from "./loader.js";

const made = (name: BuiltinTransformSpec["name"], more: object = {}): BuiltinTransformSpec =>
  BuiltinTransformSpec.parse({ name, ...more });
const TRANSFORMS = [
  made("RandomCrop", { size: [4, 3], padding: 2, paddingMode: "constant" }),
  made("RandomHorizontalFlip"),
  made("Normalize", { mean: [0.3], std: [0.2] }),
  made("RandomErasing", { p: 0.5 }),
];
const MIXES = [
  BatchTransformSpec.parse({ name: "MixUp", alpha: 1, p: 0.8 }),
  BatchTransformSpec.parse({ name: "CutMix", alpha: 1, p: 0.8 }),
];
const OPTIONS = { batchSize: 4, batchTransforms: MIXES, rng: Rng.fromSeed(5) };

describe("a loader of bytes", () => {
  const cases: { name: string; transforms: TransformSpec[]; options?: Partial<LoaderOptions> }[] = [
    { name: "by crops, a flip, Normalize and an erasing", transforms: TRANSFORMS },
    { name: "made by a worker", transforms: TRANSFORMS, options: { workers: 2 } },
    { name: "behind what needs bytes", transforms: [made("TrivialAugmentWide"), ...TRANSFORMS] },
    { name: "as they are", transforms: [] },
    { name: "resized", transforms: TRANSFORMS, options: { imageSize: [6, 5] } },
  ];
  it.each(cases)("gives the same pictures, labels and mixtures: $name", async ({ transforms, options }) => {
    const split = splitOf(10);
    const all = { ...OPTIONS, workers: 0, ...options, transforms };
    const whole = await open(split, all);
    const loader = (await createByteLoader(split, all))!;
    expect([loader.stepsPerEpoch, loader.imageShape]).toEqual([whole.stepsPerEpoch, whole.imageShape]);
    let mixed = 0;
    for (const epoch of [0, 3]) {
      const expected = await collect(whole.epoch(epoch, { fromStep: 1 }));
      let step = 0;
      for await (const batch of loader.epoch(epoch, { fromStep: 1 })) {
        const { images, ...known } = expected[step++]!;
        const { unfinished, finish, mix, ...labelled } = batch;
        expect(labelled).toEqual(known);
        expect(finished(batch)).toEqual(images);
        expect(finish.shape.count).toBe(4);
        if (mix) mixed += 1;
        expect(unfinished.bytes.byteLength).toBeLessThan(images.byteLength);
      }
      expect(step).toBe(expected.length);
    }
    expect(mixed).toBeGreaterThan(0);
    await loader.close();
  });

  it("of files has the same pictures", async () => {
    const split = await fileSplit();
    const options = {
      ...OPTIONS,
      transforms: [made("Normalize", { mean: [0.5], std: [0.25] })],
      batchTransforms: [],
    };
    const whole = await open(split, { ...options, imageSize: [2, 2] });
    const loader = (await createByteLoader(split, { ...options, imageSize: [2, 2] }))!;
    const expected = await collect(whole.epoch(0));
    let step = 0;
    for await (const batch of loader.epoch(0)) expect(finished(batch)).toEqual(expected[step++]!.images);
    expect(step).toBe(2);
    await loader.close();
  });

  it("is none where a user's module is among the transforms, or Normalize is not near the end", async () => {
    const user: TransformSpec = { module: fixture("constant.mjs"), options: {} };
    for (const transforms of [[user], [TRANSFORMS[2]!, TRANSFORMS[0]!]]) {
      expect(await createByteLoader(splitOf(10), { ...OPTIONS, transforms })).toBeNull();
    }
  });
});
