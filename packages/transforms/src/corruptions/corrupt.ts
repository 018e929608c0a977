/**
 * The fifteen corruptions by which robustness is measured (Hendrycks & Dietterich 2019, § 4.1, https://arxiv.org/abs/1903.12261), on
 * pictures of any size. Deviations from the published code are named in docs/decisions/0027-corruptions.md; all of them round
 * to the nearest byte, where that code cuts fractions off.
 */
import type { Rng } from "@convkit/random";
import { ShapeError } from "../image-batch.js";
import { defocusBlur, glassBlur, motionBlur, zoomBlur } from "./blur.js";
import { contrast, elasticTransform, jpegCompression, pixelate } from "./digital.js";
import { frost } from "./frost.js";
import { gaussianNoise, impulseNoise, shotNoise } from "./noise.js";
import type { Corruption, CorruptionScale, Severity } from "./picture.js";
import { brightness, fog, snow } from "./weather.js";

const BY_NAME = {
  gaussian_noise: gaussianNoise,
  shot_noise: shotNoise,
  impulse_noise: impulseNoise,
  defocus_blur: defocusBlur,
  glass_blur: glassBlur,
  motion_blur: motionBlur,
  zoom_blur: zoomBlur,
  snow,
  frost,
  fog,
  brightness,
  contrast,
  elastic_transform: elasticTransform,
  pixelate,
  jpeg_compression: jpegCompression,
} as const satisfies Record<string, Corruption>;

export type CorruptionName = keyof typeof BY_NAME;

/** In the paper's order: noise, blur, weather, digital. */
export const CORRUPTIONS = Object.keys(BY_NAME) as readonly CorruptionName[];

/** √(32·224), pixels: nearer to which of the two a picture is. */
const LARGE_FROM = 85;

/** Bytes of one picture. */
export interface ByteImage {
  /** uint8 [height, width, channels]. */
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
  /** 1 or 3. */
  readonly channels: number;
}

export interface CorruptOptions {
  readonly name: CorruptionName;
  readonly severity: Severity;
  /** Drawn from; those without chance leave it alone. */
  readonly rng: Rng;
}

/** CIFAR-10-C's parameters for pictures whose shorter edge is below 85 pixels, ImageNet-C's for larger ones. */
export function corruptionScale({ height, width }: Pick<ByteImage, "height" | "width">): CorruptionScale {
  return Math.min(height, width) < LARGE_FROM ? "cifar" : "imagenet";
}

/**
 * @returns uint8 of the same shape, in an array of its own; with the same state of the Rng the same bytes.
 * @throws {ShapeError} if the picture has not one or three channels, or not the values of its shape.
 */
export function corrupt(
  { pixels, height, width, channels }: ByteImage,
  { name, severity, rng }: CorruptOptions,
): Uint8Array {
  if ((channels !== 1 && channels !== 3) || pixels.length !== height * width * channels) {
    throw new ShapeError(
      `Expected a picture of one or three channels, and a byte for each value. ` +
        `Received: ${height}×${width}×${channels} and ${pixels.length} bytes.`,
    );
  }
  const picture = { values: Float32Array.from(pixels), height, width, channels };
  const scale = corruptionScale(picture);
  const values = BY_NAME[name](picture, { scale, severity, rng });
  // Clamps and rounds.
  return new Uint8Array(Uint8ClampedArray.from(values).buffer);
}
