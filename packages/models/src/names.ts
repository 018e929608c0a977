/** The registry's names, apart from the networks: a command line lists them without loading tfjs. */
import { ModelSpec } from "@convkit/schema";
import { MODEL_NAMES, type ModelName } from "@convkit/schema/model-names";

export { MODEL_NAMES, type ModelName };

export function isModelName(name: string): name is ModelName {
  return (MODEL_NAMES as readonly string[]).includes(name);
}

/**
 * What a user types for a model, as in a config: a path to a module (it has a slash, or ends in .mjs, .js, .ts or
 * .mts), else a name of the registry. Whether the name exists is `createModel`'s to say.
 *
 * @throws {ZodError} if the text is empty.
 */
export function parseModelSpec(text: string): ModelSpec {
  return ModelSpec.parse(text);
}
