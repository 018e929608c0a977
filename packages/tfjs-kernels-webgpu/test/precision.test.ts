import { Rng } from "@convkit/random";
import { afterEach, expect, it } from "vitest";
import { F16UnavailableError } from "../src/index.js";
import type { GpuKernel } from "../src/kernel.js";
import { conv2D } from "../src/kernels/conv2d.js";
import { conv2DBackpropFilter } from "../src/kernels/conv2d-backprop-filter.js";
import { conv2DBackpropInput } from "../src/kernels/conv2d-backprop-input.js";
import { batchMatMul } from "../src/kernels/mat-mul.js";
import { callKernel, type KernelTestCall, randomValues } from "./call-kernel.js";
import { testSeed } from "./env.js";
import {
  type ConvCase,
  convolve,
  filterGradient,
  inputGradient,
  outputShape,
} from "./float64/convolution.js";
import { multiply } from "./float64/mat-mul.js";
import { expectSums, type TermSums } from "./float64/term-sums.js";
import { describeOnGpu, openBackend } from "./open-backend.js";

const CONV: ConvCase = { xShape: [2, 7, 6, 12], filterShape: [3, 3, 12, 20], strides: [2, 2], pad: "same" };

const rng = Rng.fromSeed(testSeed);
const x = randomValues(rng.split("x"), CONV.xShape);
const filter = randomValues(rng.split("filter"), CONV.filterShape);
const dy = randomValues(rng.split("dy"), outputShape(CONV));
const [a, b] = [randomValues(rng.split("a"), [9, 300]), randomValues(rng.split("b"), [300, 8])];

const convAttrs = { strides: CONV.strides, pad: CONV.pad, dilations: 1, dataFormat: "NHWC" };
const CASES: [GpuKernel, KernelTestCall, TermSums][] = [
  [conv2D, { inputs: { x, filter }, attrs: convAttrs }, convolve(CONV, x, filter)],
  [
    conv2DBackpropFilter,
    { inputs: { x, dy }, attrs: { ...convAttrs, filterShape: CONV.filterShape } },
    filterGradient(CONV, x, dy),
  ],
  [
    conv2DBackpropInput,
    { inputs: { dy, filter }, attrs: { ...convAttrs, inputShape: CONV.xShape } },
    inputGradient(CONV, dy, filter),
  ],
  [
    batchMatMul,
    { inputs: { a, b }, attrs: { transposeA: false, transposeB: false } },
    multiply({ m: 9, n: 8, k: 300 }, a, b),
  ],
];

await describeOnGpu("precision", (backend) => {
  afterEach(() => {
    backend.precision = "f32";
  });

  it.skipIf(!backend.device.features.has("shader-f16")).each(CASES)(
    "f16 rounds operands and sums in float32: $kernelName",
    async (kernel, call, sums) => {
      const where = kernel.kernelName;
      const exact = await callKernel(backend, kernel, call);
      expectSums(exact![0]!.values, sums, { where });
      backend.precision = "f16";
      const rounded = (await callKernel(backend, kernel, call))![0]!.values;
      expectSums(rounded, sums, { tolerance: 1e-2, where });
      expect(() => expectSums(rounded, sums, { where })).toThrow("Expected");
    },
  );

  it.skipIf(!backend.device.features.has("shader-f16"))(
    "f16 clamps what is too large for it, and keeps what is infinite or no number",
    async () => {
      backend.precision = "f16";
      const left = { shape: [5, 1], values: Float32Array.of(1e6, -1e30, Infinity, NaN, 65_504) };
      const inputs = { a: left, b: { shape: [1, 1], values: Float32Array.of(1) } };
      const attrs = { transposeA: false, transposeB: false };
      const [product] = (await callKernel(backend, batchMatMul, { inputs, attrs }))!;
      expect([...product!.values]).toEqual([65_504, -65_504, Infinity, NaN, 65_504]);
    },
  );

  it("f16 is refused without the device's feature", async () => {
    const plain = (await openBackend({ features: [] }))!;
    expect(() => (plain.precision = "f16")).toThrow(F16UnavailableError);
    expect(plain.precision).toBe("f32");
  });
});
