import type { Batch, Loader } from "@convkit/data";
import { Rng } from "@convkit/random";
import { LossSpec, OptimizerSpec, type TrainEventBody } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fit } from "./fit.js";
import { createLoss, type NumericLossSpec } from "./loss.js";
import { readVariables, weightsByName } from "./named-tensors.js";
import { createOptimizer } from "./optimizer.js";

const CLASSES = 3;

interface Pictures {
  /** Of 2 values each. */
  readonly values: readonly (readonly [number, number])[];
  readonly labels: readonly number[];
  /** null: all count alike. */
  readonly weights: readonly number[] | null;
}

/** The pictures in their order, so many a batch. */
function loaderOf({ values, labels, weights }: Pictures, batchSize: number): Loader {
  const stepsPerEpoch = Math.ceil(labels.length / batchSize);
  const batch = (step: number): Batch => {
    const [from, to] = [step * batchSize, (step + 1) * batchSize];
    const chosen = labels.slice(from, to);
    return {
      images: Float32Array.from(values.slice(from, to).flat()),
      shape: [chosen.length, 1, 2, 1],
      labels: Int32Array.from(chosen),
      ids: chosen.map((_, i) => String(from + i)),
      ...(weights && { weights: Float32Array.from(weights.slice(from, to)) }),
    };
  };
  return {
    stepsPerEpoch,
    imageShape: [1, 2, 1],
    async *epoch() {
      for (let step = 0; step < stepsPerEpoch; step++) yield batch(step);
    },
    close: async () => {},
  };
}

/** One plain step of rate 1, of so many batches. @returns the new weights, then the loss that the step is told with. */
async function stepOf(
  pictures: Pictures,
  { loss, accumulate }: { loss: NumericLossSpec; accumulate: number },
): Promise<number[]> {
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [1, 2, 1] }),
      tf.layers.dense({
        name: "logits",
        units: CLASSES,
        kernelInitializer: tf.initializers.heNormal({ seed: 1 }),
        kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }),
      }),
    ],
  });
  const spec = OptimizerSpec.parse({ name: "sgd", momentum: 0, nesterov: false, weightDecay: 0 });
  const optimizer = createOptimizer(spec, weightsByName(model, "trainable"));
  const events: TrainEventBody[] = [];
  await fit({
    ...{ model, optimizer, accumulate, epochs: 1, loss: createLoss(loss), rng: Rng.fromSeed(0) },
    loader: loaderOf(pictures, pictures.labels.length / accumulate),
    schedule: () => 1,
    emit: (event) => void events.push(event),
  });
  const steps = events.filter((event) => event.type === "step");
  expect(steps).toHaveLength(1);
  const weights = await readVariables(weightsByName(model));
  optimizer.dispose();
  model.dispose();
  return [...Object.values(weights).flatMap(({ data }) => [...data]), steps[0]!.logs["loss"]!];
}

const value = fc.double({ min: -2, max: 2, noNaN: true });
const positive = fc.double({ min: 0.1, max: 10, noNaN: true });
/** Of a class that is worth nothing, label smoothing would take something where a batch has others beside it, and only there. */
const classWeight = positive;
const pictureWeight = fc.oneof(fc.constant(0), positive);

const cases = fc
  .record({ accumulate: fc.integer({ min: 2, max: 4 }), size: fc.integer({ min: 1, max: 4 }) })
  .chain(({ accumulate, size }) => {
    const length = { minLength: accumulate * size, maxLength: accumulate * size };
    return fc.record({
      accumulate: fc.constant(accumulate),
      pictures: fc.record({
        values: fc.array(fc.tuple(value, value), length),
        labels: fc.array(fc.nat(CLASSES - 1), length),
        weights: fc.option(fc.array(pictureWeight, length)),
      }),
      classWeights: fc.option(fc.tuple(classWeight, classWeight, classWeight)),
    });
  });

describe("gathered gradients", () => {
  it.each([
    { name: "cross-entropy", labelSmoothing: 0.1 },
    { name: "focal", gamma: 2 },
    { name: "binary-cross-entropy" },
  ] as const)("of $name are those of one batch of all the pictures, whatever these weigh", async (spec) => {
    const property = fc.asyncProperty(cases, async ({ accumulate, pictures, classWeights }) => {
      const loss = { ...LossSpec.parse(spec), classWeights } as NumericLossSpec;
      const gathered = await stepOf(pictures, { loss, accumulate });
      const whole = await stepOf(pictures, { loss, accumulate: 1 });
      gathered.forEach((one, i) => expect(one).toBeCloseTo(whole[i]!, 4));
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it("weigh a batch by the classes of its pictures", async () => {
    // Two batches of one picture. Of the first, of class 0 with weight 3, the gradient of the bias is p − (1, 0, 0), of the
    // second, of class 1 with weight 1, it is p − (0, 1, 0): their mean is p − (¾, ¼, 0) with p = ⅓ each, as all is black.
    const pictures = {
      values: [
        [0, 0],
        [0, 0],
      ] as const,
      labels: [0, 1],
      weights: null,
    };
    const loss: NumericLossSpec = { name: "cross-entropy", labelSmoothing: 0, classWeights: [3, 1, 1] };
    const bias = (await stepOf(pictures, { loss, accumulate: 2 })).slice(-4, -1);
    [3 / 4 - 1 / 3, 1 / 4 - 1 / 3, -1 / 3].forEach((moved, i) => expect(bias[i]).toBeCloseTo(moved, 5));
  });
});
