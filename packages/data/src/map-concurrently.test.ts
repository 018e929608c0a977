import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { mapConcurrently } from "./map-concurrently.js";

describe("mapConcurrently", () => {
  it("keeps the order and the bound", async () => {
    let active = 0;
    let most = 0;
    const results = await mapConcurrently([5, 1, 4, 2, 3, 0], 3, async (turns, index) => {
      most = Math.max(most, ++active);
      for (let i = 0; i < turns; i++) await setImmediate();
      active--;
      return `${index}:${turns}`;
    });
    expect(results).toEqual(["0:5", "1:1", "2:4", "3:2", "4:3", "5:0"]);
    expect(most).toBe(3);
  });

  it("throws the first failure and starts nothing more", async () => {
    const started: number[] = [];
    const mapping = mapConcurrently([0, 1, 2, 3, 4], 2, async (item) => {
      started.push(item);
      await setImmediate();
      if (item === 1) throw new Error("one");
    });
    await expect(mapping).rejects.toThrow("one");
    await setImmediate();
    expect(started.length).toBeLessThan(5);
  });

  it("takes no items", async () => {
    expect(await mapConcurrently([], 4, () => Promise.resolve(1))).toEqual([]);
  });
});
