import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { registerNativeBackend } from "../src/register-native-backend.js";

registerNativeBackend();
beforeAll(async () => void (await tf.setBackend("native")));
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

type Shape4 = [number, number, number, number];

function conv(x: Shape4, filter: Shape4, pad: "same" | "valid" | number = "valid"): tf.Tensor {
  return tf.conv2d(tf.ones<tf.Rank.R4>(x), tf.ones<tf.Rank.R4>(filter), 1, pad);
}

function runKernel(name: string, inputs: object, attrs: object): tf.Tensor {
  return tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attrs as never);
}

describe("nothing to compute", () => {
  it.each<[string, () => tf.Tensor, number[]]>([
    ["no filters", () => conv([1, 4, 4, 3], [3, 3, 3, 0]), [1, 2, 2, 0]],
    ["no pictures", () => conv([0, 4, 4, 3], [3, 3, 3, 8]), [0, 2, 2, 8]],
    ["an image of no height", () => conv([1, 0, 4, 3], [1, 1, 3, 8], "same"), [1, 0, 4, 8]],
    ["a filter one larger than the image", () => conv([1, 3, 3, 1], [4, 4, 1, 2]), [1, 0, 0, 2]],
    ["a product without rows", () => tf.matMul(tf.ones([0, 3]), tf.ones([3, 4])), [0, 4]],
    ["an empty batch", () => tf.matMul(tf.ones([0, 2, 3]), tf.ones([0, 3, 4])), [0, 2, 4]],
    ["an empty reshape", () => tf.reshape(tf.ones([0, 3]), [3, 0]), [3, 0]],
  ])("%s gives an empty tensor", (_, compute, shape) => {
    const result = compute();
    expect(result.shape).toEqual(shape);
    expect(result.dataSync().length).toBe(0);
  });

  it.each<[string, () => tf.Tensor]>([
    ["no input channels", () => conv([1, 4, 4, 0], [3, 3, 0, 2])],
    ["a filter of no size", () => conv([1, 4, 4, 3], [0, 0, 3, 2])],
    ["an inner dimension of 0", () => tf.matMul(tf.ones([3, 0]), tf.ones([0, 4]))],
    [
      "the gradient of no filters",
      () => tf.grad((x) => tf.conv2d(x as tf.Tensor4D, tf.ones([3, 3, 2, 0]), 1, 1))(tf.ones([1, 3, 3, 2])),
    ],
    [
      "the gradient of no pictures",
      () =>
        tf.grad((f) => tf.conv2d(tf.ones<tf.Rank.R4>([0, 3, 3, 2]), f as tf.Tensor4D, 1, 1))(
          tf.ones([3, 3, 2, 4]),
        ),
    ],
  ])("%s gives zeros", (_, compute) => {
    const values = compute().dataSync();
    expect(values.length).toBeGreaterThan(0);
    expect(values.every((value) => value === 0)).toBe(true);
  });

  it("a batch of no rows has no statistics", () => {
    const attrs = { epsilon: 1e-3, activation: "linear" };
    const run = (x: tf.Tensor): tf.Tensor[] =>
      runKernel("BatchNormTraining", { x }, attrs) as unknown as tf.Tensor[];
    const [y, mean] = run(tf.ones([0, 5])) as [tf.Tensor, tf.Tensor];
    expect(y.shape).toEqual([0, 5]);
    expect([...mean.dataSync()]).toEqual([NaN, NaN, NaN, NaN, NaN]);
    expect(run(tf.ones([5, 0])).map(({ shape }) => shape)).toEqual([[5, 0], [0], [0]]);
  });
});

describe("shapes that do not fit are tfjs's errors", () => {
  const nhwc = { strides: 1, pad: "valid", dataFormat: "NHWC", dilations: 1 };
  const ones = (...shape: number[]): tf.Tensor => tf.ones(shape);
  it.each<[string, () => unknown, RegExp]>([
    ["a filter larger than the image in one direction", () => conv([1, 2, 9, 1], [5, 5, 1, 1]), /must fit/],
    ["a filter larger than the image in both", () => conv([1, 2, 2, 1], [5, 5, 1, 1]), /must fit/],
    [
      "another depth, through the op",
      () => conv([1, 4, 4, 3], [3, 3, 2, 1]),
      /depth of input \(3\) must match/,
    ],
    [
      "another depth, to the kernel",
      () => runKernel("Conv2D", { x: ones(1, 4, 4, 64), filter: ones(3, 3, 2, 1) }, nhwc),
      /depth of input \(64\) must match/,
    ],
    [
      "another rank",
      () => runKernel("Conv2D", { x: ones(4, 4, 3), filter: ones(3, 3, 3, 1) }, nhwc),
      /must be rank 4/,
    ],
    [
      "a stride of 0",
      () => runKernel("Conv2D", { x: ones(1, 4, 4, 1), filter: ones(3, 3, 1, 1) }, { ...nhwc, strides: 0 }),
      /larger than 0/,
    ],
    [
      "half a stride",
      () => runKernel("Conv2D", { x: ones(1, 4, 4, 1), filter: ones(3, 3, 1, 1) }, { ...nhwc, strides: 1.5 }),
      /int32/,
    ],
    ["a padding that no memory holds", () => conv([1, 4, 4, 1], [3, 3, 1, 1], 2 ** 22), /./],
    ["other inner dimensions", () => tf.matMul(ones(2, 3), ones(4, 2)), /inner shapes \(3\) and \(4\)/],
    [
      "batches that do not broadcast",
      () => tf.matMul(ones(2, 3, 3), ones(5, 3, 3)),
      /could not be broadcast|[Bb]roadcast/,
    ],
    [
      "a vector as a matrix",
      () => runKernel("BatchMatMul", { a: ones(3), b: ones(3) }, {}),
      /at least rank 2/,
    ],
    ["a reshape to more elements", () => tf.reshape(ones(2, 3), [7]), /7/],
    [
      "a scale of another width",
      () =>
        runKernel("BatchNormTraining", { x: ones(4, 3), scale: ones(2) }, { epsilon: 1, activation: "relu" }),
      /Expected one value per channel, shape \[3\]. Received: \[2\]/,
    ],
    [
      "a gradient of another shape",
      () =>
        runKernel(
          "BatchNormTrainingGrad",
          { dy: ones(4, 2), x: ones(4, 3), mean: ones(3), variance: ones(3) },
          { epsilon: 1, activation: "relu" },
        ),
      /must match/,
    ],
    [
      "an odd height where 2×2 windows are pooled",
      () => runKernel("BatchNormReluMaxPool", { x: ones(1, 3, 4, 2) }, { epsilon: 1 }),
      /even height and width. Received: \[1,3,4,2\]/,
    ],
    [
      "a gradient that is not of the pooled shape",
      () =>
        runKernel(
          "BatchNormReluMaxPoolGrad",
          { dy: ones(1, 4, 4, 2), x: ones(1, 4, 4, 2), mean: ones(2), variance: ones(2) },
          { epsilon: 1 },
        ),
      /must match/,
    ],
    [
      "half a stride of a depthwise convolution",
      () =>
        tf.depthwiseConv2d(
          tf.ones<tf.Rank.R4>([1, 4, 4, 2]),
          tf.ones<tf.Rank.R4>([2, 2, 2, 1]),
          1.5,
          "valid",
        ),
      /strideHeight 1.5, strideWidth 1.5/,
    ],
    [
      "half a stride of a pooling",
      () => tf.avgPool(tf.ones<tf.Rank.R4>([1, 4, 4, 2]), 2, 1.5, "valid"),
      /strideHeight 1.5/,
    ],
    [
      "half a stride of a pooling's gradient",
      () =>
        runKernel(
          "MaxPoolGrad",
          { dy: ones(1, 2, 2, 2), input: ones(1, 4, 4, 2), output: ones(1, 2, 2, 2) },
          { filterSize: 2, strides: 1.5, pad: "valid" },
        ),
      /strideHeight 1.5/,
    ],
    [
      "a dropout of more than everything",
      () => runKernel("StatelessDropout", { x: ones(4, 3) }, { rate: 2, seed: 1 }),
      /rate of at least 0 and below 1/,
    ],
    [
      "a step of AdamW before the first",
      () =>
        runKernel(
          "AdamWUpdate",
          { param: ones(3), grad: ones(3), firstMoment: ones(3), secondMoment: ones(3) },
          { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0, step: 0 },
        ),
      /steps to count from 1/,
    ],
    [
      "int32 where only native code exists",
      () =>
        runKernel("BatchNormTraining", { x: tf.ones([4, 3], "int32") }, { epsilon: 1, activation: "relu" }),
      /float32 tensors/,
    ],
    [
      "prelu without its weights",
      () =>
        runKernel(
          "FusedConv2D",
          { x: ones(1, 3, 3, 1), filter: ones(1, 1, 1, 1) },
          { ...nhwc, activation: "prelu" },
        ),
      /preluActivationWeights/,
    ],
  ])("%s", (_, compute, message) => {
    const before = tf.backend().numDataIds();
    const inputs = tf.memory().numTensors;
    expect(compute).toThrow(message);
    // What is left is the inputs, made inside the call.
    expect(tf.backend().numDataIds() - before).toBe(tf.memory().numTensors - inputs);
  });
});

describe("uploads that lie oddly in memory", () => {
  const count = 1 * 6 * 6 * 3;
  const values = Float32Array.from({ length: count }, (_, i) => i - 50);
  const filter = (): tf.Tensor4D => tf.ones([3, 3, 3, 5]);
  const convolve = (x: Float32Array): number[] => [
    ...tf.conv2d(tf.tensor4d(x, [1, 6, 6, 3]), filter(), 1, "same").dataSync(),
  ];
  const expected = (): number[] => convolve(values.slice());

  it.each([1, 2, 3, 5])("a subarray that starts %i elements in", (start) => {
    const whole = new Float32Array(count + 7);
    whole.set(values, start);
    expect(convolve(whole.subarray(start, start + count))).toEqual(expected());
  });

  it("bool from an odd byte", () => {
    const whole = Uint8Array.of(9, 1, 0, 1, 9);
    expect([...tf.cast(tf.tensor1d(whole.subarray(1, 4), "bool"), "float32").dataSync()]).toEqual([1, 0, 1]);
  });

  it("memory shared with other threads", () => {
    const shared = new Float32Array(new SharedArrayBuffer(count * 4));
    shared.set(values);
    expect(convolve(shared)).toEqual(expected());
  });

  it("memory that was sent away after the upload", () => {
    const mine = values.slice();
    const x = tf.tensor4d(mine, [1, 6, 6, 3]);
    structuredClone(mine, { transfer: [mine.buffer] });
    expect(() => tf.conv2d(x, filter(), 1, "same")).toThrow(/Received: 0 elements/);
    expect(() => tf.matMul(tf.reshape(x, [6, 18]), tf.ones([18, 2]))).toThrow(/Received: 0 elements/);
    const [statistics, before] = [tf.ones<tf.Rank.R1>([3]), tf.backend().numDataIds()];
    expect(() => tf.transpose(x, [0, 2, 1, 3])).toThrow(/Received: 0 elements/);
    expect(() => tf.slice(x, [0, 1, 1, 0], [1, 2, 2, 3])).toThrow(/Received: 0 elements/);
    expect(() => tf.concat([x, x], 1)).toThrow(/Received: 0 elements/);
    expect(() => tf.batchNorm(x, statistics, statistics)).toThrow(/Received: 0 elements/);
    expect(tf.backend().numDataIds()).toBe(before);
  });
});
