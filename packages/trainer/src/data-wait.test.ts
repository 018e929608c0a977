import type { Batch, Loader } from "@convkit/data";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { squaresLoader } from "../test/squares.js";
import { DataWait } from "./data-wait.js";

// The clock alone is ours: it moves when told.
beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** Each batch takes so long to come. */
function slowLoader(batchMs: number): Loader & { left: number } {
  const loader = squaresLoader(30, 10);
  return {
    ...loader,
    left: 0,
    async *epoch(epoch, options) {
      try {
        for await (const batch of loader.epoch(epoch, options)) {
          vi.advanceTimersByTime(batchMs);
          yield batch;
        }
      } finally {
        this.left += 1;
      }
    },
  };
}

it("counts the time until a batch is there, and not the time that it is in use", async () => {
  const wait = new DataWait();
  const [train, validation] = [wait.watch(slowLoader(20)), wait.watch(slowLoader(7))];
  const batches: Batch[] = [];
  for await (const batch of train.epoch(1)) {
    batches.push(batch);
    vi.advanceTimersByTime(1000);
  }
  expect(wait.waitedMs).toBe(3 * 20);
  for await (const batch of validation.epoch(0, { fromStep: 1 })) batches.push(batch);
  expect(wait.waitedMs).toBe(3 * 20 + 2 * 7);

  const expected: Batch[] = [];
  for await (const batch of squaresLoader(30, 10).epoch(1)) expected.push(batch);
  expect(batches.slice(0, 3)).toEqual(expected);
  expect(train).toMatchObject({ stepsPerEpoch: 3, imageShape: [8, 8, 3] });
});

it("lets the loader know that its user left early", async () => {
  const loader = slowLoader(1);
  for await (const batch of new DataWait().watch(loader).epoch(0)) {
    expect(batch.labels).toHaveLength(10);
    break;
  }
  expect(loader.left).toBe(1);
});
