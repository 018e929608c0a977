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

/** 20 steps, and a minute. */
function startedWithBudget(): TrainEvent {
  if (STARTED.type !== "runStarted") throw new Error("Expected the beginning of a run.");
  return { ...STARTED, config: { ...STARTED.config, timeBudget: 1 } };
}

it("counts a time budget where it ends the run before its epochs would", () => {
  const estimate = new ProgressEstimate();
  estimate.update(startedWithBudget());
  expect(estimate.update(step(1, 6000, 1))).toMatchObject({ budgetMs: 60_000, done: 0.1, timeLeftMs: null });
  // 6 s a step: 17 steps are left, but 42 s of time.
  expect(estimate.update(step(3, 18_000, 1))).toMatchObject({ done: 0.3, timeLeftMs: 42_000 });
  // Past its end, as it is judged or slower than planned.
  expect(estimate.update(step(11, 66_000, 1))).toMatchObject({ done: 1, timeLeftMs: 0 });
});

it("counts the epochs where the budget is longer", () => {
  const estimate = new ProgressEstimate();
  estimate.update(startedWithBudget());
  estimate.update(step(1, 1000, 1));
  expect(estimate.update(step(11, 11_000, 1))).toMatchObject({ done: 0.55, timeLeftMs: 9000 });
});

it("takes of a budget what the attempts before have used, at the pace of now", () => {
  const estimate = new ProgressEstimate();
  estimate.update(startedWithBudget());
  estimate.update({ ...envelope, timestamp: 500_000, type: "resumed", fromStep: 4, fromEpoch: 0 });
  estimate.update(step(5, 506_000, 1));
  // 4 steps of 6 s before, 12 s since.
  expect(estimate.update(step(6, 512_000, 1))).toMatchObject({ done: 0.6, timeLeftMs: 24_000 });
});
