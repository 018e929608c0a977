import { describe, expect, it } from "vitest";
import type { CallbackContext, LogValues } from "./callback.js";
import { earlyStopping, type EarlyStoppingOptions } from "./early-stopping.js";
import { UnknownMetricError } from "./monitor.js";

/** Feeds epochs to the callback until it stops. @returns the epoch and the reason. */
function run(
  callback: ReturnType<typeof earlyStopping>,
  epochs: LogValues[],
): [epoch: number, reason: string] | null {
  for (const [index, logs] of epochs.entries()) {
    let stopped: string | null = null;
    const context: Partial<CallbackContext> = { logs, stop: (reason) => void (stopped = reason) };
    void callback.onEpochEnd!(context as CallbackContext);
    if (stopped !== null) return [index + 1, stopped];
  }
  return null;
}

const losses = (...values: number[]) => values.map((val_loss) => ({ val_loss }));

describe("earlyStopping", () => {
  it("stops after `patience` epochs without improvement", () => {
    const options: EarlyStoppingOptions = { patience: 2 };
    expect(run(earlyStopping(options), losses(3, 2, 2.5, 1, 1, 1.5, 0))).toEqual([
      6,
      "val_loss has not improved on 1 for 2 epochs",
    ]);
  });

  it("asks for more than minDelta", () => {
    expect(run(earlyStopping({ patience: 1, minDelta: 0.5 }), losses(3, 2.4, 2, 1))?.[0]).toBe(3);
  });

  it("knows metrics that rise", () => {
    const epochs = [0.1, 0.3, 0.3].map((val_accuracy) => ({ val_accuracy }));
    expect(run(earlyStopping({ monitor: "val_accuracy", mode: "max", patience: 1 }), epochs)?.[0]).toBe(3);
    // By itself it knows that an accuracy is to rise.
    expect(run(earlyStopping({ monitor: "val_accuracy", patience: 1 }), epochs)?.[0]).toBe(3);
  });

  it("counts NaN as no improvement", () => {
    expect(run(earlyStopping({ patience: 2 }), losses(Number.NaN, Number.NaN))?.[0]).toBe(2);
  });

  it("goes on from a saved state as if it had not been away", () => {
    const first = earlyStopping({ patience: 2 });
    run(first, losses(1, 2));
    const second = earlyStopping({ patience: 2 });
    second.setState!(JSON.parse(JSON.stringify(first.getState!())));
    expect(run(second, losses(2, 0))?.[0]).toBe(1);
  });

  it("says which metrics there are when its own is missing", () => {
    expect(() => run(earlyStopping(), [{ loss: 1, accuracy: 0 }])).toThrow(UnknownMetricError);
    expect(() => run(earlyStopping(), [{ loss: 1, accuracy: 0 }])).toThrow(
      /loss, accuracy\. Received: val_loss/,
    );
  });
});
