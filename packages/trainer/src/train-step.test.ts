import type { MixedLabels } from "@convkit/data";
import { OptimizerSpec, type GradientClippingSpec } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { createLoss } from "./loss.js";
import { weightsByName } from "./named-tensors.js";
import { createOptimizer } from "./optimizer.js";
import { trainStep, type StepMetrics } from "./train-step.js";

type DenseArgs = Parameters<typeof tf.layers.dense>[0];

interface StepCase {
  readonly mixed?: MixedLabels;
  readonly labels?: readonly [number, number];
  readonly classWeights?: number[] | null;
  readonly pictureWeights?: readonly [number, number];
  readonly clipping?: GradientClippingSpec;
  /** Pattern of weights that rest. */
  readonly resting?: string;
  readonly lossScale?: (pictures: number) => number;
}

/** One plain gradient step of rate 1 over two 1×1 pictures. */
async function stepOf(
  dense: Omit<DenseArgs, "units">,
  images: number[],
  {
    mixed,
    labels = [0, 0],
    classWeights = null,
    pictureWeights,
    clipping,
    resting,
    lossScale,
  }: StepCase = {},
) {
  const weights = tf.initializers.constant({ value: -3 });
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [1, 1, 1] }),
      tf.layers.dense({ name: "logits", units: 2, useBias: false, kernelInitializer: weights, ...dense }),
    ],
  });
  const groups = resting === undefined ? [] : [{ weights: resting, learningRate: 0 }];
  const spec = OptimizerSpec.parse({ name: "sgd", momentum: 0, nesterov: false, weightDecay: 0, groups });
  const optimizer = createOptimizer(spec, weightsByName(model, "trainable"));
  const batch = {
    images: Float32Array.from(images),
    shape: [2, 1, 1, 1],
    labels: Int32Array.from(labels),
    ids: ["a", "b"],
    ...(mixed && { mixed }),
    ...(pictureWeights && { weights: Float32Array.from(pictureWeights) }),
  } as const;
  const before = tf.memory().numTensors;
  const metrics: StepMetrics = await trainStep(model, batch, {
    optimizer,
    loss: createLoss({ name: "cross-entropy", labelSmoothing: 0, classWeights }),
    clipping,
    lossScale,
    learningRate: 1,
    step: 1,
  });
  expect(tf.memory().numTensors).toBe(before);
  const kernel = [...(await weightsByName(model).get("logits/kernel")!.data())];
  return { metrics, kernel };
}

describe("trainStep", () => {
  it("takes the same step, bit for bit, whatever power of two the loss is scaled by", async () => {
    const clipping: GradientClippingSpec = { name: "norm", limit: 0.25 };
    const plain = await stepOf({}, [0.3, -1.7], { clipping, labels: [0, 1] });
    expect(
      await stepOf({}, [0.3, -1.7], { clipping, labels: [0, 1], lossScale: (pictures) => pictures * 32_768 }),
    ).toEqual(plain);
  });

  it("takes one step down the cross-entropy", async () => {
    // Equal logits: softmax ½, so ∂loss/∂w = mean of x·(½ − target) = 2·(−½, ½) for x = 1 and 3.
    const { metrics, kernel } = await stepOf({}, [1, 3]);
    expect(metrics.loss).toBeCloseTo(Math.log(2), 6);
    expect(metrics.correct).toBe(2);
    expect(kernel[0]).toBeCloseTo(-3 + 1, 5);
    expect(kernel[1]).toBeCloseTo(-3 - 1, 5);
  });

  it("steps towards both labels of mixed pictures, and counts the larger share's", async () => {
    // Targets [¾, ¼]: ∂loss/∂w = 2·(½ − ¾, ½ − ¼).
    const mixedBy = (weight: number) =>
      stepOf({}, [1, 3], { mixed: { labels: Int32Array.of(1, 1), weight } });
    const { metrics, kernel } = await mixedBy(0.75);
    expect(metrics.loss).toBeCloseTo(Math.log(2), 6);
    expect(kernel[0]).toBeCloseTo(-3 + 0.5, 5);
    expect(kernel[1]).toBeCloseTo(-3 - 0.5, 5);
    // Of equal logits the first class is taken.
    expect(metrics.correct).toBe(2);
    expect((await mixedBy(0.5)).metrics.correct).toBe(2);
    expect((await mixedBy(0.25)).metrics.correct).toBe(0);
  });

  it("steps further for pictures of classes that weigh more", async () => {
    // ∂loss/∂w = (¾·1·(½ − 1) + ¼·3·½, …) = (0, 0) for x = 1 of class 0 and 3 of class 1.
    const { metrics, kernel } = await stepOf({}, [1, 3], { labels: [0, 1], classWeights: [3, 1] });
    expect(metrics).toMatchObject({ loss: expect.closeTo(Math.log(2), 6) as number, correct: 1 });
    for (const weight of kernel) expect(weight).toBeCloseTo(-3, 5);
    const [first] = (await stepOf({}, [1, 3], { labels: [0, 1] })).kernel;
    expect(first).toBeCloseTo(-3 - 0.5, 5);
  });

  it("steps further for pictures that weigh more themselves, whatever their scale", async () => {
    // As with weights of classes: the batch's say the same of its pictures.
    for (const pictureWeights of [
      [3, 1],
      [0.75, 0.25],
    ] as const) {
      const { kernel } = await stepOf({}, [1, 3], { labels: [0, 1], pictureWeights });
      for (const weight of kernel) expect(weight).toBeCloseTo(-3, 5);
    }
    // Of the second picture alone, with x = 3 and class 1: ∂loss/∂w = 3·(½, −½).
    const { kernel } = await stepOf({}, [1, 3], { labels: [0, 1], pictureWeights: [0, 2] });
    expect(kernel[0]).toBeCloseTo(-3 - 1.5, 5);
    expect(kernel[1]).toBeCloseTo(-3 + 1.5, 5);
  });

  it("clips by the weights that move alone, and moves none where all rest", async () => {
    // The kernel's gradient is (−1, 1), of norm √2, the bias's (−½, ½): together √2.5.
    const clipping = { name: "global-norm", limit: Math.SQRT2 / 2 } as const;
    const { kernel } = await stepOf({ useBias: true }, [1, 3], { clipping, resting: "/bias$" });
    expect(kernel[0]).toBeCloseTo(-3 + 0.5, 5);
    expect(kernel[1]).toBeCloseTo(-3 - 0.5, 5);
    const withBias = await stepOf({ useBias: true }, [1, 3], { clipping });
    expect(withBias.kernel[0]).toBeCloseTo(-3 + Math.sqrt(0.5 / 2.5), 5);

    const resting = await stepOf({}, [1, 3], { clipping, resting: "." });
    expect(resting.kernel).toEqual([-3, -3]);
    expect(resting.metrics.loss).toBeCloseTo(Math.log(2), 6);
  });

  it("adds the penalties of the network's regularizers", async () => {
    // Black pictures: only the penalty 0.1·Σw² = 1.8 is left, with the gradient 0.2·w.
    const { metrics, kernel } = await stepOf({ kernelRegularizer: tf.regularizers.l2({ l2: 0.1 }) }, [0, 0]);
    expect(metrics.loss).toBeCloseTo(Math.log(2) + 1.8, 5);
    kernel.forEach((weight) => expect(weight).toBeCloseTo(-3 + 0.6, 5));
  });

  it("keeps weights within their constraints", async () => {
    const { kernel } = await stepOf({ kernelConstraint: tf.constraints.nonNeg() }, [1, 3]);
    expect(kernel.map(Math.abs)).toEqual([0, 0]);
  });
});
