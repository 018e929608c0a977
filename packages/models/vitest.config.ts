/** The whole suite on `native`, what meets the backend on each: see tooling/vitest/vitest.js for how to choose one. */
import { onEachBackend } from "@convkit/vitest-config";

/** The rest is about files, shapes and draws. */
const MEETS_THE_BACKEND = [
  "adaptive-average-pool",
  "airbench",
  "load-classifier",
  "registry",
  "resnet9",
  "saved-model",
  "simple-cnn",
  "split-model",
  "test-time-augmentation",
];

export default onEachBackend({ usuallyElsewhere: MEETS_THE_BACKEND.map((name) => `src/${name}.test.ts`) });
