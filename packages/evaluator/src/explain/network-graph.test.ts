import { createModel, MODEL_NAMES, type ModelName } from "@convkit/models";
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { featureMapsOf, NoFeatureMapsError } from "./network-graph.js";

/** VGG's hundred million weights are in its hidden layers. */
const OPTIONS: Partial<Record<ModelName, Record<string, unknown>>> = { "vgg11-bn": { hidden: 64 } };
/** Larger ones of the same families, with nothing new behind their last convolution. */
const LARGER = ["vgg16-bn", "resnet34", "resnet50", "wide-resnet-28-10", "convnext-tiny"];

const placeIn = async (spec: Parameters<typeof createModel>[0], side = 64) => {
  const model = await createModel(spec, {
    inputShape: [side, side, 3],
    numClasses: 3,
    rng: Rng.fromSeed(1),
  });
  const { sourceLayer, shape } = featureMapsOf(model);
  model.dispose();
  return { layer: sourceLayer.name, kind: sourceLayer.getClassName(), shape };
};

describe("featureMapsOf", () => {
  it.each(MODEL_NAMES.filter((name) => !LARGER.includes(name)))(
    "finds maps in %s that no pooling has made",
    async (name) => {
      const { kind, shape } = await placeIn({ name, options: OPTIONS[name] ?? {} });
      expect(kind).toMatch(/^(Conv2D|Activation|ReLU|Add|Multiply|Concatenate)$/);
      expect(shape[1]).toBeGreaterThan(1);
      expect(shape[2]).toBe(shape[1]);
    },
  );

  it("takes a list's last convolution, not the pooling, dropout and flattening behind it", async () => {
    const layers = [
      { layer: "conv", filters: 4 },
      { layer: "maxPool", poolSize: 2 },
      { layer: "conv", filters: 6, activation: "relu" },
      { layer: "maxPool", poolSize: 2 },
      { layer: "dropout", rate: 0.5 },
      { layer: "flatten" },
      { layer: "dense", units: 5 },
    ] as never;
    expect(await placeIn({ layers }, 16)).toMatchObject({ layer: "conv2", shape: [null, 8, 8, 6] });
  });

  it("takes maps of more than one position where the last ones have no more", async () => {
    expect((await placeIn("resnet18", 32)).shape).toEqual([null, 2, 2, 256]);
    expect((await placeIn("resnet18", 64)).shape).toEqual([null, 2, 2, 512]);
  });

  it("says which layers there are, or that there are none", () => {
    const flat = tf.sequential({
      name: "flat",
      layers: [tf.layers.flatten({ inputShape: [4, 4, 1] }), tf.layers.dense({ units: 2 })],
    });
    expect(() => featureMapsOf(flat)).toThrow(NoFeatureMapsError);
    expect(() => featureMapsOf(flat)).toThrow('Received: "flat", which has none. Use integrated gradients');
    const input = tf.input({ shape: [4, 4, 1] });
    const maps = tf.layers.conv2d({ name: "maps", filters: 2, kernelSize: 1 }).apply(input);
    const y = tf.layers.globalAveragePooling2d({}).apply(maps) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: y });
    expect(() => featureMapsOf(model, "map")).toThrow(/named "map". Received: .* whose are maps\.$/);
    expect(featureMapsOf(model, "maps").id).toBe((maps as tf.SymbolicTensor).id);
  });
});
