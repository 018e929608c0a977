import { RunConfig, type TrainEvent } from "@convkit/schema";
import { expect, it } from "vitest";
import { ProgressEstimate } from "./progress-estimate.js";

const envelope = { runId: "r", attempt: 1, sequence: 0 };

const started: TrainEvent = {
  ...envelope,
  timestamp: 0,
  type: "runStarted",
  config: RunConfig.parse({ data: { source: "x" }, model: { name: "y" }, epochs: 2 }),
  dataset: {
    formatVersion: 1,
    name: "x",
    source: "x",
    contentHash: "0",
    classNames: ["a", "b"],
    imageShape: [8, 8, 1],
    splits: {},
    badFiles: [],
  },
  engine: { name: "cpu", device: "", threads: null, versions: {} },
  model: { name: "y", parameters: 1, trainableParameters: 1, flops: 1 },
  stepsPerEpoch: 10,
};

function step(number: number, timestamp: number, loss: number): TrainEvent {
  const epoch = Math.ceil(number / 10);
  return {
    ...envelope,
    timestamp,
    type: "step",
    epoch,
    step: number,
    logs: { loss, accuracy: 0.5 },
    imagesPerSecond: 9,
  };
}

it("estimates the time left from wall time per step", () => {
  const estimate = new ProgressEstimate();
  expect(estimate.update(started)).toBeUndefined();
  expect(estimate.update(step(1, 1000, 3))).toMatchObject({ timeLeftMs: null, totalSteps: 20, epochs: 2 });
  expect(estimate.update(step(6, 2000, 1))).toMatchObject({ timeLeftMs: 2800, step: 6, loss: 2 });
});

it("averages over the epoch at hand", () => {
  const estimate = new ProgressEstimate();
  estimate.update(started);
  estimate.update(step(10, 0, 5));
  expect(estimate.update(step(11, 1, 1))).toMatchObject({ epoch: 2, loss: 1 });
  expect(estimate.update(step(12, 2, Number.NaN))).toMatchObject({ loss: Number.NaN });
});

it("counts from where a resumed run begins", () => {
  const estimate = new ProgressEstimate();
  estimate.update(started);
  estimate.update(step(16, 10_000, 1));
  expect(estimate.update(step(18, 12_000, 1))).toMatchObject({ timeLeftMs: 2000 });
});
