/**
 * The form of a differential test: a random call of an op, to be made on `native` and on a reference, and how far
 * the two may differ. A generator of such calls is one entry of op-table.ts.
 */
import type { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs-core";
import type { FallbackReason } from "../../src/kernel-counters.js";

/** |actual − expected| ≤ absolute + relative · |expected| */
export type Tolerance = { absolute: number; relative: number };

export type Input = { shape: number[]; dtype: "float32" | "int32" | "bool"; values: tf.TypedArray };

export type OpCase = {
  /** Shapes and attributes, for the message of a failure. */
  description: string;
  inputs: Input[];
  run: (inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
  /** What to compare with, run on `cpu`; without it `run` itself. */
  reference?: (inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
  tolerance: Tolerance;
  /** With it the gradients of a random weighting of the output are compared too, with respect to every input. */
  gradientTolerance?: Tolerance;
};

export type OpGenerator = {
  name: string;
  /** The kernels that must have served these calls natively. */
  kernels: readonly string[];
  /** For which reasons they may have gone to the copied kernel after all. */
  fallbacks?: readonly FallbackReason[];
  cases: number;
  generate: (rng: Rng) => OpCase;
};

/** Exact: the op moves or compares numbers and computes nothing. */
export const exact: Tolerance = { absolute: 0, relative: 0 };

/** For a function of one element that both sides compute in a few roundings. */
export const elementwise: Tolerance = { absolute: 1e-6, relative: 4e-6 };

/**
 * For a sum of `terms` products of numbers of about 1, each side rounding after every addition: the worst case
 * grows with `terms`, the typical one with its square root.
 */
export function sumOfProducts(terms: number): Tolerance {
  return { absolute: 3e-7 * (terms + 4), relative: 1e-5 };
}

/** A whole number from `from` to `to`. */
export function between(rng: Rng, from: number, to: number): number {
  return from + rng.int(to - from + 1);
}

export function oneOf<T>(rng: Rng, choices: readonly T[]): T {
  return choices[rng.int(choices.length)] as T;
}

/** float32 mostly; the kernels that move elements serve every width. */
export function anyDtype(rng: Rng): Input["dtype"] {
  return oneOf(rng, ["float32", "float32", "int32", "bool"]);
}

/** Standard normal numbers, whole ones or truth values. */
export function ofDtype(rng: Rng, dtype: Input["dtype"], shape: number[]): Input {
  const length = tf.util.sizeFromShape(shape);
  switch (dtype) {
    case "float32":
      return normal(rng, shape);
    case "int32":
      return { shape, dtype, values: Int32Array.from({ length }, () => between(rng, -1000, 1000)) };
    case "bool":
      return { shape, dtype, values: Uint8Array.from({ length }, () => rng.int(2)) };
    default:
      return dtype satisfies never;
  }
}

/** A float32 input of standard normal numbers. */
export function normal(rng: Rng, shape: number[]): Input {
  return {
    shape,
    dtype: "float32",
    values: Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal()),
  };
}

/** A float32 input of numbers from `from` to `to`. */
export function uniform(rng: Rng, shape: number[], from: number, to: number): Input {
  const values = Float32Array.from(
    { length: tf.util.sizeFromShape(shape) },
    () => from + rng.uniform() * (to - from),
  );
  return { shape, dtype: "float32", values };
}
