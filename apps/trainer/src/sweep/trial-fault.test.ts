import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { packError, unpackError } from "../process/protocol.js";
import { isTrialsFault } from "./trial-fault.js";

/** As the sweep sees what a training process has thrown. */
const judged = (error: Error) => isTrialsFault(unpackError(packError(error)));
const named = (name: string, cause?: Error) => Object.assign(new Error("…", cause && { cause }), { name });

function thrownBy(work: () => void): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Expected an error.");
}

it("is what a config leads to: too little memory, layers that do not fit, a module that fails", () => {
  for (const name of [
    "OutOfMemoryError",
    "TensorMemoryError",
    "ModelConfigError",
    "ShapeError",
    "UserModuleError",
  ])
    expect([name, judged(named(name))]).toEqual([name, true]);
  // tfjs's own, of a layer that it refuses.
  expect(judged(named("ValueError"))).toBe(true);
});

it("is not what another config would not change: data, the engine, another process, the run's files", () => {
  for (const name of [
    "DatasetNotFoundError",
    "DiskSpaceError",
    "ImageDecodeError",
    "TooManyBadFilesError",
    "ContentHashMismatchError",
    "EngineUnavailableError",
    "RunBusyError",
    "RunFolderExistsError",
    "CheckpointCorruptError",
    "JournalCorruptError",
  ])
    expect([name, judged(named(name))]).toEqual([name, false]);
});

it.skipIf(process.platform !== "linux")("is not a full disk, whoever ran into it", () => {
  const full = thrownBy(() => writeFileSync("/dev/full", "x"));
  expect(judged(full)).toBe(false);
  expect(judged(named("UserModuleError", full))).toBe(false);
});

it("is a file that the config names and that is not there, and not one that nobody named", () => {
  const missing = thrownBy(() => readFileSync("./nowhere"));
  expect(judged(named("PretrainedWeightsError", missing))).toBe(true);
  expect(judged(missing)).toBe(false);
});
