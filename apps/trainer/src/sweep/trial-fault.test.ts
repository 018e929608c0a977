import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { packError, unpackError } from "../process/protocol.js";
import { isTrialsFault } from "./trial-fault.js";

/** As the sweep sees what a training process has thrown. */
const judged = (error: Error, swept = ["learningRate", "model.options.database"]) =>
  isTrialsFault(unpackError(packError(error)), swept);
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

it("is data, an engine or a precision that cannot be, where the sweep tries such", () => {
  const ofData = ["DatasetFormatError", "DatasetNotFoundError", "ImageDecodeError", "TooManyBadFilesError"];
  const ofEngine = ["EngineUnavailableError", "PrecisionUnavailableError", "Bf16UnavailableError"];
  for (const name of ofData)
    expect([name, judged(named(name), ["data.stratify"]), judged(named(name), ["precision"])]).toEqual([
      name,
      true,
      false,
    ]);
  for (const name of ofEngine)
    for (const [path, is] of [
      ["precision", true],
      ["engine", true],
      ["data.stratify", false],
    ] as const)
      expect([name, path, judged(named(name), ["learningRate", path])]).toEqual([name, path, is]);
});

it("is no full disk, no network that is down and no process that holds the run, whatever the sweep tries", () => {
  for (const name of [
    "DiskSpaceError",
    "FetchError",
    "DatasetUnavailableError",
    "ContentHashMismatchError",
    "RunBusyError",
  ])
    expect([name, judged(named(name), ["data.source", "engine", "precision"])]).toEqual([name, false]);
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
