/** How long a classifier takes, from decoded pictures to probabilities. */
import type { Classifier, ClassifierImage } from "@convkit/models";
import { Rng } from "@convkit/random";
import type { BenchmarkedEngine } from "@convkit/schema";

export interface MeasureClassifierOptions {
  readonly batchSizes: readonly number[];
  /** How long each figure is measured for, after a warm-up; one pass is measured at least. */
  readonly durationMs: number;
}

const WARM_UPS = 3;
const MOST_PASSES = 10_000;
/** A batch that would take longer is left out: plain JavaScript takes minutes for a large network. */
const MOST_BATCH_MS = 30_000;

/** On pictures of noise, of the network's own size. */
export async function measureClassifier(
  classifier: Classifier,
  { batchSizes, durationMs }: MeasureClassifierOptions,
): Promise<Pick<BenchmarkedEngine, "latencyMs" | "throughput">> {
  const images = noise(classifier, Math.max(1, ...batchSizes));
  for (let i = 0; i < WARM_UPS; i++) await classifier.predict(images.slice(0, 1));
  const single = await passes(() => classifier.predict(images.slice(0, 1)), durationMs);
  const latencyMs = percentiles(single);
  const throughput: BenchmarkedEngine["throughput"] = [];
  for (const batchSize of batchSizes) {
    if (batchSize * latencyMs.p50 > MOST_BATCH_MS) continue;
    const batch = images.slice(0, batchSize);
    await classifier.predict(batch);
    const durations = await passes(() => classifier.predict(batch), durationMs);
    const totalMs = durations.reduce((sum, one) => sum + one, 0);
    throughput.push({
      batchSize,
      imagesPerSecond: (1000 * batchSize * durations.length) / totalMs,
      batches: durations.length,
    });
  }
  return { latencyMs, throughput };
}

function noise({ card }: Classifier, count: number): ClassifierImage[] {
  const [height, width, channels] = card.inputShape;
  const rng = Rng.fromSeed(0);
  return Array.from({ length: count }, () => ({
    data: Uint8Array.from({ length: height * width * channels }, () => rng.int(256)),
    height,
    width,
    channels,
  }));
}

/** @returns the duration of each, in milliseconds. */
async function passes(pass: () => Promise<unknown>, durationMs: number): Promise<number[]> {
  const durations: number[] = [];
  const start = performance.now();
  do {
    const begun = performance.now();
    await pass();
    durations.push(performance.now() - begun);
  } while (performance.now() - start < durationMs && durations.length < MOST_PASSES);
  return durations;
}

/** By nearest rank: the smallest value that so many parts of a hundred do not exceed. @param values one at least. */
export function percentiles(values: readonly number[]): BenchmarkedEngine["latencyMs"] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (percent: number): number => sorted[Math.ceil((percent / 100) * sorted.length) - 1]!;
  return { min: sorted[0]!, p50: at(50), p90: at(90), p99: at(99), count: sorted.length };
}
