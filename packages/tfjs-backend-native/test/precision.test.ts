import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  availableIsas,
  bf16Unit,
  bf16Units,
  getThreadCount,
  isaName,
  selectIsa,
  setPrecision,
  setThreadCount,
} from "../src/binding.js";
import { Bf16UnavailableError } from "../src/errors.js";
import { registerNativeBackend } from "../src/register-native-backend.js";

registerNativeBackend();
beforeAll(() => tf.setBackend("native"));

const before = { isa: isaName(), threads: getThreadCount() };
afterEach(() => {
  selectIsa(before.isa);
  setThreadCount(before.threads);
});

type Shape = {
  x: [number, number, number, number];
  filter: number[];
  stride?: number;
  pad?: "same" | "valid";
};

/** y, dx and dw of one convolution, whose operands are rounded to bfloat16 first if told so. */
function convolve({ x, filter, stride = 1, pad = "same" }: Shape, rounded = false): Float32Array[] {
  return tf.tidy(() => {
    const operand = (shape: number[], seed: number): tf.Tensor4D => {
      const values = tf.randomNormal(shape, 0, 1, "float32", seed).dataSync<"float32">();
      return tf.tensor4d(rounded ? values.map(toBf16) : values, shape as Shape["x"]);
    };
    const convolution = (...[xs, fs]: tf.Tensor[]): tf.Tensor =>
      tf.conv2d(xs as tf.Tensor4D, fs as tf.Tensor4D, stride, pad);
    const operands = [operand(x, 1), operand(filter, 2)];
    const y = convolution(...operands);
    return [y, ...tf.grads(convolution)(operands, operand(y.shape, 3))].map((t) => t.dataSync<"float32">());
  });
}

/** The nearest number with 8 significant bits, ties to even. */
function toBf16(value: number): number {
  const step = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 7);
  const steps = value / step;
  const floor = Math.floor(steps);
  const isUp = steps - floor > 0.5 || (steps - floor === 0.5 && floor % 2 !== 0);
  return value === 0 ? 0 : (floor + (isUp ? 1 : 0)) * step;
}

const PLAIN: Shape = { x: [5, 9, 7, 24], filter: [3, 3, 24, 40] };
const SHAPES: [string, Shape][] = [
  ["3×3", PLAIN],
  ["2×2, not padded", { x: [3, 6, 6, 16], filter: [2, 2, 16, 33], pad: "valid" }],
  ["1×1", { x: [2, 5, 5, 64], filter: [1, 1, 64, 16] }],
  ["one picture of one pixel", { x: [1, 1, 1, 32], filter: [3, 3, 32, 32] }],
];

it("says that there is no bfloat16 beside an instruction set that has none", () => {
  selectIsa(availableIsas().at(-1)!);
  expect(bf16Units()).toEqual([]);
  expect(() => setPrecision("bf16")).toThrow(Bf16UnavailableError);
  expect(() => setPrecision("bf16")).toThrow(/AMX or AVX512-BF16.* Use the precision f32\.$/);
  expect(bf16Unit()).toBeNull();
});

// Where the processor has none, the test above is all there is to say.
describe.each(bf16Units())("bfloat16 by %s", (unit) => {
  it.each(SHAPES)("multiplies rounded operands and sums in float32: %s", (_, shape) => {
    const expected = convolve(shape, true);
    setPrecision("bf16", unit);
    expect(bf16Unit()).toBe(unit);
    const received = convolve(shape);
    for (const [i, values] of received.entries()) {
      const largest = Math.max(...expected[i]!.map(Math.abs));
      for (const [at, value] of values.entries())
        expect(Math.abs(value - expected[i]![at]!)).toBeLessThan(1e-5 * largest);
    }
  });

  it.each([
    ["strided", { ...PLAIN, stride: 2 }],
    ["of three channels", { x: [2, 8, 8, 3], filter: [3, 3, 3, 32] }],
  ] satisfies [string, Shape][])("leaves a convolution that it does not take in float32: %s", (_, shape) => {
    const expected = convolve(shape);
    setPrecision("bf16", unit);
    expect(convolve(shape)).toEqual(expected);
  });

  it.each([1, 2, 3])("repeats bit for bit on %i threads, in other threads' company", (count) => {
    setThreadCount(count);
    setPrecision("bf16", unit);
    const first = convolve(PLAIN);
    for (let i = 0; i < 5; i++) expect(convolve(PLAIN)).toEqual(first);
  });

  it("gives a picture the same result in any batch", () => {
    setPrecision("bf16", unit);
    const pictures = tf.randomNormal<tf.Rank.R4>([6, 9, 9, 32], 0, 1, "float32", 1);
    const filter = tf.randomNormal<tf.Rank.R4>([3, 3, 32, 32], 0, 1, "float32", 2);
    const together = tf.conv2d(pictures, filter, 1, "same");
    for (let i = 0; i < 6; i++) {
      const alone = tf.conv2d(tf.slice(pictures, i, 1), filter, 1, "same");
      expect(alone.dataSync()).toEqual(tf.slice(together, i, 1).dataSync());
    }
  });

  it("ends when float32 is asked for, or another instruction set", () => {
    const expected = convolve(PLAIN);
    setPrecision("bf16", unit);
    expect(convolve(PLAIN)).not.toEqual(expected);
    setPrecision("f32");
    expect(convolve(PLAIN)).toEqual(expected);
    setPrecision("bf16", unit);
    selectIsa(before.isa);
    expect(bf16Unit()).toBeNull();
    expect(convolve(PLAIN)).toEqual(expected);
  });
});
