/** Random convolutions, small, of all the kinds that networks have and of some that they have not. */
import type { Rng } from "@convkit/random";
import { type ConvCase, outputShape } from "./float64/convolution.js";

/** Multiply-adds that a software GPU and the reference do in an instant. */
const MOST_PRODUCTS = 600_000;

export function randomConv(rng: Rng): ConvCase {
  for (;;) {
    const pick = <T>(options: readonly T[]): T => options[rng.int(options.length)]!;
    const upTo = (most: number) => 1 + rng.int(most);
    const channels = () => pick([1, 3, 4, 8, 12, 16, 20, 32, 36, 40, 64, upTo(67)]);
    const padding = () => [rng.int(3), rng.int(3)] as [number, number];
    const [inChannels, outChannels] = [channels(), channels()];
    const conv: ConvCase = {
      xShape: [upTo(5), upTo(12), upTo(12), inChannels],
      filterShape: [upTo(5), upTo(5), inChannels, outChannels],
      strides: pick([
        [1, 1],
        [1, 1],
        [2, 2],
        [1, 2],
        [3, 2],
      ]),
      pad: pick(["same", "same", "valid", [[0, 0], padding(), padding(), [0, 0]]]),
    };
    const [, outHeight, outWidth] = outputShape(conv);
    if (outHeight <= 0 || outWidth <= 0) continue;
    const products = [...outputShape(conv), ...conv.filterShape.slice(0, 3)].reduce((a, b) => a * b);
    if (products <= MOST_PRODUCTS) return conv;
  }
}

export function nameOf({ xShape, filterShape, strides, pad, dilations }: ConvCase): string {
  return JSON.stringify({ xShape, filterShape, strides, pad, dilations });
}
