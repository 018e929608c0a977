import preset from "@convkit/vitest-config";
import { mergeConfig } from "vitest/config";

export default mergeConfig(preset, { test: { globalSetup: "test/global-setup.ts" } });
