import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { conv2DBackpropFilter } from "../src/kernels/conv2d-backprop-filter.js";
import { conv2DBackpropInput } from "../src/kernels/conv2d-backprop-input.js";
import { callKernel, randomValues } from "./call-kernel.js";
import { testSeed } from "./env.js";
import { expectConvolution } from "./expect-convolution.js";
import type { ConvCase } from "./float64/convolution.js";
import { describeOnGpu } from "./open-backend.js";
import { nameOf, randomConv } from "./random-conv.js";

/** Chosen for what random ones seldom meet: sums that are shared, edges, phases without taps, dilations. */
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
  { xShape: [2, 9, 8, 4], filterShape: [3, 2, 4, 4], strides: [1, 1], pad: "same", dilations: [2, 3] },
];

/** These take the tiles that a GPU would, in which a thread loads several vec4s of an operand, of each operand in one of them. */
const CASES_OF_GPUS: ConvCase[] = [
  { xShape: [3, 9, 8, 8], filterShape: [3, 3, 8, 32], strides: [2, 2], pad: "same" },
  { xShape: [24, 1, 1, 32], filterShape: [3, 3, 32, 32], strides: [1, 1], pad: "same" },
];

await describeOnGpu("convolutions", (backend) => {
  it.each(CASES.map((conv) => [nameOf(conv), conv] as const))(
    "are those of float64: %s",
    async (where, conv) => {
      await expectConvolution(backend, conv, { rng: Rng.fromSeed(testSeed), where });
    },
  );

  it("are those of float64 for random shapes", async () => {
    for (let i = 0; i < 24; i++) {
      const rng = Rng.fromSeed(testSeed).split(i);
      const conv = randomConv(rng);
      const where = `${nameOf(conv)}, seed ${testSeed}, case ${i}`;
      await expectConvolution(backend, conv, { rng, where });
    }
  });

  it.each(CASES_OF_GPUS.map((conv) => [nameOf(conv), conv] as const))(
    "are those of float64 by tiles for GPUs: %s",
    async (where, conv) => {
      const { isSoftware } = backend;
      Object.assign(backend, { isSoftware: false });
      try {
        await expectConvolution(backend, conv, { rng: Rng.fromSeed(testSeed), where });
      } finally {
        Object.assign(backend, { isSoftware });
      }
    },
  );

  it("leave gradients of another shape than the output's to tfjs, which copes with them", async () => {
    const rng = Rng.fromSeed(testSeed);
    const [dy, filter, x] = [
      [1, 8, 8, 4],
      [3, 3, 4, 4],
      [1, 4, 4, 4],
    ].map((shape) => randomValues(rng, shape));
    const attrs = { strides: [1, 1], pad: "same", dataFormat: "NHWC" };
    const toInput = { inputs: { dy, filter }, attrs: { ...attrs, inputShape: x!.shape } };
    expect(await callKernel(backend, conv2DBackpropInput, toInput)).toBeNull();
    const toFilter = { inputs: { x, dy }, attrs: { ...attrs, filterShape: filter!.shape } };
    expect(await callKernel(backend, conv2DBackpropFilter, toFilter)).toBeNull();
  });
});
