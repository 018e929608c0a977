import { Rng } from "@convkit/random";
import { BuiltinTransformSpec, type TransformSpec } from "@convkit/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesPerImage, placesPerImage, type Finish, type UnfinishedImages } from "./finish.js";
import { ShapeError, type ImageBatchShape } from "./image-batch.js";
import { createTransformPipeline } from "./transform-pipeline.js";
import type { TransformFactory } from "./transform.js";

const made = (name: BuiltinTransformSpec["name"], more: object = {}): BuiltinTransformSpec =>
  BuiltinTransformSpec.parse({ name, ...more });
const CROP = made("RandomCrop", { size: [5, 6], padding: 2, paddingMode: "constant" });
const FLIP = made("RandomHorizontalFlip");
const NORMALIZE = made("Normalize", { mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3] });
const ERASE = made("RandomErasing", { p: 0.7, value: [0.5, -1, 2] });
const POLICY = made("TrivialAugmentWide");

const rngsOf = (count: number, seed: number) =>
  Array.from({ length: count }, (_, i) => Rng.fromSeed(seed).split(i));
const roomFor = (finish: Finish): UnfinishedImages => ({
  bytes: new Uint8Array(finish.shape.count * bytesPerImage(finish)),
  places: new Int32Array(finish.shape.count * placesPerImage(finish)),
});

/** As the words of `Finish` say, value by value. */
function finished({ bytesShape, shape, values }: Finish, { bytes, places }: UnfinishedImages): Float32Array {
  const { count, height, width, channels } = shape;
  const images = new Float32Array(count * height * width * channels);
  for (let at = 0; at < images.length; at++) {
    const c = at % channels;
    const x = Math.floor(at / channels) % width;
    const y = Math.floor(at / channels / width) % height;
    const n = Math.floor(at / channels / width / height);
    const own = places.subarray(n * (height + width + 4), (n + 1) * (height + width + 4));
    const [row, column] = [own[y]!, own[height + x]!];
    const [top, left, h, w] = own.subarray(height + width) as unknown as [number, number, number, number];
    const isErased = y >= top && y < top + h && x >= left && x < left + w;
    const from = ((n * bytesShape.height + row) * bytesShape.width + column) * channels + c;
    images[at] = values[c * 257 + (isErased ? 256 : row < 0 || column < 0 ? 0 : bytes[from]!)]!;
  }
  return images;
}

describe("a pipeline that stops at bytes", () => {
  const lists: Record<string, TransformSpec[]> = {
    nothing: [],
    Normalize: [NORMALIZE],
    moves: [CROP, FLIP],
    "moves and Normalize": [CROP, FLIP, made("RandomVerticalFlip"), NORMALIZE],
    "an erasing behind them": [CROP, FLIP, NORMALIZE, ERASE],
    "an erasing of bytes": [CROP, ERASE],
    "a policy and a size before them": [
      POLICY,
      made("Resize", { size: [9, 8] }),
      CROP,
      FLIP,
      NORMALIZE,
      ERASE,
    ],
    "a crop of a part": [made("RandomCrop", { size: [2, 3] }), FLIP, NORMALIZE, ERASE],
    "a crop into a border": [made("RandomCrop", { size: [9, 9], padding: 3 }), NORMALIZE],
    "moves before a policy": [CROP, POLICY, FLIP, NORMALIZE],
  };
  for (const [name, specs] of Object.entries(lists)) {
    it(`leaves what makes the same pictures of the same draws, bit for bit: ${name}`, () => {
      const pipeline = createTransformPipeline(specs);
      fc.assert(
        fc.property(fc.nat(), fc.integer({ min: 1, max: 3 }), fc.boolean(), (seed, count, inPlace) => {
          const shape: ImageBatchShape = { count, height: 6, width: 7, channels: 3 };
          const images = Uint8Array.from({ length: count * 126 }, (_, i) => (seed + i * 31) % 256);
          const rngs = () => (pipeline.isRandom ? rngsOf(count, seed) : []);
          const told: unknown[] = [];
          const expected = pipeline.apply(images, shape, rngs(), {
            onSample: (...drawn) => told.push(drawn),
          });
          const finish = pipeline.finishOf(shape)!;
          expect(finish.shape).toEqual(expected.shape);
          // A quarter of float32 at the most.
          expect(bytesPerImage(finish)).toBeLessThanOrEqual(expected.images.length / count);
          const out = roomFor(finish);
          const source = inPlace && images.length === out.bytes.length ? out.bytes : images.slice();
          source.set(images);
          const toldAgain: unknown[] = [];
          pipeline.applyToBytes(source, shape, rngs(), {
            out,
            onSample: (...drawn) => toldAgain.push(drawn),
          });
          expect(finished(finish, out)).toEqual(expected.images);
          expect(toldAgain).toEqual(told);
        }),
        { numRuns: 30 },
      );
    });
  }

  it("cannot where pictures are normalised before something else, or a user's module comes before", () => {
    const custom = new Map<string, TransformFactory>([["a.mjs", () => ({ apply: (images) => images })]]);
    const user: TransformSpec = { module: "a.mjs", options: {} };
    const shape = { count: 1, height: 6, width: 7, channels: 3 };
    const noise = made("RandomErasing", { value: "random" });
    for (const specs of [
      [NORMALIZE, CROP],
      [NORMALIZE, noise],
      [user],
      [NORMALIZE, user],
      [user, NORMALIZE],
    ]) {
      const pipeline = createTransformPipeline(specs, custom);
      expect(pipeline.finishOf(shape)).toBeNull();
      const out = { bytes: new Uint8Array(126), places: new Int32Array(17) };
      expect(() => pipeline.applyToBytes(new Uint8Array(126), shape, rngsOf(1, 0), { out })).toThrow(
        ShapeError,
      );
    }
  });

  it("refuses pictures and room that do not fit", () => {
    const shape = { count: 2, height: 6, width: 7, channels: 3 };
    const pipeline = createTransformPipeline([CROP, NORMALIZE]);
    expect(() => pipeline.finishOf({ ...shape, channels: 2 })).toThrow(ShapeError);
    expect(() => pipeline.finishOf({ ...shape, height: 0, width: 0 })).toThrow(
      "Expected a RandomCrop no larger",
    );
    const out = { bytes: new Uint8Array(180), places: new Int32Array(29) };
    expect(() => pipeline.applyToBytes(new Uint8Array(252), shape, rngsOf(2, 0), { out })).toThrow(
      "Expected 180 bytes and 30 places in `out`. Received: 180 and 29.",
    );
    expect(() =>
      pipeline.applyToBytes(new Uint8Array(252), shape, [], { out: roomFor(pipeline.finishOf(shape)!) }),
    ).toThrow("Expected one Rng for each of 2 images");
  });
});
