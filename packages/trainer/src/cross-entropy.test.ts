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

async function lossOf(logits: number[][], labels: number[], labelSmoothing = 0): Promise<number> {
  return (
    await crossEntropy(tf.tensor2d(logits), tf.tensor1d(labels, "int32"), { labelSmoothing }).data()
  )[0]!;
}

async function gradientOf(logits: number[][], labels: number[], labelSmoothing = 0): Promise<number[][]> {
  const target = tf.tensor1d(labels, "int32");
  const gradient = tf.grad((z) => crossEntropy(z as tf.Tensor2D, target, { labelSmoothing }));
  return (await gradient(tf.tensor2d(logits)).array()) as number[][];
}

describe("crossEntropy", () => {
  it("is −log softmax at the label, averaged over the batch", async () => {
    // softmax of [ln 1, ln 3] is [¼, ¾].
    const row = [0, Math.log(3)];
    expect(await lossOf([row], [1])).toBeCloseTo(-Math.log(0.75), 6);
    expect(await lossOf([row, row], [1, 0])).toBeCloseTo((-Math.log(0.75) - Math.log(0.25)) / 2, 6);
  });

  it("spreads labelSmoothing evenly over all classes", async () => {
    // ε = 0.2, C = 2: targets 0.1 and 0.9.
    const expected = -(0.1 * Math.log(0.25) + 0.9 * Math.log(0.75));
    expect(await lossOf([[0, Math.log(3)]], [1], 0.2)).toBeCloseTo(expected, 6);
  });

  it("has the gradient (softmax − target) / N", async () => {
    const gradient = await gradientOf(
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

  it("scales the gradient by what comes from above", async () => {
    const labels = tf.tensor1d([1], "int32");
    const threefold = tf.grad((z) => tf.mul(crossEntropy(z as tf.Tensor2D, labels), 3));
    const [row] = (await threefold(tf.tensor2d([[0, Math.log(3)]])).array()) as number[][];
    expect(row![0]).toBeCloseTo(0.75, 6);
    expect(row![1]).toBeCloseTo(-0.75, 6);
  });

  it.each([0, 0.1])(
    "of mixed labels is the weighted sum of two, at a label smoothing of %f",
    async (labelSmoothing) => {
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
      expect((await whole(logits).data())[0]).toBeCloseTo((await inParts(logits).data())[0]!, 6);
      const gradients = await Promise.all(
        [whole, inParts].map(
          async (loss) =>
            await tf
              .grad((z) => loss(z as tf.Tensor2D))(logits)
              .data(),
        ),
      );
      gradients[0]!.forEach((value, i) => expect(value).toBeCloseTo(gradients[1]![i]!, 6));
    },
  );

  it("of labels mixed by a half has the gradient (softmax − target) / N", async () => {
    const mixed = { labels: tf.tensor1d([0], "int32"), weight: 0.5 };
    const labels = tf.tensor1d([1], "int32");
    const gradient = tf.grad((z) => crossEntropy(z as tf.Tensor2D, labels, { mixed }));
    // softmax of [ln 1, ln 3] is [¼, ¾], the target [½, ½].
    const [a, b] = await gradient(tf.tensor2d([[0, Math.log(3)]])).data();
    expect(a).toBeCloseTo(-0.25, 6);
    expect(b).toBeCloseTo(0.25, 6);
  });

  it("stays finite where exp overflows", async () => {
    expect(await lossOf([[1e4, -1e4]], [0])).toBeCloseTo(0, 12);
    expect(await lossOf([[1e4, -1e4]], [1])).toBeCloseTo(2e4, 0);
    expect(await gradientOf([[1e30, -1e30]], [1])).toEqual([[1, -1]]);
  });

  it("agrees with finite differences", async () => {
    const epsilon = 1e-2;
    const logit = fc.double({ min: -3, max: 3, noNaN: true });
    const problem = fc.record({
      logits: fc.array(fc.tuple(logit, logit, logit, logit), { minLength: 1, maxLength: 3 }),
      label: fc.nat(3),
      labelSmoothing: fc.constantFrom(0, 0.1, 0.5),
    });
    await fc.assert(
      fc.asyncProperty(problem, async ({ logits, label, labelSmoothing }) => {
        const labels = logits.map((_, i) => (label + i) % 4);
        const gradient = await gradientOf(logits, labels, labelSmoothing);
        const moved = async (delta: number) =>
          await lossOf(
            [[logits[0]![0] + delta, ...logits[0]!.slice(1)], ...logits.slice(1)],
            labels,
            labelSmoothing,
          );
        expect(gradient[0]![0]).toBeCloseTo(
          ((await moved(epsilon)) - (await moved(-epsilon))) / (2 * epsilon),
          3,
        );
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
    async ({ logits, labels, labelSmoothing, mixed, classWeights, loss, gradient }) => {
      const options = {
        labelSmoothing,
        classWeights,
        mixed: mixed ? { labels: tf.tensor1d(mixed.labels, "int32"), weight: mixed.weight } : undefined,
      };
      const target = tf.tensor1d(labels, "int32");
      const { value, grad } = tf.valueAndGrad((z) => crossEntropy(z as tf.Tensor2D, target, options))(
        tf.tensor2d(logits),
      );
      expect((await value.data())[0]).toBeCloseTo(loss, 5);
      ((await grad.array()) as number[][]).forEach((row, i) =>
        row.forEach((slope, j) => expect(slope).toBeCloseTo(gradient[i]![j]!, 5)),
      );
    },
  );

  it("is the mean by the labels' weights, whatever their scale", async () => {
    // softmax of [ln 1, ln 3] is [¼, ¾].
    const logits = tf.tensor2d([
      [0, Math.log(3)],
      [0, Math.log(3)],
    ]);
    const labels = tf.tensor1d([0, 1], "int32");
    const expected = -(3 * Math.log(0.25) + Math.log(0.75)) / 4;
    for (const scale of [1, 1e-3, 1e3]) {
      const loss = crossEntropy(logits, labels, { classWeights: [3 * scale, scale] });
      expect((await loss.data())[0]).toBeCloseTo(expected, 5);
    }
    const alike = crossEntropy(logits, labels, { labelSmoothing: 0.2, classWeights: [1, 1] });
    const plain = crossEntropy(logits, labels, { labelSmoothing: 0.2 });
    expect((await alike.data())[0]).toBeCloseTo((await plain.data())[0]!, 6);
  });

  it("learns nothing from a batch of classes that weigh nothing", async () => {
    const labels = tf.tensor1d([1], "int32");
    const options = { classWeights: [1, 0], labelSmoothing: 0.1 };
    const { value, grad } = tf.valueAndGrad((z) => crossEntropy(z as tf.Tensor2D, labels, options))(
      tf.tensor2d([[1, 2]]),
    );
    expect(Math.abs((await value.data())[0]!)).toBe(0);
    expect([...(await grad.data())].map(Math.abs)).toEqual([0, 0]);
  });

  it("leaves only its result behind", () => {
    const [logits, labels] = [tf.tensor2d([[1, 2]]), tf.tensor1d([0], "int32")];
    const before = tf.memory().numTensors;
    crossEntropy(logits, labels, { classWeights: [1, 2] }).dispose();
    tf.grad((z) => crossEntropy(z as tf.Tensor2D, labels, { classWeights: [1, 2] }))(logits).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

it("countCorrect counts the rows whose largest logit is at their label", async () => {
  const logits = tf.tensor2d([
    [0, 1, 2],
    [5, 1, 2],
    [0, 9, 2],
  ]);
  expect((await countCorrect(logits, tf.tensor1d([2, 1, 1], "int32")).data())[0]).toBe(2);
});

it.each([null, [1, 2, 4]])(
  "and its gradient are the formula's, with classes that weigh %j",
  async (classWeights) => {
    const values = [0.5, -1, 2, 3, 0, -2];
    const [own, other] = [
      [2, 0],
      [1, 1],
    ];
    const ofPictures = classWeights ? [1, 3] : [1, 1];
    const sampleWeights = classWeights ? tf.tensor1d(ofPictures) : undefined;
    const options = { labelSmoothing: 0.1, classWeights, sampleWeights };
    const mixed = { labels: tf.tensor1d(other, "int32"), weight: 0.75 };
    const logits = tf.tensor2d(values, [2, 3]);
    const { value, grad } = tf.valueAndGrad((z) =>
      crossEntropy(z as tf.Tensor2D, tf.tensor1d(own, "int32"), { ...options, mixed }),
    )(logits);

    const weightOf = (label: number) => classWeights?.[label] ?? 1;
    let expected = 0;
    const gradient = values.map(() => 0);
    for (const [labels, share] of [
      [own, 0.75],
      [other, 0.25],
    ] as const) {
      const total = labels.reduce((sum, label, row) => sum + ofPictures[row]! * weightOf(label), 0);
      labels.forEach((label, row) => {
        const exponentials = values.slice(3 * row, 3 * row + 3).map(Math.exp);
        const sum = exponentials.reduce((a, b) => a + b);
        const targets = [0, 1, 2].map(
          (c) => (share * ofPictures[row]! * weightOf(c) * ((c === label ? 0.9 : 0) + 0.1 / 3)) / total,
        );
        const ofRow = targets.reduce((a, b) => a + b);
        targets.forEach((target, c) => {
          expected -= target * Math.log(exponentials[c]! / sum);
          gradient[3 * row + c]! += (ofRow * exponentials[c]!) / sum - target;
        });
      });
    }
    expect((await value.data())[0]).toBeCloseTo(expected, 5);
    (await grad.data()).forEach((slope, i) => expect(slope).toBeCloseTo(gradient[i]!, 5));
  },
);
