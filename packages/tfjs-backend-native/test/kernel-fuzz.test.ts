import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { nativeKernels } from "../src/kernels/index.js";
import { kernelCounters, resetKernelCounters } from "../src/kernel-counters.js";
import { registerNativeBackend } from "../src/register-native-backend.js";
import { between, oneOf } from "./differential/op-case.js";
import { testSeed } from "./env.js";

registerNativeBackend();
beforeAll(async () => void (await tf.setBackend("native")));

const CALLS_PER_KERNEL = 120;
const DTYPES = ["float32", "float32", "float32", "float32", "float32", "int32", "bool"] as const;

/** The ops check what they pass on; whoever calls a kernel through the engine can pass anything. */
const INPUT_NAMES = [
  ...["x", "a", "b", "dy", "y", "filter", "bias", "preluActivationWeights", "input", "images", "indices"],
  ...["logits", "condition", "t", "e", "mean", "variance", "scale", "offset", "alpha"],
  ...["param", "grad", "velocity", "firstMoment", "secondMoment", "meanSquare", "average", "0", "1", "2"],
];

const PER_CHANNEL = ["bias", "preluActivationWeights", "mean", "variance", "scale", "offset"];

function shape(rng: Rng, rank: number): number[] {
  return Array.from({ length: rank }, () => oneOf(rng, [0, 1, 1, 2, 3, 4, 5, 8, 17]));
}

/** Every attribute a native kernel knows, sensible or not. */
function attributes(rng: Rng): Record<string, unknown> {
  const number = (): number => oneOf(rng, [0, 1, 2, 3, -1, -2, 7, 1.5, NaN, 100]);
  const pair = (): unknown => oneOf(rng, [1, 1, 2, number(), [number(), number()], [1, 2]]);
  const numbers = (): number[] => Array.from({ length: rng.int(6) }, number);
  const axes = (): unknown => oneOf(rng, [numbers(), rng.int(4), -1, undefined]);
  return {
    strides: pair(),
    dilations: oneOf(rng, [1, 1, pair()]),
    filterSize: pair(),
    pad: oneOf(rng, [
      "same",
      "valid",
      number(),
      [
        [0, 0],
        [number(), 1],
        [0, number()],
        [0, 0],
      ],
    ]),
    dataFormat: oneOf(rng, ["NHWC", "NHWC", "NHWC", "NCHW"]),
    dimRoundingMode: oneOf(rng, [undefined, "floor", "ceil"]),
    activation: oneOf(rng, ["linear", "relu", "relu6", "elu", "leakyrelu", "sigmoid", "prelu"]),
    inputShape: shape(rng, 4),
    filterShape: shape(rng, 4),
    shape: oneOf(rng, [[-1], shape(rng, 3), numbers()]),
    transposeA: rng.bernoulli(0.5),
    transposeB: rng.bernoulli(0.5),
    axis: axes(),
    reductionIndices: axes(),
    dim: oneOf(rng, [-1, number()]),
    keepDims: rng.bernoulli(0.5),
    dims: axes(),
    reps: oneOf(rng, [numbers(), Array.from({ length: 4 }, () => rng.int(4))]),
    perm: oneOf(rng, [numbers(), rng.shuffle([0, 1, 2, 3])]),
    paddings: Array.from({ length: rng.int(6) }, () => [rng.int(3), number() % 100]),
    constantValue: number(),
    begin: oneOf(rng, [number(), numbers()]),
    size: oneOf(rng, [number(), numbers(), [2, 3]]),
    depth: number() % 1000,
    onValue: number(),
    offValue: number(),
    dtype: oneOf(rng, DTYPES),
    alignCorners: rng.bernoulli(0.5),
    halfPixelCenters: rng.bernoulli(0.5),
    epsilon: number(),
    varianceEpsilon: number(),
    alpha: number(),
    rate: number(),
    seed: number(),
    learningRate: number(),
    momentum: number(),
    nesterov: rng.bernoulli(0.5),
    coupled: rng.bernoulli(0.5),
    smoothing: number(),
    weightDecay: number(),
    beta1: number(),
    beta2: number(),
    step: number(),
    numOrSizeSplits: oneOf(rng, [1, 2, 3, number(), numbers()]),
  };
}

function inputs(rng: Rng, kernelName: string): tf.NamedTensorMap {
  const dtype = rng.bernoulli(0.8) ? "float32" : oneOf(rng, DTYPES);
  const rank = oneOf(rng, [4, 4, 4, 4, 2, between(rng, 0, 6)]);
  const one = shape(rng, rank);
  const any = (): number[] =>
    oneOf(rng, [one, one, one.map((size) => Math.max(1, size - 1)), shape(rng, rank), shape(rng, 1)]);
  const sizeOf = (name: string): number[] =>
    PER_CHANNEL.includes(name) && rng.bernoulli(0.8) ? one.slice(-1) : any();
  const listed = kernelName === tf.Concat || kernelName === tf.AddN;
  // By chance a pooled gradient hardly ever fits; 2×2 windows need even sides too.
  const [images, height, width, channels] = rank === 4 ? one : [0, 0, 0, 0];
  const isPooled = kernelName.includes("BatchNormReluMaxPool") && rng.bernoulli(0.8);
  const pooled = { dy: one, x: [images, height! * 2, width! * 2, channels] } as Record<string, number[]>;
  const names = INPUT_NAMES.filter((name) => listed === /^\d$/.test(name));
  return Object.fromEntries(
    names.map((name) => [name, tf.ones((isPooled && pooled[name]) || sizeOf(name), dtype)]),
  );
}

describe("a kernel called with anything at all", () => {
  it.each(nativeKernels.map(({ kernelName }) => kernelName))("%s returns or throws", (kernelName) => {
    let returned = 0;
    for (let i = 0; i < CALLS_PER_KERNEL; i++) {
      const rng = Rng.fromSeed(testSeed).split(kernelName).split(i);
      const context = `${kernelName} #${i}, CONVKIT_TEST_SEED=${testSeed}`;
      const before = tf.backend().numDataIds();
      resetKernelCounters();
      tf.engine().startScope();
      try {
        tf.engine().runKernel(kernelName, inputs(rng, kernelName), attributes(rng) as never);
        returned++;
      } catch (error) {
        expect(error, context).toBeInstanceOf(Error);
      }
      tf.engine().endScope();
      // Kernels copied from `cpu` leave their intermediate tensors behind when they throw.
      const copied = Object.values(kernelCounters()).some((count) => Object.keys(count.copied).length > 0);
      if (!copied) expect(tf.backend().numDataIds(), `${context}: what it left behind`).toBe(before);
    }
    expect(returned, "calls that made sense after all").toBeGreaterThan(0);
  });
});
