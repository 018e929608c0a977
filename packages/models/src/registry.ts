/** The networks that have a name. A name without a network, or the reverse, does not compile. */
import { airbench94 } from "./airbench94.js";
import type { ModelDefinition } from "./model-builder.js";
import { MODEL_NAMES, type ModelName } from "./names.js";
import { resnet20 } from "./resnet20.js";
import { resnet9 } from "./resnet9.js";
import { simpleCnn } from "./simple-cnn.js";

export const MODELS = {
  "simple-cnn": simpleCnn,
  resnet20,
  resnet9,
  airbench94,
} satisfies Record<ModelName, ModelDefinition>;

export type ModelListing = Pick<ModelDefinition, "summary" | "source" | "minSize"> & { name: ModelName };

/** The registry's networks, for a human to choose from. */
export function listModels(): ModelListing[] {
  return MODEL_NAMES.map((name) => {
    const { summary, source, minSize } = MODELS[name];
    return { name, summary, source, minSize };
  });
}
