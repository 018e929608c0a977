/** Runs on the coloured squares, small enough to train several in a test. */
import type { RunConfigInput } from "@convkit/schema";
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
