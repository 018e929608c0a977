/** Curves of a robustness report: those that were measured, from left to right. */
import { expect, it } from "vitest";
import { curvesOf, heatStep } from "./robustness-curves";

it("draws what was measured, by rising x, and both attacks in one chart", () => {
  const curves = curvesOf({
    formatVersion: 1,
    split: "test",
    count: 4,
    seed: 0,
    accuracy: 1,
    rotation: [
      { degrees: 15, accuracy: 0.5 },
      { degrees: -15, accuracy: 0.25 },
    ],
    adversarial: [
      { attack: "fgsm", steps: 1, points: [{ epsilon: 0, accuracy: 1 }] },
      { attack: "pgd", steps: 10, points: [{ epsilon: 0, accuracy: 1 }] },
    ],
  });
  expect(curves.map(({ title }) => title)).toEqual(["Turned", "Attacked"]);
  expect([...curves[0]!.series[0]!.x]).toEqual([-15, 15]);
  expect([...curves[0]!.series[0]!.y]).toEqual([0.25, 0.5]);
  expect(curves[1]!.series.map(({ label }) => label)).toEqual(["FGSM", "PGD, 10 steps"]);
});

it("has nine steps of colour, and none for what is no number", () => {
  expect([0, 0.5, 1, 1.2, -1].map(heatStep)).toEqual([0, 4, 8, 8, 0]);
  expect(heatStep(NaN)).toBeNull();
});
