/** What a network of a given accuracy says of the test pictures, and the report that follows from it. */
import type { Rng } from "@convkit/random";
import type { DatasetCard, EvaluationReport, Predictions } from "@convkit/schema";
import { pictureId, TEST_PICTURES } from "./seed-dataset.js";

export function drawPredictions(
  { classNames }: DatasetCard,
  { accuracy, rng }: { accuracy: number; rng: Rng },
): Predictions {
  const count = classNames.length;
  const labels = Int32Array.from({ length: TEST_PICTURES }, (_, index) => index % count);
  const probabilities = new Float32Array(TEST_PICTURES * count);
  for (let picture = 0; picture < TEST_PICTURES; picture += 1) {
    const label = labels[picture]!;
    const right = rng.uniform() < accuracy;
    // Neighbours are taken for each other most often, as cat and dog are.
    const near = (label + (rng.uniform() < 0.6 ? 2 : 1 + Math.floor(rng.uniform() * (count - 1)))) % count;
    const prediction = right ? label : near === label ? (label + 1) % count : near;
    const sureness = (right ? 0.55 : 0.4) + rng.uniform() * (right ? 0.449 : 0.5);
    for (let other = 0; other < count; other += 1) {
      probabilities[picture * count + other] = other === prediction ? sureness : (1 - sureness) / (count - 1);
    }
  }
  return {
    split: "test",
    classNames,
    ids: Array.from({ length: TEST_PICTURES }, (_, index) => pictureId(index)),
    labels,
    probabilities,
  };
}

export function judge({ split, classNames, ids, labels, probabilities }: Predictions): EvaluationReport {
  const count = classNames.length;
  const matrix = classNames.map(() => classNames.map(() => 0));
  const predictions = Array.from(labels, (_, picture) => {
    const row = probabilities.subarray(picture * count, (picture + 1) * count);
    return row.indexOf(Math.max(...row));
  });
  predictions.forEach((prediction, picture) => (matrix[labels[picture]!]![prediction]! += 1));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const perClass = classNames.map((className, index) => {
    const hits = matrix[index]![index]!;
    const support = sum(matrix[index]!);
    const predicted = sum(matrix.map((row) => row[index]!));
    const precision = predicted === 0 ? 0 : hits / predicted;
    const recall = support === 0 ? 0 : hits / support;
    return {
      className,
      support,
      precision,
      recall,
      f1: hits === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    };
  });
  const mean = (field: "precision" | "recall" | "f1") =>
    sum(perClass.map((figures) => figures[field])) / count;
  const average = { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") };
  const probabilityOf = (picture: number, label: number) => probabilities[picture * count + label]!;
  const mistakes = predictions.flatMap((prediction, picture) => {
    const label = labels[picture]!;
    if (prediction === label) return [];
    const probability = probabilityOf(picture, prediction);
    return [
      { id: ids[picture]!, label, prediction, probability, labelProbability: probabilityOf(picture, label) },
    ];
  });
  return {
    formatVersion: 1,
    split,
    testCount: labels.length,
    accuracy: 1 - mistakes.length / labels.length,
    topK: { "1": 1 - mistakes.length / labels.length, "5": 0.997 },
    loss:
      sum(Array.from(labels, (label, picture) => -Math.log(probabilityOf(picture, label)))) / labels.length,
    classNames: [...classNames],
    perClass,
    macroAverage: average,
    weightedAverage: average,
    confusionMatrix: matrix,
    worstMistakes: mistakes.sort((a, b) => b.probability - a.probability).slice(0, 24),
  };
}
