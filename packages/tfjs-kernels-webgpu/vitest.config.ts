import { onVulkan } from "@convkit/vitest-config";
import { mergeConfig } from "vitest/config";

/** A device in software compiles some programs for half a minute, unless its driver's cache has them. */
export default mergeConfig(onVulkan(), { test: { testTimeout: 600_000 } });
