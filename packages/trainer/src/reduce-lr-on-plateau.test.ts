import { describe, expect, it } from "vitest";
import type { CallbackContext, LogValues } from "./callback.js";
import { UnknownMetricError } from "./monitor.js";
import { reduceLrOnPlateau, type ReduceLrOnPlateauOptions } from "./reduce-lr-on-plateau.js";

type Options = Omit<ReduceLrOnPlateauOptions, "schedule">;
type Plateau = ReturnType<typeof reduceLrOnPlateau>;

const atRate = (rate: number, options: Options): Plateau =>
  reduceLrOnPlateau({ schedule: () => rate, minDelta: 0, ...options });

/** Ends epochs of one step each. @returns the rate of the step behind each. */
function ratesAfter({ callback, schedule }: Plateau, epochs: readonly LogValues[]): number[] {
  return epochs.map((logs, i) => {
    void callback.onEpochEnd!({ logs, step: i + 1 } as unknown as CallbackContext);
    return schedule(i + 1);
  });
}

const losses = (...values: number[]) => values.map((val_loss) => ({ val_loss }));

describe("reduceLrOnPlateau", () => {
  it("lowers the rate at the end of `patience` epochs without improvement, again and again", () => {
    const rates = ratesAfter(
      atRate(1, { patience: 2, factor: 0.5 }),
      losses(3, 2, 2.5, 2, 2, 2, 1, 1, Number.NaN),
    );
    expect(rates).toEqual([1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]);
  });

  it("asks for more than minDelta, and knows metrics that rise", () => {
    expect(ratesAfter(atRate(1, { patience: 1, factor: 0.5, minDelta: 0.5 }), losses(3, 2.4, 2))).toEqual([
      1, 1, 0.5,
    ]);
    const rising = [0.1, 0.3, 0.2].map((val_accuracy) => ({ val_accuracy }));
    expect(ratesAfter(atRate(1, { monitor: "val_accuracy", patience: 1, factor: 0.5 }), rising)).toEqual([
      1, 1, 0.5,
    ]);
  });

  it("counts no epoch of the cooldown", () => {
    const options = { patience: 1, factor: 0.5, cooldown: 2 };
    expect(ratesAfter(atRate(1, options), losses(1, 1, 1, 1, 1, 1, 1, 1))).toEqual([
      1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125,
    ]);
  });

  it("goes no lower than the minimum, and leaves a warm-up below it as it is", () => {
    const options = { patience: 1, factor: 0.1, minimum: 0.25 };
    expect(ratesAfter(atRate(1, options), losses(1, 1, 1, 1))).toEqual([1, 0.25, 0.25, 0.25]);
    const rising = reduceLrOnPlateau({ schedule: (step) => step / 8, minDelta: 0, ...options });
    expect(ratesAfter(rising, losses(1, 1, 1, 1, 1))).toEqual([0.125, 0.25, 0.25, 0.25, 0.25]);
  });

  it("goes on from a saved state as if it had not been away", () => {
    const options = { patience: 2, factor: 0.5, cooldown: 1 };
    const whole = ratesAfter(atRate(1, options), losses(1, 2, 2, 2, 2, 2, 2));
    const first = atRate(1, options);
    const begun = ratesAfter(first, losses(1, 2, 2));
    const second = atRate(1, options);
    second.callback.setState!(JSON.parse(JSON.stringify(first.callback.getState!())));
    expect([...begun, ...ratesAfter(second, losses(2, 2, 2, 2))]).toEqual(whole);
  });

  it("says which metrics there are when its own is missing", () => {
    expect(() => ratesAfter(atRate(1, {}), [{ loss: 1 }])).toThrow(UnknownMetricError);
  });
});
