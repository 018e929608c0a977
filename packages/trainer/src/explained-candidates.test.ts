import type { Predictions } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { labelSetCandidates } from "./explained-candidates.js";

/** Of labels a, b and c. */
const PREDICTIONS: Predictions = {
  split: "test",
  classNames: ["a", "b", "c"],
  ids: ["said", "missed", "both", "right", "empty", "gone"],
  labels: new Int32Array(6).fill(-1),
  labelSets: Uint8Array.from([
    ...[1, 0, 0],
    ...[1, 1, 0],
    ...[0, 1, 1],
    ...[1, 0, 1],
    ...[0, 0, 0],
    ...[1, 1, 1],
  ]),
  probabilities: Float32Array.from([
    // b is not there, and said.
    ...[0.9, 0.7, 0.2],
    // a and b are there, and both missed, b the more so.
    ...[0.3, 0.05, 0.1],
    // a is not there, and said; b is missed.
    ...[0.96, 0.4, 0.8],
    ...[0.75, 0.1, 0.9],
    ...[0.45, 0.1, 0.2],
    ...[0, 0, 0],
  ]),
};
const known = new Set(["said", "missed", "both", "right", "empty"]);

const words = (candidates: readonly { id: string; label: number; prediction: number; target?: number }[]) =>
  candidates.map(({ id, label, prediction, target }) => `${id} ${target}: ${label} as ${prediction}`);

describe("pictures with label sets that are worth an explanation", () => {
  it("are wrong by the label that is furthest from 0.5 on the wrong side, the surest first", () => {
    const { mistakes } = labelSetCandidates(PREDICTIONS, known, undefined);
    // 0.46, 0.45 and 0.2 from 0.5: b, missed at 0.05, is the worse one beside a, missed at 0.3.
    expect(words(mistakes)).toEqual(["both 0: -1 as 0", "missed 1: 1 as -1", "said 1: -1 as 1"]);
    expect(mistakes[1]!.probability).toBeCloseTo(0.05, 6);
  });

  it("are unsure by the label nearest to 0.5", () => {
    const { uncertain } = labelSetCandidates(PREDICTIONS, known, undefined);
    expect(words(uncertain.slice(0, 2))).toEqual(["empty 0: -1 as -1", "both 1: 1 as -1"]);
    expect(uncertain).toHaveLength(5);
  });

  it("are right where nothing is wrong, by the most probable label that is there", () => {
    const { right } = labelSetCandidates(PREDICTIONS, known, undefined);
    expect(words(right)).toEqual(["right 2: 2 as 2"]);
  });

  it("are chosen by one label alone where one is asked for", () => {
    const { mistakes, uncertain, right } = labelSetCandidates(PREDICTIONS, known, 0);
    expect(words(mistakes)).toEqual(["both 0: -1 as 0", "missed 0: 0 as -1"]);
    expect(words(right)).toEqual(["said 0: 0 as 0", "right 0: 0 as 0"]);
    expect(uncertain.map(({ target }) => target)).toEqual([0, 0, 0, 0, 0]);
  });
});
