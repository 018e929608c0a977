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
