/** Opens the tfjs backend that the environment names (see vitest.js), before each test file and in children of tests. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// The tfjs of the package under test: the copy that its sources import.
const tfjs = createRequire(join(process.cwd(), "package.json")).resolve("@tensorflow/tfjs");
const { default: tf } = await import(pathToFileURL(tfjs).href);

// eslint-disable-next-line no-restricted-properties -- A setup file is handed nothing else.
const { CONVKIT_TEST_BACKEND: backend = "cpu", CONVKIT_TEST_BACKEND_MODULE: module } = process.env;
if (module) await import(module);
if (!(await tf.setBackend(backend))) {
  throw new Error(
    `Expected CONVKIT_TEST_BACKEND to name a backend of tfjs or of CONVKIT_TEST_BACKEND_MODULE. Received: ${backend}.`,
  );
}
