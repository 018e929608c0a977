/**
 * A network to go on from: any tfjs LayersModel that was saved, by convkit or by another program. It is trained with our
 * batch normalisation and dropout, and ends in logits for the classes at hand.
 */
import { BatchNormalization, Dropout, DropPath } from "@convkit/ops";
import * as tf from "@tensorflow/tfjs";
import {
  decodeModel,
  MODEL_FILE,
  parseJson,
  type LayerFactories,
  type ReadFile,
} from "./classifier-files.js";
import { ModelConfigError } from "./errors.js";
import type { ModelContext } from "./model-builder.js";
import { NamedLayers } from "./named-layers.js";
import { openClassifierFolder } from "./open-classifier-folder.js";

/**
 * Its last dense layer is replaced by a fresh one if it is for another number of classes, and by a linear one of the same
 * weights if it ends in probabilities.
 *
 * @param place a folder or URL with model.json and weights, or of model.json itself.
 * @throws {ClassifierFilesError} if files are missing, damaged, or no LayersModel.
 * @throws {ModelConfigError} if the network has to be given other classes and does not end in a dense layer.
 */
export async function buildSavedModel(place: string, context: ModelContext): Promise<tf.LayersModel> {
  const model = await decodeModel(openFolder(place), factoriesOf(context));
  try {
    return withHead(model, context);
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** SHA-256 of those of its files, in hexadecimal. @throws {ClassifierFilesError} if one cannot be read. */
export async function hashSavedModel(place: string): Promise<string> {
  const readFile = openFolder(place);
  const first = await readFile(MODEL_FILE);
  const json = parseJson(MODEL_FILE, first) as { weightsManifest?: { paths: string[] }[] } | null;
  const paths = json?.weightsManifest?.flatMap((group) => group.paths) ?? [];
  const files = [first, ...(await Promise.all(paths.map(readFile)))];
  const hashes = await Promise.all(files.map((bytes) => crypto.subtle.digest("SHA-256", bytes)));
  const all = Uint8Array.from(hashes.flatMap((hash) => [...new Uint8Array(hash)]));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function openFolder(place: string): ReadFile {
  return openClassifierFolder(place.replace(/[/\\]model\.json$/, ""));
}

/** Stock batch normalisation and dropout, saved under the same names as ours, are not what is to be trained. */
function factoriesOf({ rng }: ModelContext): LayerFactories {
  return {
    BatchNormalization: (config) => new BatchNormalization(config),
    Dropout(config) {
      const { name, rate, noiseShape } = config as { name: string; rate: number; noiseShape?: unknown };
      const args = { name, rate, seed: rng.split(name).nextUint32() };
      return noiseShape ? new DropPath(args) : new Dropout(args);
    },
  };
}

function withHead(model: tf.LayersModel, { numClasses, rng }: ModelContext): tf.LayersModel {
  const [output, ...others] = model.outputs as [tf.SymbolicTensor, ...tf.SymbolicTensor[]];
  const last = output.sourceLayer;
  const isSoftmax = activationOf(last) === "softmax";
  const dense = last.getClassName() !== "Dense" && isSoftmax ? sourceOf(last) : last;
  const classes = output.shape.at(-1);
  if (classes === numClasses && !isSoftmax) return model;
  if (others.length > 0 || dense.getClassName() !== "Dense") {
    throw new ModelConfigError(
      `Expected a saved network that ends in logits of ${numClasses} classes, or in a dense layer to be replaced. ` +
        `Received: ${model.name}, which ends in ${dense.getClassName()} "${dense.name}" of [${output.shape.slice(1).join(", ")}].`,
    );
  }
  const features = dense.inboundNodes[0]!.inputTensors[0]!;
  const { useBias } = dense.getConfig() as { useBias: boolean };
  const logits = new NamedLayers(rng).dense(dense.name, features, { units: numClasses, useBias });
  if (classes === numClasses) logits.sourceLayer.setWeights(dense.getWeights());
  // The new model has the other layers, whose weights go with it.
  dense.dispose();
  return tf.model({ name: model.name, inputs: model.inputs, outputs: logits });
}

function activationOf(layer: tf.layers.Layer): unknown {
  return layer.getClassName() === "Softmax" ? "softmax" : layer.getConfig().activation;
}

function sourceOf(layer: tf.layers.Layer): tf.layers.Layer {
  return layer.inboundNodes[0]!.inputTensors[0]!.sourceLayer;
}
