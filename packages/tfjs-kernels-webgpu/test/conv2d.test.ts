import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { conv2D, fusedConv2D } from "../src/kernels/conv2d.js";
import { conv2DBackpropFilter } from "../src/kernels/conv2d-backprop-filter.js";
import { conv2DBackpropInput } from "../src/kernels/conv2d-backprop-input.js";
import { callKernel, randomValues, type Values } from "./call-kernel.js";
import { testSeed } from "./env.js";
import {
  type ConvCase,
  convolve,
  filterGradient,
  inputGradient,
  outputShape,
} from "./float64/convolution.js";
import { expectSums } from "./float64/term-sums.js";
import { describeOnGpu } from "./open-backend.js";
import { nameOf, randomConv } from "./random-conv.js";

/** Chosen for what random ones seldom meet: each tile, sums that are shared, edges, phases without taps. */
const CASES: ConvCase[] = [
  { xShape: [1, 1, 1, 1], filterShape: [1, 1, 1, 1], strides: [1, 1], pad: "same" },
  { xShape: [2, 16, 16, 3], filterShape: [3, 3, 3, 32], strides: [1, 1], pad: "same" },
  { xShape: [3, 9, 7, 32], filterShape: [3, 3, 32, 64], strides: [2, 2], pad: "same" },
  { xShape: [2, 5, 5, 130], filterShape: [1, 1, 130, 70], strides: [1, 1], pad: "valid" },
  { xShape: [2, 5, 6, 64], filterShape: [1, 1, 64, 128], strides: [2, 2], pad: "same" },
  { xShape: [1, 4, 4, 36], filterShape: [4, 4, 36, 12], strides: [1, 1], pad: "valid" },
  {
    xShape: [5, 11, 1, 4],
    filterShape: [5, 1, 4, 5],
    strides: [3, 3],
    pad: [
      [0, 0],
      [2, 1],
      [0, 0],
      [0, 0],
    ],
  },
  { xShape: [1, 7, 7, 2], filterShape: [2, 2, 2, 4], strides: [4, 5], pad: "valid" },
  {
    xShape: [1, 3, 3, 4],
    filterShape: [1, 1, 4, 8],
    strides: [1, 1],
    pad: [
      [0, 0],
      [1, 1],
      [2, 0],
      [0, 0],
    ],
  },
];

interface Operands {
  readonly x: Values;
  readonly filter: Values;
  readonly dy: Values;
  readonly bias: Values;
}

function operandsOf(conv: ConvCase, rng: Rng): Operands {
  return {
    x: randomValues(rng.split("x"), conv.xShape),
    filter: randomValues(rng.split("filter"), conv.filterShape),
    dy: randomValues(rng.split("dy"), outputShape(conv)),
    bias: randomValues(rng.split("bias"), [conv.filterShape[3]]),
  };
}

await describeOnGpu("convolutions", (backend) => {
  const attrsOf = ({ strides, pad, dilations = [1, 1] }: ConvCase) => ({
    strides,
    pad,
    dilations,
    dataFormat: "NHWC",
  });

  async function expectAll(
    conv: ConvCase,
    operands: Operands,
    tolerance: number,
    where: string,
  ): Promise<void> {
    const { x, filter, dy, bias } = operands;
    const attrs = attrsOf(conv);
    const options = (what: string) => ({ tolerance, where: `${what} of ${where}` });
    const forward = await callKernel(backend, conv2D, { inputs: { x, filter }, attrs });
    expectSums(forward![0]!.values, convolve(conv, x, filter), options("y"));
    const fused = await callKernel(backend, fusedConv2D, {
      inputs: { x, filter, bias },
      attrs: { ...attrs, activation: "linear" },
    });
    expectSums(fused![0]!.values, convolve(conv, x, filter, bias), options("y with bias"));
    const filterAttrs = { ...attrs, filterShape: conv.filterShape };
    const dFilter = await callKernel(backend, conv2DBackpropFilter, {
      inputs: { x, dy },
      attrs: filterAttrs,
    });
    expectSums(dFilter![0]!.values, filterGradient(conv, x, dy), options("dFilter"));
    const inputAttrs = { ...attrs, inputShape: conv.xShape };
    const dx = await callKernel(backend, conv2DBackpropInput, { inputs: { dy, filter }, attrs: inputAttrs });
    expectSums(dx![0]!.values, inputGradient(conv, dy, filter), options("dx"));
    for (const [received, shape] of [
      [forward, outputShape(conv)],
      [fused, outputShape(conv)],
      [dFilter, conv.filterShape],
      [dx, conv.xShape],
    ] as const) {
      expect(received![0]!.shape).toEqual(shape);
    }
  }

  it.each(CASES.map((conv) => [nameOf(conv), conv] as const))(
    "are those of float64: %s",
    async (name, conv) => {
      await expectAll(conv, operandsOf(conv, Rng.fromSeed(testSeed)), 1e-5, name);
    },
  );

  it("are those of float64 for random shapes", async () => {
    for (let i = 0; i < 24; i++) {
      const rng = Rng.fromSeed(testSeed).split(i);
      const conv = randomConv(rng);
      await expectAll(conv, operandsOf(conv, rng), 1e-5, `${nameOf(conv)}, seed ${testSeed}, case ${i}`);
    }
  });
});
