/** Convolutions and their gradients by their definition, in float64. */
import { backend_util } from "@tensorflow/tfjs-core";
import type { Values } from "../call-kernel.js";
import { TermSums } from "./term-sums.js";

export interface ConvCase {
  readonly xShape: [batch: number, height: number, width: number, channels: number];
  readonly filterShape: [height: number, width: number, inChannels: number, outChannels: number];
  readonly strides: [number, number];
  readonly pad: "same" | "valid" | backend_util.ExplicitPadding;
  readonly dilations?: [number, number];
}

export function outputShape(conv: ConvCase): [number, number, number, number] {
  return infoOf(conv).outShape;
}

export function convolve(conv: ConvCase, x: Values, filter: Values, bias?: Values): TermSums {
  const sums = new TermSums(size(outputShape(conv)));
  eachProduct(conv, (xAt, filterAt, yAt) => sums.add(yAt, x.values[xAt]! * filter.values[filterAt]!));
  if (bias) for (let i = 0; i < sums.values.length; i++) sums.add(i, bias.values[i % bias.values.length]!);
  return sums;
}

export function inputGradient(conv: ConvCase, dy: Values, filter: Values): TermSums {
  const sums = new TermSums(size(conv.xShape));
  eachProduct(conv, (xAt, filterAt, yAt) => sums.add(xAt, dy.values[yAt]! * filter.values[filterAt]!));
  return sums;
}

export function filterGradient(conv: ConvCase, x: Values, dy: Values): TermSums {
  const sums = new TermSums(size(conv.filterShape));
  eachProduct(conv, (xAt, filterAt, yAt) => sums.add(filterAt, x.values[xAt]! * dy.values[yAt]!));
  return sums;
}

/** Every pair of a pixel's channel and a weight that meet, and the element of the output to which their product belongs. */
function eachProduct(conv: ConvCase, visit: (xAt: number, filterAt: number, yAt: number) => void): void {
  const { padInfo, outHeight, outWidth } = infoOf(conv);
  const [batch, height, width, channels] = conv.xShape;
  const [filterHeight, filterWidth, , outChannels] = conv.filterShape;
  const [strideY, strideX] = conv.strides;
  const [dilationY, dilationX] = conv.dilations ?? [1, 1];
  for (let place = 0; place < batch * outHeight * outWidth; place++) {
    const b = Math.floor(place / (outHeight * outWidth));
    const top = (Math.floor(place / outWidth) % outHeight) * strideY - padInfo.top;
    const left = (place % outWidth) * strideX - padInfo.left;
    for (let tap = 0; tap < filterHeight * filterWidth; tap++) {
      const y = top + Math.floor(tap / filterWidth) * dilationY;
      const x = left + (tap % filterWidth) * dilationX;
      if (y < 0 || y >= height || x < 0 || x >= width) continue;
      for (let c = 0; c < channels; c++) {
        const xAt = ((b * height + y) * width + x) * channels + c;
        for (let o = 0; o < outChannels; o++)
          visit(xAt, (tap * channels + c) * outChannels + o, place * outChannels + o);
      }
    }
  }
}

function infoOf({ xShape, filterShape, strides, dilations = [1, 1], pad }: ConvCase) {
  return backend_util.computeConv2DInfo(xShape, filterShape, strides, dilations, pad);
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, each) => product * each, 1);
}
