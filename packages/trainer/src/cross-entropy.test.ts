import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countCorrect, crossEntropy } from "./cross-entropy.js";

/** What PyTorch makes of them: test/fixtures/peer-cross-entropy.py. */
const peer = JSON.parse(
  readFileSync(new URL("../test/fixtures/cross-entropy.json", import.meta.url), "utf8"),
) as {
  cases: {
    logits: number[][];
    labels: number[];
    labelSmoothing: number;
    mixed: { labels: number[]; weight: number } | null;
    classWeights: number[];
    loss: number;
    gradient: number[][];
  }[];
};

function lossOf(logits: number[][], labels: number[], labelSmoothing = 0): number {
  return crossEntropy(tf.tensor2d(logits), tf.tensor1d(labels, "int32"), { labelSmoothing }).dataSync()[0]!;
}

function gradientOf(logits: number[][], labels: number[], labelSmoothing = 0): number[][] {
  const target = tf.tensor1d(labels, "int32");
  const gradient = tf.grad((z) => crossEntropy(z as tf.Tensor2D, target, { labelSmoothing }));
  return gradient(tf.tensor2d(logits)).arraySync() as number[][];
}

describe("crossEntropy", () => {
  it("is −log softmax at the label, averaged over the batch", () => {
    // softmax of [ln 1, ln 3] is [¼, ¾].
    const row = [0, Math.log(3)];
    expect(lossOf([row], [1])).toBeCloseTo(-Math.log(0.75), 6);
    expect(lossOf([row, row], [1, 0])).toBeCloseTo((-Math.log(0.75) - Math.log(0.25)) / 2, 6);
  });

  it("spreads labelSmoothing evenly over all classes", () => {
    // ε = 0.2, C = 2: targets 0.1 and 0.9.
    const expected = -(0.1 * Math.log(0.25) + 0.9 * Math.log(0.75));
    expect(lossOf([[0, Math.log(3)]], [1], 0.2)).toBeCloseTo(expected, 6);
  });

  it("has the gradient (softmax − target) / N", () => {
    const gradient = gradientOf(
      [
        [0, Math.log(3)],
        [0, 0],
      ],
      [1, 0],
      0.2,
    );
    const expected = [
      [(0.25 - 0.1) / 2, (0.75 - 0.9) / 2],
      [(0.5 - 0.9) / 2, (0.5 - 0.1) / 2],
    ];
    expected.forEach((row, i) => row.forEach((value, j) => expect(gradient[i]![j]).toBeCloseTo(value, 6)));
  });

  it("scales the gradient by what comes from above", () => {
    const labels = tf.tensor1d([1], "int32");
    const threefold = tf.grad((z) => tf.mul(crossEntropy(z as tf.Tensor2D, labels), 3));
    const [row] = threefold(tf.tensor2d([[0, Math.log(3)]])).arraySync() as number[][];
    expect(row![0]).toBeCloseTo(0.75, 6);
    expect(row![1]).toBeCloseTo(-0.75, 6);
  });

  it.each([0, 0.1])(
    "of mixed labels is the weighted sum of two, at a label smoothing of %f",
    (labelSmoothing) => {
      const logits = tf.tensor2d([
        [0, Math.log(3), 1],
        [2, -1, 0.5],
      ]);
      const [own, other] = [tf.tensor1d([1, 0], "int32"), tf.tensor1d([0, 1], "int32")];
      const weight = 0.7;
      const whole = (z: tf.Tensor2D) =>
        crossEntropy(z, own, { labelSmoothing, mixed: { labels: other, weight } });
      const inParts = (z: tf.Tensor2D) =>
        tf.add(
          tf.mul(crossEntropy(z, own, { labelSmoothing }), weight),
          tf.mul(crossEntropy(z, other, { labelSmoothing }), 1 - weight),
        );
      expect(whole(logits).dataSync()[0]).toBeCloseTo(inParts(logits).dataSync()[0]!, 6);
      const gradients = [whole, inParts].map((loss) =>
        tf
          .grad((z) => loss(z as tf.Tensor2D))(logits)
          .dataSync(),
      );
      gradients[0]!.forEach((value, i) => expect(value).toBeCloseTo(gradients[1]![i]!, 6));
    },
  );

  it("of labels mixed by a half has the gradient (softmax − target) / N", () => {
    const mixed = { labels: tf.tensor1d([0], "int32"), weight: 0.5 };
    const labels = tf.tensor1d([1], "int32");
    const gradient = tf.grad((z) => crossEntropy(z as tf.Tensor2D, labels, { mixed }));
    // softmax of [ln 1, ln 3] is [¼, ¾], the target [½, ½].
    const [a, b] = gradient(tf.tensor2d([[0, Math.log(3)]])).dataSync();
    expect(a).toBeCloseTo(-0.25, 6);
    expect(b).toBeCloseTo(0.25, 6);
  });

  it("stays finite where exp overflows", () => {
    expect(lossOf([[1e4, -1e4]], [0])).toBeCloseTo(0, 12);
    expect(lossOf([[1e4, -1e4]], [1])).toBeCloseTo(2e4, 0);
    expect(gradientOf([[1e30, -1e30]], [1])).toEqual([[1, -1]]);
  });

  it("agrees with finite differences", () => {
    const epsilon = 1e-2;
    const logit = fc.double({ min: -3, max: 3, noNaN: true });
    const problem = fc.record({
      logits: fc.array(fc.tuple(logit, logit, logit, logit), { minLength: 1, maxLength: 3 }),
      label: fc.nat(3),
      labelSmoothing: fc.constantFrom(0, 0.1, 0.5),
    });
    fc.assert(
      fc.property(problem, ({ logits, label, labelSmoothing }) => {
        const labels = logits.map((_, i) => (label + i) % 4);
        const gradient = gradientOf(logits, labels, labelSmoothing);
        const moved = (delta: number) =>
          lossOf(
            [[logits[0]![0] + delta, ...logits[0]!.slice(1)], ...logits.slice(1)],
            labels,
            labelSmoothing,
          );
        expect(gradient[0]![0]).toBeCloseTo((moved(epsilon) - moved(-epsilon)) / (2 * epsilon), 3);
      }),
      { numRuns: 40 },
    );
  });

  it("leaves only its result behind", () => {
    const logits = tf.tensor2d([[1, 2]]);
    const labels = tf.tensor1d([0], "int32");
    const before = tf.memory().numTensors;
    crossEntropy(logits, labels).dispose();
    tf.grad((z) => crossEntropy(z as tf.Tensor2D, labels))(logits).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("with class weights", () => {
  it.each(peer.cases)(
    "is PyTorch's at a label smoothing of $labelSmoothing, of labels mixed by $mixed.weight",
    ({ logits, labels, labelSmoothing, mixed, classWeights, loss, gradient }) => {
      const options = {
        labelSmoothing,
        classWeights,
        mixed: mixed ? { labels: tf.tensor1d(mixed.labels, "int32"), weight: mixed.weight } : undefined,
      };
      const target = tf.tensor1d(labels, "int32");
      const { value, grad } = tf.valueAndGrad((z) => crossEntropy(z as tf.Tensor2D, target, options))(
        tf.tensor2d(logits),
      );
      expect(value.dataSync()[0]).toBeCloseTo(loss, 5);
      (grad.arraySync() as number[][]).forEach((row, i) =>
        row.forEach((slope, j) => expect(slope).toBeCloseTo(gradient[i]![j]!, 5)),
      );
    },
  );

  it("is the mean by the labels' weights, whatever their scale", () => {
    // softmax of [ln 1, ln 3] is [¼, ¾].
    const logits = tf.tensor2d([
      [0, Math.log(3)],
      [0, Math.log(3)],
    ]);
    const labels = tf.tensor1d([0, 1], "int32");
    const expected = -(3 * Math.log(0.25) + Math.log(0.75)) / 4;
    for (const scale of [1, 1e-3, 1e3]) {
      const loss = crossEntropy(logits, labels, { classWeights: [3 * scale, scale] });
      expect(loss.dataSync()[0]).toBeCloseTo(expected, 5);
    }
    const alike = crossEntropy(logits, labels, { labelSmoothing: 0.2, classWeights: [1, 1] });
    const plain = crossEntropy(logits, labels, { labelSmoothing: 0.2 });
    expect(alike.dataSync()[0]).toBeCloseTo(plain.dataSync()[0]!, 6);
  });

  it("learns nothing from a batch of classes that weigh nothing", () => {
    const labels = tf.tensor1d([1], "int32");
    const options = { classWeights: [1, 0], labelSmoothing: 0.1 };
    const { value, grad } = tf.valueAndGrad((z) => crossEntropy(z as tf.Tensor2D, labels, options))(
      tf.tensor2d([[1, 2]]),
    );
    expect(Math.abs(value.dataSync()[0]!)).toBe(0);
    expect([...grad.dataSync()].map(Math.abs)).toEqual([0, 0]);
  });

  it("leaves only its result behind", () => {
    const [logits, labels] = [tf.tensor2d([[1, 2]]), tf.tensor1d([0], "int32")];
    const before = tf.memory().numTensors;
    crossEntropy(logits, labels, { classWeights: [1, 2] }).dispose();
    tf.grad((z) => crossEntropy(z as tf.Tensor2D, labels, { classWeights: [1, 2] }))(logits).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

it("countCorrect counts the rows whose largest logit is at their label", () => {
  const logits = tf.tensor2d([
    [0, 1, 2],
    [5, 1, 2],
    [0, 9, 2],
  ]);
  expect(countCorrect(logits, tf.tensor1d([2, 1, 1], "int32")).dataSync()[0]).toBe(2);
});
