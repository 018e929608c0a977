/** Opens the tfjs backend that the environment names, before each test file: tooling/vitest/vitest.js sets it. */
import * as tf from "@tensorflow/tfjs";

const { CONVKIT_TEST_BACKEND: backend = "cpu", CONVKIT_TEST_BACKEND_MODULE: module } = process.env;
if (module) await import(module);
if (!(await tf.setBackend(backend))) {
  throw new Error(
    `Expected CONVKIT_TEST_BACKEND to name a backend of tfjs or of CONVKIT_TEST_BACKEND_MODULE. Received: ${backend}.`,
  );
}
