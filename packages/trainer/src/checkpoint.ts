/**
 * Everything a later process needs to go on exactly: weights, optimizer slots, position, random state, callback
 * state. On disk one safetensors file in a folder of its own; the loop's state is JSON in its metadata beside a
 * SHA-256 of all the rest.
 *
 * One file, because a rename over a file is atomic and over a filled folder is not: it is written beside the old one,
 * fsynced and renamed over it, so a kill at any moment leaves the whole old checkpoint or the whole new one.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DropoutState } from "@convkit/ops";
import type { RngState } from "@convkit/random";
import { replaceFile } from "./replace-file.js";
import { decodeSafetensors, encodeSafetensors, type NamedArrays } from "./safetensors.js";

export interface CheckpointState {
  readonly formatVersion: 1;
  /** Updates done. */
  readonly step: number;
  /** The epoch to go on with, from 1, and how many of its steps are done. */
  readonly epoch: number;
  readonly stepInEpoch: number;
  /** Sums over the pictures of those steps, from which the epoch's loss and accuracy come. */
  readonly totals: { readonly loss: number; readonly correct: number; readonly count: number };
  /** Of the last update. */
  readonly learningRate: number;
  /** The run's Rng. */
  readonly rng: RngState;
  /** Of every Dropout layer, by name. */
  readonly dropout: Readonly<Record<string, DropoutState>>;
  /** By callback name. */
  readonly callbacks: Readonly<Record<string, unknown>>;
  /** Why training stopped early, if it did: resuming must not train on. */
  readonly stopReason: string | null;
}

export interface Checkpoint {
  readonly state: CheckpointState;
  /** By weight name, moving averages included. */
  readonly weights: NamedArrays;
  /** Optimizer slots, `<weight>/<slot>`. */
  readonly slots: NamedArrays;
  /** Averages of the weights (`ema`, `lookahead`), each by weight name. */
  readonly averages: Readonly<Record<string, NamedArrays>>;
}

/** What is judged and kept as the classifier: averaged weights where the run has them. */
export function weightsToJudge({ weights, averages }: Checkpoint): NamedArrays {
  return averages["ema"] ?? weights;
}

/** The file is torn, altered, or none of ours. */
export class CheckpointCorruptError extends Error {
  override readonly name = "CheckpointCorruptError";
}

/** The file is whole, and of a format that is not known here. */
export class CheckpointVersionError extends Error {
  override readonly name = "CheckpointVersionError";
}

const FILE_NAME = "checkpoint.safetensors";
const WEIGHTS = "weights/";
const SLOTS = "slots/";
const AVERAGES = "averages/";

export function checkpointFile(folder: string): string {
  return join(folder, FILE_NAME);
}

/** Writes `<folder>/checkpoint.safetensors`, replacing the one before atomically and durably. */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  await mkdir(folder, { recursive: true });
  await replaceFile(checkpointFile(folder), encodeCheckpoint(checkpoint));
}

/**
 * @returns null if the folder holds no checkpoint.
 * @throws {CheckpointCorruptError} if it holds one that is not whole.
 * @throws {CheckpointVersionError} if a newer convkit wrote it.
 */
export async function loadCheckpoint(folder: string): Promise<Checkpoint | null> {
  const path = checkpointFile(folder);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    return decodeCheckpoint(bytes);
  } catch (cause) {
    if (cause instanceof CheckpointVersionError) {
      throw new CheckpointVersionError(`${cause.message} It is ${path}.`, { cause });
    }
    throw new CheckpointCorruptError(
      `Expected a whole checkpoint at ${path}. Received: ${(cause as Error).message}`,
      { cause },
    );
  }
}

export function encodeCheckpoint({ state, weights, slots, averages }: Checkpoint): Uint8Array {
  const averaged = Object.entries(averages).map(([name, arrays]) =>
    withPrefix(`${AVERAGES}${name}/`, arrays),
  );
  const arrays = Object.assign(
    withPrefix(WEIGHTS, weights),
    withPrefix(SLOTS, slots),
    ...averaged,
  ) as NamedArrays;
  const stateJson = JSON.stringify(state);
  return encodeSafetensors(arrays, { state: stateJson, sha256: digest(stateJson, arrays) });
}

/**
 * @throws {CheckpointVersionError} if they are of a newer format.
 * @throws {Error} saying what is wrong with the bytes.
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const { arrays, metadata } = decodeSafetensors(bytes);
  const { state: stateJson = "", sha256 } = metadata;
  if (sha256 !== digest(stateJson, arrays)) throw new Error("content that does not match its checksum.");
  const state = JSON.parse(stateJson) as CheckpointState;
  if (state.formatVersion !== 1) {
    throw new CheckpointVersionError(
      `Expected a checkpoint of format 1. Received: format ${String(state.formatVersion)}, which a newer convkit wrote. ` +
        "Use that one.",
    );
  }
  return {
    state,
    weights: withoutPrefix(WEIGHTS, arrays),
    slots: withoutPrefix(SLOTS, arrays),
    averages: averagesOf(withoutPrefix(AVERAGES, arrays)),
  };
}

/** `<average>/<weight>` → weights by average. */
function averagesOf(arrays: NamedArrays): Record<string, NamedArrays> {
  const names = new Set(Object.keys(arrays).map((key) => key.slice(0, key.indexOf("/"))));
  return Object.fromEntries([...names].map((name) => [name, withoutPrefix(`${name}/`, arrays)]));
}

function digest(stateJson: string, arrays: NamedArrays): string {
  const hash = createHash("sha256").update(stateJson);
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    hash.update(`\n${name} ${shape.join()} ${data.constructor.name}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

function withPrefix(prefix: string, arrays: NamedArrays): NamedArrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [prefix + name, array]));
}

function withoutPrefix(prefix: string, arrays: NamedArrays): NamedArrays {
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, array]) => [name.slice(prefix.length), array]));
}
