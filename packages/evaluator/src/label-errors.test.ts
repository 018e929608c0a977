import type { Predictions } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import confidentLearning from "./fixtures/confident-learning.json" with { type: "json" };
import { labelErrors } from "./label-errors.js";

function predictions(labels: readonly number[], rows: readonly (readonly number[])[]): Predictions {
  const classCount = rows[0]?.length ?? 2;
  return {
    split: "test",
    classNames: ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].slice(0, classCount),
    ids: labels.map((_, row) => `picture ${row}`),
    labels: Int32Array.from(labels),
    probabilities: Float32Array.from(rows.flat()),
  };
}

describe("confident learning by hand", () => {
  // Thresholds: a (0.9 + 0.8 + 0.1) / 3 = 0.6, b (0.8 + 0.7 + 0.55) / 3 = 0.6833.
  const found = labelErrors(
    predictions(
      [0, 0, 0, 1, 1, 1],
      [
        [0.9, 0.1],
        [0.8, 0.2],
        [0.1, 0.9],
        [0.2, 0.8],
        [0.3, 0.7],
        [0.45, 0.55],
      ],
    ),
  );

  it("counts a picture as the class whose threshold it reaches, and one that reaches none as nothing", () => {
    expect(found.thresholds[0]).toBeCloseTo(0.6, 6);
    expect(found.thresholds[1]).toBeCloseTo(0.683333, 6);
    expect(found.confidentJoint).toEqual([
      [2, 1],
      [0, 2],
    ]);
  });

  it("brings each row of the joint to its label's pictures", () => {
    expect(found.joint).toEqual([
      [2 / 6, 1 / 6],
      [0, 3 / 6],
    ]);
  });

  it("suspects the one picture that is confidently the other class, and ranks all by self-confidence", () => {
    expect(found.pictures.map(({ row }) => row)).toEqual([2, 5, 4, 1, 3, 0]);
    expect(found.pictures.filter(({ isSuspect }) => isSuspect).map(({ id }) => id)).toEqual(["picture 2"]);
    expect(found.pictures[0]).toMatchObject({ label: 0, suggestion: 1 });
    expect(found.pictures[0]!.quality).toBeCloseTo(0.1, 6);
    expect(found.pictures[0]!.suggestionProbability).toBeCloseTo(0.9, 6);
  });
});

describe.each(confidentLearning.cases)("confident learning of $name", (given) => {
  const { labels, expected, classCount } = given;
  const rows = Array.from({ length: labels.length }, (_, row) =>
    given.probabilities.slice(row * classCount, (row + 1) * classCount),
  );
  const asked = predictions(labels, rows);
  const suspectRows = (rule: "confident-joint" | "prune-by-class" | "prune-by-noise-rate" | "both") =>
    labelErrors(asked, { rule })
      .pictures.filter(({ isSuspect }) => isSuspect)
      .map(({ row }) => row)
      .sort((a, b) => a - b);

  it("has the thresholds and the joint of the paper's equations", () => {
    const { thresholds, confidentJoint, joint } = labelErrors(asked);
    expected.thresholds.forEach((threshold, k) => {
      if (threshold === null) expect(thresholds[k]).toBeNaN();
      else expect(thresholds[k]).toBeCloseTo(threshold, 9);
    });
    expect(confidentJoint).toEqual(expected.confidentJoint);
    expected.joint.forEach((row, i) => row.forEach((p, j) => expect(joint[i]![j]).toBeCloseTo(p, 12)));
  });

  it("suspects what each rule prunes", () => {
    expect(suspectRows("confident-joint")).toEqual(expected.confidentJointRows);
    expect(suspectRows("prune-by-class")).toEqual(expected.pruneByClassRows);
    expect(suspectRows("prune-by-noise-rate")).toEqual(expected.pruneByNoiseRateRows);
    expect(suspectRows("both")).toEqual(expected.bothRows);
  });

  it("ranks by self-confidence, or by margin", () => {
    expect(labelErrors(asked).pictures.map(({ row }) => row)).toEqual(expected.rankedBySelfConfidence);
    const byMargin = labelErrors(asked, { rankBy: "normalized-margin" });
    expect(byMargin.pictures.map(({ row }) => row)).toEqual(expected.rankedByMargin);
  });
});

describe("confident learning at its edges", () => {
  it("finds nothing where no picture has a label", () => {
    const { pictures, confidentJoint } = labelErrors(
      predictions(
        [-1, -1],
        [
          [0.2, 0.8],
          [0.6, 0.4],
        ],
      ),
    );
    expect(pictures).toEqual([]);
    expect(confidentJoint).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("refuses pictures with label sets", () => {
    const sets = { ...predictions([-1], [[0.2, 0.8]]), labelSets: Uint8Array.of(1, 0) };
    expect(() => labelErrors(sets)).toThrow(/one class each/);
  });
});
