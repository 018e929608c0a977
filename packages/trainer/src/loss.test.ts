import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { binaryCrossEntropy } from "./binary-cross-entropy.js";
import { oneHotTargets } from "./one-hot-targets.js";
import { crossEntropy } from "./cross-entropy.js";
import { focalLoss } from "./focal-loss.js";
import { createLoss, validationLossOf, type NumericLossSpec } from "./loss.js";

interface PeerCase {
  logits: number[][];
  loss: number;
  gradient: number[][];
}
interface Weighted {
  classWeights: number[] | null;
  sampleWeights: number[] | null;
}
/** What PyTorch makes of them: test/fixtures/peer-losses.py. */
const peer = JSON.parse(readFileSync(new URL("../test/fixtures/losses.json", import.meta.url), "utf8")) as {
  crossEntropy: (PeerCase & Weighted & { labels: number[]; labelSmoothing: number })[];
  soft: (PeerCase & { labels: number[][]; labelSmoothing: number; classWeights: number[] | null })[];
  focal: (PeerCase & Weighted & { labels: number[]; gamma: number })[];
  binary: (PeerCase & { targets: number[][]; sampleWeights: number[] | null })[];
};

const classesOf = (labels: number[]) => tf.tensor1d(labels, "int32");
const weightsOf = (weights: number[] | null) => (weights ? tf.tensor1d(weights) : undefined);

async function valueAndSlopes(loss: (logits: tf.Tensor2D) => tf.Scalar, logits: number[][]) {
  const { value, grad } = tf.valueAndGrad((z) => loss(z as tf.Tensor2D))(tf.tensor2d(logits));
  return { value: (await value.data())[0]!, slopes: (await grad.array()) as number[][] };
}

async function expectPeer(
  loss: (logits: tf.Tensor2D) => tf.Scalar,
  { logits, loss: expected, gradient }: PeerCase,
) {
  const { value, slopes } = await valueAndSlopes(loss, logits);
  expect(value).toBeCloseTo(expected, 4);
  slopes.forEach((row, i) => row.forEach((slope, j) => expect(slope).toBeCloseTo(gradient[i]![j]!, 5)));
}

describe("beside PyTorch", () => {
  it.each(peer.crossEntropy)("cross-entropy by weights of pictures and classes: case %#", async (one) => {
    const { labels, labelSmoothing, classWeights, sampleWeights } = one;
    const options = { labelSmoothing, classWeights, sampleWeights: weightsOf(sampleWeights) };
    await expectPeer((z) => crossEntropy(z, classesOf(labels), options), one);
  });

  it.each(peer.soft)("cross-entropy of soft labels: case %#", async (one) => {
    const { labels, labelSmoothing, classWeights } = one;
    await expectPeer((z) => crossEntropy(z, tf.tensor2d(labels), { labelSmoothing, classWeights }), one);
  });

  it.each(peer.focal)("focal loss: case %#, gamma $gamma", async (one) => {
    const { labels, gamma, classWeights, sampleWeights } = one;
    const options = { gamma, classWeights, sampleWeights: weightsOf(sampleWeights) };
    await expectPeer((z) => focalLoss(z, classesOf(labels), options), one);
  });

  it.each(peer.binary)("binary cross-entropy of several labels: case %#", async (one) => {
    const { targets, sampleWeights } = one;
    const options = { sampleWeights: weightsOf(sampleWeights) };
    await expectPeer((z) => binaryCrossEntropy(z, tf.tensor2d(targets), options), one);
  });
});

describe("focalLoss", () => {
  it("counts sure pictures less, by hand", async () => {
    // softmax of [ln 1, ln 3] is [¼, ¾]: (¼)²·ln(4/3) at the likelier label, (¾)²·ln 4 at the other.
    const logits = tf.tensor2d([[0, Math.log(3)]]);
    expect((await focalLoss(logits, classesOf([1])).data())[0]).toBeCloseTo(Math.log(4 / 3) / 16, 6);
    expect((await focalLoss(logits, classesOf([0])).data())[0]).toBeCloseTo((Math.log(4) * 9) / 16, 6);
  });

  it.each([0, 0.5, 1, 2])("stays finite where exp overflows, at a gamma of %f", async (gamma) => {
    const far = [
      [1e4, -1e4],
      [-1e4, 1e4],
    ];
    const right = await valueAndSlopes((z) => focalLoss(z, classesOf([0, 1]), { gamma }), far);
    expect(right.value).toBeCloseTo(0, 12);
    expect(right.slopes.flat().map(Math.abs)).toEqual([0, 0, 0, 0]);
    const wrong = await valueAndSlopes((z) => focalLoss(z, classesOf([1, 0]), { gamma }), far);
    expect(wrong.value).toBeCloseTo(2e4, 0);
    expect(wrong.slopes).toEqual([
      [0.5, -0.5],
      [-0.5, 0.5],
    ]);
  });
});

describe("binaryCrossEntropy", () => {
  it("is the mean over classes of how far each is off, by hand", async () => {
    // sigmoid(ln 3) = ¾: −ln ¾ where it is of the class, −ln ¼ where not.
    const logits = tf.tensor2d([[Math.log(3), Math.log(3)]]);
    const loss = binaryCrossEntropy(logits, tf.tensor2d([[1, 0]]));
    expect((await loss.data())[0]).toBeCloseTo(-(Math.log(0.75) + Math.log(0.25)) / 2, 6);
  });

  it("stays finite where exp overflows", async () => {
    const far = [[1e4, -1e4]];
    const right = await valueAndSlopes((z) => binaryCrossEntropy(z, tf.tensor2d([[1, 0]])), far);
    expect(right.value).toBe(0);
    expect(right.slopes.flat().map(Math.abs)).toEqual([0, 0]);
    const wrong = await valueAndSlopes((z) => binaryCrossEntropy(z, tf.tensor2d([[0, 1]])), far);
    expect(wrong.value).toBeCloseTo(1e4, 0);
    expect(wrong.slopes).toEqual([[0.5, -0.5]]);
  });

  it("spreads label smoothing as timm does", async () => {
    const targets = (await oneHotTargets(classesOf([2]), 4, 0.2).array())[0]!;
    [0.05, 0.05, 0.85, 0.05].forEach((target, i) => expect(targets[i]).toBeCloseTo(target, 6));
  });
});

const SPECS: readonly NumericLossSpec[] = [
  { name: "cross-entropy", labelSmoothing: 0.1, classWeights: [1, 2, 3] },
  { name: "focal", gamma: 2, classWeights: [1, 2, 3] },
  { name: "binary-cross-entropy", labelSmoothing: 0.1, classWeights: [1, 2, 3] },
];
const LOGITS = [
  [1, -2, 0.5],
  [0, 3, -1],
];

describe.each(SPECS)("the config's $name", (spec) => {
  it("of mixed labels is the mixture of two losses, whose gradients agree too", async () => {
    const loss = createLoss(spec);
    const sampleWeights = tf.tensor1d([2, 1]);
    const [labels, others] = [classesOf([0, 2]), classesOf([1, 0])];
    const mixed = { labels: others, weight: 0.7 };
    const whole = await valueAndSlopes((z) => loss(z, { labels, mixed, sampleWeights }), LOGITS);
    const own = await valueAndSlopes((z) => loss(z, { labels, sampleWeights }), LOGITS);
    const other = await valueAndSlopes((z) => loss(z, { labels: others, sampleWeights }), LOGITS);
    expect(whole.value).toBeCloseTo(0.7 * own.value + 0.3 * other.value, 5);
    whole.slopes
      .flat()
      .forEach((slope, i) =>
        expect(slope).toBeCloseTo(0.7 * own.slopes.flat()[i]! + 0.3 * other.slopes.flat()[i]!, 5),
      );
  });

  it("of mixed pictures is each picture's by its own weight, whichever it was mixed into", async () => {
    const loss = createLoss({ ...spec, classWeights: null });
    const at = async (row: number, label: number) =>
      (await loss(tf.tensor2d([LOGITS[row]!]), { labels: classesOf([label]) }).data())[0]!;
    // Of classes 0 and 2 and weights 3 and 0, mixed with each other: of the second nothing is learnt, in either place.
    const [weights, others] = [Float32Array.of(3, 0), Float32Array.of(0, 3)];
    const mixed = { labels: classesOf([2, 0]), sampleWeights: tf.tensor1d(others), weight: 0.75 };
    const target = { labels: classesOf([0, 2]), sampleWeights: tf.tensor1d(weights), mixed };
    const expected = 0.75 * (await at(0, 0)) + 0.25 * (await at(1, 0));
    expect((await loss(tf.tensor2d(LOGITS), target).data())[0]).toBeCloseTo(expected, 5);
    const batch = {
      labels: Int32Array.of(0, 2),
      weights,
      mixed: { labels: Int32Array.of(2, 0), weights: others, weight: 0.75 },
    };
    expect(loss.weightOf!(batch)).toBeCloseTo(3, 6);
    // Of classes that weigh 2 and 5: 0.75 · (2·3 + 5·0) + 0.25 · (5·0 + 2·3).
    expect(createLoss({ ...spec, classWeights: [2, 1, 5] }).weightOf!(batch)).toBeCloseTo(6, 6);
  });

  it("counts a picture by its class and by itself", async () => {
    const loss = createLoss(spec);
    const at = async (row: number, label: number) =>
      (await loss(tf.tensor2d([LOGITS[row]!]), { labels: classesOf([label]) }).data())[0]!;
    const both = loss(tf.tensor2d(LOGITS), { labels: classesOf([0, 2]), sampleWeights: tf.tensor1d([6, 1]) });
    // 6·1 beside 1·3.
    expect((await both.data())[0]).toBeCloseTo((2 * (await at(0, 0)) + (await at(1, 2))) / 3, 5);
  });

  it("learns nothing from a batch that weighs nothing, and leaves only its result behind", async () => {
    const loss = createLoss(spec);
    const [logits, labels] = [tf.tensor2d(LOGITS), classesOf([0, 1])];
    const target = { labels, sampleWeights: tf.tensor1d([0, 0]), mixed: { labels, weight: 0.5 } };
    const before = tf.memory().numTensors;
    const value = loss(logits, target);
    const gradient = tf.grad((z) => loss(z as tf.Tensor2D, target))(logits);
    expect(tf.memory().numTensors).toBe(before + 2);
    expect([...(await value.data()), ...(await gradient.data())].map(Math.abs)).toEqual([
      0, 0, 0, 0, 0, 0, 0,
    ]);
  });
});

it("validates by the loss without smoothing, weights and focus", async () => {
  const logits = tf.tensor2d([[0, Math.log(3)]]);
  const labels = classesOf([1]);
  const of = async (name: NumericLossSpec["name"]) =>
    (await validationLossOf({ name })(logits, { labels }).data())[0];
  expect(await of("cross-entropy")).toBeCloseTo(-Math.log(0.75), 6);
  expect(await of("focal")).toBeCloseTo(-Math.log(0.75), 6);
  // Not of class 0, at a sigmoid of ½; of class 1, at one of ¾.
  expect(await of("binary-cross-entropy")).toBeCloseTo(-(Math.log(0.5) + Math.log(0.75)) / 2, 6);
});
