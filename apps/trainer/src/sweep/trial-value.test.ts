import type { TrainEvent } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { envelope, STARTED } from "../fixtures/started-event.js";
import { epochsSaved, trialValue } from "./trial-value.js";

const base = { ...envelope, timestamp: 0 };

/** Of ten steps, with the checkpoints that follow it. */
function epoch(number: number, accuracy: number, { isBest = false, isSaved = true } = {}): TrainEvent[] {
  const saved = (kind: "best" | "last"): TrainEvent => ({
    ...base,
    type: "checkpointSaved",
    kind,
    epoch: number,
    step: 10 * number,
  });
  const logs = { val_accuracy: accuracy, val_loss: 2 - accuracy };
  return [
    { ...base, type: "epochEnded", epoch: number, step: 10 * number, logs, durationMs: 1 },
    ...(isBest ? [saved("best")] : []),
    ...(isSaved ? [saved("last")] : []),
  ];
}
const resumed = (fromEpoch: number): TrainEvent => ({
  ...base,
  type: "resumed",
  fromEpoch,
  fromStep: 10 * fromEpoch,
});

describe("trialValue", () => {
  const metric = "val_accuracy";
  const run = [
    STARTED,
    ...epoch(1, 0.5, { isBest: true }),
    ...epoch(2, 0.8, { isBest: true }),
    ...epoch(3, 0.7),
  ];

  it("is of the epoch whose weights are kept, whichever metric that was chosen by", () => {
    expect(trialValue(run, { metric })).toBe(0.8);
    expect(trialValue(run, { metric: "val_loss" })).toBeCloseTo(1.2);
  });

  it("does not look beyond the rung's epochs", () => {
    expect(trialValue(run, { metric, untilEpoch: 1 })).toBe(0.5);
  });

  it("takes an epoch that was done again as it came out last", () => {
    const again = [...run, resumed(1), ...epoch(2, 0.6, { isBest: true })];
    expect(trialValue(again, { metric })).toBe(0.6);
    expect(trialValue([...run, STARTED, ...epoch(1, 0.4, { isBest: true })], { metric })).toBe(0.4);
  });

  it("is null before the first epoch, and where the metric is missing or no number", () => {
    expect(trialValue([STARTED], { metric })).toBeNull();
    expect(trialValue(run, { metric: "val_top5" })).toBeNull();
    expect(trialValue([STARTED, ...epoch(1, NaN, { isBest: true })], { metric })).toBeNull();
  });
});

it("counts only epochs that a later attempt would not do again", () => {
  const unsaved = epoch(2, 0.5, { isSaved: false });
  expect(epochsSaved([STARTED])).toBe(0);
  expect(epochsSaved([STARTED, ...epoch(1, 0.5), ...unsaved])).toBe(1);
  expect(epochsSaved([STARTED, ...epoch(1, 0.5), ...unsaved, resumed(1), ...epoch(2, 0.5)])).toBe(2);
  expect(epochsSaved([STARTED, ...epoch(1, 0.5), STARTED])).toBe(0);
});
