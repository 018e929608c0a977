import type { TrainEvent } from "@convkit/schema";
import { expect, it } from "vitest";
import { pointsOfEvents } from "./points-of-event.js";

const ended = { runId: "a", attempt: 1, type: "epochEnded", logs: { loss: 0.5 }, durationMs: 4000 } as const;

it("makes a curve of the part of each epoch that was spent waiting for data, where the run says so", () => {
  const events: TrainEvent[] = [
    { ...ended, sequence: 0, timestamp: 10, epoch: 1, step: 8, dataWaitMs: 1000 },
    { ...ended, sequence: 1, timestamp: 20, epoch: 2, step: 16 },
    { ...ended, sequence: 2, timestamp: 30, epoch: 3, step: 24, dataWaitMs: 0 },
  ];
  const lists = pointsOfEvents(events);
  expect(lists.get("data_wait_percent")).toEqual({ steps: [8, 24], times: [10, 30], values: [25, 0] });
  expect(lists.get("epoch_seconds")?.values).toEqual([4, 4, 4]);
});
