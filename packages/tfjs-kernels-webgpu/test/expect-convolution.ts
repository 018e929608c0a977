/** Holds a convolution and both of its gradients to float64. */
import type { Rng } from "@convkit/random";
import { expect } from "vitest";
import type { WebgpuBackend } from "../src/index.js";
import { conv2D, fusedConv2D } from "../src/kernels/conv2d.js";
import { conv2DBackpropFilter } from "../src/kernels/conv2d-backprop-filter.js";
import { conv2DBackpropInput } from "../src/kernels/conv2d-backprop-input.js";
import { callKernel, randomValues, type Values } from "./call-kernel.js";
import {
  type ConvCase,
  convolve,
  filterGradient,
  inputGradient,
  outputShape,
} from "./float64/convolution.js";
import { expectSums } from "./float64/term-sums.js";

interface Operands {
  readonly rng: Rng;
  /** Told with a failure. */
  readonly where: string;
  /** Of random values; normal numbers unless told. */
  readonly values?: (rng: Rng, shape: readonly number[]) => Values;
}

/** Fails unless the output, with and without a bias, and the gradients of random operands are those of float64. */
export async function expectConvolution(
  backend: WebgpuBackend,
  conv: ConvCase,
  { rng, where, values = randomValues }: Operands,
): Promise<void> {
  const x = values(rng.split("x"), conv.xShape);
  const filter = values(rng.split("filter"), conv.filterShape);
  const dy = values(rng.split("dy"), outputShape(conv));
  const bias = values(rng.split("bias"), [conv.filterShape[3]]);
  const { strides, pad, dilations = [1, 1] } = conv;
  const attrs = { strides, pad, dilations, dataFormat: "NHWC" };
  const y = await callKernel(backend, conv2D, { inputs: { x, filter }, attrs });
  const biased = await callKernel(backend, fusedConv2D, {
    inputs: { x, filter, bias },
    attrs: { ...attrs, activation: "linear" },
  });
  expectSums(y![0]!.values, convolve(conv, x, filter), { where: `y of ${where}` });
  expectSums(biased![0]!.values, convolve(conv, x, filter, bias), { where: `y with bias of ${where}` });
  expect(y![0]!.shape).toEqual(outputShape(conv));
  if (dilations.some((each) => each !== 1)) return;
  const dFilter = await callKernel(backend, conv2DBackpropFilter, {
    inputs: { x, dy },
    attrs: { ...attrs, filterShape: conv.filterShape },
  });
  const dx = await callKernel(backend, conv2DBackpropInput, {
    inputs: { dy, filter },
    attrs: { ...attrs, inputShape: conv.xShape },
  });
  expectSums(dFilter![0]!.values, filterGradient(conv, x, dy), { where: `dFilter of ${where}` });
  expectSums(dx![0]!.values, inputGradient(conv, dy, filter), { where: `dx of ${where}` });
  expect(dFilter![0]!.shape).toEqual(conv.filterShape);
  expect(dx![0]!.shape).toEqual(conv.xShape);
}
