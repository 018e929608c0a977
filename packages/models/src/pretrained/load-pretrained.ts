/**
 * Fills a network of the registry with weights that timm or torchvision publish: finds the names, turns the layouts,
 * and leaves the classifier as it is where the file's is for other classes.
 */
import * as tf from "@tensorflow/tfjs";
import { PretrainedWeightsError } from "../errors.js";
import { isModelName } from "../names.js";
import { PUBLISHED_NAMES, type PublishedNames } from "./published-names.js";
import type { PublishedTensor, PublishedWeights } from "./published-tensor.js";
import { decodeWeights, readPretrainedFile } from "./read-pretrained-file.js";
import { refuseTensorFlowPlace } from "./refuse-tensorflow-port.js";
import { candidatesOf, extentsOf, sumColours, toChannelsLast } from "./to-channels-last.js";

/** Ours → PyTorch's. */
const WEIGHT_NAMES: Readonly<Record<string, string>> = {
  kernel: "weight",
  depthwise_kernel: "weight",
  gamma: "weight",
  bias: "bias",
  beta: "bias",
  moving_mean: "running_mean",
  moving_variance: "running_var",
};
/** A counter of PyTorch's batch normalisation, which no network reads. */
const COUNTER = /(^|\.)num_batches_tracked$/;
const COLOURS = 3;
const MOST_NAMES = 5;

/**
 * Replaces the weights of a network that `createModel` built by those of a file: safetensors, or a PyTorch file of a
 * state dict. Its names say whether timm or torchvision wrote it. The classifier stays as it is if the file's is for
 * another number of classes, or has none; a first layer for grey pictures becomes the sum over the file's colours.
 *
 * @param source a path (in Node), an http or https URL, or the file's bytes.
 * @throws {PretrainedWeightsError} if its name or metadata is that of one of timm's `tf_…`, which pad in another way; or if
 *   the file cannot be read or is not of this network: it then names what is missing,
 *   left over, or of another shape, and the network is as it was.
 */
export async function loadPretrained(
  model: tf.LayersModel,
  source: string | URL | Uint8Array,
): Promise<void> {
  const known = isModelName(model.name) ? PUBLISHED_NAMES[model.name] : undefined;
  if (!known) {
    throw new PretrainedWeightsError(
      `Expected a network whose weights timm or torchvision publish: ${Object.keys(PUBLISHED_NAMES).join(", ")}. ` +
        `Received: ${model.name}. Leave \`pretrained\` out.`,
    );
  }
  if (!(source instanceof Uint8Array)) refuseTensorFlowPlace(model.name, source);
  const file = source instanceof Uint8Array ? source : await readPretrainedFile(source);
  const published = withoutCounters(decodeWeights(file));
  const plan = planOf(model, published, known);
  for (const { variable, read } of plan) {
    tf.tidy(() => variable.assign(tf.tensor(read(), variable.shape, "float32")));
  }
}

type Assignment = { variable: tf.Variable; read: () => Float32Array };

type OurWeight = {
  layer: tf.layers.Layer;
  /** `kernel` */
  name: string;
  variable: tf.Variable;
  /** The published name. */
  key: string;
};

/** Everything is checked before anything is changed. */
function planOf(
  model: tf.LayersModel,
  published: PublishedWeights,
  known: readonly PublishedNames[],
): Assignment[] {
  const layers = model.layers.filter(({ weights }) => weights.length > 0);
  const layerNames = layers.map(({ name }) => name);
  const weightsUnder = ({ moduleOf }: PublishedNames): OurWeight[] =>
    layers.flatMap((layer) =>
      layer.weights.map((weight) => {
        const name = weight.originalName.split("/").at(-1)!;
        const module = moduleOf(layer.name, layerNames);
        const key = typeof module === "string" ? `${module}.${WEIGHT_NAMES[name]}` : module.weight;
        return { layer, name, variable: weight.read() as tf.Variable, key };
      }),
    );
  const choices = known.map((names) => ({ names, weights: weightsUnder(names) }));
  const chosen = mostFound(choices, published);
  if (!chosen) {
    throw new PretrainedWeightsError(
      `Expected weights of ${model.name} by the names of ${known.map(({ publisher }) => publisher).join(" or ")}, ` +
        `such as ${choices.map(({ weights }) => weights[0]!.key).join(" or ")}. ` +
        `Received: ${listed([...published.keys()])}. Give the file of this network.`,
    );
  }
  const classifier = layers.at(-1)!;
  checkNames(model, published, chosen.weights, classifier);
  const isFresh = isOtherClassifier(
    chosen.weights.filter(({ layer }) => layer === classifier),
    published,
  );
  return chosen.weights
    .filter(({ layer }) => !(isFresh && layer === classifier))
    .map((weight) => assignmentOf(model, weight, { ...chosen.names, tensor: published.get(weight.key)! }));
}

type Choice = { names: PublishedNames; weights: OurWeight[] };

/** Two networks of one family share most names: by the first layer alone the file is not recognised. */
function mostFound(choices: readonly Choice[], published: PublishedWeights): Choice | undefined {
  const counted = choices.map((choice) => ({
    choice,
    found: choice.weights.filter(({ key }) => published.has(key)).length,
  }));
  const [best] = counted.sort((a, b) => b.found - a.found);
  return best && best.found > 0 ? best.choice : undefined;
}

function checkNames(
  model: tf.LayersModel,
  published: PublishedWeights,
  weights: readonly OurWeight[],
  classifier: tf.layers.Layer,
): void {
  const keys = new Set(weights.map(({ key }) => key));
  const ofClassifier = weights.filter(({ layer }) => layer === classifier);
  const hasClassifier = ofClassifier.some(({ key }) => published.has(key));
  const missing = weights.filter(
    ({ key, layer }) => !published.has(key) && (layer !== classifier || hasClassifier),
  );
  const surplus = [...published.keys()].filter((key) => !keys.has(key));
  if (missing.length === 0 && surplus.length === 0) return;
  const received = [
    ...(missing.length > 0 ? [`a file without ${listed(missing.map(({ key }) => key))}`] : []),
    ...(surplus.length > 0 ? [`${missing.length > 0 ? "" : "a file "}with ${listed(surplus)}`] : []),
  ].join(" and ");
  throw new PretrainedWeightsError(
    `Expected the weights of ${model.name}, all of them and no others. Received: ${received}. ` +
      "Give the file of this network.",
  );
}

/** Whether the file has no classifier, or one for another number of classes and else alike. */
function isOtherClassifier(ours: readonly OurWeight[], published: PublishedWeights): boolean {
  return ours.every(({ key, variable }) => {
    const shape = published.get(key)?.shape;
    return shape === undefined || shape[0] !== variable.shape.at(-1);
  });
}

function assignmentOf(
  model: tf.LayersModel,
  { layer, name, variable, key }: OurWeight,
  { tensor, epsilon }: { tensor: PublishedTensor; epsilon?: number },
): Assignment {
  const { shape } = variable;
  const mapPlaces = placesOfFlattened(layer);
  const published = tensor.shape;
  if (name === "moving_variance" && epsilon !== undefined && published.join() === shape.join()) {
    // γ / √(variance + ε) stays what it was with the other ε.
    const difference = epsilon - (layer.getConfig().epsilon as number);
    return { variable, read: () => tensor.read().map((variance) => variance + difference) };
  }
  const extents = extentsOf(name, shape, { published, mapPlaces });
  if (extents) return { variable, read: () => toChannelsLast(tensor.read(), extents) };

  const isFirst = layer.inboundNodes[0]?.inputTensors[0]?.shape.at(-1) === 1 && readsPictures(model, layer);
  if (isFirst && name === "kernel") {
    const [height, width, , outputs] = shape as [number, number, number, number];
    const coloured = extentsOf(name, [height, width, COLOURS, outputs], { published, mapPlaces });
    if (coloured) {
      const grey = { ...coloured, inputs: 1 };
      return { variable, read: () => toChannelsLast(sumColours(tensor.read(), coloured), grey) };
    }
  }
  throw new PretrainedWeightsError(
    `Expected "${key}" of shape [${candidatesOf(name, shape, mapPlaces)[0]!.shape.join(", ")}] for ` +
      `${layer.name}/${name} of ${model.name}. Received: [${published.join(", ")}]. Give the file of this network, built ` +
      "with the options that the network has here.",
  );
}

/** h · w of the [h, w, C] map that the layer in front of a dense layer flattens; 1 where there is none. */
function placesOfFlattened(layer: tf.layers.Layer): number {
  const source = layer.inboundNodes[0]?.inputTensors[0]?.sourceLayer;
  if (layer.getClassName() !== "Dense" || source?.getClassName() !== "Flatten") return 1;
  const [, height, width] = source.inboundNodes[0]!.inputTensors[0]!.shape;
  return height! * width!;
}

/** Whether nothing with weights stands between the pictures and the layer. */
function readsPictures(model: tf.LayersModel, layer: tf.layers.Layer): boolean {
  return model.layers.find(({ weights }) => weights.length > 0) === layer;
}

function withoutCounters(weights: PublishedWeights): PublishedWeights {
  return new Map([...weights].filter(([name]) => !COUNTER.test(name)));
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
