import { Rng } from "@convkit/random";
import type { TransformSpec } from "@convkit/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CustomTransformError } from "./custom-transform.js";
import { ShapeError } from "./image-batch.js";
import { createTransformPipeline } from "./transform-pipeline.js";
import type { Pixels } from "./image-batch.js";
import type { TransformFactory } from "./transform.js";

const NORMALIZE = { name: "Normalize", mean: [0.5], std: [0.25] } satisfies TransformSpec;
const CROP: TransformSpec = { name: "RandomCrop", size: [3, 3], padding: 1, paddingMode: "constant" };
const FLIP: TransformSpec = { name: "RandomHorizontalFlip", p: 0.5 };

function rngsOf(count: number, seed = 0): Rng[] {
  return Array.from({ length: count }, (_, i) => Rng.fromSeed(seed).split(i));
}

describe("a pipeline of our transforms", () => {
  it("of nothing scales bytes to 0…1", () => {
    const { images } = createTransformPipeline([]).apply(
      Uint8Array.of(0, 51, 255),
      { count: 1, height: 1, width: 3, channels: 1 },
      [],
    );
    expect(images).toEqual(Float32Array.of(0, 51 / 255, 1));
  });

  it("flips and normalises to hand-computed values", () => {
    const pipeline = createTransformPipeline([{ name: "RandomHorizontalFlip", p: 1 }, NORMALIZE]);
    const { images } = pipeline.apply(
      Uint8Array.of(0, 255),
      { count: 1, height: 1, width: 2, channels: 1 },
      rngsOf(1),
    );
    expect([...images]).toEqual([2, -2]);
  });

  it("crops after resizing, and says so beforehand", () => {
    const pipeline = createTransformPipeline([
      { name: "Resize", size: 2 },
      { name: "CenterCrop", size: [2, 2] },
    ]);
    const shape = { count: 1, height: 1, width: 3, channels: 1 };
    expect(pipeline.outputShape(shape)).toEqual({ count: 1, height: 2, width: 2, channels: 1 });
    // 1×3 → 2×6 (each pixel: 0 25 75 125 175 200 of 0 100 200) → columns 2 and 3.
    const { images, shape: after } = pipeline.apply(Uint8Array.of(0, 100, 200), shape, []);
    expect(after).toEqual({ count: 1, height: 2, width: 2, channels: 1 });
    expect([...images].map((value) => Math.round(value * 255))).toEqual([75, 125, 75, 125]);
  });

  it("gives the fused pass and the single steps the same pixels", () => {
    const identity: TransformFactory = () => ({ apply: (images: Pixels) => images });
    const custom = new Map([["same.mjs", identity]]);
    const shape = { count: 4, height: 3, width: 4, channels: 3 };
    const images = Uint8Array.from({ length: 4 * 36 }, (_, i) => (i * 29) % 256);
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const fused = createTransformPipeline([CROP, FLIP, NORMALIZE]);
        const same: TransformSpec = { module: "same.mjs", options: {} };
        const stepwise = createTransformPipeline([CROP, same, FLIP, same, NORMALIZE], custom);
        expect(stepwise.apply(images, shape, rngsOf(4, seed))).toEqual(
          fused.apply(images, shape, rngsOf(4, seed)),
        );
      }),
    );
  });

  it("is a function of each image's Rng alone", () => {
    const pipeline = createTransformPipeline([CROP, FLIP, NORMALIZE]);
    const image = Uint8Array.from({ length: 9 }, (_, i) => i * 20);
    const one = { count: 1, height: 3, width: 3, channels: 1 };
    const [first, second] = rngsOf(2, 5) as [Rng, Rng];
    const together = pipeline.apply(
      Uint8Array.of(...image, ...image),
      { ...one, count: 2 },
      rngsOf(2, 5),
    ).images;
    expect([...together]).toEqual([
      ...pipeline.apply(image, one, [first]).images,
      ...pipeline.apply(image, one, [second]).images,
    ]);
  });

  it("leaves its input as it is", () => {
    const darken: TransformFactory = () => ({ apply: (images) => images.fill(0) });
    const input = Uint8Array.of(1, 2, 3);
    const shape = { count: 1, height: 1, width: 3, channels: 1 };
    createTransformPipeline([{ module: "x", options: {} }], new Map([["x", darken]])).apply(input, shape, []);
    expect([...input]).toEqual([1, 2, 3]);
  });

  it("takes an empty batch", () => {
    const pipeline = createTransformPipeline([CROP, { name: "Resize", size: [5, 5] }, NORMALIZE]);
    const { images, shape } = pipeline.apply(
      new Uint8Array(),
      { count: 0, height: 3, width: 3, channels: 1 },
      [],
    );
    expect(images).toHaveLength(0);
    expect(shape).toEqual({ count: 0, height: 5, width: 5, channels: 1 });
  });

  it("writes where the caller wants it, whatever comes last", () => {
    const negate: TransformFactory = () => ({ apply: (images) => images.map((value) => -value) });
    const custom = new Map([["negate.mjs", negate]]);
    const shape = { count: 1, height: 1, width: 2, channels: 1 };
    for (const specs of [
      [NORMALIZE],
      [FLIP],
      [],
      [NORMALIZE, { module: "negate.mjs", options: {} }],
    ] as TransformSpec[][]) {
      const pipeline = createTransformPipeline(specs, custom);
      const out = new Float32Array(5).fill(9);
      const { images } = pipeline.apply(Uint8Array.of(10, 20), shape, rngsOf(1), { out });
      expect(images.buffer).toBe(out.buffer);
      expect(images).toHaveLength(2);
      expect(images).toEqual(pipeline.apply(Uint8Array.of(10, 20), shape, rngsOf(1)).images);
      expect([...out.subarray(2)]).toEqual([9, 9, 9]);
    }
  });

  it("refuses pixels, Rngs and room that do not fit", () => {
    const pipeline = createTransformPipeline([FLIP]);
    const shape = { count: 2, height: 1, width: 2, channels: 1 };
    expect(() => pipeline.apply(new Uint8Array(3), shape, rngsOf(2))).toThrow(ShapeError);
    expect(() => pipeline.apply(new Uint8Array(4), shape, rngsOf(1))).toThrow(
      /one Rng for each of 2 images. Received: 1/,
    );
    expect(() => pipeline.apply(new Uint8Array(4), shape, rngsOf(2), { out: new Float32Array(3) })).toThrow(
      /room for 4/,
    );
  });
});

describe("a user's transform", () => {
  const shape = { count: 2, height: 1, width: 2, channels: 1 };
  const spec: TransformSpec = { module: "mine.mjs", options: { amount: 100 } };

  function pipelineOf(factory: unknown) {
    return createTransformPipeline([spec], new Map([["mine.mjs", factory as TransformFactory]]));
  }

  it("gets its options, and one sampled parameter per image", () => {
    const pipeline = pipelineOf(({ amount }: { amount: number }) => ({
      sample: (rng: Rng) => rng.int(amount),
      apply: (images: Pixels, _shape: unknown, parameters: number[]) =>
        images.map((_, i) => parameters[Math.floor(i / 2)] as number),
    }));
    const [a, b] = rngsOf(2).map((rng) => rng.int(100)) as [number, number];
    expect(pipeline.isRandom).toBe(true);
    const { images } = pipeline.apply(new Uint8Array(4), shape, rngsOf(2));
    expect([...images].map((value) => Math.round(value * 255))).toEqual([a, a, b, b]);
  });

  it("may be an instance of a class, change the size and return float32, which Normalize takes as 0…1", () => {
    class FirstPixel {
      #scale = 255;
      outputShape() {
        return { count: 2, height: 1, width: 1, channels: 1 };
      }
      apply(images: Pixels) {
        return Float32Array.of((images[0] as number) / this.#scale, (images[2] as number) / this.#scale);
      }
    }
    const pipeline = createTransformPipeline(
      [spec, NORMALIZE],
      new Map([["mine.mjs", () => new FirstPixel()]]),
    );
    expect([...pipeline.apply(Uint8Array.of(0, 1, 255, 2), shape, []).images]).toEqual([-2, 2]);
  });

  it.each([
    ["no object", () => null],
    ["no apply", () => ({ sample: () => 1 })],
    ["a sample that is no function", () => ({ apply: (images: Pixels) => images, sample: 3 })],
  ])("with %s is refused with its name", (_what, factory) => {
    expect(() => pipelineOf(factory)).toThrow(CustomTransformError);
    expect(() => pipelineOf(factory)).toThrow(/default export of mine.mjs/);
  });

  it.each([
    ["a plain array", () => [1, 2, 3, 4]],
    ["too few values", () => new Uint8Array(3)],
    ["nothing", () => undefined],
  ])("that returns %s is refused with its name", (_what, apply) => {
    const pipeline = pipelineOf(() => ({ apply }));
    expect(() => pipeline.apply(new Uint8Array(4), shape, [])).toThrow(/Expected mine.mjs to return/);
  });

  it("that is not loaded is named", () => {
    expect(() => createTransformPipeline([spec])).toThrow(/Expected mine.mjs among the loaded transforms/);
  });
});

it("tells what each random transform drew for each image, and does what it told", () => {
  const shape = { count: 3, height: 2, width: 2, channels: 1 };
  const crop: TransformSpec = { name: "RandomCrop", size: [1, 1], padding: 0, paddingMode: "constant" };
  const told: [number, readonly unknown[]][] = [];
  const { images } = createTransformPipeline([NORMALIZE, FLIP, crop]).apply(
    Uint8Array.of(0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23),
    shape,
    [1, 2, 3].map((seed) => Rng.fromSeed(seed)),
    { onSample: (transform, parameters) => told.push([transform, parameters]) },
  );
  expect(told.map(([transform]) => transform)).toEqual([1, 2]);
  const [flips, crops] = told.map(([, parameters]) => parameters) as [
    boolean[],
    { top: number; left: number }[],
  ];
  const expected = flips.map((isFlipped, i) => {
    const { top, left } = crops[i]!;
    const byte = 10 * i + 2 * top + (isFlipped ? 1 - left : left);
    return (byte / 255 - NORMALIZE.mean[0]!) / NORMALIZE.std[0]!;
  });
  images.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
});
