import * as data from "@convkit/data";
import * as engine from "@convkit/engine";
import * as models from "@convkit/models";
import * as trainer from "@convkit/trainer";
import { expect, it } from "vitest";
import { EXIT_CODES } from "./exit-codes.js";
import { EXIT_CODE_OF_ERROR, exitCodeOfError } from "./exit-code-of-error.js";
import { InterruptedError } from "./process/process-errors.js";
import { packError, unpackError } from "./process/protocol.js";

/** Of this package, or of one that does not export the class it throws. */
const OTHERS = [
  "ConfigError",
  "CustomTransformError",
  "DashboardMissingError",
  "EngineCannotTrainError",
  "ProcessDiedError",
  "RunNotFoundError",
];

it("names only classes that exist", () => {
  const exported = new Set([...Object.keys({ ...data, ...engine, ...models, ...trainer }), ...OTHERS]);
  expect(Object.keys(EXIT_CODE_OF_ERROR).filter((name) => !exported.has(name))).toEqual([]);
});

it("knows an error by its class's name, also one that came from another process", () => {
  const inWorker = new data.LoaderError("no batch", {
    cause: new data.ImageDecodeError("a.png", new Error("cut short")),
  });
  expect(exitCodeOfError(unpackError(structuredClone(packError(inWorker))))).toBe(EXIT_CODES.data);
  expect(exitCodeOfError(new engine.EngineUnavailableError("native", "no compiler"))).toBe(EXIT_CODES.engine);
  expect(exitCodeOfError(new InterruptedError("stopped", EXIT_CODES.terminated))).toBe(EXIT_CODES.terminated);
  expect(exitCodeOfError(new TypeError("a defect"))).toBe(EXIT_CODES.failed);
});
