/** What an opened engine says of itself. */
import type * as Tfjs from "@tensorflow/tfjs";
import type { EngineName } from "./engine-order.js";

export type TfjsModule = typeof Tfjs;

/**
 * What convolutions and products of matrices round their operands to: f32 leaves them as they are, bf16 (bfloat16, on
 * processors) keeps 8 bits of each, f16 (float16, on GPUs) 11. Tensors and sums are float32 in all.
 */
export type Precision = "f32" | "bf16" | "f16";

/** A GPU as WebGPU shows it. */
export interface AdapterDescription {
  readonly name: string;
  readonly vendor: string;
  /** Such as "hopper" or "rdna-3"; empty where Dawn does not know it. */
  readonly architecture: string;
  /** The driver and its version, in its own words. */
  readonly driver: string;
  /** Whether it computes on the processor. */
  readonly isSoftware: boolean;
  /** Of float16, subgroups, matrix units and timestamps, what it has; kernels make use of all but the last. */
  readonly features: readonly string[];
  /** Products that its matrix units compute, such as "f16 to f32, 16×16×16"; empty without them. */
  readonly matrixUnits: readonly string[];
  /** Why precision f16 multiplies without them, or null if it multiplies on them. Only an opened engine says it. */
  readonly matrixUnitsUnused?: string | null;
  /** WebGPU's names → bytes or counts. */
  readonly limits: Readonly<Record<string, number>>;
}

export interface EngineDescription {
  readonly name: EngineName;
  /** For people: the processor or graphics card, and what of it is used. */
  readonly device: string;
  /** Whether it computes on a graphics card. */
  readonly onGpu: boolean;
  /** Only an engine on a GPU that WebGPU reaches has it. */
  readonly adapter?: AdapterDescription;
  /** What convolutions compute in. */
  readonly precision: Precision;
  /** What they could compute in. */
  readonly precisions: readonly Precision[];
  /** Threads that a kernel is spread over; null where the engine does not say. */
  readonly threads: number | null;
  /** Package or library → version. */
  readonly versions: Readonly<Record<string, string>>;
  /** False for an engine that lacks kernels which training needs: it can only predict. */
  readonly canTrain: boolean;
  /** What its user should know, such as that it is slow; null if nothing. */
  readonly caution: string | null;
  /** The engines that `auto` would have liked better or compared this one with, in the order it looked at them. */
  readonly unavailable: readonly UnavailableEngine[];
}

/** What can be sent to another process of an opened engine. */
export function describeOpened(engine: Engine): EngineDescription {
  const { name, device, onGpu, adapter, precision, precisions, threads, versions } = engine;
  const { canTrain, caution, unavailable } = engine;
  const facts = {
    name,
    device,
    onGpu,
    precision,
    precisions,
    threads,
    versions,
    canTrain,
    caution,
    unavailable,
  };
  return adapter === undefined ? facts : { ...facts, adapter };
}

export interface UnavailableEngine {
  readonly name: EngineName;
  /** Why this machine does not have it, and what to do about it. */
  readonly reason: string;
}

export interface Engine extends EngineDescription {
  /** TensorFlow.js, with this engine's backend set and ready. */
  readonly tf: TfjsModule;
}
