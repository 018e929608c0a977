/**
 * A list of transforms from a config, made into one function from bytes to the network's input. Crops and flips
 * before a Normalize cost one pass over the pixels together.
 */
import type { Rng } from "@convkit/random";
import type { BuiltinTransformSpec, ResizeFit, TransformSpec } from "@convkit/schema";
import { createBuiltinTransform } from "./builtin-transforms.js";
import { createCustomTransform } from "./custom-transform.js";
import { DeferredImages } from "./deferred-images.js";
import {
  bytesPerImage,
  finishValues,
  placesPerImage,
  writePlaces,
  type Finish,
  type UnfinishedImages,
} from "./finish.js";
import { checkPixels, formatShape, ShapeError, valuesPerImage, type ImageBatchShape } from "./image-batch.js";
import type { ChannelStatistics } from "./normalize.js";
import type { PixelMap } from "./pixel-map.js";
import type { PixelMove } from "./pixel-move.js";
import type { RandomErasingParameters } from "./random-erasing.js";
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
  /**
   * What is left to do where the pipeline stops while pictures are bytes: crops and flips, Normalize, and a RandomErasing
   * behind it, if they stand last.
   * @returns null: it cannot stop, since something else needs pictures that are normalised, or a user's module may make
   *   anything of bytes.
   * @throws {ShapeError} if a transform cannot take such images.
   */
  finishOf(shape: ImageBatchShape): Finish | null;
  /**
   * As `apply` with the same Rngs, up to what `finishOf` leaves to do.
   * @param out.bytes may be `images` itself where nothing stands before what is left.
   * @throws {ShapeError} if images, shape, Rngs or `out` do not fit, or the pipeline cannot stop.
   */
  applyToBytes(
    images: Uint8Array,
    shape: ImageBatchShape,
    rngs: readonly Rng[],
    options: Omit<ApplyOptions, "out"> & { readonly out: UnfinishedImages },
  ): void;
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
  | {
      readonly kind: "pixels";
      readonly transform: Transform;
      /** Of a RandomErasing of one colour. */
      readonly fill?: readonly number[] | undefined;
      /** A user's. */
      readonly isCustom?: boolean;
    };

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
      ? { kind: "pixels", transform: createCustomTransform(spec, custom), isCustom: true }
      : builtinStage(spec),
  );
  const isRandom = stages.some(
    (stage) =>
      (stage.kind === "move" && stage.move.sample !== undefined) ||
      (stage.kind === "pixels" && stage.transform.sample !== undefined),
  );
  const outputShape = (shape: ImageBatchShape) => stages.reduce(shapeAfter, shape);
  const split = splitAtBytes(stages);
  const plans = new Map<string, BytePlan | null>();
  const planFor = (shape: ImageBatchShape): BytePlan | null => {
    const key = formatShape(shape);
    let plan = plans.get(key);
    if (plan === undefined) plans.set(key, (plan = split && planBytes(split, shape)));
    return plan;
  };
  const prepare = (
    images: Uint8Array,
    shape: ImageBatchShape,
    rngs: readonly Rng[],
    { epoch = 0, imageRngOf, onSample, out }: ApplyOptions,
  ) => {
    checkPixels(images, shape);
    if (isRandom && rngs.length !== shape.count) {
      throw new ShapeError(`Expected one Rng for each of ${shape.count} images. Received: ${rngs.length}.`);
    }
    const draws = rngs.map((rng, index): Draw => ({
      rng,
      context: { epoch, imageRng: () => imageRngOf?.(index) ?? rng },
    }));
    const optionsOf = (stage: Stage): StageOptions => ({
      draws,
      out,
      onSample: onSample && ((parameters) => onSample(stages.indexOf(stage), parameters)),
    });
    return { batch: new DeferredImages(images, shape), optionsOf };
  };

  return {
    isRandom,
    outputShape,
    finishOf: (shape) => planFor(shape)?.finish ?? null,
    apply(images, shape, rngs, options = {}) {
      const { out } = options;
      const { batch, optionsOf } = prepare(images, shape, rngs, options);
      checkRoom(out, outputShape(shape));
      for (const stage of stages) applyStage(stage, batch, optionsOf(stage));
      if (!batch.isFloat) batch.normalize(UNIT_SCALE, out);
      return { images: handOver(batch.settle() as Float32Array, out), shape: batch.shape };
    },
    applyToBytes(images, shape, rngs, { out, ...options }) {
      const plan = planFor(shape);
      if (plan === null) {
        throw new ShapeError(
          "Expected transforms that end with Normalize, with crops and flips before and RandomErasing behind it at most. " +
            `Received: ${specs.map((spec) => ("module" in spec ? spec.module : spec.name)).join(", ")}. Use \`apply\`.`,
        );
      }
      const { before, moves, erasing, finish } = plan;
      checkUnfinished(out, finish);
      const { batch, optionsOf } = prepare(images, shape, rngs, options);
      for (const stage of before) applyStage(stage, batch, optionsOf(stage));
      const made = before.length > 0 ? batch.settle() : images;
      const isThere = made.buffer === out.bytes.buffer && made.byteOffset === out.bytes.byteOffset;
      if (!isThere) out.bytes.set(made);
      for (const stage of moves) applyStage(stage, batch, optionsOf(stage));
      const erased = erasing ? sampleAll(erasing.transform, finish.shape, optionsOf(erasing)) : [];
      writePlaces(out.places, batch.moves, erased as (RandomErasingParameters | null)[]);
    },
  };
}

/** A pipeline in two: what is done to bytes, and what may be left. */
interface SplitPipeline {
  readonly before: readonly Stage[];
  readonly moves: readonly Stage[];
  readonly statistics: ChannelStatistics;
  readonly erasing: Extract<Stage, { kind: "pixels" }> | null;
  readonly fill: readonly number[];
}

function splitAtBytes(stages: readonly Stage[]): SplitPipeline | null {
  const rest = [...stages];
  const last = rest.at(-1);
  const isErased = last?.kind === "pixels" && last.fill !== undefined && rest.at(-2)?.kind === "normalize";
  if (isErased) rest.pop();
  const normalize = rest.at(-1)?.kind === "normalize" ? rest.pop() : undefined;
  const from = rest.findLastIndex(({ kind }) => kind !== "move") + 1;
  const before = rest.slice(0, from);
  if (before.some((stage) => stage.kind === "normalize" || (stage.kind === "pixels" && stage.isCustom)))
    return null;
  return {
    before,
    moves: rest.slice(from),
    statistics: normalize?.kind === "normalize" ? normalize.statistics : UNIT_SCALE,
    erasing: isErased ? last : null,
    fill: (isErased && last.fill) || [0],
  };
}

/** For pictures of one shape. */
interface BytePlan extends Pick<SplitPipeline, "before" | "moves" | "erasing"> {
  readonly finish: Finish;
}

/** Crops that make pictures smaller are carried out on bytes: what they cut off need not cross. */
function planBytes({ before, moves, erasing, ...end }: SplitPipeline, shape: ImageBatchShape): BytePlan {
  const whole = before.reduce(shapeAfter, shape);
  const made = moves.reduce(shapeAfter, whole);
  const finish = { shape: made, values: finishValues(made.channels, end) };
  if (valuesPerImage(made) >= valuesPerImage(whole)) {
    return { before, moves, erasing, finish: { ...finish, bytesShape: whole } };
  }
  return { before: [...before, ...moves], moves: [], erasing, finish: { ...finish, bytesShape: made } };
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
  if ("map" in made) return { kind: "move", move: made };
  const fill = spec.name === "RandomErasing" && spec.value !== "random" ? [spec.value].flat() : undefined;
  return { kind: "pixels", transform: made, fill };
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

function checkUnfinished({ bytes, places }: UnfinishedImages, finish: Finish): void {
  const { count } = finish.shape;
  const [allBytes, allPlaces] = [count * bytesPerImage(finish), count * placesPerImage(finish)];
  if (bytes.length === allBytes && places.length === allPlaces) return;
  throw new ShapeError(
    `Expected ${allBytes} bytes and ${allPlaces} places in \`out\`. Received: ${bytes.length} and ${places.length}.`,
  );
}

/** The result where the caller wants it; most stages have written there already. */
function handOver(images: Float32Array, out: Float32Array | undefined): Float32Array {
  if (out === undefined || images.buffer === out.buffer) return images;
  out.set(images);
  return out.subarray(0, images.length);
}
