import { describe, expect, it } from "vitest";
import { adviseBatchSize, batchSizeThatFits, isOutOfMemory } from "./memory-advice.js";

const GIB = 2 ** 30;

describe("batchSizeThatFits", () => {
  it("is half where nothing was measured, down to a power of two", () => {
    expect([128, 100, 2].map((batchSize) => batchSizeThatFits({ batchSize }))).toEqual([64, 32, 1]);
    expect(batchSizeThatFits({ batchSize: 1 })).toBeNull();
  });

  it("is by what a picture took of what the limit leaves, where that is less", () => {
    // 6 GiB of 256 pictures; 0.8 · 4 − 2 = 1.2 GiB are left: 51 pictures, so 32.
    const facts = { batchSize: 256, residentBeforeBytes: 2 * GIB, peakResidentBytes: 8 * GIB };
    expect(batchSizeThatFits({ ...facts, memoryLimitBytes: 4 * GIB })).toBe(32);
    expect(batchSizeThatFits({ ...facts, memoryLimitBytes: 9 * GIB })).toBe(128);
    // What is there before the first step is too much already.
    expect(batchSizeThatFits({ ...facts, memoryLimitBytes: 2 * GIB })).toBeNull();
  });
});

it("names the batch size, and what keeps the step as it was", () => {
  expect(adviseBatchSize({ batchSize: 128 })).toContain(
    "--batch-size 64 in place of 128 should fit; --set accumulate=2",
  );
  expect(adviseBatchSize({ batchSize: 1 })).toContain("smaller network");
});

it("knows an engine's lack of memory, also as a cause", () => {
  const own = Object.assign(new Error("Expected 900 MiB of memory"), { name: "TensorMemoryError" });
  expect(isOutOfMemory(new Error("step failed", { cause: own }))).toBe(true);
  expect(isOutOfMemory(new Error("OOM when allocating tensor with shape[128,64,224,224]"))).toBe(true);
  // Of a loader's batch, whose pixels lie outside of what engines hold.
  expect(isOutOfMemory(new RangeError("Array buffer allocation failed"))).toBe(true);
  expect(isOutOfMemory(new Error("no room on the disk"))).toBe(false);
});
