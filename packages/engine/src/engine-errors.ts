/** The ways in which opening an engine fails that a caller may want to tell apart. */
import type { EngineName } from "./engine-order.js";

/** This machine does not have the engine. `reason` says why and what to do about it. */
export class EngineUnavailableError extends Error {
  override readonly name = "EngineUnavailableError";

  constructor(
    readonly engine: EngineName,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Expected to open the engine "${engine}". Received: ${reason}`, options);
  }
}

/** This engine, or every engine of this machine, computes in float32 alone. */
export class PrecisionUnavailableError extends Error {
  override readonly name = "PrecisionUnavailableError";

  constructor(precision: string, reason: string, options?: ErrorOptions) {
    super(
      `Expected an engine that computes in ${precision}. Received: ${reason}. Use the precision f32 (--precision f32).`,
      options,
    );
  }
}

/** A process has one engine, and it has another one already. */
export class EngineAlreadyOpenError extends Error {
  override readonly name = "EngineAlreadyOpenError";

  constructor(open: EngineName, wanted: string) {
    super(
      `Expected the engine "${open}", which this process has open. Received: "${wanted}". ` +
        "Tensors of two engines do not mix: start another process for the other one.",
    );
  }
}

/** A name that is none of the engines. */
export class UnknownEngineError extends Error {
  override readonly name = "UnknownEngineError";

  constructor(names: readonly string[], received: string) {
    super(`Expected an engine: auto, ${names.join(", ")}. Received: "${received}".`);
  }
}

/** CONVKIT_GPU names a GPU that is not there, or that cannot be told from another. */
export class GpuChoiceError extends Error {
  override readonly name = "GpuChoiceError";
}
