/** A network out of a module of the user's own, equal to the registry's in everything that follows. */
import type { ModuleSpec } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { UserModuleError } from "./errors.js";
import { loadUserModule } from "./load-user-module.js";
import type { ModelContext } from "./model-builder.js";
import { NamedLayers } from "./named-layers.js";

/** What a user's model module is handed. */
export type ModelModuleContext = ModelContext & {
  /** convkit's own tfjs: layers of another copy would not fit. */
  tf: typeof tf;
  /** Layers with names, seeds and our batch normalisation and dropout; stock `tf.layers` do as well. */
  layers: NamedLayers;
};

/**
 * The default export of a user's model module.
 *
 * @returns a model from [N, height, width, channels] to logits [N, numClasses].
 */
export type ModelModule = (
  context: ModelModuleContext,
  options: Record<string, unknown>,
) => tf.LayersModel | Promise<tf.LayersModel>;

/** @throws {UserModuleError} if the module does not load, or gives no model of tfjs. */
export async function buildModuleModel(spec: ModuleSpec, context: ModelContext): Promise<tf.LayersModel> {
  const build = await loadUserModule(spec.module);
  if (typeof build !== "function") {
    throw new UserModuleError(
      `Expected the default export of ${spec.module} to be a function (context, options) => tf.LayersModel. ` +
        `Received: ${typeof build}.`,
    );
  }
  const layers = new NamedLayers(context.rng);
  const model = await (build as ModelModule)({ ...context, tf, layers }, spec.options);
  if (!(model instanceof tf.LayersModel)) {
    throw new UserModuleError(
      `Expected ${spec.module} to return a tf.LayersModel. Received: ${Object.prototype.toString.call(model)}. ` +
        `Build it with the \`tf\` it is handed: a second copy of tfjs does not fit.`,
    );
  }
  return model;
}
