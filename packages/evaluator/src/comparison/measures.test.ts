import { Rng } from "@convkit/random";
import type { Predictions } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import { judgementsOf } from "./judgements.js";
import { measuresOf, type ComparisonMetricName } from "./measures.js";
import { finish } from "./steps.js";

const CLASSES = 4;
const PICTURES = 30;

function drawPredictions(rng: Rng, isOfLabelSets: boolean): Predictions {
  // Few distinct values, so that there are ties; of the first class, probabilities of 0 too.
  const probabilities = Float32Array.from({ length: PICTURES * CLASSES }, () => rng.int(5) / 4);
  for (let row = 0; row < PICTURES && !isOfLabelSets; row++) {
    const own = probabilities.subarray(row * CLASSES, (row + 1) * CLASSES);
    const sum = own.reduce((total, p) => total + p, 0);
    own.set(sum === 0 ? [0, 1, 0, 0] : own.map((p) => p / sum));
  }
  return {
    split: "test",
    classNames: ["a", "b", "c", "d"],
    ids: Array.from({ length: PICTURES }, (_, index) => `p${index}`),
    labels: Int32Array.from({ length: PICTURES }, () => (isOfLabelSets ? -1 : rng.int(3))),
    ...(isOfLabelSets && {
      labelSets: Uint8Array.from({ length: PICTURES * CLASSES }, (_, i) =>
        Number(i % 4 < 3 && rng.bernoulli(0.4)),
      ),
    }),
    probabilities,
  };
}

/** The same predictions, each picture as often as it counts. */
function repeat(predictions: Predictions, counts: Uint32Array): Predictions {
  const rows = Array.from(counts).flatMap((count, row) => new Array<number>(count).fill(row));
  const spread = <T extends Float32Array | Uint8Array>(values: T) =>
    rows.flatMap((row) => Array.from(values.subarray(row * CLASSES, (row + 1) * CLASSES)));
  const { labelSets } = predictions;
  return {
    ...predictions,
    ids: rows.map((row, index) => `${index}: ${predictions.ids[row]}`),
    labels: Int32Array.from(rows, (row) => predictions.labels[row]!),
    ...(labelSets && { labelSets: Uint8Array.from(spread(labelSets)) }),
    probabilities: Float32Array.from(spread(predictions.probabilities)),
  };
}

/** As `evaluate` reports them. */
function reported(predictions: Predictions): Partial<Record<ComparisonMetricName, number>> {
  const { accuracy, loss, macroAverage, meanAveragePrecision, perClass } = evaluate(predictions);
  if (meanAveragePrecision !== undefined) {
    return { mean_average_precision: meanAveragePrecision, macro_f1: macroAverage.f1, accuracy, loss };
  }
  const recalls = perClass.filter(({ support }) => support > 0).map(({ recall }) => recall);
  const balanced = recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
  return { accuracy, balanced_accuracy: balanced, macro_f1: macroAverage.f1, loss };
}

describe.each([
  ["one class a picture", false],
  ["label sets", true],
] as const)("of %s", (_, isOfLabelSets) => {
  it.each([1, 2, 3, 4, 5])(
    "measures what evaluate reports of the pictures, as often as each counts (%i)",
    (seed) => {
      const rng = Rng.fromSeed(seed);
      const predictions = drawPredictions(rng, isOfLabelSets);
      const measures = finish(measuresOf(judgementsOf(predictions), Int32Array.from(predictions.ids.keys())));
      const drawn = new Uint32Array(PICTURES);
      for (const label of new Set(predictions.labels)) {
        const ofLabel = [...predictions.ids.keys()].filter((row) => predictions.labels[row] === label);
        for (let draw = 0; draw < ofLabel.length; draw++) drawn[ofLabel[rng.int(ofLabel.length)]!]!++;
      }
      for (const counts of [new Uint32Array(PICTURES).fill(1), drawn]) {
        const expected = reported(repeat(predictions, counts));
        expect([...measures.keys()]).toEqual(Object.keys(expected));
        for (const [name, measure] of measures) {
          // Probabilities are kept in float32.
          expect([name, measure(Float64Array.from(counts))]).toEqual([
            name,
            expect.closeTo(expected[name]!, 6),
          ]);
        }
      }
    },
  );
});
