import { describe, expect, it } from "vitest";
import { searchBatchSize, type BatchSizeSearchOptions } from "./batch-size-search.js";

const MIB = 2 ** 20;

interface Machine {
  /** Pictures a second by batch size. */
  readonly rate?: (batchSize: number) => number;
  /** What the program takes with no pictures, and what each picture adds. */
  readonly mib?: { readonly fixed: number; readonly perImage: number };
  readonly availableMib?: number;
  /** The process dies above so much; the measurement otherwise sees it. */
  readonly killedAboveMib?: number;
  readonly trainingImages?: number;
}

/** Measures as a machine would on which memory and time are lines. */
function onMachine({
  rate = (batchSize) => batchSize,
  mib = { fixed: 100, perImage: 1 },
  availableMib = 1e6,
  killedAboveMib = Infinity,
  trainingImages = 50_000,
}: Machine): BatchSizeSearchOptions["measure"] {
  return (batchSize) => {
    const peakMib = mib.fixed + mib.perImage * batchSize;
    if (peakMib > killedAboveMib) return Promise.resolve({ batchSize, tooLarge: "killed" });
    const imagesPerSecond = rate(batchSize);
    const stepMs = (1000 * batchSize) / imagesPerSecond;
    const memory = { peakMemoryBytes: peakMib * MIB, availableMemoryBytes: availableMib * MIB };
    const measurement = { batchSize, trainingImages, steps: 3, stepMs, imagesPerSecond, ...memory };
    return Promise.resolve({ batchSize, measurement });
  };
}

const sizesOf = ({ trials }: { trials: readonly { batchSize: number }[] }) =>
  trials.map(({ batchSize }) => batchSize);

describe("searchBatchSize", () => {
  it("doubles until that is no longer worth it, and suggests the last that was", async () => {
    // 100, 150, 160, 161 pictures a second: half as many more, then 6.7 %, then 0.6 %.
    const rates: Record<number, number> = { 16: 100, 32: 150, 64: 160, 128: 161 };
    const measure = onMachine({ rate: (batchSize) => rates[batchSize]! });
    const found = await searchBatchSize({ measure });
    expect(sizesOf(found)).toEqual([16, 32, 64, 128]);
    expect(found.suggestion).toBe(64);
    expect(found.limit).toEqual({
      name: "speed",
      batchSize: 128,
      gain: expect.closeTo(1 / 160, 9) as number,
    });
    const strict = await searchBatchSize({ measure, leastGain: 0.1 });
    expect([strict.suggestion, sizesOf(strict)]).toEqual([32, [16, 32, 64]]);
  });

  it("does not try what by its growth would not fit", async () => {
    // 116, 132, 164 MiB; 228 are more than nine tenths of 250.
    const found = await searchBatchSize({ measure: onMachine({ availableMib: 250 }) });
    expect(sizesOf(found)).toEqual([16, 32, 64]);
    expect(found.suggestion).toBe(64);
    expect(found.limit).toEqual({ name: "memory", batchSize: 128, expectedBytes: 228 * MIB });
  });

  it("goes back to the last that fits when a process is killed, and looks between the two if asked", async () => {
    // Nothing tells of the limit before it is reached, as with a memory guard outside.
    const measure = onMachine({ killedAboveMib: 200 });
    const found = await searchBatchSize({ measure });
    expect(sizesOf(found)).toEqual([16, 32, 64, 128]);
    expect(found).toMatchObject({ suggestion: 64, limit: { name: "memory", batchSize: 128 } });
    expect(found.trials.at(-1)).toEqual({ batchSize: 128, tooLarge: "killed" });

    // 100 fit: within an eighth of it lies 96, and 104 does not.
    const refined = await searchBatchSize({ measure, isRefined: true });
    expect(sizesOf(refined)).toEqual([16, 32, 64, 128, 96, 112, 104]);
    expect(refined).toMatchObject({ suggestion: 96, limit: { name: "memory", batchSize: 104 } });
  });

  it("halves the first where it does not fit, down to none", async () => {
    const found = await searchBatchSize({ measure: onMachine({ killedAboveMib: 105 }) });
    expect(sizesOf(found)).toEqual([16, 8, 4]);
    expect(found).toMatchObject({ suggestion: 4, limit: { name: "memory", batchSize: 8 } });
    const none = await searchBatchSize({ measure: onMachine({ killedAboveMib: 50 }), from: 2 });
    expect(sizesOf(none)).toEqual([2, 1]);
    expect(none).toMatchObject({ suggestion: null, limit: { name: "memory", batchSize: 1 } });
  });

  it("takes a size that leaves less than a tenth of the memory for one that does not fit", async () => {
    const found = await searchBatchSize({ measure: onMachine({ availableMib: 125 }) });
    // 116, 108 and 104 of 125 MiB.
    expect(sizesOf(found)).toEqual([16, 8]);
    expect(found.suggestion).toBe(8);
  });

  it("ends with the pictures, or where it was told to", async () => {
    const few = await searchBatchSize({ measure: onMachine({ trainingImages: 40 }) });
    expect([few.suggestion, few.limit]).toEqual([32, { name: "pictures" }]);
    const most = await searchBatchSize({ measure: onMachine({}), from: 8, most: 16 });
    expect([most.suggestion, most.limit, sizesOf(most)]).toEqual([16, { name: "most" }, [8, 16]]);
  });
});
