import type { Predictions } from "@convkit/schema";
import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { InvalidPredictionsError } from "../check-predictions.js";
import { crossEntropy } from "../cross-entropy.js";
import { predictedClasses } from "../predicted-classes.js";
import { calibrationOf } from "./calibration.js";
import { fitTemperature, withTemperature } from "./temperature-scaling.js";

function predictions(labels: number[], rows: number[][], more: Partial<Predictions> = {}): Predictions {
  return {
    split: "validation",
    classNames: rows[0]!.map((_, k) => `class ${k}`),
    ids: labels.map((_, row) => `picture ${row}`),
    labels: Int32Array.from(labels),
    probabilities: Float32Array.from(rows.flat()),
    ...more,
  };
}

/** Labels are drawn from softmax(logits); the network says softmax(sharpness · logits). */
function overconfident(count: number, sharpness: number): Predictions {
  const rng = Rng.fromSeed(1);
  const labels: number[] = [];
  const rows = Array.from({ length: count }, () => {
    const logits = [0, 1, 2].map(() => 2 * rng.normal());
    const softmax = (scale: number) => {
      const weights = logits.map((logit) => Math.exp(scale * logit));
      const sum = weights.reduce((a, b) => a + b);
      return weights.map((weight) => weight / sum);
    };
    const [a, b] = softmax(1) as [number, number, number];
    const drawn = rng.uniform();
    labels.push(drawn < a ? 0 : drawn < a + b ? 1 : 2);
    return softmax(sharpness);
  });
  return predictions(labels, rows);
}

describe("the temperature", () => {
  it("undoes what made a network too sure, or not sure enough", () => {
    expect(fitTemperature(overconfident(4000, 3)).value).toBeCloseTo(3, 0);
    expect(
      fitTemperature(overconfident(4000, 3)).value / fitTemperature(overconfident(4000, 0.5)).value,
    ).toBeCloseTo(6, 4);
  });

  it("makes probabilities mean what they say, and changes no prediction", () => {
    const before = overconfident(4000, 3);
    const { value, loss, lossBefore } = fitTemperature(before);
    const after = withTemperature(before, value);
    expect(predictedClasses(after)).toEqual(predictedClasses(before));
    expect(calibrationOf(before).ece).toBeGreaterThan(0.1);
    expect(calibrationOf(after).ece).toBeLessThan(0.03);
    expect(crossEntropy(before)).toBeCloseTo(lossBefore, 6);
    expect(crossEntropy(after)).toBeCloseTo(loss, 6);
  });

  it("is exact: three of four right at 90 % want 75 %", () => {
    const { value, isAtBound, count } = fitTemperature(
      predictions(
        [0, 0, 0, 1, -1],
        [0, 1, 2, 3, 4].map(() => [0.9, 0.1]),
      ),
    );
    // 9^(1/T) = 3.
    expect(value).toBeCloseTo(2, 6);
    expect({ isAtBound, count }).toEqual({ isAtBound: false, count: 4 });
  });

  it("says so where the pictures do not tell it", () => {
    const rows = [
      [0.75, 0.25],
      [0.25, 0.75],
    ];
    expect(fitTemperature(predictions([0, 1], rows))).toMatchObject({ value: 0.05, isAtBound: true });
    expect(fitTemperature(predictions([1, 0], rows))).toMatchObject({ value: 20, isAtBound: true });
  });

  it("is 1 where it makes no difference", () => {
    const one = { value: 1, isAtBound: false };
    expect(
      fitTemperature(
        predictions(
          [0, 1],
          [
            [0.5, 0.5],
            [0.5, 0.5],
          ],
        ),
      ),
    ).toMatchObject(one);
    expect(fitTemperature(predictions([0], [[1]]))).toMatchObject({ ...one, loss: 0 });
  });

  it("bears probabilities of 0 and of 1", () => {
    const rows = [
      [1, 0],
      [0, 1],
      [1, 0],
    ];
    const { value, loss } = fitTemperature(predictions([0, 1, 1], rows));
    expect(Number.isFinite(loss)).toBe(true);
    expect(value).toBe(20);
    // Float32's 1 may be any logit from 17 on; it is taken for that, so that one wrong of four can still be made good.
    const sets = { labelSets: Uint8Array.of(1, 1, 1, 0) };
    const sure = fitTemperature(predictions([-1, -1, -1, -1], [[1], [1], [1], [1]], sets));
    // (2^25)^(1/T) = 3.
    expect(sure.value).toBeCloseTo((25 * Math.log(2)) / Math.log(3), 4);
  });

  it("needs a picture with a label", () => {
    expect(() => fitTemperature(predictions([-1], [[0.5, 0.5]]))).toThrow(InvalidPredictionsError);
    expect(() => fitTemperature(predictions([-1], [[0.5, 0.5]]))).toThrow("Received: 1 without.");
  });
});

describe("with a temperature", () => {
  it("are the probabilities of the logits divided by it", () => {
    const softmax = predictions([0], [[0.8, 0.2]]);
    // Odds of 4 become 2.
    const [p, q] = withTemperature(softmax, 2).probabilities;
    expect(p).toBeCloseTo(2 / 3, 6);
    expect(q).toBeCloseTo(1 / 3, 6);
    expect([...withTemperature(softmax, 1).probabilities]).toEqual([...softmax.probabilities]);
    const sets = predictions([-1], [[0.8, 0.5, 0]], { labelSets: Uint8Array.of(1, 0, 0) });
    const said = withTemperature(sets, 2).probabilities;
    expect(said[0]).toBeCloseTo(2 / 3, 6);
    expect(said[1]).toBe(0.5);
    expect(said[2]).toBeLessThan(1e-20);
  });

  it.each([0, -1, NaN, Infinity])("refuses %d", (temperature) => {
    expect(() => withTemperature(predictions([0], [[1]]), temperature)).toThrow(RangeError);
  });
});
