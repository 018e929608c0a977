import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { muonUpdate, orthogonalize } from "./muon-update.js";

const ATTRS = {
  learningRate: 0.1,
  momentum: 0.5,
  nesterov: true,
  weightDecay: 0,
  iterations: 1,
  normalize: false,
  depthwise: false,
};

/** What one iteration makes of a singular value. */
const quintic = (s: number) => 3.4445 * s - 4.775 * s ** 3 + 2.0315 * s ** 5;

async function expectClose(tensor: tf.Tensor, expected: number[]): Promise<void> {
  const values = [...(await tensor.data())];
  expect(values).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(values[i]).toBeCloseTo(value, 5));
}

describe("orthogonalize", () => {
  it("applies the quintic to the singular values, by hand", async () => {
    // ‖diag(3, 4)‖ = 5
    const matrix = tf.tensor2d([
      [3, 0],
      [0, 4],
    ]);
    await expectClose(orthogonalize(matrix, 1), [quintic(0.6), 0, 0, quintic(0.8)]);
    await expectClose(orthogonalize(matrix, 2), [quintic(quintic(0.6)), 0, 0, quintic(quintic(0.8))]);
  });

  it.each([
    [5, 3],
    [3, 5],
  ])("brings the singular values of a matrix of %i×%i near 1", async (rows, columns) => {
    const x = orthogonalize(tf.randomNormal([rows, columns], 0, 1, "float32", 3), 5);
    // Of eigenvalues of the smaller Gram matrix between 0.6² and 1.3², the trace lies between three times these.
    const gram: tf.Tensor2D = rows > columns ? tf.matMul(x, x, true, false) : tf.matMul(x, x, false, true);
    const values = await gram.array();
    const trace = values[0]![0]! + values[1]![1]! + values[2]![2]!;
    expect(trace).toBeGreaterThan(3 * 0.36);
    expect(trace).toBeLessThan(3 * 1.69);
    for (const [i, j] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      expect(Math.abs(values[i]![j]!)).toBeLessThan(0.5);
    }
  });

  it("is the same for a matrix and its transposed", async () => {
    const matrix = tf.randomNormal<tf.Rank.R2>([6, 4], 0, 1, "float32", 5);
    const direct = orthogonalize(matrix, 5);
    await expectClose(tf.transpose(orthogonalize(tf.transpose(matrix), 5)), [...(await direct.data())]);
  });
});

describe("muonUpdate", () => {
  // Two filters of 1×1 over two channels: the kernel [1, 1, 2, 2] as a matrix is diag(…).
  const kernel = (a: number, b: number) => tf.tensor4d([a, 0, 0, b], [1, 1, 2, 2]);

  it("orthogonalises the momentum that looks ahead, by hand", async () => {
    // velocity' = 0.5 · diag(2, 2) + diag(1, 2) = diag(2, 3); ahead = diag(1, 2) + velocity' / 2 = diag(2, 3.5)
    const inputs = { param: kernel(1, -1), grad: kernel(1, 2), velocity: kernel(2, 2) };
    const norm = Math.hypot(2, 3.5);
    const [param, velocity] = muonUpdate(inputs, ATTRS);
    await expectClose(velocity, [2, 0, 0, 3]);
    await expectClose(param, [1 - 0.1 * quintic(2 / norm), 0, 0, -1 - 0.1 * quintic(3.5 / norm)]);
    // Without Nesterov it is velocity' itself; and the decay shortens the weights by 0.1 · 0.5.
    const [decayed] = muonUpdate(inputs, { ...ATTRS, nesterov: false, weightDecay: 0.5 });
    const plain = Math.hypot(2, 3);
    await expectClose(decayed, [0.95 - 0.1 * quintic(2 / plain), 0, 0, -0.95 - 0.1 * quintic(3 / plain)]);
  });

  it("brings the weights to a norm of √filters first, and leaves zeros at 0", async () => {
    const inputs = { param: kernel(3, 4), grad: kernel(0, 0), velocity: kernel(0, 0) };
    const length = Math.SQRT2 / 5;
    const [param] = muonUpdate(inputs, { ...ATTRS, normalize: true, weightDecay: 0.5 });
    await expectClose(param, [3 * length, 0, 0, 4 * length]);
    const [zeros] = muonUpdate({ ...inputs, param: kernel(0, 0) }, { ...ATTRS, normalize: true });
    await expectClose(zeros, [0, 0, 0, 0]);
  });

  it("takes each filter of a depthwise kernel for itself", async () => {
    // [2, 1, 2, 1]: two filters of 2×1. As a matrix [2, 2], where one of a usual convolution would be [4, 1].
    const grad = tf.tensor4d([3, 0, 0, 4], [2, 1, 2, 1]);
    const inputs = { param: tf.zerosLike(grad), grad, velocity: tf.zerosLike(grad) };
    const [depthwise] = muonUpdate(inputs, { ...ATTRS, depthwise: true, learningRate: 1 });
    await expectClose(depthwise, [-quintic(0.6), 0, 0, -quintic(0.8)]);
    const [usual] = muonUpdate(inputs, { ...ATTRS, learningRate: 1 });
    await expectClose(usual, [-quintic(1) * 0.6, 0, 0, -quintic(1) * 0.8]);
  });

  it("leaves nothing behind but its outputs", () => {
    const inputs = { param: kernel(1, 2), grad: kernel(1, 2), velocity: kernel(0, 0) };
    const before = tf.memory().numTensors;
    tf.dispose(muonUpdate(inputs, { ...ATTRS, normalize: true }));
    expect(tf.memory().numTensors).toBe(before);
  });
});
