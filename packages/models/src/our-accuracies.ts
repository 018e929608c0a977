/** What networks of the registry have reached here: only runs that a document describes, with command and hardware. */
import type { ModelName } from "./names.js";

export type OurAccuracy = {
  /** A name that `convkit train` knows. */
  dataset: string;
  /** Of the test pictures that were classified correctly, 0 to 1. */
  accuracy: number;
  /** The document, from the repository's root. */
  documentedIn: string;
};

export const OUR_ACCURACIES: Readonly<Partial<Record<ModelName, OurAccuracy>>> = {
  airbench94: { dataset: "cifar10", accuracy: 0.9404, documentedIn: "docs/results.md" },
  "simple-cnn": { dataset: "fashion-mnist", accuracy: 0.931, documentedIn: "docs/benchmarks.md" },
};
