/** Every network of the registry: built, run, trained one step, saved and loaded. */
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../test/temporary-folder.js";
import { countParameters } from "./count-parameters.js";
import { createModel } from "./create-model.js";
import { loadClassifier } from "./load-classifier.js";
import type { InputShape } from "./model-builder.js";
import { MODEL_NAMES, type ModelName } from "./names.js";
import { listModels, MODELS } from "./registry.js";
import { saveClassifier } from "./save-classifier.js";

const NUM_CLASSES = 3;
const smallest = (name: ModelName, channels: 1 | 3): InputShape => [
  MODELS[name].minSize,
  MODELS[name].minSize,
  channels,
];
const build = (name: ModelName, inputShape: InputShape, seed = 1) =>
  createModel(name, { inputShape, numClasses: NUM_CLASSES, rng: Rng.fromSeed(seed) });
const weightNames = (model: tf.LayersModel) => model.weights.map(({ originalName }) => originalName);
/** Equal for equal weights, bit for bit. */
function digest(model: tf.LayersModel): string {
  const hash = createHash("sha256");
  for (const weight of model.getWeights()) hash.update(weight.dataSync());
  return hash.digest("hex");
}

function trainOneStep(model: tf.LayersModel, x: tf.Tensor): void {
  const labels = tf.oneHot([0, 1], NUM_CLASSES);
  const loss = (): tf.Scalar =>
    tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(
      labels,
      model.apply(x, { training: true }) as tf.Tensor,
    );
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const { value, grads } = tf.variableGrads(loss, variables);
  expect(Number.isFinite(value.dataSync()[0])).toBe(true);
  for (const variable of variables) {
    const gradient = grads[variable.name] as tf.Tensor;
    expect(gradient.shape).toEqual(variable.shape);
    variable.assign(tf.tidy(() => variable.sub(gradient.mul(0.01))));
  }
  tf.dispose([value, grads]);
}

describe("the registry", () => {
  it("lists every network with what it is and where it is from", () => {
    expect(listModels().map(({ name }) => name)).toEqual([...MODEL_NAMES]);
    for (const { summary, source } of listModels()) {
      expect(summary.length).toBeGreaterThan(20);
      expect(source).toMatch(/^https:/);
    }
  });

  for (const name of MODEL_NAMES) {
    it(`builds ${name}, trains it a step, saves and loads it, and predicts the same`, async () => {
      const inputShape = smallest(name, 3);
      const model = await build(name, inputShape);
      const pictures = [10, 200].map((value, i) => {
        const data = Uint8Array.from(
          { length: inputShape[0] * inputShape[1] * 3 },
          (_, j) => (value + i * j * 7) % 256,
        );
        return { data, height: inputShape[0], width: inputShape[1], channels: 3 };
      });
      const x = tf.stack(
        pictures.map(({ data }) => tf.tensor(new Float32Array(data), [...inputShape]).div(255)),
      );
      trainOneStep(model, x);
      const expected = tf.tidy(() => tf.softmax(model.predict(x) as tf.Tensor).dataSync());

      const folder = join(await temporaryFolder(), "model");
      await saveClassifier(
        model,
        {
          formatVersion: 1,
          name,
          classNames: ["a", "b", "c"],
          inputShape: [...inputShape],
          preprocessing: [],
          output: "logits",
          parameters: countParameters(model).total,
          metrics: {},
        },
        folder,
      );
      const classifier = await loadClassifier(folder);
      const loaded = await classifier.predict(pictures);
      loaded.forEach((probability, i) => expect(probability).toBeCloseTo(expected[i] as number, 5));
      classifier.dispose();
      model.dispose();
    });

    it(`lets ${name} take an odd, oblong, grey picture`, async () => {
      const { minSize } = MODELS[name];
      const model = await build(name, [minSize + 1, minSize + 4, 1]);
      const logits = model.predict(tf.ones([1, minSize + 1, minSize + 4, 1])) as tf.Tensor;
      expect(logits.shape).toEqual([1, NUM_CLASSES]);
      expect(logits.dataSync().every(Number.isFinite)).toBe(true);
      model.dispose();
    });

    it(`gives ${name} equal names and weights for an equal seed, others for another`, async () => {
      const inputShape = smallest(name, 1);
      const [model, double, other] = [
        await build(name, inputShape),
        await build(name, inputShape),
        await build(name, inputShape, 2),
      ];
      expect(new Set(weightNames(model)).size).toBe(model.weights.length);
      expect(weightNames(double)).toEqual(weightNames(model));
      expect(digest(double)).toBe(digest(model));
      expect(digest(other)).not.toBe(digest(model));
      for (const built of [model, double, other]) built.dispose();
    });
  }
});
