/** The whole suite on each backend: see tooling/vitest/vitest.js for how to choose one. */
import { onEachBackend } from "@convkit/vitest-config";
import { mergeConfig } from "vitest/config";

export default mergeConfig(onEachBackend(), { test: { setupFiles: ["./test/open-backend.mjs"] } });
