/** Where memory was too little: which batch size would fit, as far as can be told from what was measured. */

export interface MemoryFacts {
  /** Pictures per step. */
  readonly batchSize: number;
  /** Held when data and network were there and no step had been done; null where it is not known. */
  readonly residentBeforeBytes?: number | null;
  /** Held at most. */
  readonly peakResidentBytes?: number | null;
  readonly memoryLimitBytes?: number | null;
}

/** Of what the limit leaves, as a peak between two measurements is not seen. */
const USABLE_PART = 0.8;

/**
 * What a step held is taken to grow with its pictures. A process that was stopped on its way up had not held all that it
 * needs, so the answer is half of the batch at most.
 *
 * @returns a power of two; null where not even one picture is likely to fit.
 */
export function batchSizeThatFits(facts: MemoryFacts): number | null {
  const { batchSize, residentBeforeBytes, peakResidentBytes, memoryLimitBytes } = facts;
  let most = batchSize / 2;
  if (residentBeforeBytes != null && peakResidentBytes != null && memoryLimitBytes != null) {
    const perPicture = (peakResidentBytes - residentBeforeBytes) / batchSize;
    const left = USABLE_PART * memoryLimitBytes - residentBeforeBytes;
    if (perPicture > 0) most = Math.min(most, left / perPicture);
  }
  return most < 1 ? null : 2 ** Math.floor(Math.log2(most));
}

/** A sentence for the user. */
export function adviseBatchSize(facts: MemoryFacts): string {
  const { batchSize } = facts;
  const fitting = batchSizeThatFits(facts);
  if (fitting === null) {
    return `Even one picture a step is likely too much here (it was ${batchSize}): smaller pictures or a smaller network need less.`;
  }
  const batches = Math.ceil(batchSize / fitting);
  return (
    `A run with --batch-size ${fitting} in place of ${batchSize} should fit; --set accumulate=${batches} with it keeps as many ` +
    "pictures a step. Smaller pictures need less, too."
  );
}

/** What is said where there is no memory: by our engines by the error's name, by TensorFlow and JavaScript by their words. */
export function isOutOfMemory(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error)) return false;
  const isEngines =
    ["TensorMemoryError", "GpuOutOfMemoryError"].includes(thrown.name) ||
    /OOM when allocating tensor|ResourceExhausted|^Array buffer allocation failed$/i.test(thrown.message);
  return isEngines || isOutOfMemory(thrown.cause);
}

/** The engine found no memory for a step's tensors. */
export class OutOfMemoryError extends Error {
  override readonly name = "OutOfMemoryError";
}
