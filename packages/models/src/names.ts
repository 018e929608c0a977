/** The registry's names, apart from the networks: a command line lists them without loading tfjs. */
import { ModelSpec } from "@convkit/schema";

export const MODEL_NAMES = [
  "lenet5",
  "simple-cnn",
  "vgg11-bn",
  "vgg16-bn",
  "resnet20",
  "resnet32",
  "resnet56",
  "resnet18",
  "resnet34",
  "resnet50",
  "resnet9",
  "airbench94",
  "airbench96",
  "wide-resnet-16-4",
  "wide-resnet-28-10",
  "densenet-bc-100-12",
  "squeezenet",
  "mobilenet-v2",
  "mobilenet-v3-small",
  "efficientnet-b0",
  "convnext-atto",
  "convnext-tiny",
] as const;

export type ModelName = (typeof MODEL_NAMES)[number];

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
