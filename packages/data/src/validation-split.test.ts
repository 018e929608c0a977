import { describe, expect, it } from "vitest";
import { createSplit } from "./create-split.js";
import { splitOffValidation } from "./validation-split.js";

function splitOf(ids: string[], classes = 10) {
  const count = ids.length;
  return createSplit({
    name: "train",
    images: new Uint8Array(count),
    shape: { count, height: 1, width: 1, channels: 1 },
    labels: ids.map((_, i) => i % classes),
    ids,
  });
}

const IDS = Array.from({ length: 20_000 }, (_, i) => `photos/${i}.jpg`);

describe("splitOffValidation", () => {
  it("puts every picture on exactly one side, and about the fraction on the right one", () => {
    const { train, validation } = splitOffValidation(splitOf(IDS), { fraction: 0.1, seed: 0 });
    expect([...train.ids, ...validation.ids].sort()).toEqual([...IDS].sort());
    expect(validation.name).toBe("validation");
    expect(Math.abs(validation.length - 2000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.09));
  });

  it("holds class fractions in expectation", () => {
    const { validation } = splitOffValidation(splitOf(IDS), { fraction: 0.1, seed: 3 });
    const counts = new Array<number>(10).fill(0);
    for (const label of validation.labels) counts[label]! += 1;
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(5 * Math.sqrt(2000 * 0.09));
  });

  it("never moves an old picture when others come or go", () => {
    const few = splitOffValidation(splitOf(IDS.slice(0, 500)), { fraction: 0.2, seed: 1 });
    const many = splitOffValidation(splitOf([...IDS.slice(1000), ...IDS.slice(0, 500)]), {
      fraction: 0.2,
      seed: 1,
    });
    const old = new Set(IDS.slice(0, 500));
    expect(many.validation.ids.filter((id) => old.has(id))).toEqual(few.validation.ids);
  });

  it("chooses others by another seed, and more of the same by a larger fraction", () => {
    const chosen = (fraction: number, seed: number) =>
      splitOffValidation(splitOf(IDS), { fraction, seed }).validation.ids;
    expect(chosen(0.1, 1)).not.toEqual(chosen(0.1, 0));
    expect(chosen(0.2, 0)).toEqual(expect.arrayContaining(chosen(0.1, 0).slice(0, 50)));
    expect(chosen(0, 0)).toEqual([]);
  });

  it("keeps groups together", () => {
    const groupOf = (id: string) => String(Number(/\d+/.exec(id)?.[0]) % 100);
    const { train, validation } = splitOffValidation(splitOf(IDS), { fraction: 0.3, seed: 0, groupOf });
    const groups = new Set(validation.ids.map(groupOf));
    expect(groups.size).toBeGreaterThan(10);
    expect(train.ids.some((id) => groups.has(groupOf(id)))).toBe(false);
  });
});
