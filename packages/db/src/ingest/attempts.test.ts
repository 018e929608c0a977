import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countVisible, type Attempt } from "./attempts.js";

const attempt = (number: number, fromStep: number | null): Attempt => ({ attempt: number, fromStep });
const part = (number: number, ...steps: number[]) => ({ attempt: number, steps });

describe("countVisible", () => {
  it("ends an attempt where a later one began, by hand", () => {
    const attempts = [attempt(1, 0), attempt(2, 5), attempt(3, 3)];
    const parts = [part(1, 1, 2, 3), part(1, 4, 5, 6), part(2, 6, 7), part(3, 4, 5)];
    // The third attempt went back behind the second: of that one nothing counts.
    expect(countVisible(parts, attempts)).toEqual([3, 0, 0, 2]);
  });

  it("lets a point at the very step of the checkpoint count once: the later one", () => {
    const attempts = [attempt(1, 0), attempt(2, 5)];
    expect(countVisible([part(1, 4, 5), part(2, 5, 6)], attempts)).toEqual([1, 2]);
    expect(countVisible([part(1, 4, 5), part(2, 6)], attempts)).toEqual([2, 1]);
  });

  it("counts nothing of the attempts before one that began anew", () => {
    const attempts = [attempt(1, 0), attempt(2, 0)];
    expect(countVisible([part(1, 0, 1, 2)], attempts)).toEqual([0]);
  });

  it("counts what an attempt says whose beginning is not there yet, and what is before it", () => {
    const attempts = [attempt(1, 0), attempt(2, null)];
    expect(countVisible([part(1, 1, 2, 3, 4), part(2, 3, 4, 5)], attempts)).toEqual([2, 3]);
  });

  it("ascends, and agrees with a search of every point", () => {
    const arbitrary = fc.array(
      fc.record({
        fromStep: fc.option(fc.nat(12)),
        steps: fc.uniqueArray(fc.nat(15), { maxLength: 8 }),
      }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: 1, max: 3 }), (made, chunkSize) => {
        const attempts = made.map(({ fromStep }, index) => attempt(index + 1, fromStep));
        const parts = made.flatMap(({ steps }, index) => {
          const sorted = steps.toSorted((a, b) => a - b);
          const starts = [...sorted.keys()].filter((at) => at % chunkSize === 0);
          return starts.map((at) => part(index + 1, ...sorted.slice(at, at + chunkSize)));
        });
        const counts = countVisible(parts, attempts);
        const visible = parts.flatMap(({ attempt: number, steps }, index) =>
          [...steps].slice(0, counts[index]).map((step) => ({ number, step })),
        );
        expect(visible.every(({ step }, at) => at === 0 || step > visible[at - 1]!.step)).toBe(true);
        // Of the newest attempt that says anything every point counts.
        const newest = parts.at(-1)?.attempt;
        const last = parts
          .filter(({ attempt: number }) => number === newest)
          .flatMap(({ steps }) => [...steps]);
        const isSuperseded = attempts.some(
          (other) => other.attempt > (newest ?? 0) && other.fromStep !== null,
        );
        if (!isSuperseded) {
          expect(visible.filter(({ number }) => number === newest).map(({ step }) => step)).toEqual(last);
        }
        // Nothing that no later attempt supersedes is missing.
        for (const { attempt: number, steps } of parts) {
          for (const step of steps) {
            const later = attempts.filter((other) => other.attempt > number);
            const isBehind = later.some(
              ({ fromStep }) => fromStep !== null && (fromStep === 0 || step > fromStep),
            );
            const isReplaced = visible.some((other) => other.number > number && other.step <= step);
            const isVisible = visible.some((other) => other.number === number && other.step === step);
            expect(isVisible).toBe(!isBehind && !isReplaced);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
