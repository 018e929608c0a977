/**
 * What corruptions are made of: a picture as float32 of 0…255, and a table of parameters by severity. The parameters are
 * those of the code that made CIFAR-10-C and ImageNet-C (Hendrycks & Dietterich 2019, https://arxiv.org/abs/1903.12261;
 * `make_cifar_c.py` and `make_imagenet_c.py` of https://github.com/hendrycks/robustness).
 */
import type { Rng } from "@convkit/random";

/** float32 [height, width, channels] of 0…255, and beyond while it is worked on. */
export interface Picture {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Whose parameters: of pictures of 32×32, or of 224×224. */
export type CorruptionScale = "cifar" | "imagenet";

/** 1 (weak) to 5 (strong). */
export type Severity = 1 | 2 | 3 | 4 | 5;

export interface CorruptionOptions {
  readonly scale: CorruptionScale;
  readonly severity: Severity;
  readonly rng: Rng;
}

/** @returns values of the same shape; the picture is left as it is. */
export type Corruption = (picture: Picture, options: CorruptionOptions) => Float32Array;

type BySeverity<P> = readonly [P, P, P, P, P];

/** A corruption of its parameters at each severity and of what it does by them. */
export function corruption<P>(
  parameters: Readonly<Record<CorruptionScale, BySeverity<P>>>,
  apply: (picture: Picture, parameter: P, options: CorruptionOptions) => Float32Array,
): Corruption {
  return (picture, options) => {
    const parameter = parameters[options.scale][options.severity - 1] as P;
    return apply(picture, parameter, options);
  };
}

/** A picture of one value a pixel. */
export function plane(values: Float32Array, { height, width }: Omit<Picture, "values">): Picture {
  return { values, height, width, channels: 1 };
}

export function uniformBetween(rng: Rng, low: number, high: number): number {
  return low + (high - low) * rng.uniform();
}
