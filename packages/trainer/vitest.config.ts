/** The whole suite on each backend: see tooling/vitest/vitest.js for how to choose one. */
import { onEachBackend } from "@convkit/vitest-config";

/** What meets the backend; `CONVKIT_TEST_BACKEND=webgpu` or `=cpu` tests all there, which takes minutes more. */
const MEETS_THE_BACKEND = [
  "batch-tensors",
  "checkpoint",
  "clip-gradients",
  "cpu-parity",
  "cross-entropy",
  "fit",
  "kill-and-resume",
  "loss",
  "optimizer",
  "reads-in-flight",
  "steps-in-flight",
  "terminate-on-nan",
  "train-step",
  "weight-averages",
];

export default onEachBackend({ usuallyElsewhere: MEETS_THE_BACKEND.map((name) => `src/${name}.test.ts`) });
