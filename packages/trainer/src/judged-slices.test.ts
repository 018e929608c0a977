import { createSplit } from "@convkit/data";
import { describe, expect, it } from "vitest";
import { slicesOf } from "./judged-slices.js";

// Twenty dark pictures, all taken for the other class, and thirty bright ones, all right.
const isDark = Array.from({ length: 50 }, (_, i) => i < 20);
const split = createSplit({
  name: "test",
  images: Uint8Array.from(isDark.flatMap((dark) => new Array<number>(4).fill(dark ? 10 : 200))),
  shape: { count: 50, height: 2, width: 2, channels: 1 },
  labels: isDark.map(Number),
});
const predictions = {
  split: "test",
  classNames: ["day", "night"],
  ids: split.ids,
  labels: split.labels,
  probabilities: Float32Array.from(isDark.flatMap(() => [0.75, 0.25])),
};

describe("slices of a judged split", () => {
  it("name the pictures on which the network fails by what they look like", async () => {
    const { slices } = await slicesOf(predictions, split, undefined);
    expect(slices![0]).toMatchObject({
      by: "brightness",
      value: "10",
      count: 20,
      accuracy: 0,
      difference: -1,
    });
    // Fisher's p of 0 of 20 and 30 of 30 is below 1e-13; two slices were looked at.
    expect(slices![0]!.pValue).toBeLessThan(1e-12);
  });

  it("are none of label sets", async () => {
    const labelSets = new Uint8Array(100);
    expect(await slicesOf({ ...predictions, labelSets }, split, undefined)).toEqual({});
  });

  it("end with the signal", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(slicesOf(predictions, split, signal)).rejects.toThrow("enough");
  });
});
