/** The networks that have a name. A name without a network, or the reverse, does not compile. */
import { MODEL_SUMMARIES } from "@convkit/schema/model-names";
import { airbench94, airbench96 } from "./airbench.js";
import { convnextAtto, convnextTiny } from "./convnext.js";
import { densenetBc100x12 } from "./densenet.js";
import { efficientnetB0 } from "./efficientnet.js";
import { lenet5 } from "./lenet5.js";
import { mobilenetV2 } from "./mobilenet-v2.js";
import { mobilenetV3Small } from "./mobilenet-v3.js";
import type { ModelDefinition } from "./model-builder.js";
import { MODEL_NAMES, type ModelName } from "./names.js";
import { OUR_ACCURACIES, type OurAccuracy } from "./our-accuracies.js";
import { resnet18, resnet34, resnet50 } from "./resnet.js";
import { resnet20, resnet32, resnet56 } from "./resnet-cifar.js";
import { resnet9 } from "./resnet9.js";
import { simpleCnn } from "./simple-cnn.js";
import { squeezenet } from "./squeezenet.js";
import { vgg11Bn, vgg16Bn } from "./vgg.js";
import { wideResnet16x4, wideResnet28x10 } from "./wide-resnet.js";

export const MODELS = {
  lenet5,
  "simple-cnn": simpleCnn,
  "vgg11-bn": vgg11Bn,
  "vgg16-bn": vgg16Bn,
  resnet20,
  resnet32,
  resnet56,
  resnet18,
  resnet34,
  resnet50,
  resnet9,
  airbench94,
  airbench96,
  "wide-resnet-16-4": wideResnet16x4,
  "wide-resnet-28-10": wideResnet28x10,
  "densenet-bc-100-12": densenetBc100x12,
  squeezenet,
  "mobilenet-v2": mobilenetV2,
  "mobilenet-v3-small": mobilenetV3Small,
  "efficientnet-b0": efficientnetB0,
  "convnext-atto": convnextAtto,
  "convnext-tiny": convnextTiny,
} satisfies Record<ModelName, ModelDefinition>;

export type ModelListing = Omit<ModelDefinition, "features" | "build"> & {
  name: ModelName;
  /** One line for a list. */
  summary: string;
  /** What it has reached here; null: no run of it is documented yet. */
  accuracy: OurAccuracy | null;
};

/** The registry's networks, for a human to choose from. None is built. */
export function listModels(): ModelListing[] {
  return MODEL_NAMES.map((name) => {
    const { source, minSize, reference } = MODELS[name];
    const summary = MODEL_SUMMARIES[name];
    return { name, summary, source, minSize, reference, accuracy: OUR_ACCURACIES[name] ?? null };
  });
}
