/** Batch normalisation in training and its gradient in float64: the formulas of @convkit/ops/kernel-names, term by term. */
import type { Values } from "../call-kernel.js";
import { gelu, geluSlope } from "./gelu.js";
import { TermSums } from "./term-sums.js";

export interface BatchNormCase {
  readonly x: Values;
  readonly scale?: Values | undefined;
  readonly offset?: Values | undefined;
  readonly epsilon: number;
  readonly tail: "linear" | "relu" | "gelu" | "relu-pool";
}

/** What is closer than this share of its terms' magnitudes may fall to either side in float32. */
const UNDECIDED = 1e-5;

interface Normalized {
  readonly channels: number;
  readonly count: number;
  readonly mean: TermSums;
  readonly variance: TermSums;
  readonly xhat: Float64Array;
  /** What goes into the activation. */
  readonly z: TermSums;
  readonly factor: Float64Array;
}

function normalize({ x, scale, offset, epsilon }: BatchNormCase): Normalized {
  const channels = x.shape.at(-1)!;
  const count = x.values.length / channels;
  const mean = new TermSums(channels);
  const variance = new TermSums(channels);
  x.values.forEach((value, i) => mean.add(i % channels, value / count));
  x.values.forEach((value, i) => {
    const centre = mean.values[i % channels]!;
    variance.add(i % channels, (value - centre) ** 2 / count);
    // As much as a mean that is rounded moves it.
    variance.magnitudes[i % channels]! += (Math.abs(value - centre) * mean.magnitudes[i % channels]!) / count;
  });
  const factor = Float64Array.from(
    variance.values,
    (value, c) => at(scale, c, 1) / Math.sqrt(value + epsilon),
  );
  const xhat = new Float64Array(x.values.length);
  const z = new TermSums(x.values.length);
  x.values.forEach((value, i) => {
    const c = i % channels;
    xhat[i] = (value - mean.values[c]!) / Math.sqrt(variance.values[c]! + epsilon);
    const spread = variance.magnitudes[c]! / (variance.values[c]! + epsilon);
    z.add(i, factor[c]! * (value - mean.values[c]!));
    z.add(i, at(offset, c, 0));
    z.magnitudes[i]! +=
      Math.abs(factor[c]!) * (Math.abs(value) + mean.magnitudes[c]!) +
      Math.abs(at(scale, c, 1) * xhat[i]) * spread;
  });
  return { channels, count, mean, variance, xhat, z, factor };
}

export function batchNorm(one: BatchNormCase): { y: TermSums; mean: TermSums; variance: TermSums } {
  const { z, mean, variance } = normalize(one);
  const activated = new TermSums(z.values.length);
  z.values.forEach((value, i) => {
    activated.values[i] = activate(value, one.tail);
    activated.magnitudes[i] = z.magnitudes[i]!;
  });
  if (one.tail !== "relu-pool") return { y: activated, mean, variance };
  const windows = windowsOf(one.x.shape);
  const y = new TermSums(windows.length);
  windows.forEach((places, i) => {
    y.values[i] = Math.max(...places.map((place) => activated.values[place]!));
    y.magnitudes[i] = Math.max(...places.map((place) => activated.magnitudes[place]!));
  });
  return { y, mean, variance };
}

export function batchNormGrad(
  one: BatchNormCase,
  dy: Values,
): { dx: TermSums; dscale: TermSums; doffset: TermSums } {
  const normalized = normalize(one);
  const { channels, count, xhat, factor, mean, variance } = normalized;
  const slopes = slopesOf(one, dy, normalized);
  const [dscale, doffset] = [new TermSums(channels), new TermSums(channels)];
  slopes.values.forEach((slope, i) => {
    const c = i % channels;
    dscale.add(c, slope * xhat[i]!);
    doffset.add(c, slope);
    const rsqrt = 1 / Math.sqrt(variance.values[c]! + one.epsilon);
    const spread = variance.magnitudes[c]! * rsqrt ** 2;
    const xhatMagnitude =
      Math.abs(xhat[i]!) * (1 + spread) + rsqrt * (Math.abs(one.x.values[i]!) + mean.magnitudes[c]!);
    dscale.magnitudes[c]! += slopes.magnitudes[i]! * xhatMagnitude;
    doffset.magnitudes[c]! += slopes.magnitudes[i]!;
  });
  const dx = new TermSums(slopes.values.length);
  slopes.values.forEach((slope, i) => {
    const c = i % channels;
    const rsqrt = 1 / Math.sqrt(variance.values[c]! + one.epsilon);
    const xhatMagnitude = Math.abs(xhat[i]!) + rsqrt * (Math.abs(one.x.values[i]!) + mean.magnitudes[c]!);
    dx.values[i] = factor[c]! * (slope - doffset.values[c]! / count - (xhat[i]! * dscale.values[c]!) / count);
    dx.magnitudes[i] =
      Math.abs(factor[c]!) *
      (1 + variance.magnitudes[c]! * rsqrt ** 2) *
      (slopes.magnitudes[i]! +
        doffset.magnitudes[c]! / count +
        (xhatMagnitude * dscale.magnitudes[c]!) / count);
  });
  return { dx, dscale, doffset };
}

/** dy behind the activation and the pooling; where float32 may decide otherwise, its magnitude leaves room for that. */
function slopesOf({ x, tail }: BatchNormCase, dy: Values, { z }: Normalized): TermSums {
  const slopes = new TermSums(x.values.length);
  const add = (i: number, given: number, slope: number, isDecided: boolean) => {
    slopes.add(i, given * slope);
    slopes.magnitudes[i]! += Math.abs(given) * (isDecided ? z.magnitudes[i]! : 1 / UNDECIDED);
  };
  if (tail !== "relu-pool") {
    dy.values.forEach((given, i) => {
      const value = z.values[i]!;
      const isDecided = tail !== "relu" || Math.abs(value) > UNDECIDED * z.magnitudes[i]!;
      add(i, given, slopeOf(value, tail), isDecided);
    });
    return slopes;
  }
  windowsOf(x.shape).forEach((places, i) => {
    const values = places.map((place) => z.values[place]!);
    const greatest = Math.max(...values);
    const chosen = values.indexOf(greatest);
    places.forEach((place, k) => {
      const room = 2 * UNDECIDED * z.magnitudes[place]!;
      const isTied = x.values[place] === x.values[places[chosen]!];
      const isDecided = Math.abs(greatest) > room && (isTied || greatest - values[k]! > room);
      add(place, dy.values[i]!, k === chosen && greatest > 0 ? 1 : 0, isDecided);
    });
  });
  return slopes;
}

/** Of each element of the pooled output, the four of x [N, H, W, C] in row order. */
function windowsOf(shape: readonly number[]): number[][] {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const windows: number[][] = [];
  for (let n = 0; n < batch; n++)
    for (let row = 0; row < height; row += 2)
      for (let column = 0; column < width; column += 2)
        for (let c = 0; c < channels; c++) {
          const first = ((n * height + row) * width + column) * channels + c;
          const below = first + width * channels;
          windows.push([first, first + channels, below, below + channels]);
        }
  return windows;
}

function at(parameter: Values | undefined, c: number, otherwise: number): number {
  return parameter ? parameter.values[c]! : otherwise;
}

function activate(z: number, tail: BatchNormCase["tail"]): number {
  if (tail === "linear") return z;
  return tail === "gelu" ? gelu(z) : Math.max(z, 0);
}

function slopeOf(z: number, tail: "linear" | "relu" | "gelu"): number {
  if (tail === "linear") return 1;
  return tail === "gelu" ? geluSlope(z) : Number(z > 0);
}
