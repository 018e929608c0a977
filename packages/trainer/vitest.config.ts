/** The preset, with the backend that BACKEND names (default `cpu`) under every test. */
import preset from "@convkit/vitest-config";
import { mergeConfig } from "vitest/config";

export default mergeConfig(preset, { test: { setupFiles: ["test/backend.mjs"] } });
