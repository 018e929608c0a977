import { Rng } from "@convkit/random";
import type { Predictions } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { labelSetErrors } from "./label-set-errors.js";

/** @param sets of each picture, 1 where it has the label. @param rows probabilities. */
function predictions(
  sets: readonly (readonly number[])[],
  rows: readonly (readonly number[])[],
): Predictions & { readonly labelSets: Uint8Array } {
  return {
    split: "test",
    classNames: ["a", "b", "c", "d", "e"].slice(0, rows[0]!.length),
    ids: rows.map((_, row) => `picture ${row}`),
    labels: new Int32Array(rows.length).fill(-1),
    labelSets: Uint8Array.from(sets.flat()),
    probabilities: Float32Array.from(rows.flat()),
  };
}

describe("confident learning of label sets by hand", () => {
  // Of a: thresholds no (0.9 + 0.8 + 0.1) / 3 = 0.6, yes (0.8 + 0.7 + 0.55) / 3 = 0.6833. Of b, which no picture has: no 0.8667.
  const asked = predictions(
    [
      [0, 0],
      [0, 0],
      [0, 0],
      [1, 0],
      [1, 0],
      [1, 0],
    ],
    [
      [0.1, 0.1],
      [0.2, 0.1],
      [0.9, 0.1],
      [0.8, 0.2],
      [0.7, 0.1],
      [0.55, 0.3],
    ],
  );

  it("doubts the label whose absence the network is sure is wrong, and no label that no picture has", () => {
    const { pictures, confidentJoints } = labelSetErrors(asked);
    const suspected = pictures.filter(({ suspects }) => suspects.length > 0);
    expect(suspected.map(({ id }) => id)).toEqual(["picture 2"]);
    expect(suspected[0]!.suspects).toMatchObject([{ label: 0, isThere: false }]);
    expect(suspected[0]!.suspects[0]!.probability).toBeCloseTo(0.9, 6);
    expect(suspected[0]!.suspects[0]!.quality).toBeCloseTo(0.1, 6);
    expect(confidentJoints).toEqual([
      [
        [2, 1],
        [0, 2],
      ],
      // Those with 0.1 of b.
      [
        [4, 0],
        [0, 0],
      ],
    ]);
  });

  it("ranks pictures by the moving average of their labels' self-confidence, the worst of which weighs 0.8", () => {
    const { pictures } = labelSetErrors(asked);
    expect(pictures.map(({ row }) => row)).toEqual([2, 5, 4, 3, 1, 0]);
    const qualities = pictures.map(({ quality }) => quality);
    [0.26, 0.58, 0.74, 0.8, 0.82, 0.9].forEach((expected, i) =>
      expect(qualities[i]).toBeCloseTo(expected, 6),
    );
    expect(pictures[1]!.worst).toMatchObject({ label: 0, isThere: true });
  });

  it("or by the worst label alone", () => {
    const { pictures } = labelSetErrors(asked, { combine: "worst" });
    expect(pictures.map(({ quality }) => Number(quality.toFixed(3)))).toEqual([
      0.1, 0.55, 0.7, 0.8, 0.8, 0.9,
    ]);
  });

  it("doubts a label that is there, too", () => {
    const sets = asked.labelSets.slice();
    // The picture that surely lacks it is said to have it: yes (0.1 + 0.8 + 0.7 + 0.55) / 4 = 0.5375, no (0.8 + 0.1) / 2 = 0.45.
    sets[0] = 1;
    const { pictures } = labelSetErrors({ ...asked, labelSets: sets });
    expect(pictures[0]!.suspects).toMatchObject([{ label: 0, isThere: true }]);
    expect(
      pictures
        .slice(0, 2)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(["picture 0", "picture 2"]);
  });
});

it("has the scores of cleanlab's documentation", () => {
  // Of `exponential_moving_average` and of `MultilabelScorer`, cleanlab/internal/multilabel_scorer.py.
  const scoreOf = (set: readonly number[], row: readonly number[]) =>
    labelSetErrors(predictions([set], [row])).pictures[0]!.quality;
  expect(scoreOf([1, 1, 1], [0.9, 0.9, 0.3])).toBeCloseTo(0.42, 6);
  expect(scoreOf([1, 1, 1], [0.4, 0.9, 0.6])).toBeCloseTo(0.452, 6);
  expect(scoreOf([0, 1, 0], [0.1, 0.9, 0.1])).toBeCloseTo(0.9, 6);
  expect(scoreOf([1, 0, 1], [0.4, 0.1, 0.9])).toBeCloseTo(0.5, 6);
});

const SEED = 11;
describe(`labels that were changed by seed ${SEED}`, () => {
  const [COUNT, LABELS, CHANGED] = [800, 5, 0.04];
  const rng = Rng.fromSeed(SEED);
  const changed = new Set<number>();
  const sets: number[][] = [];
  const rows: number[][] = [];
  for (let row = 0; row < COUNT; row++) {
    const truth = Array.from({ length: LABELS }, () => (rng.uniform() < 0.3 ? 1 : 0));
    // A network that is right of most: its logits are two deviations from 0.
    rows.push(truth.map((has) => 1 / (1 + Math.exp(-(has ? 2 : -2) - rng.normal()))));
    sets.push(
      truth.map((has, label) => {
        if (rng.uniform() >= CHANGED) return has;
        changed.add(row * LABELS + label);
        return 1 - has;
      }),
    );
  }
  const { pictures } = labelSetErrors(predictions(sets, rows));

  it("are suspects, far more of them than by chance", () => {
    const suspects = pictures.flatMap(({ row, suspects: found }) =>
      found.map(({ label }) => row * LABELS + label),
    );
    const recall = suspects.filter((at) => changed.has(at)).length / changed.size;
    const chance = suspects.length / (COUNT * LABELS);
    expect(recall).toBeGreaterThan(20 * chance);
  });

  it("are in the pictures that are ranked first", () => {
    const wrong = new Set([...changed].map((at) => Math.floor(at / LABELS)));
    const first = pictures.slice(0, wrong.size).filter(({ row }) => wrong.has(row));
    expect(first.length / wrong.size).toBeGreaterThan(4 * (wrong.size / COUNT));
  });
});

it("refuses pictures of one class each", () => {
  const plain = { ...predictions([[1, 0]], [[0.4, 0.6]]), labelSets: undefined, labels: Int32Array.of(0) };
  expect(() => labelSetErrors(plain)).toThrow(
    "Expected pictures with label sets. Received: pictures of one class each.",
  );
});
