/**
 * The files of a classifier: `model.json` and `weights.bin` as tfjs writes and reads them (a LayersModel), and
 * `model-card.json`, which says how to use it.
 */
import { ModelCard } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { ClassifierFilesError } from "./errors.js";

export const MODEL_FILE = "model.json";
export const WEIGHTS_FILE = "weights.bin";
export const CARD_FILE = "model-card.json";
/** What people read of it, partly written by them; nothing that is needed to use it. */
export const README_FILE = "README.md";

/** Reads one file of the folder, wherever that is. */
export type ReadFile = (name: string) => Promise<Uint8Array<ArrayBuffer>>;

/** @throws {ClassifierFilesError} if the card is not one that this version reads. */
export function parseCard(value: unknown): ModelCard {
  const result = ModelCard.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  throw new ClassifierFilesError(`Expected a model card of format version 1. Received: ${problems}.`);
}

/** @throws {ClassifierFilesError} if the model does not take and give what the card says, or the card contradicts itself. */
export function checkCard(card: ModelCard, model: tf.LayersModel): void {
  if (card.output === "probabilities" && card.temperature) {
    throw new ClassifierFilesError(
      `Expected a card with a \`temperature\` to have the \`output\` logits or binary-logits, which it divides. ` +
        `Received: probabilities. Leave the temperature out.`,
    );
  }
  const expected = JSON.stringify([
    [null, ...card.inputShape],
    [null, card.classNames.length],
  ]);
  const received = JSON.stringify([model.inputs[0]?.shape, model.outputs[0]?.shape]);
  if (expected !== received || model.inputs.length > 1 || model.outputs.length > 1) {
    throw new ClassifierFilesError(
      `Expected a model with the input and output of its card, ${expected}. Received: ${received}.`,
    );
  }
}

/** The contents of `model.json` and `weights.bin`. The model stays as it is. */
export async function encodeModel(model: tf.LayersModel): Promise<{ json: string; weights: Uint8Array }> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save({
    save: (saved) => {
      artifacts = saved;
      return Promise.resolve({ modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(saved) });
    },
  });
  const { weightSpecs = [], weightData, ...topology } = artifacts as tf.io.ModelArtifacts;
  const weightsManifest: tf.io.WeightsManifestConfig = [{ paths: [WEIGHTS_FILE], weights: weightSpecs }];
  return {
    json: JSON.stringify({ ...topology, weightsManifest }),
    weights: new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)),
  };
}

/** How a saved layer of this class is built instead of by tfjs. */
export type LayerFactories = Readonly<
  Record<string, (config: tf.serialization.ConfigDict) => tf.layers.Layer>
>;

/**
 * @param factories by class name.
 * @throws {ClassifierFilesError} if the files are damaged, or hold something else than a LayersModel.
 */
export async function decodeModel(
  readFile: ReadFile,
  factories: LayerFactories = {},
): Promise<tf.LayersModel> {
  const json = parseJson(MODEL_FILE, await readFile(MODEL_FILE)) as Partial<tf.io.ModelJSON> | null;
  if (!json?.modelTopology || !Array.isArray(json.weightsManifest)) {
    throw new ClassifierFilesError(
      `Expected the modelTopology and weightsManifest of a tfjs LayersModel in ${MODEL_FILE}. ` +
        `Received: ${Object.keys(json ?? {}).join(", ") || "neither"}.`,
    );
  }
  const weightSpecs = json.weightsManifest.flatMap(({ weights }) => weights);
  const shards = await Promise.all(json.weightsManifest.flatMap(({ paths }) => paths).map(readFile));
  const weightData = tf.io.CompositeArrayBuffer.join(shards.map(({ buffer }) => buffer));
  checkWeightBytes(weightSpecs, weightData.byteLength);
  try {
    return await buildModel({ modelTopology: json.modelTopology, weightSpecs, weightData }, factories);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ClassifierFilesError(`Expected ${MODEL_FILE} and its weights to load. Received: ${reason}`, {
      cause: error,
    });
  }
}

type Saved = Required<Pick<tf.io.ModelArtifacts, "weightSpecs">> & {
  modelTopology: tf.io.ModelJSON["modelTopology"];
  weightData: ArrayBuffer;
};

/** As `tf.loadLayersModel`, which takes no classes but registered ones. */
async function buildModel(
  { modelTopology, weightSpecs, weightData }: Saved,
  factories: LayerFactories,
): Promise<tf.LayersModel> {
  const customObjects = Object.fromEntries(
    Object.entries(factories).map(([name, build]) => [
      name,
      [build, (_: unknown, config: tf.serialization.ConfigDict) => build(config)],
    ]),
  );
  const model = await tf.models.modelFromJSON({ modelTopology }, customObjects as never);
  const weights = tf.io.decodeWeights(weightData, weightSpecs);
  try {
    model.loadWeights(weights);
  } catch (error) {
    model.dispose();
    throw error;
  } finally {
    tf.dispose(weights);
  }
  return model;
}

const BYTES_PER_VALUE: Readonly<Record<string, number>> = {
  uint8: 1,
  bool: 1,
  uint16: 2,
  float16: 2,
  complex64: 8,
};

/** tfjs itself ignores bytes too many, which are another model's. */
function checkWeightBytes(specs: readonly tf.io.WeightsManifestEntry[], received: number): void {
  const expected = specs.reduce((sum, { shape, dtype, quantization }) => {
    return sum + tf.util.sizeFromShape(shape) * (BYTES_PER_VALUE[quantization?.dtype ?? dtype] ?? 4);
  }, 0);
  if (received !== expected) {
    throw new ClassifierFilesError(`Expected ${expected} bytes of weights. Received: ${received}.`);
  }
}

/** @throws {ClassifierFilesError} if the bytes are not JSON. */
export function parseJson(name: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new ClassifierFilesError(
      `Expected JSON in ${name}. Received: ${bytes.length} bytes that are not.`,
      {
        cause: error,
      },
    );
  }
}
