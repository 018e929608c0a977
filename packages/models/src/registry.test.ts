/** Every network of the registry: built, run, trained one step, saved and loaded. */
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../test/temporary-folder.js";
import { countFlops } from "./count-flops.js";
import { countParameters } from "./count-parameters.js";
import { createModel } from "./create-model.js";
import { loadClassifier } from "./load-classifier.js";
import type { InputShape } from "./model-builder.js";
import { MODEL_NAMES, type ModelName } from "./names.js";
import { listModels, MODELS } from "./registry.js";
import { saveClassifier } from "./save-classifier.js";
import { splitModel, stagesOf } from "./split-model.js";

const NUM_CLASSES = 3;
/** VGG's hundred million weights are in its hidden layers. */
const OPTIONS: Partial<Record<ModelName, Record<string, unknown>>> = {
  "vgg11-bn": { hidden: 64 },
  "vgg16-bn": { hidden: 64 },
};
const build = (name: ModelName, inputShape: InputShape, seed = 1) =>
  createModel(
    { name, options: OPTIONS[name] ?? {} },
    { inputShape, numClasses: NUM_CLASSES, rng: Rng.fromSeed(seed) },
  );
const fourStages = ["stem", "stage1", "stage2", "stage3", "stage4", "head"];
const threeStages = ["stem", "stage1", "stage2", "stage3", "head"];
const vggStages = ["stage1", "stage2", "stage3", "stage4", "stage5", "hidden", "head"];
const airbenchStages = ["whiten", "group1", "group2", "group3", "head"];
const mobileStages = [
  "stem",
  "stage1",
  "stage2",
  "stage3",
  "stage4",
  "stage5",
  "stage6",
  "stage7",
  "final",
  "head",
];
/** What transfer learning freezes, at each network's least size. */
const STAGES: Record<ModelName, string[]> = {
  lenet5: ["stage1", "stage2", "hidden", "head"],
  "simple-cnn": ["stage1", "hidden", "head"],
  "vgg11-bn": vggStages,
  "vgg16-bn": vggStages,
  resnet20: threeStages,
  resnet32: threeStages,
  resnet56: threeStages,
  resnet18: fourStages,
  resnet34: fourStages,
  resnet50: fourStages,
  resnet9: ["prep", "layer1", "layer2", "layer3", "head"],
  airbench94: airbenchStages,
  airbench96: airbenchStages,
  "wide-resnet-16-4": ["stem", "stage1", "stage2", "stage3", "final", "head"],
  "wide-resnet-28-10": ["stem", "stage1", "stage2", "stage3", "final", "head"],
  "densenet-bc-100-12": ["stem", "stage1", "stage2", "stage3", "final", "head"],
  squeezenet: threeStages,
  "mobilenet-v2": mobileStages,
  "mobilenet-v3-small": ["stem", "stage1", "stage2", "stage3", "stage4", "stage5", "final", "hidden", "head"],
  "efficientnet-b0": mobileStages,
  "convnext-atto": ["stem", "stage1", "stage2", "stage3", "stage4", "final", "head"],
  "convnext-tiny": ["stem", "stage1", "stage2", "stage3", "stage4", "final", "head"],
};
/** GPUs in software compile a second for each of the hundreds of programs of a network: two of very different layers stand for all. */
const ON_SOFTWARE_GPU: readonly ModelName[] = ["resnet20", "mobilenet-v3-small"];
/** Of tens of millions of weights, most of the time goes into drawing those. Their smaller siblings are made of the same. */
const LARGE: readonly ModelName[] = ["vgg16-bn", "resnet34", "wide-resnet-28-10", "convnext-tiny"];
/** Stock tfjs's convolutions take minutes for the large ones, and these are more of the same. */
const MORE_OF_THE_SAME: readonly ModelName[] = [
  "vgg11-bn",
  "resnet32",
  "resnet56",
  "resnet18",
  "resnet50",
  "airbench96",
];
const isLeftOut = (name: ModelName): boolean =>
  (tf.getBackend() === "webgpu" && !ON_SOFTWARE_GPU.includes(name)) ||
  (tf.getBackend() === "cpu" && [...LARGE, ...MORE_OF_THE_SAME].includes(name));
/** A step costs them some ten times as much as on other backends: above this it is left out there. */
const isTooSlow = (model: tf.LayersModel): boolean => tf.getBackend() === "cpu" && countFlops(model) > 12e6;
const weightNames = (model: tf.LayersModel) => model.weights.map(({ originalName }) => originalName);
/** Equal for equal weights, bit for bit. */
async function digest(model: tf.LayersModel): Promise<string> {
  const hash = createHash("sha256");
  for (const weight of model.getWeights()) hash.update(await weight.data());
  return hash.digest("hex");
}

async function valuesOf(make: () => tf.Tensor): Promise<Float32Array> {
  const tensor = tf.tidy(make);
  const values = await tensor.data<"float32">();
  tensor.dispose();
  return values;
}

async function trainOneStep(model: tf.LayersModel, x: tf.Tensor): Promise<void> {
  const labels = tf.oneHot([0, 1], NUM_CLASSES);
  const loss = (): tf.Scalar =>
    tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(
      labels,
      model.apply(x, { training: true }) as tf.Tensor,
    );
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const { value, grads } = tf.variableGrads(loss, variables);
  expect(Number.isFinite((await value.data())[0])).toBe(true);
  let moved = 0;
  for (const variable of variables) {
    const gradient = grads[variable.name] as tf.Tensor;
    expect(gradient.shape).toEqual(variable.shape);
    const largest = (await valuesOf(() => gradient.abs().max()))[0]!;
    expect(Number.isFinite(largest), variable.name).toBe(true);
    if (largest > 0) moved += 1;
    const updated = tf.tidy(() => variable.sub(gradient.mul(0.01)));
    variable.assign(updated);
    updated.dispose();
  }
  // Branches that begin as nothing move only what ends them; a dead ReLU may stop a few weights more.
  expect(moved).toBeGreaterThan(variables.length / 4);
  tf.dispose([value, grads, labels]);
}

describe("the registry", () => {
  it("lists every network with what it is and where it is from", () => {
    expect(listModels().map(({ name }) => name)).toEqual([...MODEL_NAMES]);
    for (const { summary, source } of listModels()) {
      expect(summary.length).toBeGreaterThan(20);
      expect(source).toMatch(/^https:/);
    }
  });

  it("says of each what it has reached, where a document says so", () => {
    const accuracies = new Map(listModels().map(({ name, accuracy }) => [name, accuracy]));
    expect(accuracies.get("simple-cnn")).toMatchObject({ dataset: "fashion-mnist", accuracy: 0.931 });
    expect(accuracies.get("vgg16-bn")).toBeNull();
  });

  for (const name of MODEL_NAMES) {
    it.skipIf(isLeftOut(name))(
      `builds ${name}, trains it a step, saves and loads it, and predicts the same`,
      async () => {
        const { minSize } = MODELS[name];
        const inputShape = [minSize, minSize, 3] as const;
        const before = tf.memory().numTensors;
        const model = await build(name, inputShape);
        const pictures = [10, 200].map((value, i) => {
          const data = Uint8Array.from(
            { length: inputShape[0] * inputShape[1] * 3 },
            (_, j) => (value + i * j * 7) % 256,
          );
          return { data, height: inputShape[0], width: inputShape[1], channels: 3 };
        });
        const x = tf.tidy(() =>
          tf.stack(pictures.map(({ data }) => tf.tensor(new Float32Array(data), [...inputShape]).div(255))),
        );
        if (!isTooSlow(model)) await trainOneStep(model, x);
        const expected = await valuesOf(() => tf.softmax(model.predict(x) as tf.Tensor));
        expect(stagesOf(model).map(({ name }) => name)).toEqual(STAGES[name]);
        const { features, head } = splitModel(model);
        const judged = tf.tidy(() => head.predict(features.predict(x) as tf.Tensor) as tf.Tensor);
        const byParts = await valuesOf(() => tf.softmax(judged));
        byParts.forEach((probability, i) => expect(probability).toBeCloseTo(expected[i] as number, 5));
        tf.dispose([x, judged]);

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
        for (const part of [classifier, model, features, head]) part.dispose();
        expect(tf.memory().numTensors).toBe(before);
      },
    );

    it.skipIf(isLeftOut(name) || LARGE.includes(name))(
      `lets ${name} take an odd, oblong, grey picture, with equal names and weights for an equal seed alone`,
      async () => {
        const { minSize } = MODELS[name];
        const inputShape = [minSize + 1, minSize + 4, 1] as const;
        const [model, double, other] = [
          await build(name, inputShape),
          await build(name, inputShape),
          await build(name, inputShape, 2),
        ];
        expect(new Set(weightNames(model)).size).toBe(model.weights.length);
        expect(weightNames(double)).toEqual(weightNames(model));
        expect(await digest(double)).toBe(await digest(model));
        expect(await digest(other)).not.toBe(await digest(model));
        const logits = model.predict(tf.ones([1, ...inputShape])) as tf.Tensor;
        expect(logits.shape).toEqual([1, NUM_CLASSES]);
        expect((await logits.data()).every(Number.isFinite)).toBe(true);
        tf.dispose(logits);
        for (const built of [model, double, other]) built.dispose();
      },
    );
  }
});
