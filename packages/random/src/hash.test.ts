import { describe, expect, it } from "vitest";
import { hashToUint32, hashToUnit } from "./hash.js";

describe("hashToUint32", () => {
  // From the reference C code. Data splits of old runs hang on these values.
  it.each([
    ["", 0, 0],
    ["train/00042", 0, 2068381678],
    ["train/00042", 1, 700309890],
    ["daisy/été.jpg", 7, 1096406190],
    ["sixteen bytes ok", 0xffffffff, 4020265520],
  ])("of %j with seed %i stays", (text, seed, expected) => {
    expect(hashToUint32(text, seed)).toBe(expected);
  });
});

describe("hashToUnit", () => {
  it("spreads evenly: tenths of 100,000 ids hold a tenth each", () => {
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const tenth = Math.floor(hashToUnit(`train/${i}`, 0) * 10);
      counts[tenth] = (counts[tenth] ?? 0) + 1;
    }
    // Five standard deviations of a binomial(100,000, 0.1): 5 × 94.9.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(475);
  });

  it("of one seed says nothing about another: 10 % ∩ 10 % is 1 %", () => {
    let both = 0;
    for (let i = 0; i < 100_000; i++) {
      const id = `train/${i}`;
      if (hashToUnit(id, 0) < 0.1 && hashToUnit(id, 1) < 0.1) both++;
    }
    expect(Math.abs(both - 1000)).toBeLessThan(5 * Math.sqrt(1000 * 0.99));
  });
});
