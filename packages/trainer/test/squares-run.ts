/** Runs on the coloured squares, small enough to train several in a test. */
import { join } from "node:path";
import type { RunConfigInput, TrainEvent, TrainEventType } from "@convkit/schema";
import { loadCheckpoint } from "../src/checkpoint.js";
import { readJournal } from "../src/journal.js";
import type { TrainOptions } from "../src/run-options.js";

/** 12 steps an epoch on 200 training pictures. */
export function squaresConfig(source: string, more: Partial<RunConfigInput> = {}): RunConfigInput {
  return {
    data: { source, validationFraction: 0.2 },
    transforms: {
      train: [{ name: "RandomCrop", size: [8, 8], padding: 1 }, { name: "RandomHorizontalFlip" }],
      evaluation: [],
    },
    model: {
      layers: [
        { layer: "conv", filters: 8, useBias: false, strides: 2 },
        { layer: "batchNorm" },
        { layer: "activation", activation: "relu" },
        { layer: "dropout", rate: 0.1 },
        { layer: "flatten" },
      ],
    },
    epochs: 2,
    batchSize: 13,
    ...more,
  };
}

export function runOptions(runDirectory: string, more: Partial<TrainOptions> = {}): TrainOptions {
  const engine = { name: "cpu", device: "test", threads: 1, versions: {} } as const;
  return { home: `${runDirectory}-home`, runDirectory, engine, loaderWorkers: 0, ...more };
}

export const journalOf = (run: string): TrainEvent[] => readJournal(join(run, "events.jsonl"));

export function eventsOf<Type extends TrainEventType>(events: readonly TrainEvent[], type: Type) {
  return events.filter((event): event is Extract<TrainEvent, { type: Type }> => event.type === type);
}

/** The weights that the run ended with, as bytes. */
export async function lastWeights(run: string): Promise<unknown> {
  const checkpoint = await loadCheckpoint(join(run, "checkpoints/last"));
  const { weights, slots, averages } = checkpoint!;
  return { weights, slots, averages };
}
