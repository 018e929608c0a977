/** The whole suite on each backend: see tooling/vitest/vitest.js for how to choose one. */
import { onEachBackend } from "@convkit/vitest-config";

export default onEachBackend();
