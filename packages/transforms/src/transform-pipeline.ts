/**
 * A list of transforms from a config, made into one function from bytes to the network's input. Crops and flips
 * before a Normalize cost one pass over the pixels together.
 */
import type { Rng } from "@convkit/random";
import type { BuiltinTransformSpec, ResizeFit, TransformSpec } from "@convkit/schema";
import { createBuiltinTransform } from "./builtin-transforms.js";
import { createCustomTransform } from "./custom-transform.js";
import { DeferredImages } from "./deferred-images.js";
import { checkPixels, ShapeError, valuesPerImage, type ImageBatchShape } from "./image-batch.js";
import type { ChannelStatistics } from "./normalize.js";
import type { PixelMap } from "./pixel-map.js";
import type { PixelMove } from "./pixel-move.js";
import { resize, resizedShape, type ResizeSize } from "./resize.js";
import type { SampleContext, Transform, TransformFactory } from "./transform.js";

export interface TransformPipeline {
  /** Whether `apply` needs an Rng per image. */
  readonly isRandom: boolean;
  /** @throws {ShapeError} if a transform cannot take such images. */
  outputShape(shape: ImageBatchShape): ImageBatchShape;
  /**
   * @param images uint8 [count, height, width, channels]; left as they are.
   * @param rngs one per image, drawn from in the order of the transforms; none if nothing is random.
   * @param options.out where the result goes, at least as long as it, to spare an allocation.
   * @param options.epoch from 0, for what alternates between epochs. 0 if left out.
   * @param options.imageRngOf an image's Rng that is the same in every epoch, by its place in the batch. If left out, the
   *   one of `rngs`.
   * @param options.onSample told what was drawn by each random transform: its place in the list, and one value per image.
   * @returns float32: normalised, or 0…1 without a Normalize.
   * @throws {ShapeError} if images, shape, Rngs or `out` do not fit.
   */
  apply(
    images: Uint8Array,
    shape: ImageBatchShape,
    rngs: readonly Rng[],
    options?: ApplyOptions,
  ): { images: Float32Array; shape: ImageBatchShape };
}

export interface ApplyOptions {
  readonly out?: Float32Array | undefined;
  readonly epoch?: number | undefined;
  readonly imageRngOf?: ((index: number) => Rng) | undefined;
  readonly onSample?: ((transform: number, parameters: readonly unknown[]) => void) | undefined;
}

type Stage =
  | { readonly kind: "move"; readonly move: PixelMove }
  | { readonly kind: "resize"; readonly size: ResizeSize; readonly fit: ResizeFit | undefined }
  | { readonly kind: "normalize"; readonly statistics: ChannelStatistics }
  | { readonly kind: "pixels"; readonly transform: Transform };

/** Only divides bytes by 255: what a pipeline without Normalize ends with. */
const UNIT_SCALE: ChannelStatistics = { mean: [0], std: [1] };

/**
 * @param custom the default exports of users' modules, by the path written in their specs.
 * @throws {CustomTransformError} if a spec's module is not among `custom` or makes no transform.
 */
export function createTransformPipeline(
  specs: readonly TransformSpec[],
  custom: ReadonlyMap<string, TransformFactory> = new Map(),
): TransformPipeline {
  const stages = specs.map((spec): Stage =>
    "module" in spec
      ? { kind: "pixels", transform: createCustomTransform(spec, custom) }
      : builtinStage(spec),
  );
  const isRandom = stages.some(
    (stage) =>
      (stage.kind === "move" && stage.move.sample !== undefined) ||
      (stage.kind === "pixels" && stage.transform.sample !== undefined),
  );
  const outputShape = (shape: ImageBatchShape) => stages.reduce(shapeAfter, shape);

  return {
    isRandom,
    outputShape,
    apply(images, shape, rngs, { out, epoch = 0, imageRngOf, onSample } = {}) {
      checkPixels(images, shape);
      if (isRandom && rngs.length !== shape.count) {
        throw new ShapeError(`Expected one Rng for each of ${shape.count} images. Received: ${rngs.length}.`);
      }
      checkRoom(out, outputShape(shape));
      const batch = new DeferredImages(images, shape);
      const draws = rngs.map((rng, index): Draw => ({
        rng,
        context: { epoch, imageRng: () => imageRngOf?.(index) ?? rng },
      }));
      for (const [index, stage] of stages.entries()) {
        const told = onSample && ((parameters: readonly unknown[]) => onSample(index, parameters));
        applyStage(stage, batch, { draws, out, onSample: told });
      }
      if (!batch.isFloat) batch.normalize(UNIT_SCALE, out);
      return { images: handOver(batch.settle() as Float32Array, out), shape: batch.shape };
    },
  };
}

/** What an image's parameters are drawn from. */
interface Draw {
  readonly rng: Rng;
  readonly context: SampleContext;
}

interface StageOptions {
  readonly draws: readonly Draw[];
  readonly out: Float32Array | undefined;
  readonly onSample: ((parameters: readonly unknown[]) => void) | undefined;
}

function builtinStage(spec: BuiltinTransformSpec): Stage {
  if (spec.name === "Resize") return { kind: "resize", size: spec.size, fit: spec.fit };
  if (spec.name === "Normalize") return { kind: "normalize", statistics: spec };
  const made = createBuiltinTransform(spec);
  return "map" in made ? { kind: "move", move: made } : { kind: "pixels", transform: made };
}

function shapeAfter(shape: ImageBatchShape, stage: Stage): ImageBatchShape {
  switch (stage.kind) {
    case "move":
      return stage.move.outputShape(shape);
    case "resize":
      return resizedShape(shape, stage.size);
    case "pixels":
      return stage.transform.outputShape?.(shape) ?? shape;
    case "normalize":
      return shape;
  }
}

function applyStage(stage: Stage, batch: DeferredImages, { draws, out, onSample }: StageOptions): void {
  const before = batch.shape;
  const after = shapeAfter(before, stage);
  switch (stage.kind) {
    case "move": {
      const { move } = stage;
      // A move that is not random has one map for all.
      const maps = move.sample
        ? sampleAll(move, before, { draws, onSample }).map((drawn) => move.map(before, drawn))
        : new Array<PixelMap>(before.count).fill(move.map(before));
      batch.move(maps, after);
      return;
    }
    case "resize":
      batch.replace(resize(batch.settle(), before, stage.size, stage.fit), after);
      return;
    case "normalize":
      batch.normalize(stage.statistics, out);
      return;
    case "pixels": {
      const { transform } = stage;
      const parameters = transform.sample ? sampleAll(transform, before, { draws, onSample }) : [];
      batch.replace(transform.apply(batch.settle(), before, parameters), after);
    }
  }
}

function sampleAll(
  { sample }: Pick<Transform, "sample">,
  shape: ImageBatchShape,
  { draws, onSample }: Pick<StageOptions, "draws" | "onSample">,
): unknown[] {
  const parameters = draws.map(({ rng, context }) => sample?.(rng, shape, context));
  onSample?.(parameters);
  return parameters;
}

function checkRoom(out: Float32Array | undefined, shape: ImageBatchShape): void {
  const needed = shape.count * valuesPerImage(shape);
  if (out !== undefined && out.length < needed) {
    throw new ShapeError(`Expected room for ${needed} values in \`out\`. Received: ${out.length}.`);
  }
}

/** The result where the caller wants it; most stages have written there already. */
function handOver(images: Float32Array, out: Float32Array | undefined): Float32Array {
  if (out === undefined || images.buffer === out.buffer) return images;
  out.set(images);
  return out.subarray(0, images.length);
}
