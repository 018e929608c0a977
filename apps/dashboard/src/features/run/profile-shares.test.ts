import type { StepProfile } from "@convkit/schema";
import { expect, test } from "vitest";
import { costliestKernels, phaseShares } from "./profile-shares";

const profile: StepProfile = {
  formatVersion: 1,
  backend: "native",
  batches: 20,
  batchSize: 128,
  durationMs: 80,
  phases: { data: 8, forward: 20, backward: 40, update: 12, rest: 0 },
  kernels: [
    { name: "Conv2D", shapes: "128×32×32×3, 3×3×3×64", calls: 1, durationMs: 10 },
    { name: "MaxPool", shapes: "128×32×32×64", calls: 2, durationMs: 4 },
    { name: "Add", shapes: "64, 64", calls: 3, durationMs: -1e-12 },
  ],
};

test("phases stand in the order of a step, with their shares of it", () => {
  expect(phaseShares(profile).map(({ title, share }) => [title, share])).toEqual([
    ["Waiting for data", 0.1],
    ["Forward", 0.25],
    ["Backward", 0.5],
    ["Update", 0.15],
    ["Rest", 0],
  ]);
});

test("kernels are measured against the step, and their bars against the costliest", () => {
  expect(
    costliestKernels({ ...profile, kernels: profile.kernels.toReversed() }).map(
      ({ name, durationMs, share, length }) => [name, durationMs, share, length],
    ),
  ).toEqual([
    ["Conv2D", 10, 0.125, 1],
    ["MaxPool", 4, 0.05, 0.4],
    ["Add", 0, 0, 0],
  ]);
  const many = Array.from({ length: 30 }, (_, index) => ({ ...profile.kernels[0]!, durationMs: index }));
  const shown = costliestKernels({ ...profile, kernels: many });
  expect(shown.map(({ durationMs }) => durationMs)).toEqual([29, 28, 27, 26, 25, 24, 23, 22, 21, 20]);
});

test("a step that took no time at all has no shares", () => {
  const phases = { data: 0, forward: 0, backward: 0, update: 0, rest: 0 };
  const still = { ...profile, durationMs: 0, phases, kernels: [] };
  expect(phaseShares(still).every(({ share }) => share === 0)).toBe(true);
  expect(costliestKernels(still)).toEqual([]);
});
