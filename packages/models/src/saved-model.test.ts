/** Networks that go on from a saved one: convkit's own folders, and those of a program that knows only stock tfjs. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BatchNormalization, Dropout } from "@convkit/ops";
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { serveFolder } from "../test/serve-folder.js";
import { temporaryFolder } from "../test/temporary-folder.js";
import { tinyCard, tinyModel } from "../test/tiny-classifier.js";
import { encodeModel } from "./classifier-files.js";
import { createModel } from "./create-model.js";
import { ClassifierFilesError, ModelConfigError } from "./errors.js";
import { saveClassifier } from "./save-classifier.js";
import { hashSavedModel } from "./saved-model.js";
import { splitModel } from "./split-model.js";

const context = (numClasses: number) => ({
  inputShape: [4, 4, 3] as const,
  numClasses,
  rng: Rng.fromSeed(9),
});
const pictures = () => tf.randomNormal([5, 4, 4, 3], 0, 1, "float32", 3);
const outputs = async (model: tf.LayersModel) => [...(await (model.predict(pictures()) as tf.Tensor).data())];
const weightsOf = async (model: tf.LayersModel, layer: string) =>
  await Promise.all(
    model
      .getLayer(layer)
      .getWeights()
      .map(async (weight) => [...(await weight.data())]),
  );

async function savedTiny(seed = 1): Promise<{ folder: string; model: tf.LayersModel }> {
  const folder = join(await temporaryFolder(), "classifier");
  const model = await tinyModel(seed);
  await saveClassifier(model, tinyCard, folder);
  return { folder, model };
}

/** As another program saves it. */
async function saveStock(model: tf.LayersModel): Promise<string> {
  const folder = join(await temporaryFolder(), "stock");
  const { json, weights } = await encodeModel(model);
  await mkdir(folder);
  await writeFile(join(folder, "model.json"), json);
  await writeFile(join(folder, "weights.bin"), weights);
  return folder;
}

function expectClose(received: readonly number[], expected: readonly number[]): void {
  expect(received).toHaveLength(expected.length);
  received.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
}

describe("createModel of a saved network", () => {
  it("gives what it gave, from a folder, its model.json or a URL, and can be trained", async () => {
    const { folder, model } = await savedTiny();
    const expected = await outputs(model);
    for (const classifier of [folder, join(folder, "model.json"), await serveFolder(folder)]) {
      const loaded = await createModel({ classifier }, context(3));
      expectClose(await outputs(loaded), expected);
      expect(loaded.layers.filter((layer) => layer instanceof BatchNormalization)).toHaveLength(1);
      expect(loaded.layers.filter((layer) => layer instanceof Dropout)).toHaveLength(1);
      loaded.dispose();
    }
  });

  it("gets a fresh head for other classes, and keeps all else", async () => {
    const { folder, model } = await savedTiny();
    const loaded = await createModel({ classifier: folder }, context(7));
    expect(loaded.outputs[0]!.shape).toEqual([null, 7]);
    expect(await weightsOf(loaded, "conv1")).toEqual(await weightsOf(model, "conv1"));
    expect(await weightsOf(loaded, "batchNorm1")).toEqual(await weightsOf(model, "batchNorm1"));
    const again = await createModel({ classifier: folder }, context(7));
    expect(await weightsOf(again, "logits")).toEqual(await weightsOf(loaded, "logits"));
  });

  it("leaves no tensor behind when it is disposed", async () => {
    const { folder } = await savedTiny();
    const { numTensors } = tf.memory();
    for (const classes of [3, 7]) (await createModel({ classifier: folder }, context(classes))).dispose();
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it.each([
    ["in the dense layer", false],
    ["in a layer of its own", true],
  ])("ends in logits where the saved one ends in probabilities, %s", async (_, isOwnLayer) => {
    const activation = isOwnLayer ? "linear" : "softmax";
    const layers: tf.layers.Layer[] = [
      tf.layers.conv2d({ name: "conv", inputShape: [4, 4, 3], filters: 2, kernelSize: 3 }),
      tf.layers.flatten(),
      tf.layers.dense({ name: "top", units: 4, activation }),
    ];
    if (isOwnLayer) layers.push(tf.layers.softmax());
    const model = tf.sequential({ layers });
    const loaded = await createModel({ classifier: await saveStock(model) }, context(4));
    const probabilities = await tf.tidy(() => tf.softmax(loaded.predict(pictures()) as tf.Tensor)).data();
    expectClose([...probabilities], await outputs(model));
    expect(await outputs(loaded)).not.toEqual(await outputs(model));
  });

  it("is cut into features and head as any network", async () => {
    const { folder } = await savedTiny();
    const { features, head } = splitModel(await createModel({ classifier: folder }, context(7)));
    expect(head.outputs[0]!.shape).toEqual([null, 7]);
    expect(features.outputs[0]!.shape).toEqual([null, 4]);
  });

  it("is refused where other classes have no dense layer to be told by, pictures are of another size, or files are missing", async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [4, 4, 3], filters: 4, kernelSize: 1 }),
        tf.layers.globalAveragePooling2d({ name: "mean" }),
      ],
    });
    const folder = await saveStock(model);
    await expect(createModel({ classifier: folder }, context(3))).rejects.toThrow(
      /or in a dense layer to be replaced. Received: .*, which ends in GlobalAveragePooling2D "mean" of \[4\]/,
    );
    expectClose(await outputs(await createModel({ classifier: folder }, context(4))), await outputs(model));
    const larger = createModel({ classifier: folder }, { ...context(4), inputShape: [8, 8, 3] });
    await expect(larger).rejects.toThrow(ModelConfigError);
    await expect(createModel({ classifier: join(folder, "no") }, context(4))).rejects.toThrow(
      ClassifierFilesError,
    );
  });
});

describe("hashSavedModel", () => {
  it("tells other weights, and is the same of a copy", async () => {
    const [first, copy, other] = await Promise.all([savedTiny(), savedTiny(), savedTiny(2)]);
    const hash = await hashSavedModel(first.folder);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashSavedModel(copy.folder)).toBe(hash);
    expect(await hashSavedModel(other.folder)).not.toBe(hash);
  });
});
