import type { TrainEvent } from "@convkit/schema";
import { expect, it } from "vitest";
import { envelope, STARTED } from "../fixtures/started-event.js";
import { ProgressEstimate } from "./progress-estimate.js";

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
  expect(estimate.update(STARTED)).toBeUndefined();
  expect(estimate.update(step(1, 1000, 3))).toMatchObject({ timeLeftMs: null, totalSteps: 20, epochs: 2 });
  expect(estimate.update(step(6, 2000, 1))).toMatchObject({ timeLeftMs: 2800, step: 6, loss: 2 });
});

it("averages over the epoch at hand", () => {
  const estimate = new ProgressEstimate();
  estimate.update(STARTED);
  estimate.update(step(10, 0, 5));
  expect(estimate.update(step(11, 1, 1))).toMatchObject({ epoch: 2, loss: 1 });
  expect(estimate.update(step(12, 2, Number.NaN))).toMatchObject({ loss: Number.NaN });
});

it("counts from where a resumed run begins", () => {
  const estimate = new ProgressEstimate();
  estimate.update(STARTED);
  estimate.update(step(16, 10_000, 1));
  expect(estimate.update(step(18, 12_000, 1))).toMatchObject({ timeLeftMs: 2000 });
});
