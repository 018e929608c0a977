/** Opens the backend that vitest.config.ts names, before each test file. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    backend: string;
    backendModule: string | null;
  }
}

beforeAll(async () => {
  const backendModule = inject("backendModule");
  if (backendModule) await import(backendModule);
  const backend = inject("backend");
  if (!(await tf.setBackend(backend))) throw new Error(`The backend "${backend}" did not open.`);
});
