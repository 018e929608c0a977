/** Random convolutions that tfjs's ops accept, for the dense and the depthwise kernels. */
import type { Rng } from "@convkit/random";
import type * as tf from "@tensorflow/tfjs-core";
import { between, type Input, normal, oneOf } from "./op-case.js";

type Padding = "same" | "valid" | number | tf.backend_util.ExplicitPadding;

export type ConvCase = {
  x: Input;
  filter: Input;
  strides: [number, number];
  dilations: [number, number];
  pad: Padding;
  /** tfjs wants none where the padding has a name. */
  dimRoundingMode: "floor" | undefined;
  description: string;
};

export type Sizes = { channels: number; filters: number; side: number; zeros: boolean };

export const small: Sizes = { channels: 7, filters: 9, side: 9, zeros: true };
/** Past a register tile of 12 pixels × 32 channels in every direction. */
export const large: Sizes = { channels: 40, filters: 70, side: 29, zeros: false };

/** A convolution that the op accepts: the filter fits the padded input, strides or dilations are one. */
export function convCase(rng: Rng, { channels, filters, side, zeros }: Sizes): ConvCase {
  const filterSize: [number, number] = [between(rng, 1, 5), between(rng, 1, 5)];
  const dilated = rng.bernoulli(0.3);
  const strides: [number, number] = dilated ? [1, 1] : [between(rng, 1, 3), between(rng, 1, 3)];
  const dilations: [number, number] = dilated ? [between(rng, 1, 3), between(rng, 1, 3)] : [1, 1];
  const reach = filterSize.map((size, axis) => (size - 1) * (dilations[axis] as number) + 1);
  const most = Math.max(reach[0] as number, reach[1] as number);
  const height = between(rng, most, Math.max(most, side));
  const width = between(rng, most, Math.max(most, side));
  const pads = (): [number, number] => [between(rng, 0, 3), between(rng, 0, 3)];
  const pad = oneOf<() => Padding>(rng, [
    () => "same",
    () => "valid",
    () => between(rng, 0, 3),
    () => [[0, 0], pads(), pads(), [0, 0]],
  ])();
  const sizeOrZero = (size: number): number => (zeros && rng.bernoulli(0.03) ? 0 : between(rng, 1, size));
  const batch = sizeOrZero(3);
  const inC = sizeOrZero(channels);
  const outC = sizeOrZero(filters);
  const x = normal(rng, [batch, height, width, inC]);
  const filter = normal(rng, [...filterSize, inC, outC]);
  const description = `x [${x.shape}] filter [${filter.shape}] strides ${strides} dilations ${dilations} pad ${JSON.stringify(pad)}`;
  const dimRoundingMode = typeof pad === "string" ? undefined : "floor";
  return { x, filter, strides, dilations, pad, dimRoundingMode, description };
}

/** A 3×3 convolution of stride 1 over enough channels and pixels to go by Winograd's algorithm. */
export function winogradCase(rng: Rng): ConvCase {
  const side = (): number => between(rng, 12, 15);
  const x = normal(rng, [between(rng, 1, 2), side(), side(), between(rng, 16, 40)]);
  const filter = normal(rng, [3, 3, x.shape[3] as number, between(rng, 16, 40)]);
  const pads = (): [number, number] => [between(rng, 0, 2), between(rng, 0, 2)];
  const pad = oneOf<Padding>(rng, ["same", "valid", 1, 2, [[0, 0], pads(), pads(), [0, 0]]]);
  return {
    x,
    filter,
    strides: [1, 1],
    dilations: [1, 1],
    pad,
    dimRoundingMode: typeof pad === "string" ? undefined : "floor",
    description: `x [${x.shape}] filter [${filter.shape}] pad ${JSON.stringify(pad)}`,
  };
}

/** Multiplications per output element, and per element of either gradient at most. */
export function terms({ x, filter }: ConvCase): { forward: number; backward: number } {
  const [batch = 0, height = 0, width = 0] = x.shape;
  const [filterH = 0, filterW = 0, inC = 0, outC = 0] = filter.shape;
  return {
    forward: filterH * filterW * inC,
    backward: Math.max(batch * height * width * 4, filterH * filterW * outC),
  };
}

/** What a fused convolution may end with. */
export const activations = ["linear", "relu", "relu6", "elu", "leakyrelu", "sigmoid", "prelu"] as const;
