import type { Calibration, EvaluationReport } from "@convkit/schema";
import { expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import { plainReport } from "../fixtures/plain-report.js";
import { listLimits } from "./limits.js";
import { summarise } from "./summarise.js";

/** The report of a confusion matrix: predictions that are as sure as can be. */
function reportOf(matrix: number[][], classNames: string[], split = "test"): EvaluationReport {
  const cells = matrix.flatMap((row, label) =>
    row.flatMap((count, prediction) => Array.from({ length: count }, () => ({ label, prediction }))),
  );
  const probabilities = new Float32Array(cells.length * classNames.length);
  cells.forEach(({ prediction }, i) => (probabilities[i * classNames.length + prediction] = 1));
  const labels = Int32Array.from(cells, ({ label }) => label);
  const ids = cells.map((_, i) => String(i));
  // What a sentence says of sureness and groups is handed in by the tests that ask for it.
  return plainReport({ split, classNames, ids, labels, probabilities });
}

/** Ten bins of equal width; `[count, confidence, accuracy]` of those that hold pictures, by their lower end in tenths. */
function calibrationOf(bins: Record<number, [number, number, number]>, ece: number): Calibration {
  return {
    ece,
    eceEqualMass: ece,
    mce: ece,
    bins: Array.from({ length: 10 }, (_, k) => {
      const [count, confidence, accuracy] = bins[k] ?? [0, NaN, NaN];
      return { lower: k / 10, upper: (k + 1) / 10, count, confidence, accuracy };
    }),
  };
}

const sentences = (report: EvaluationReport) =>
  Object.fromEntries(summarise(report).map(({ heading, sentences }) => [heading, sentences]));

it("says what was tested, how good it is and where it fails", () => {
  // 500 of each; 470 cats and 440 dogs are recognised.
  const report = reportOf(
    [
      [470, 30],
      [60, 440],
    ],
    ["cat", "dog"],
  );
  expect(sentences(report)).toEqual({
    "What was tested": ["1,000 pictures of 2 classes: the test split, held back from training."],
    // Wilson's interval of 910 of 1000 is 0.8907 to 0.9262.
    "How good it is": [
      "Of 100 pictures it names about 91 rightly (95\u202f% interval 89.1 to 92.6).",
      "By comparison, always answering “cat” would be right in 50 of 100.",
    ],
    "Where it fails": [
      "Its most frequent mistake is to take “dog” for “cat”: 60 of 500 pictures.",
      // 440 of the 470 that were called dog.
      "It recognises “dog” least: 88 of 100, and when it gives that name, it is right in 94 of 100.",
    ],
  });
});

it("says whom to trust, out of the bins", () => {
  const report = {
    ...reportOf(
      [
        [470, 30],
        [60, 440],
      ],
      ["cat", "dog"],
    ),
    // 800 × 0.98 + 100 × 0.7 + 100 × 0.56 = 910.
    calibration: calibrationOf(
      { 9: [800, 0.99, 0.98], 8: [100, 0.85, 0.7], 5: [100, 0.55, 0.56] },
      0.8 * 0.01 + 0.1 * 0.15 + 0.1 * 0.01,
    ),
  };
  expect(sentences(report)["Whom to trust"]).toEqual([
    "When it is more than 90\u202f% sure, which is so for 80 of 100 pictures, it is right in 98 of 100.",
    // 854 of 900 above 0.8 are 94.9 %, short of 95: the edge is 0.9, and 126 of the 200 below it are right.
    "Let a person look where it is at most 90\u202f% sure: that is so for 20 of 100 pictures, and of these it names 63 of 100 rightly; of the others, 98 of 100.",
    // 0.8 × 0.99 + 0.1 × 0.85 + 0.1 × 0.55 = 0.932.
    "It is over-confident: on average it is 93.2\u202f% sure of its answer, and right in 91 of 100.",
  ]);
});

it("goes by the temperature, where there is one, as predictions do", () => {
  const report: EvaluationReport = {
    ...reportOf(
      [
        [470, 30],
        [60, 440],
      ],
      ["cat", "dog"],
    ),
    calibration: calibrationOf({ 9: [1000, 0.99, 0.91] }, 0.08),
    temperature: {
      value: 2.5,
      split: "validation",
      count: 500,
      // 600 × 0.99 + 400 × 0.79 = 910; 0.6 × 0.98 + 0.4 × 0.8 = 0.908.
      calibration: calibrationOf({ 9: [600, 0.98, 0.99], 7: [400, 0.8, 0.79] }, 0.01),
      loss: 0.3,
    },
  };
  expect(sentences(report)["Whom to trust"]).toEqual([
    "Its degrees of sureness are those with its temperature of 2.50, as convkit predict gives them.",
    "When it is more than 90\u202f% sure, which is so for 60 of 100 pictures, it is right in 99 of 100.",
    "Let a person look where it is at most 80\u202f% sure: that is so for 40 of 100 pictures, and of these it names 79 of 100 rightly; of the others, 99 of 100.",
    "Its degrees of sureness can be taken at their word: on average it is 90.8\u202f% sure of its answer, and right in 91 of 100.",
  ]);
  const limitsOn = (judged: EvaluationReport) =>
    listLimits(judged).filter((sentence) => sentence.includes("taken at their word"));
  expect(limitsOn(report)).toEqual([
    "Probabilities that are made of its logits without the temperature of its card cannot be taken at their word: they are off by 8.0 of 100 on average.",
  ]);
  const stillOff = { ...report.temperature!, calibration: calibrationOf({ 9: [1000, 0.97, 0.91] }, 0.06) };
  expect(limitsOn({ ...report, calibration: undefined, temperature: stillOff })).toEqual([
    "Its probabilities, with the temperature too, cannot be taken at their word: they are off by 6.0 of 100 on average.",
  ]);
});

it.each([
  [
    "under-confident",
    { 6: [1000, 0.65, 0.91] as [number, number, number] },
    0.26,
    /^It is under-confident: on average it is 65/,
  ],
  [
    "calibrated",
    { 9: [1000, 0.92, 0.91] as [number, number, number] },
    0.01,
    /^Its degrees of sureness can be taken/,
  ],
  [
    "right on average alone",
    { 9: [500, 0.99, 0.91] as [number, number, number], 8: [500, 0.83, 0.91] as [number, number, number] },
    0.08,
    /not at every degree of sureness: they are off by 8\.0 of 100/,
  ],
])("calls a network %s", (_, bins, ece, sentence) => {
  const report = reportOf(
    [
      [910, 90],
      [0, 1],
    ],
    ["cat", "dog"],
  );
  const judged = { ...report, calibration: calibrationOf(bins, ece) };
  expect(sentences(judged)["Whom to trust"]!.at(-1)).toMatch(sentence);
});

it("does not promise more than was seen of a perfect network", () => {
  const report = {
    ...reportOf(
      [
        [250, 0],
        [0, 250],
      ],
      ["cat", "dog"],
    ),
    calibration: calibrationOf({ 9: [500, 0.995, 1] }, 0.005),
  };
  expect(sentences(report)).toEqual({
    "What was tested": ["500 pictures of 2 classes: the test split, held back from training."],
    // Wilson's lower end is 500 / (500 + 1.96²) = 0.9924.
    "How good it is": [
      "It named every picture rightly (95\u202f% interval 99 to 100 of 100 new ones).",
      "By comparison, always answering “cat” would be right in 50 of 100.",
    ],
    "Where it fails": ["It made no mistake on these pictures."],
    "Whom to trust": [
      "When it is more than 90\u202f% sure, which is so for 100 of 100 pictures, it is right in 100 of 100.",
      "Its degrees of sureness can be taken at their word: on average it is 99.5\u202f% sure of its answer, and right in 100 of 100.",
    ],
  });
});

it("says that a network at chance level knows nothing, and that nobody should trust it", () => {
  const even = Array.from({ length: 4 }, () => [50, 50, 50, 50]);
  const report = {
    ...reportOf(even, ["a", "b", "c", "d"]),
    calibration: calibrationOf({ 2: [800, 0.27, 0.25] }, 0.02),
  };
  const said = sentences(report);
  expect(said["How good it is"]).toContain(
    "That is no better than always answering “a”, which is right in 25 of 100.",
  );
  expect(said["Whom to trust"]!.slice(0, 2)).toEqual([
    "It is never more than 90\u202f% sure.",
    "There is no degree of sureness above which it is right in 95 of 100: let a person look at every picture.",
  ]);
});

it("says that a dozen pictures are too few to tell", () => {
  const report = {
    ...reportOf(
      [
        [6, 0],
        [1, 5],
      ],
      ["cat", "dog"],
    ),
    calibration: calibrationOf({ 9: [12, 0.95, 11 / 12] }, 0.03),
  };
  const said = sentences(report);
  expect(said["How good it is"]).toContain(
    "12 pictures are too few to tell how good it is: test it on more before you rely on it.",
  );
  expect(said["Where it fails"]).toContain(
    "It recognises “dog” least: 83 of 100, though 6 pictures of it are too few to tell.",
  );
  expect(said["Whom to trust"]).toEqual([
    "12 pictures are too few to tell whether it is right as often as it is sure.",
  ]);
});

it("says nothing of one class, and of no picture", () => {
  expect(sentences(reportOf([[40]], ["cat"]))).toEqual({
    "What was tested": ["40 pictures of 1 class: the test split, held back from training."],
    "How good it is": ["There is one class alone: every answer is right, which says nothing."],
  });
  expect(
    sentences(
      reportOf(
        [
          [0, 0],
          [0, 0],
        ],
        ["cat", "dog"],
      ),
    ),
  ).toEqual({ "What was tested": ["No picture had a label to be held against: nothing can be said."] });
});

it("names classes that were not tested, and what the split has to do with training", () => {
  const matrix = [
    [100, 0, 0],
    [0, 0, 0],
    [5, 0, 95],
  ];
  const classNames = ["cat", "dog", "eel"];
  expect(sentences(reportOf(matrix, classNames, "validation"))["What was tested"]).toEqual([
    "200 pictures of 3 classes: the validation split, held back from training; but the best epoch was chosen by them, so that the figures are kinder than they should be.",
    "No picture of “dog” was among them: of that nothing is known.",
  ]);
  expect(sentences(reportOf(matrix, classNames, "train"))["What was tested"]![0]).toContain(
    "the very pictures it was trained on",
  );
});

it("tells of the worst group whose failing is no accident, and of none where all are", () => {
  const report = reportOf(
    [
      [900, 100],
      [0, 1],
    ],
    ["cat", "dog"],
  );
  const slice = (value: string, accuracy: number, pValue: number) => ({
    by: "brightness",
    value,
    count: 200,
    accuracy,
    interval: [0, 1] as [number, number],
    difference: accuracy - 0.93,
    pValue,
  });
  const slices = [slice("0 to 10", 0.5, 0.2), slice("10 to 20", 0.78, 0.001), slice("20 to 30", 0.99, 0.01)];
  expect(sentences({ ...report, slices })["Where it fails"]!.at(-1)).toBe(
    "Pictures whose brightness is 10 to 20 fare worse: it names 78 of 100 of these 200 pictures rightly, and 93 of 100 of the others.",
  );
  expect(sentences({ ...report, slices: slices.filter((_, i) => i !== 1) })["Where it fails"]!.at(-1)).toBe(
    "Grouped by brightness, no pictures fare worse than the others by more than chance explains.",
  );
});

it("speaks of labels where pictures have any number of them", () => {
  const report = evaluate({
    split: "test",
    classNames: ["mass", "fluid", "air"],
    ids: ["a", "b", "c", "d"],
    labels: new Int32Array(4).fill(-1),
    // mass: a and b; fluid: c; air: nobody.
    labelSets: Uint8Array.of(1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0),
    probabilities: Float32Array.of(0.9, 0.1, 0.1, 0.4, 0.6, 0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1),
  });
  const said = sentences(report);
  expect(said["What was tested"]).toEqual([
    "4 pictures, each with any of 3 labels: the test split, held back from training.",
    "No picture had “air”: of that nothing is known.",
  ]);
  // mass is ranked perfectly; fluid's one picture second: (1 + 0.5) / 2. By lot: (2 + 1) / 2 of 4.
  expect(said["How good it is"]![0]).toContain("it scores 75 of 100");
  expect(said["How good it is"]![0]).toContain("drawing lots scores about 38");
  expect(said["Where it fails"]).toEqual([
    "The weakest label is “fluid”: it misses 1 of the 1 picture that has it.",
    "“mass” and “fluid”: fewer than 10 pictures each, which are too few to tell.",
  ]);
  expect(said["Whom to trust"]).toBeUndefined();
});
