/**
 * Figures of predictions as functions of how often each picture counts: once each they are the report's, as often as a resample
 * drew it that resample's.
 */
import type { Predictions } from "@convkit/schema";
import { rankOfLabel } from "../accuracy.js";
import { balancedAccuracy } from "../balanced-accuracy.js";
import { squaredError } from "../brier-score.js";
import { emptyCounts, labelSetCounter, totalOf, type ClassCounts } from "../class-counts.js";
import { macroAverageOf, microAverage, reportsOf, weightedAverage, type Average } from "../class-report.js";
import { cohenKappa } from "../cohen-kappa.js";
import { lossOfLabel } from "../cross-entropy.js";
import { meanOfKnown } from "../curves/curve-families.js";
import { decisionsOf, decisionsOfClass, labelledRows } from "../decisions.js";
import { binaryCrossEntropy, LABEL_THRESHOLD } from "../label-set-report.js";
import { matthewsCorrelation } from "../matthews-correlation.js";
import { predictedClasses } from "../predicted-classes.js";

/** How many pictures each labelled one counts for, in the order of `labelledRows`. */
export type PictureWeights = Float64Array;

export interface ResampledFigures {
  /** `accuracy`, `topK.5`, `macroAverage.f1`; of classes `perClass.3.recall`. */
  readonly names: readonly string[];
  /** One value a name. */
  measure(weights: PictureWeights): number[];
}

function mean(count: number, valueOf: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += valueOf(i);
  return sum / count;
}

/** Means over pictures: accuracy, top-k, loss, Brier score. */
export function meanFigures(predictions: Predictions, topK: readonly number[]): ResampledFigures {
  const rows = labelledRows(predictions);
  const valuesOf = (valueOf: (row: number) => number) => Float64Array.from(rows, valueOf);
  const columns: [string, Float64Array][] = [
    ["brierScore", valuesOf((row) => squaredError(predictions, row))],
  ];
  const { labelSets, probabilities, classNames } = predictions;
  if (labelSets) {
    const classCount = classNames.length;
    const ofRow = (row: number) => [row * classCount, (row + 1) * classCount] as const;
    const isRight = (i: number) => Number(labelSets[i] === Number(probabilities[i]! >= LABEL_THRESHOLD));
    columns.push(
      ["accuracy", valuesOf((row) => mean(classCount, (k) => isRight(row * classCount + k)))],
      [
        "loss",
        valuesOf((row) =>
          binaryCrossEntropy(labelSets.subarray(...ofRow(row)), probabilities.subarray(...ofRow(row))),
        ),
      ],
    );
  } else {
    const ranks = valuesOf((row) => rankOfLabel(predictions, row));
    columns.push(["loss", valuesOf((row) => lossOfLabel(predictions, row))]);
    columns.push(["accuracy", ranks.map((rank) => Number(rank === 0))]);
    for (const k of topK) columns.push([`topK.${k}`, ranks.map((rank) => Number(rank < k))]);
  }
  return {
    names: columns.map(([name]) => name),
    measure: (weights) =>
      columns.map(([, values]) => {
        let sum = 0;
        for (let i = 0; i < values.length; i++) sum += weights[i]! * values[i]!;
        return sum / values.length;
      }),
  };
}

/** What is made of hits, predictions and support: precision, recall, F1 of each class and their means, kappa, … */
export function countFigures(predictions: Predictions): ResampledFigures {
  const { classNames, labelSets } = predictions;
  const countsOf = labelSets ? setCounter(predictions) : classCounter(predictions);
  const present = supportedClasses(countsOf(new Float64Array(labelledRows(predictions).length).fill(1)));
  const averages = ["macroAverage", ...(labelSets ? ["microAverage"] : []), "weightedAverage"];
  const single = labelSets ? [] : ["balancedAccuracy", "cohenKappa", "matthewsCorrelation"];
  return {
    names: [
      ...averages.flatMap((name) => SCORES.map((score) => `${name}.${score}`)),
      ...single,
      ...present.flatMap((k) => SCORES.map((score) => `perClass.${k}.${score}`)),
    ],
    measure(weights) {
      const counts = countsOf(weights);
      const reports = reportsOf(counts, classNames);
      return [
        ...scoresOf(macroAverageOf(counts, reports)),
        ...(labelSets ? scoresOf(microAverage(counts)) : []),
        ...scoresOf(weightedAverage(reports)),
        ...(labelSets ? [] : [balancedAccuracy(counts), cohenKappa(counts), matthewsCorrelation(counts)]),
        ...present.flatMap((k) => scoresOf(reports[k]!)),
      ];
    },
  };
}

type Counter = (weights: PictureWeights) => ClassCounts;

function classCounter(predictions: Predictions): Counter {
  const classCount = predictions.classNames.length;
  const rows = labelledRows(predictions);
  const predictedOfAll = predictedClasses(predictions);
  const labels = Int32Array.from(rows, (row) => predictions.labels[row]!);
  const saids = Int32Array.from(rows, (row) => predictedOfAll[row]!);
  return (weights) => {
    const [hits, predicted, support] = emptyCounts(classCount);
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i]!;
      const said = saids[i]!;
      support[label]! += weights[i]!;
      predicted[said]! += weights[i]!;
      if (label === said) hits[label]! += weights[i]!;
    }
    return { hits, predicted, support };
  };
}

function setCounter({ classNames, labelSets, probabilities }: Predictions): Counter {
  return labelSetCounter(labelSets!, (place) => probabilities[place]! >= LABEL_THRESHOLD, classNames.length);
}

function supportedClasses({ support }: ClassCounts): number[] {
  return Array.from(support).flatMap((count, k) => (count > 0 ? [k] : []));
}

const SCORES = ["precision", "recall", "f1"] as const;
const scoresOf = (average: Average): number[] => SCORES.map((score) => average[score]);

/** Both areas of each class, their means, and those of all decisions together: the ranking stays, what each picture counts changes. */
export function rankingFigures(predictions: Predictions): ResampledFigures {
  const decisions = decisionsOf(predictions);
  const classes = [...predictions.classNames.keys()].flatMap((k) => {
    const { has, scores } = decisionsOfClass(decisions, k);
    return totalOf(has) > 0 ? [{ k, ranking: rank(has, scores) }] : [];
  });
  // A picture counts alike in all of its decisions.
  const together = rank(decisions.has, decisions.scores, decisions.classCount);
  return {
    names: [
      "roc.macroArea",
      "precisionRecall.macroArea",
      "roc.microArea",
      "precisionRecall.microArea",
      ...(predictions.labelSets ? ["meanAveragePrecision"] : []),
      ...classes.flatMap(({ k }) => [`perClass.${k}.rocAuc`, `perClass.${k}.averagePrecision`]),
    ],
    measure(weights) {
      const areas = classes.flatMap(({ ranking }) => areasOf(ranking, weights));
      const [auc, precision] = [0, 1].map((which) =>
        meanOfKnown(areas.filter((_, i) => i % 2 === which)),
      ) as [number, number];
      return [
        auc,
        precision,
        ...areasOf(together, weights),
        ...(predictions.labelSets ? [precision] : []),
        ...areas,
      ];
    },
  };
}

/** The pictures by one class's score, or once for each class by all scores, the highest first: 4 · picture, + 2 where its score is not the next one's, + 1 where it is of the class. */
type Ranking = Uint32Array;

function rank(has: Uint8Array, scores: Float32Array, decisionsAPicture = 1): Ranking {
  const order = Uint32Array.from(has.keys()).sort((a, b) => scores[b]! - scores[a]!);
  return order.map((decision, i) => {
    const isLast = scores[order[i + 1]!] !== scores[decision];
    return 4 * Math.floor(decision / decisionsAPicture) + 2 * Number(isLast) + has[decision]!;
  });
}

/** Area under the ROC curve and average precision. */
function areasOf(ranking: Ranking, weights: PictureWeights): [number, number] {
  let tp = 0;
  let fp = 0;
  let tpBefore = 0;
  let fpBefore = 0;
  let doubledArea = 0;
  let precisions = 0;
  for (let i = 0; i < ranking.length; i++) {
    const code = ranking[i]!;
    const weight = weights[code >>> 2]!;
    if (code & 1) tp += weight;
    else fp += weight;
    if (!(code & 2)) continue;
    doubledArea += (fp - fpBefore) * (tp + tpBefore);
    if (tp > tpBefore) precisions += ((tp - tpBefore) * tp) / (tp + fp);
    tpBefore = tp;
    fpBefore = fp;
  }
  return [doubledArea / (2 * tp * fp), precisions / tp];
}
