/** What the programs of batch normalisation have in common: its inputs, and what they make of them for each channel. */
import type { BatchNormActivation } from "@convkit/ops/kernel-names";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { type ChannelColumns, channelColumns } from "./channel-columns.js";
import { GELU_WGSL } from "./gelu.js";

export interface BatchNormParameters {
  readonly scale?: TensorInfo;
  readonly offset?: TensorInfo;
}

/** "relu-pool": a ReLU, then a max pooling of 2×2 windows and stride 2. */
export type BatchNormTail = BatchNormActivation | "relu-pool";

/** Of x [..., C]. */
export function columnsOf({ shape }: TensorInfo): ChannelColumns {
  const channels = shape.at(-1) ?? 1;
  return channelColumns(util.sizeFromShape(shape) / channels, channels);
}

/** Bindings of what is there of scale and offset, from `first` on, and functions that say 1 and 0 where one is not. */
export function parameterBindings({ scale, offset }: BatchNormParameters, first: number): string {
  const binding = (place: number, name: string) =>
    `@group(0) @binding(${place}) var<storage, read> ${name}: array<T>;`;
  return `
${scale ? binding(first, "scale") : ""}
${offset ? binding(first + (scale ? 1 : 0), "offset") : ""}
fn scaleOf(g: u32) -> T { return ${scale ? "scale[g]" : "T(1.0)"}; }
fn offsetOf(g: u32) -> T { return ${offset ? "offset[g]" : "T(0.0)"}; }`;
}

export function parametersGiven({ scale, offset }: BatchNormParameters): TensorInfo[] {
  return [scale, offset].filter((parameter) => parameter !== undefined);
}

export function variantOf({ scale, offset }: BatchNormParameters): string {
  return `${scale ? "scale" : ""} ${offset ? "offset" : ""}`;
}

/** `activate` and `activationGrad` of what was normalised. */
export function activationFunctions(activation: BatchNormActivation): string {
  switch (activation) {
    case "linear":
      return "fn activate(z: T) -> T { return z; }\nfn activationGrad(dy: T, z: T) -> T { return dy; }";
    case "relu":
      return `
fn activate(z: T) -> T { return select(z, T(0.0), z < T(0.0)); }
fn activationGrad(dy: T, z: T) -> T { return select(T(0.0), dy, z > T(0.0)); }`;
    case "gelu":
      return `${GELU_WGSL}
fn activate(z: T) -> T { return z * normalDistribution(z); }
fn activationGrad(dy: T, z: T) -> T { return dy * geluSlope(z); }`;
    default:
      return activation satisfies never;
  }
}

/** The first pixel, as a row of x, of the window with the number `window`; those below it are `pixelsInRow` further. */
export const WINDOW_WGSL = `
fn firstPixel(window: u32, pixelsInRow: u32) -> u32 {
  let half = pixelsInRow / 2u;
  return window / half * 2u * pixelsInRow + window % half * 2u;
}`;
