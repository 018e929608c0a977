/**
 * What `convkit train <data>` does when told nothing else. CIFAR-10's recipe was chosen on validation
 * pictures alone; docs/decisions/0011-recipes.md lists the attempts.
 */
import type { ModelName } from "@convkit/models/names";
import type { RunConfigInput } from "@convkit/schema";
import type { PartialConfig } from "./merge-config.js";

/** What of a config a recipe may decide. */
type Recipe = Partial<
  Pick<RunConfigInput, "loss" | "optimizer" | "learningRate" | "schedule" | "epochs" | "batchSize">
> & { readonly model?: { readonly name: ModelName; readonly options?: Record<string, unknown> } };

const SGD = { name: "sgd", momentum: 0.9, nesterov: true, weightDecay: 5e-4 } as const;
const ONE_CYCLE = { name: "one-cycle", pctStart: 0.25, anneal: "linear" } as const;

const COSINE = { name: "cosine", warmupFraction: 0.05 } as const;

/** Networks for photographs: torchvision's references, 0.1 for 256 pictures a step, over half a cosine. */
const PHOTOS: Recipe = { epochs: 90, batchSize: 128, learningRate: 0.05, schedule: COSINE };
/** Mobile networks: as many epochs, and torchvision's smaller weight decay. */
const MOBILE: Recipe = { ...PHOTOS, optimizer: { ...SGD, weightDecay: 4e-5 } };
/** ConvNeXt, appendix A.1: AdamW with a rate of 4e-3 for 4096 pictures a step. */
const CONVNEXT: Recipe = {
  epochs: 300,
  batchSize: 128,
  learningRate: 1.25e-4,
  optimizer: { name: "adamw", weightDecay: 0.05 },
  schedule: COSINE,
};

/** How each network is trained where the data set's recipe is for another one. */
const MODEL_RECIPES: Readonly<Record<ModelName, Recipe>> = {
  lenet5: { epochs: 15, batchSize: 128, learningRate: 0.1 },
  "simple-cnn": { epochs: 15, batchSize: 128, learningRate: 0.1 },
  "vgg11-bn": { ...PHOTOS, learningRate: 0.01 },
  "vgg16-bn": { ...PHOTOS, learningRate: 0.01 },
  resnet20: { epochs: 40, batchSize: 128, learningRate: 0.2 },
  resnet32: { epochs: 40, batchSize: 128, learningRate: 0.2 },
  resnet56: { epochs: 40, batchSize: 128, learningRate: 0.2 },
  resnet18: PHOTOS,
  resnet34: PHOTOS,
  resnet50: PHOTOS,
  resnet9: { epochs: 10, batchSize: 128, learningRate: 0.2 },
  airbench94: { epochs: 10, batchSize: 128, learningRate: 0.2 },
  airbench96: { epochs: 37, batchSize: 128, learningRate: 0.2 },
  "wide-resnet-16-4": { epochs: 200, batchSize: 128, learningRate: 0.1, schedule: COSINE },
  "wide-resnet-28-10": { epochs: 200, batchSize: 128, learningRate: 0.1, schedule: COSINE },
  "densenet-bc-100-12": { epochs: 300, batchSize: 64, learningRate: 0.1, schedule: COSINE },
  squeezenet: { ...PHOTOS, learningRate: 0.01 },
  "mobilenet-v2": MOBILE,
  "mobilenet-v3-small": MOBILE,
  "efficientnet-b0": MOBILE,
  "convnext-atto": CONVNEXT,
  "convnext-tiny": CONVNEXT,
};

const GENERAL: Recipe = {
  model: { name: "simple-cnn" },
  loss: { name: "cross-entropy", labelSmoothing: 0.1 },
  optimizer: SGD,
  schedule: ONE_CYCLE,
  ...MODEL_RECIPES["simple-cnn"],
};

const DATA_RECIPES: Readonly<Record<string, Recipe>> = {
  mnist: { ...GENERAL, epochs: 6 },
  cifar10: {
    ...GENERAL,
    model: { name: "airbench94", options: { filters: [32, 128, 128] } },
    loss: { name: "cross-entropy", labelSmoothing: 0.2 },
    learningRate: 0.5,
    epochs: 3,
  },
};

/**
 * @param source name of a data set, or a path; what has no recipe of its own gets the general one.
 * @param model the network asked for: one of the registry, or `own` for the user's; the data set's if left out.
 */
export function recipeFor(source: string, model?: ModelName | "own"): PartialConfig {
  const recipe = (Object.hasOwn(DATA_RECIPES, source) ? DATA_RECIPES[source] : undefined) ?? GENERAL;
  if (model === undefined || recipe.model?.name === model) return recipe;
  // A learning rate that a data set's network bears may ruin another.
  if (model === "own") return recipe.model?.name === GENERAL.model?.name ? recipe : GENERAL;
  return { ...GENERAL, model: { name: model }, ...MODEL_RECIPES[model] };
}
