/**
 * Opens the engine that a process trains or predicts with. One process has one: tfjs keeps its current backend in
 * a global, and two native libraries with thread pools of their own would fight for the cores.
 */
import { candidates } from "./candidates/index.js";
import type { Candidate } from "./candidates/candidate.js";
import {
  EngineAlreadyOpenError,
  EngineUnavailableError,
  PrecisionUnavailableError,
  UnknownEngineError,
} from "./engine-errors.js";
import type { Engine, Precision, TfjsModule, UnavailableEngine } from "./engine.js";
import { ENGINE_ORDER, type EngineName, type EnginePreference } from "./engine-order.js";
import { rankEngines } from "./rank-engines.js";

export interface OpenEngineOptions {
  /** Whether `auto` has to find an engine that can train; it then passes over `wasm`. True unless told. */
  readonly training?: boolean;
  /** What convolutions compute in; `auto` has to find an engine that can. f32 unless told. */
  readonly precision?: Precision;
}

const FLOAT32_ALONE = "which computes in float32 alone";

let opened: Engine | null = null;
/** A module registers its backend once, when it is first loaded: what failed does not get better in this process. */
const failures = new Map<EngineName, EngineUnavailableError>();
/** Settles when the call before has: of two calls at once, the second sees what the first opened. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Opens an engine: loads its backend, sets it in tfjs and tries it on a sum. No backend is registered before its turn
 * comes, and what fails is unregistered again.
 *
 * A second call returns the same engine, set as tfjs's backend again if something else was set in between, and set to the
 * precision that this call asks for: it is the process's.
 *
 * @param preference an engine's name, or `auto` for the fastest that this machine has. The first time that `auto` finds
 *   more than one of the fast ones installed, it takes a second or two for each to measure it.
 * @throws {EngineUnavailableError} if the named engine is not to be had.
 * @throws {UnknownIsaError | InvalidThreadCountError} of @convkit/tfjs-backend-native, if CONVKIT_ISA or CONVKIT_THREADS
 *   says what cannot be: `auto` then opens no slower engine in its place.
 * @throws {PrecisionUnavailableError} if the engine, or for `auto` every engine, computes in float32 alone.
 * @throws {EngineAlreadyOpenError} if this process has opened another one.
 * @throws {UnknownEngineError} if there is no such name.
 */
export function openEngine(
  preference: EnginePreference = "auto",
  options: OpenEngineOptions = {},
): Promise<Engine> {
  const result = turn.then(() => openInTurn(preference, options));
  turn = result.catch(() => undefined);
  return result;
}

async function openInTurn(preference: EnginePreference, options: OpenEngineOptions): Promise<Engine> {
  const { training = true, precision = "f32" } = options;
  if (preference !== "auto" && !ENGINE_ORDER.includes(preference)) {
    throw new UnknownEngineError(ENGINE_ORDER, preference);
  }
  if (opened === null) {
    opened = preference === "auto" ? await openBest(training, precision) : await openNamed(preference, []);
    return (opened = await withPrecision(opened, precision));
  }
  const isWanted = preference === "auto" ? opened.canTrain || !training : preference === opened.name;
  if (!isWanted) throw new EngineAlreadyOpenError(opened.name, preference);
  await opened.tf.setBackend(candidates[opened.name].backend);
  return (opened = await withPrecision(opened, precision));
}

async function withPrecision(engine: Engine, precision: Precision): Promise<Engine> {
  if (precision === engine.precision) return engine;
  const candidate: Candidate = candidates[engine.name];
  if (candidate.setPrecision === undefined) {
    throw new PrecisionUnavailableError(precision, `${engine.name}, ${FLOAT32_ALONE}`);
  }
  try {
    return { ...engine, ...(await candidate.setPrecision(precision)), precision };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PrecisionUnavailableError(precision, `${engine.name}, which says: ${reason}`, { cause });
  }
}

async function openBest(training: boolean, precision: Precision): Promise<Engine> {
  const { order, failed } = await rankEngines();
  const unavailable: UnavailableEngine[] = [...failed];
  for (const name of order) {
    const { canTrain, caution, setPrecision: hasPrecisions }: Candidate = candidates[name];
    if (precision !== "f32" && hasPrecisions === undefined) {
      unavailable.push({ name, reason: FLOAT32_ALONE });
      continue;
    }
    if (training && !canTrain) {
      unavailable.push({ name, reason: caution ?? "it cannot train" });
      continue;
    }
    try {
      await identify(name);
      return await openNamed(name, unavailable);
    } catch (error) {
      if (!(error instanceof EngineUnavailableError)) throw error;
      unavailable.push({ name, reason: error.reason });
    }
  }
  if (precision !== "f32") {
    const reasons = unavailable.map(({ name, reason }) => `${name}, ${reason}`).join("; ");
    throw new PrecisionUnavailableError(precision, reasons);
  }
  // The last of the order is plain JavaScript: it is there wherever tfjs is.
  throw new Error(
    `Expected one engine at least. Received: ${JSON.stringify(unavailable)}. Install @tensorflow/tfjs anew.`,
  );
}

/** @throws {EngineUnavailableError} if the engine is not for `auto` to take. */
async function identify(name: EngineName): Promise<void> {
  const candidate: Candidate = candidates[name];
  try {
    await candidate.identify?.();
  } catch (cause) {
    if (candidate.isUserMistake?.(cause)) throw cause;
    throw new EngineUnavailableError(name, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function openNamed(name: EngineName, unavailable: readonly UnavailableEngine[]): Promise<Engine> {
  const failure = failures.get(name);
  if (failure !== undefined) throw failure;
  const candidate: Candidate = candidates[name];
  const tf = await import("@tensorflow/tfjs");
  try {
    const facts = await candidate.open(tf);
    await checkSum(tf);
    const { canTrain, caution } = candidate;
    return {
      name,
      onGpu: false,
      precision: "f32",
      precisions: ["f32"],
      ...facts,
      canTrain,
      caution,
      unavailable,
      tf,
    };
  } catch (cause) {
    if (candidate.isUserMistake?.(cause)) throw cause;
    if (tf.findBackendFactory(candidate.backend) !== null) tf.removeBackend(candidate.backend);
    const reason = cause instanceof Error ? cause.message : String(cause);
    const error = new EngineUnavailableError(name, reason, { cause });
    failures.set(name, error);
    throw error;
  }
}

/** A library may load and fail at its first kernel; better here than in the first step of a run. */
async function checkSum(tf: TfjsModule): Promise<void> {
  const tensor = tf.tidy(() => tf.add(tf.tensor1d([1, 2]), 1));
  const sum = await tensor.data();
  tensor.dispose();
  if (sum[0] === 2 && sum[1] === 3) return;
  throw new Error(
    `it adds [1, 2] + 1 to [${sum.join(", ")}] and not to [2, 3]. Install its package anew, or use another engine`,
  );
}
