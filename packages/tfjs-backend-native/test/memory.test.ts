import * as tf from "@tensorflow/tfjs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { registerNativeBackend } from "../src/register-native-backend.js";

registerNativeBackend();
beforeAll(async () => void (await tf.setBackend("native")));

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

type Weights = {
  filter: tf.Variable<tf.Rank.R4>;
  dense: tf.Variable<tf.Rank.R2>;
  bias: tf.Variable<tf.Rank.R1>;
};

/** Convolution, pooling and a dense layer, trained by SGD: native and copied kernels, gradients, assignments. */
function trainStep(weights: Weights, optimizer: tf.Optimizer, x: tf.Tensor4D, labels: tf.Tensor2D): void {
  tf.tidy(() => {
    const { value, grads } = tf.variableGrads(() => {
      const hidden = tf.relu(tf.conv2d(x, weights.filter, 1, "same"));
      const pooled = tf.reshape<tf.Rank.R2>(tf.maxPool(hidden, 2, 2, "valid"), [x.shape[0], -1]);
      return tf.losses.softmaxCrossEntropy(labels, tf.add(tf.matMul(pooled, weights.dense), weights.bias));
    });
    optimizer.applyGradients(grads);
    value.dataSync();
  });
}

function snapshot(): { numTensors: number; numBytes: number; numDataBuffers: number; numDataIds: number } {
  const { numTensors, numBytes, numDataBuffers } = tf.memory();
  return { numTensors, numBytes, numDataBuffers, numDataIds: tf.backend().numDataIds() };
}

function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** What the process holds outside JavaScript's heap, which grows and shrinks as it likes. */
function nativeBytes(): number {
  collectGarbage();
  const { rss, heapTotal } = process.memoryUsage();
  return rss - heapTotal;
}

describe("10,000 training steps", () => {
  it("leave no tensor behind and hold no more memory than a thousand do", () => {
    const weights: Weights = {
      filter: tf.variable(tf.randomNormal([3, 3, 2, 4], 0, 0.1, "float32", 1)),
      dense: tf.variable(tf.randomNormal([2 * 2 * 4, 3], 0, 0.1, "float32", 2)),
      bias: tf.variable(tf.zeros([3])),
    };
    const optimizer = tf.train.sgd(0.01);
    const x: tf.Tensor4D = tf.randomNormal([2, 4, 4, 2], 0, 1, "float32", 3);
    const labels = tf.oneHot(tf.tensor1d([0, 2], "int32"), 3) as tf.Tensor2D;
    trainStep(weights, optimizer, x, labels);
    const before = snapshot();
    let early = 0;
    const native: number[] = [];
    for (let step = 1; step <= 10_000; step++) {
      trainStep(weights, optimizer, x, labels);
      if (step === 1000) early = heldBytes();
      if (step % 3000 === 1000) native.push(nativeBytes());
    }
    expect(snapshot()).toEqual(before);
    expect(heldBytes() - early).toBeLessThan(2 ** 20);
    // A leak of a kilobyte a step in native code would be 2.9 MiB in each 3,000 steps; what an engine or an allocator takes
    // for itself, it takes at once and not in all of them.
    const growths = native.slice(1).map((bytes, i) => bytes - (native[i] as number));
    expect(growths).toHaveLength(3);
    expect(Math.min(...growths)).toBeLessThan(2.5 * 2 ** 20);
  });
});

describe("memory of another size at every step", () => {
  it("does not pile up", () => {
    const run = (side: number): void =>
      void tf.tidy(() => tf.matMul(tf.ones([side, 64]), tf.ones([64, side])));
    for (let side = 256; side < 768; side++) run(side);
    // The largest product takes 2.25 MiB; the pool may keep 32 MiB whatever the need.
    const { numBytesInPool } = tf.memory() as unknown as { numBytesInPool: number };
    expect(numBytesInPool).toBeLessThanOrEqual(32 * 2 ** 20);
  });
});
