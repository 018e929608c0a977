/** One door to every network: a name of the registry, a list of layers, a module of the user's own, or a saved network. */
import { fuseActivations } from "@convkit/ops";
import type { ModelSpec } from "@convkit/schema";
import type * as tf from "@tensorflow/tfjs";
import { ModelConfigError, UnknownModelError } from "./errors.js";
import { buildLayerList } from "./layer-list.js";
import type { ModelContext, ModelDefinition } from "./model-builder.js";
import { buildModuleModel } from "./module-model.js";
import { isModelName, MODEL_NAMES, parseModelSpec } from "./names.js";
import { loadPretrained } from "./pretrained/load-pretrained.js";
import { MODELS } from "./registry.js";
import { buildSavedModel } from "./saved-model.js";

/**
 * Builds a classifier from [N, height, width, channels] to logits [N, numClasses]. Equal specs, contexts and seeds
 * give equal weights under equal names. Batch normalisation and the ReLU behind it are fused for training.
 *
 * @param spec a string is a name of the registry or a path to a module.
 * @returns the caller disposes it.
 * @throws {UnknownModelError} if the registry has no such name.
 * @throws {ModelConfigError} if the network cannot take this input, number of classes or these options.
 * @throws {UserModuleError} if a module does not load or gives no model.
 * @throws {ClassifierFilesError} if a saved network does not load.
 * @throws {PretrainedWeightsError} if the file of `pretrained` cannot be read or is not of this network.
 */
export async function createModel(spec: string | ModelSpec, context: ModelContext): Promise<tf.LayersModel> {
  checkContext(context);
  const model = await build(typeof spec === "string" ? parseModelSpec(spec) : spec, context);
  try {
    checkModel(model, context);
  } catch (error) {
    model.dispose();
    throw error;
  }
  fuseActivations(model);
  return model;
}

async function build(spec: ModelSpec, context: ModelContext): Promise<tf.LayersModel> {
  if ("layers" in spec) return buildLayerList(spec.layers, context);
  if ("module" in spec) return buildModuleModel(spec, context);
  if ("classifier" in spec) return buildSavedModel(spec.classifier, context);
  const { name, options } = spec;
  if (!isModelName(name)) {
    throw new UnknownModelError(
      `Expected a model of the registry: ${MODEL_NAMES.join(", ")}. Received: ${name}. ` +
        `A network of your own is a list of layers or a path to a .mjs or .ts module.`,
    );
  }
  const definition: ModelDefinition = MODELS[name];
  const [height, width, channels] = context.inputShape;
  if (Math.min(height, width) < definition.minSize || (channels !== 1 && channels !== 3)) {
    throw new ModelConfigError(
      `Expected pictures of at least ${definition.minSize}×${definition.minSize} pixels and 1 or 3 channels for ` +
        `${name}. Received: [${context.inputShape.join(", ")}]. Resize them, or write a network of your own.`,
    );
  }
  const model = await definition.build(context, options);
  if (spec.pretrained === undefined) return model;
  try {
    await loadPretrained(model, spec.pretrained);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

function checkContext({ inputShape, numClasses }: ModelContext): void {
  if (inputShape.length !== 3 || !inputShape.every((size) => Number.isInteger(size) && size > 0)) {
    throw new ModelConfigError(
      `Expected \`inputShape\` to be [height, width, channels], positive integers. Received: ${JSON.stringify(inputShape)}.`,
    );
  }
  if (!Number.isInteger(numClasses) || numClasses < 2) {
    throw new ModelConfigError(
      `Expected \`numClasses\` to be an integer from 2 on. Received: ${numClasses}.`,
    );
  }
}

/** The registry's networks cannot fail this; a module of the user's own can. */
function checkModel(model: tf.LayersModel, { inputShape, numClasses }: ModelContext): void {
  const shapes = (tensors: tf.SymbolicTensor[]): string => JSON.stringify(tensors.map(({ shape }) => shape));
  const expected = `${JSON.stringify([[null, ...inputShape]])} to ${JSON.stringify([[null, numClasses]])}`;
  const received = `${shapes(model.inputs)} to ${shapes(model.outputs)}`;
  if (received !== expected) {
    throw new ModelConfigError(`Expected a model from ${expected}. Received: one from ${received}.`);
  }
}
