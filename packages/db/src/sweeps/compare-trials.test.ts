import { expect, it } from "vitest";
import { bestTrial, comparedTrials } from "./compare-trials.js";

const trial = (epoch: number, value: number | null, rung: number | null = null) =>
  ({ epoch, value, rung, status: "completed" }) as const;

it("takes the best of those that have ended, whatever their epochs", () => {
  const trials = [trial(9, 0.5), trial(3, 0.8), { ...trial(1, 0.9), status: "running" as const }];
  expect(bestTrial(trials, "max")).toBe(trials[1]);
  expect(bestTrial(trials, "min")).toBe(trials[0]);
  expect(bestTrial([{ ...trial(1, 0.9), status: "failed" as const }, trial(1, null)], "max")).toBeNull();
  expect(comparedTrials(trials)).toEqual({ compared: trials, untilEpoch: null });
});

it("takes those with the most epochs of successive halving, and compares all at the first rung", () => {
  const anew = [trial(1, 0.7, 0), trial(1, 0.6, 0), trial(1, 0.5, 0), trial(3, 0.65, 1)];
  expect(bestTrial(anew, "max")).toBe(anew[3]);
  expect(comparedTrials(anew)).toEqual({ compared: anew.slice(0, 3), untilEpoch: 1 });
  const goingOn = [trial(2, 0.7, 0), trial(6, 0.6, 0), { ...trial(1, 0.5, 0), status: "running" as const }];
  expect(comparedTrials(goingOn)).toEqual({ compared: goingOn, untilEpoch: 2 });
});
