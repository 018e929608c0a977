import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addSequences, formatSequenceSet, hasSequence, parseSequenceSet } from "./sequence-set.js";

describe("SequenceSet", () => {
  it("joins what touches", () => {
    const set = addSequences(addSequences([], [0, 1, 2, 7]), [5, 3]);
    expect(formatSequenceSet(set)).toBe("{[0,4),[5,6),[7,8)}");
    expect(formatSequenceSet(addSequences(set, [4, 6]))).toBe("{[0,8)}");
    expect(formatSequenceSet([])).toBe("{}");
  });

  it("holds what was added, in any order, and nothing else", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(40))), (batches) => {
        const set = batches.reduce<ReturnType<typeof addSequences>>(addSequences, []);
        const expected = new Set(batches.flat());
        for (let sequence = 0; sequence <= 42; sequence += 1) {
          expect(hasSequence(set, sequence)).toBe(expected.has(sequence));
        }
        expect(set.every(([from, to], at) => from < to && (at === 0 || from > set[at - 1]![1]))).toBe(true);
        expect(parseSequenceSet(formatSequenceSet(set))).toEqual(set);
      }),
    );
  });
});
