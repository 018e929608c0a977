/**
 * The suite runs on any tfjs backend: `BACKEND=wasm BACKEND_MODULE=@tensorflow/tfjs-backend-wasm pnpm test`.
 * BACKEND_MODULE, a package or the URL of a file, is imported first; stock `cpu` needs none.
 */
import preset from "@convkit/vitest-config";
import { mergeConfig } from "vitest/config";

export default mergeConfig(preset, {
  test: {
    setupFiles: ["./test/use-backend.ts"],
    provide: {
      backend: process.env.BACKEND ?? "cpu",
      backendModule: process.env.BACKEND_MODULE ?? null,
    },
  },
});
