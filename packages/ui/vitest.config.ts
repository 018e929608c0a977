import preset from "@convkit/vitest-config";
import { mergeConfig } from "vitest/config";

/** A page on a busy machine may take more than a second to follow. */
export default mergeConfig(preset, { test: { expect: { poll: { timeout: 20_000 } } } });
