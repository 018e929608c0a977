import { TrainEvent } from "@convkit/schema";
import { expect, it } from "vitest";
import { historyOf } from "./history.js";

const envelope = { runId: "r", attempt: 1, sequence: 0, timestamp: 0 };

function epochEnded(epoch: number, loss: number): TrainEvent {
  return TrainEvent.parse({
    ...envelope,
    type: "epochEnded",
    epoch,
    step: epoch * 10,
    durationMs: 5,
    logs: { loss },
  });
}

it("leaves out what a resumed run did again", () => {
  const resumed = TrainEvent.parse({ ...envelope, type: "resumed", fromStep: 13, fromEpoch: 1 });
  const history = historyOf([
    epochEnded(1, 3),
    epochEnded(2, 2),
    resumed,
    epochEnded(2, 1),
    epochEnded(3, 0),
  ]);
  expect(history).toEqual([
    { epoch: 1, step: 10, durationMs: 5, logs: { loss: 3 } },
    { epoch: 2, step: 20, durationMs: 5, logs: { loss: 1 } },
    { epoch: 3, step: 30, durationMs: 5, logs: { loss: 0 } },
  ]);
});

it("leaves out everything before a beginning anew", () => {
  const started = TrainEvent.parse({
    ...envelope,
    type: "runStarted",
    config: { data: { source: "mnist" }, model: "simple-cnn" },
    dataset: {
      formatVersion: 1,
      name: "mnist",
      source: "mnist",
      contentHash: "0",
      classNames: ["0"],
      imageShape: [28, 28, 1],
      splits: {},
    },
    engine: { name: "cpu", device: "", threads: null, versions: {} },
    model: { name: "simple-cnn", parameters: 1, trainableParameters: 1, flops: 1 },
    stepsPerEpoch: 10,
  });
  const history = historyOf([started, epochEnded(1, 3), epochEnded(2, 2), started, epochEnded(1, 1)]);
  expect(history).toEqual([{ epoch: 1, step: 10, durationMs: 5, logs: { loss: 1 } }]);
});
