/** A network's parts: what makes features of a picture, what judges by them, and the stages in between, by name. */
import * as tf from "@tensorflow/tfjs";
import { isModelName } from "./names.js";
import { MODELS } from "./registry.js";

export type SplitModel = {
  /** From pictures to the features that the classifier reads: [N, features], or [N, H, W, C] of `squeezenet`. */
  features: tf.LayersModel;
  /** From the features to the logits. */
  head: tf.LayersModel;
};

export type ModelStage = {
  /** `stem`, `stage1`, … and at last `head`. */
  name: string;
  /** The names of its layers that have weights. */
  layers: string[];
};

/**
 * Cuts a network in front of its classifier: in front of the last layer with weights, unless it is one of the registry
 * that says otherwise. Both parts share the model's layers. Each of the three is disposed on its own, in any order; the
 * weights go with the last that has them. The head calls its layers once more, so that their `output` has become
 * ambiguous; `call` and `apply` have not.
 *
 * @param model one that `createModel` or `loadClassifier`'s files gave.
 * @throws if something behind the features reads anything else.
 */
export function splitModel(model: tf.LayersModel): SplitModel {
  const cut = featuresOf(model);
  const features = tf.model({ name: `${model.name}-features`, inputs: model.inputs, outputs: cut });
  const input = tf.input({ name: "features", shape: cut.shape.slice(1) });
  const outputs = callAgain(model.outputs, new Map([[cut.id, input]]));
  for (const layer of features.layers) countUse(layer);
  return { features, head: tf.model({ name: `${model.name}-head`, inputs: input, outputs }) };
}

/**
 * The stages of a network from first to last, as they may be frozen for transfer learning: layers belong together whose
 * names are the same up to the first hyphen, and what comes behind the features is the `head`.
 */
export function stagesOf(model: tf.LayersModel): ModelStage[] {
  const body = layersBehind(featuresOf(model));
  const stages = new Map<string, string[]>();
  for (const layer of model.layers) {
    if (layer.weights.length === 0 || !body.has(layer)) continue;
    const stage = layer.name.split("-", 1)[0] as string;
    stages.set(stage, [...(stages.get(stage) ?? []), layer.name]);
  }
  const head = model.layers.filter((layer) => layer.weights.length > 0 && !body.has(layer));
  stages.set("head", [...(stages.get("head") ?? []), ...head.map(({ name }) => name)]);
  return [...stages].map(([name, layers]) => ({ name, layers }));
}

function featuresOf(model: tf.LayersModel): tf.SymbolicTensor {
  if (isModelName(model.name)) {
    return model.getLayer(MODELS[model.name].features).inboundNodes[0]!.outputTensors[0]!;
  }
  const classifier = model.layers.findLast(({ weights }) => weights.length > 0);
  const [features] = classifier?.inboundNodes[0]?.inputTensors ?? [];
  if (!features)
    throw new Error(`Expected a model with weights behind its input. Received: "${model.name}".`);
  return features;
}

/** The layers that a tensor comes out of, all the way back. */
function layersBehind(tensor: tf.SymbolicTensor, found = new Set<tf.layers.Layer>()): Set<tf.layers.Layer> {
  const { sourceLayer, nodeIndex } = tensor;
  if (found.has(sourceLayer)) return found;
  found.add(sourceLayer);
  for (const input of sourceLayer.inboundNodes[nodeIndex]!.inputTensors) layersBehind(input, found);
  return found;
}

/** The same calls of the same layers on other tensors. @param done the new tensors by the ids of the old ones. */
function callAgain(
  tensors: readonly tf.SymbolicTensor[],
  done: Map<number, tf.SymbolicTensor>,
): tf.SymbolicTensor[] {
  return tensors.map((tensor) => {
    const known = done.get(tensor.id);
    if (known) return known;
    const { sourceLayer: layer, nodeIndex, tensorIndex } = tensor;
    if (layer.getClassName() === "InputLayer") {
      throw new Error(
        `Expected everything behind the features to read them alone. Received: a classifier that reads "${layer.name}" too.`,
      );
    }
    const inputs = callAgain(layer.inboundNodes[nodeIndex]!.inputTensors, done);
    const called = [layer.apply(inputs.length === 1 ? inputs[0]! : inputs)].flat() as tf.SymbolicTensor[];
    const result = called[tensorIndex]!;
    done.set(tensor.id, result);
    return result;
  });
}

/** tfjs counts the models of a layer by its calls; the features' model makes none. */
function countUse(layer: tf.layers.Layer): void {
  (layer as unknown as { _refCount: number })._refCount += 1;
}
