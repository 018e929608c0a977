import { expect, it } from "vitest";
import { takeLoadingTurns } from "./loader-benchmark.js";
import type { LoadingContestant } from "./loader-turns.js";

/** Round 0 is not timed. */
function contestant(name: string, speeds: readonly (number | null)[], order: string[]): LoadingContestant {
  return {
    name,
    turn: (round) => {
      order.push(`${name}${round}`);
      return Promise.resolve(speeds[round] as number | null);
    },
    close: () => Promise.resolve(void order.push(`${name} closed`)),
  };
}

it("takes turns both ways about, and ratios within a round", async () => {
  const order: string[] = [];
  const contestants = [contestant("a", [1, 10, 100], order), contestant("b", [1, 9, 110], order)];
  const rows = await takeLoadingTurns(
    { work: "w", contestants, targets: { b: { ratio: 0.9 }, a: { picturesPerSecond: 60 } }, notes: [] },
    2,
  );
  expect(order).toEqual(["a0", "b0", "b1", "a1", "a2", "b2", "a closed", "b closed"]);
  expect(rows.map(({ picturesPerSecond, ratio }) => [picturesPerSecond?.median, ratio?.median])).toEqual([
    [55, 1],
    [59.5, 1],
  ]);
  expect(rows.map(({ target }) => target)).toEqual([
    { text: "≥ 60/s", verdict: "not reached" },
    { text: "≥ 0.9", verdict: "reached" },
  ]);
});

it("goes on without a contestant that went away", async () => {
  const order: string[] = [];
  const contestants = [contestant("a", [1, 10, 10], order), contestant("b", [1, null], order)];
  const [, gone] = await takeLoadingTurns(
    { work: "w", contestants, targets: { b: { ratio: 1 } }, notes: [] },
    2,
  );
  expect(order.filter((turn) => turn.startsWith("b"))).toEqual(["b0", "b1", "b closed"]);
  expect(gone).toMatchObject({ picturesPerSecond: null, ratio: null, target: { verdict: "not measured" } });
});
