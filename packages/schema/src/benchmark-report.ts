/** How fast a classifier is on each engine of a machine, and what it takes: `artifacts/benchmark.json` of a run. */
import { z } from "zod";

const BenchmarkedEngine = z.object({
  name: z.string(),
  /** The processor or graphics card. */
  device: z.string(),
  /** null where the engine does not say. */
  threads: z.int().nullable(),
  versions: z.record(z.string(), z.string()),
  /** ISO 8601, UTC; left out where it was measured when the report was. */
  measuredAt: z.iso.datetime().optional(),
  /** Of one decoded picture, from its pixels to its probabilities: percentiles by nearest rank, in milliseconds. */
  latencyMs: z.object({
    min: z.number(),
    p50: z.number(),
    p90: z.number(),
    p99: z.number(),
    /** How often it was measured. */
    count: z.int(),
  }),
  /** Those sizes are left out of which a batch would have taken too long. */
  throughput: z.array(
    z.object({
      batchSize: z.int(),
      imagesPerSecond: z.number(),
      /** How many were timed. */ batches: z.int(),
    }),
  ),
  /** Of the whole process, Node and the engine's library included. */
  peakMemoryBytes: z.int(),
});
export type BenchmarkedEngine = z.infer<typeof BenchmarkedEngine>;

export const BenchmarkReport = z.object({
  formatVersion: z.literal(1),
  runId: z.string(),
  /** ISO 8601, UTC. */
  measuredAt: z.iso.datetime(),
  cpu: z.string(),
  /** [height, width, channels] of the network's input, and of the pictures. */
  inputShape: z.tuple([z.int(), z.int(), z.int()]),
  parameters: z.int(),
  /** Of all files of the classifier's folder. */
  modelBytes: z.int(),
  engines: z.array(BenchmarkedEngine),
  /** Which were asked for and are not to be had here, or failed with this network, and why. */
  unavailable: z.array(z.object({ name: z.string(), reason: z.string() })),
});
export type BenchmarkReport = z.infer<typeof BenchmarkReport>;
