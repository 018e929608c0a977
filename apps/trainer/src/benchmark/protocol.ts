/** What `convkit benchmark` and the process that measures one engine for it say to each other. */
import type { BenchmarkedEngine, EngineName } from "@convkit/schema";

/** The first message to the process. */
export interface BenchmarkTask {
  readonly engine: EngineName;
  /** A classifier's folder. */
  readonly model: string;
  readonly batchSizes: readonly number[];
  /** How long each figure is measured for. */
  readonly durationMs: number;
}

/** Its only answer. */
export type BenchmarkAnswer =
  | { readonly benchmarked: BenchmarkedEngine }
  /** The machine does not have the engine, or it failed with this network. */
  | { readonly unavailable: string };
