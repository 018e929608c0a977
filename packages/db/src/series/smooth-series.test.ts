import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { smoothSeries } from "./smooth-series.js";

/**
 * What TensorBoard draws (`classicSmoothing` in tensorboard/webapp/widgets/line_chart_v2/data_transformer.ts), as the
 * weighted mean that it is: Σ wᵗ⁻ⁱ·xᵢ / Σ wᵗ⁻ⁱ over the finite points up to t.
 */
function weightedMeans(values: readonly number[], weight: number): number[] {
  return values.map((value, index) => {
    if (!Number.isFinite(value)) return value;
    const finite = values.slice(0, index + 1).filter(Number.isFinite);
    const weights = finite.map((_, at) => weight ** (finite.length - 1 - at));
    const sum = finite.reduce((total, x, at) => total + x * weights[at]!, 0);
    return sum / weights.reduce((total, w) => total + w, 0);
  });
}

const anyNumber = fc.oneof(
  { weight: 9, arbitrary: fc.double({ noNaN: true, min: -1e3, max: 1e3 }) },
  fc.constantFrom(NaN, Infinity, -Infinity),
);

describe("smoothSeries", () => {
  it("averages by hand, without a pull to zero", () => {
    // s₁ = 2; s₂ = (0.5·(0.5·2) + 0.5·4) / (1 − 0.25) = 2.5 / 0.75; s₃ = (0.5·2.5 + 0.5·0) / (1 − 0.125).
    const smoothed = smoothSeries([2, 4, 0], 0.5);
    expect(smoothed[0]).toBeCloseTo(2, 12);
    expect(smoothed[1]).toBeCloseTo(10 / 3, 12);
    expect(smoothed[2]).toBeCloseTo(1.25 / 0.875, 12);
  });

  it("changes nothing with weight 0", () => {
    expect([...smoothSeries([3, 1, 2], 0)]).toEqual([3, 1, 2]);
  });

  it("passes on what is no number, and does not let it spoil what follows", () => {
    const smoothed = [...smoothSeries([1, NaN, Infinity, 3], 0.5)];
    expect(smoothed.slice(1, 3)).toEqual([NaN, Infinity]);
    expect(smoothed[3]).toBeCloseTo((0.5 * 0.5 + 0.5 * 3) / 0.75, 12);
  });

  it("equals TensorBoard's", () => {
    fc.assert(
      fc.property(fc.array(anyNumber), fc.double({ min: 0, max: 0.999, noNaN: true }), (values, weight) => {
        const expected = weightedMeans(values, weight);
        for (const [index, value] of smoothSeries(values, weight).entries()) {
          if (Number.isFinite(value)) expect(value).toBeCloseTo(expected[index]!, 6);
          else expect(value).toBe(expected[index]);
        }
      }),
    );
  });
});
