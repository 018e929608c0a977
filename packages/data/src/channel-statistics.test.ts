import { describe, expect, it } from "vitest";
import { measureChannels } from "./channel-statistics.js";
import { createSplit } from "./create-split.js";
import { resizeSource } from "./pictures/resize-source.js";

describe("measureChannels", () => {
  it("is the mean and deviation of each channel by itself", async () => {
    const split = createSplit({
      name: "train",
      images: Uint8Array.of(0, 51, 255, 51, 0, 51, 255, 51),
      shape: { count: 2, height: 1, width: 2, channels: 2 },
      labels: [0, 0],
    });
    expect(await measureChannels(split)).toEqual({ mean: [0.5, 0.2], std: [0.5, 0] });
  });

  it("counts every picture once over several readings", async () => {
    const count = 700;
    const images = Uint8Array.from({ length: count }, (_, i) => i % 7);
    const shape = { count, height: 1, width: 1, channels: 1 };
    const measured = await measureChannels(createSplit({ name: "x", images, shape, labels: images }));
    // 0 … 6 a hundred times each: mean 3, variance 4.
    expect(measured?.mean[0]).toBeCloseTo(3 / 255, 12);
    expect(measured?.std[0]).toBeCloseTo(2 / 255, 12);
  });

  it("ends between readings when it is told to", async () => {
    const [count, labels] = [1000, new Uint8Array(1000)];
    const shape = { count, height: 1, width: 1, channels: 1 };
    const small = createSplit({ name: "x", images: labels, shape, labels });
    const split = small.outOf(resizeSource(small.source, [2, 2]));
    await expect(measureChannels(split, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });

  it("says nothing of no pictures", async () => {
    const shape = { count: 0, height: 1, width: 1, channels: 1 };
    expect(
      await measureChannels(createSplit({ name: "x", images: new Uint8Array(), shape, labels: [] })),
    ).toBeNull();
  });
});
