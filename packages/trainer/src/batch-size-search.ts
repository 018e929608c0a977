/**
 * The batch size by which a network learns from the most pictures a second: doubled until memory would not suffice, or
 * until that makes it hardly faster. As PyTorch Lightning's BatchSizeFinder (modes power and binsearch), which looks at
 * memory alone: https://lightning.ai/docs/pytorch/stable/advanced/training_tricks.html#batch-size-finder
 */
import type { StepMeasurement } from "./measure-steps.js";

/** One batch size, measured, or why it could not be. */
export type BatchSizeTrial =
  | { readonly batchSize: number; readonly measurement: StepMeasurement }
  | {
      readonly batchSize: number;
      /** In words, how memory was too little. */
      readonly tooLarge: string;
    };

export interface BatchSizeSearchOptions {
  /** Measures this batch size. What it throws ends the search. */
  readonly measure: (batchSize: number) => Promise<BatchSizeTrial>;
  /** The first that is measured; where it does not fit, halves of it. Default 16. */
  readonly from?: number;
  /** The last that is measured. Default: none but the number of training pictures. */
  readonly most?: number;
  /** Part by which a doubled batch has to be faster, that the search goes on. Default 0.05. */
  readonly leastGain?: number;
  /** Whether to look, where memory ends the search, between the last that fits and the first that does not. Default: false. */
  readonly isRefined?: boolean;
  readonly onTrial?: (trial: BatchSizeTrial) => void;
}

export interface BatchSizeSearch {
  readonly trials: readonly BatchSizeTrial[];
  /** null where not even one picture fits. */
  readonly suggestion: number | null;
  /** Why no larger one is suggested. */
  readonly limit: BatchSizeLimit;
}

export type BatchSizeLimit =
  /** A doubled batch would not fit, by a measurement or by how memory has grown before. */
  | { readonly name: "memory"; readonly batchSize: number; readonly expectedBytes?: number }
  /** A doubled batch is not faster by as much as was asked for, but by this part. */
  | { readonly name: "speed"; readonly batchSize: number; readonly gain: number }
  /** There are no more pictures to learn from. */
  | { readonly name: "pictures" }
  /** Larger ones were not asked for. */
  | { readonly name: "most" };

type Measured = Extract<BatchSizeTrial, { measurement: StepMeasurement }>;

/** Of the memory there is, what steps may take: checkpoints are copies of the weights, and other programs want some. */
const USABLE_PART = 0.9;
/** A refined answer is this exact. */
const FINENESS = 1 / 8;

/** @throws whatever `measure` throws. */
export async function searchBatchSize(options: BatchSizeSearchOptions): Promise<BatchSizeSearch> {
  const { from = 16, most = Infinity, leastGain = 0.05, isRefined = false } = options;
  const trials: BatchSizeTrial[] = [];
  const fitting: Measured[] = [];

  /** @returns the measurement of a batch that fits. */
  async function attempt(batchSize: number): Promise<Measured | null> {
    const trial = await options.measure(batchSize);
    trials.push(trial);
    options.onTrial?.(trial);
    if (!("measurement" in trial) || !isWithin(trial.measurement)) return null;
    fitting.push(trial);
    return trial;
  }

  function isExpectedToFit(batchSize: number): boolean {
    const expected = expectedBytes(fitting, batchSize);
    return expected === null || expected <= USABLE_PART * fitting.at(-1)!.measurement.availableMemoryBytes;
  }

  let size = Math.min(from, most);
  let tooLarge: number | null = null;
  let best = await attempt(size);
  while (!best) {
    tooLarge = size;
    size = Math.floor(size / 2);
    if (size < 1) return { trials, suggestion: null, limit: { name: "memory", batchSize: tooLarge } };
    best = await attempt(size);
  }

  while (tooLarge === null) {
    const next: number = 2 * best.batchSize;
    const suggestion = best.batchSize;
    if (next > best.measurement.trainingImages) return { trials, suggestion, limit: { name: "pictures" } };
    if (next > most) return { trials, suggestion, limit: { name: "most" } };
    const larger: Measured | null = isExpectedToFit(next) ? await attempt(next) : null;
    if (!larger) {
      tooLarge = next;
      break;
    }
    const gain = larger.measurement.imagesPerSecond / best.measurement.imagesPerSecond - 1;
    if (gain < leastGain) return { trials, suggestion, limit: { name: "speed", batchSize: next, gain } };
    best = larger;
  }

  while (isRefined && tooLarge - best.batchSize > Math.max(1, FINENESS * best.batchSize)) {
    const middle: number = Math.floor((best.batchSize + tooLarge) / 2);
    const between: Measured | null = isExpectedToFit(middle) ? await attempt(middle) : null;
    if (between) best = between;
    else tooLarge = middle;
  }
  const wasTried = trials.some(({ batchSize }) => batchSize === tooLarge);
  const expected = wasTried ? null : expectedBytes(fitting, tooLarge);
  const limit = {
    name: "memory",
    batchSize: tooLarge,
    ...(expected !== null && { expectedBytes: expected }),
  } as const;
  return { trials, suggestion: best.batchSize, limit };
}

function isWithin({ peakMemoryBytes, availableMemoryBytes }: StepMeasurement): boolean {
  return peakMemoryBytes <= USABLE_PART * availableMemoryBytes;
}

/** Memory grows with the pictures of a batch, along the line through the two nearest below. null where there are not two. */
function expectedBytes(fitting: readonly Measured[], batchSize: number): number | null {
  const [b, a] = [...fitting]
    .filter((trial) => trial.batchSize < batchSize)
    .sort((one, other) => other.batchSize - one.batchSize);
  if (!a || !b) return null;
  const perImage =
    (b.measurement.peakMemoryBytes - a.measurement.peakMemoryBytes) / (b.batchSize - a.batchSize);
  return b.measurement.peakMemoryBytes + Math.max(0, perImage) * (batchSize - b.batchSize);
}
