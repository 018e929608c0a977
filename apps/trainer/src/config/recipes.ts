/**
 * What `convkit train <data>` does when told nothing else. Each recipe was chosen on validation pictures alone;
 * docs/decisions/recipes.md lists the attempts.
 */
import type { RunConfigInput } from "@convkit/schema";
import type { PartialConfig } from "./merge-config.js";

/** Everything of a config that a recipe may decide. */
export type Recipe = Partial<Omit<RunConfigInput, "data" | "name" | "seed" | "engine" | "formatVersion">> & {
  readonly data?: Partial<RunConfigInput["data"]>;
};

/** For data nobody has tuned for. */
const GENERAL: Recipe = {
  model: { name: "resnet9" },
  optimizer: { name: "sgd", momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
  schedule: { name: "one-cycle" },
  learningRate: 0.1,
  epochs: 15,
  batchSize: 64,
  loss: { name: "cross-entropy", labelSmoothing: 0.1 },
};
