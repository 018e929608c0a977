/** The whole suite on each backend: see tooling/vitest/vitest.js for how to choose one. */
import { onEachBackend } from "@convkit/vitest-config";

/** What meets the backend; `CONVKIT_TEST_BACKEND=webgpu` tests all there, which takes ten minutes on a device in software. */
const ON_WEBGPU = [
  "checkpoint",
  "clip-gradients",
  "cpu-parity",
  "cross-entropy",
  "fit",
  "kill-and-resume",
  "loss",
  "optimizer",
  "resume",
  "steps-in-flight",
  "terminate-on-nan",
  "train-step",
  "weight-averages",
];

export default onEachBackend({ usuallyOnWebgpu: ON_WEBGPU.map((name) => `src/${name}.test.ts`) });
