/**
 * Whether probabilities can be taken at their word: of pictures predicted at 80 %, are 80 % right? Guo et al. 2017, "On
 * Calibration of Modern Neural Networks", § 2, https://arxiv.org/abs/1706.04599
 *
 * Of label sets each label of each picture is asked of: its probability against the share of pictures that have it.
 */
import type { Calibration, CalibrationBin, Predictions } from "@convkit/schema";
import { labelledRows } from "../decisions.js";
import { predictedClasses } from "../predicted-classes.js";

/** As Guo et al. have it. */
const BINS = 15;

interface Confidences {
  /** Of each answer the probability, and 1 where it is right (of label sets: where the picture has the label), else 0. */
  readonly confidences: Float64Array;
  readonly outcomes: Uint8Array;
}

/**
 * With B bins, nᵦ of n pictures in each, accᵦ the share that is right and confᵦ their mean confidence:
 * ECE = Σᵦ nᵦ/n · |accᵦ − confᵦ| and MCE = maxᵦ |accᵦ − confᵦ| over 15 bins of equal width (Naeini et al. 2015,
 * https://doi.org/10.1609/aaai.v29i1.9602; Guo et al. 2017, eq. 3 and 5), and ECE over 15 bins of equally many pictures, which
 * does not hang on where a confident network's few uncertain pictures fall (Nguyen & O'Connor 2015,
 * https://arxiv.org/abs/1508.05154; "adaptive": Nixon et al. 2019, https://arxiv.org/abs/1904.01685). There equal confidences stay
 * together, in the bin of their middle rank, so that the order of the pictures does not matter.
 *
 * They have no interval on purpose. Chance alone makes gaps: of a network whose probabilities are right, 1,000 pictures give an ECE of 0.03, and a
 * bootstrap adds as much chance again, so that its intervals are beside the truth (decision 25 has figures). An interval is known
 * for the squared error after debiasing (Kumar, Liang & Ma 2019, https://arxiv.org/abs/1909.10155; Sun et al. 2024,
 * https://arxiv.org/abs/2408.08998), which is another figure than this one.
 *
 * NaN without a labelled picture.
 */
export function calibrationOf(predictions: Predictions): Calibration {
  const answers = confidencesOf(predictions);
  const { confidences, outcomes } = answers;
  const ofWidth = Array.from(confidences, (confidence) =>
    Math.min(BINS - 1, Math.max(0, Math.ceil(confidence * BINS) - 1)),
  );
  const bins = binsOf(answers, ofWidth);
  const ofMass = binsOf(answers, binsOfEqualMass(confidences));
  const gaps = bins.filter(({ count }) => count > 0).map(gapOf);
  return {
    ece: meanGap(bins, outcomes.length),
    eceEqualMass: meanGap(ofMass, outcomes.length),
    mce: gaps.length === 0 ? Number.NaN : Math.max(...gaps),
    bins,
  };
}

function confidencesOf(predictions: Predictions): Confidences {
  const { labels, labelSets, classNames, probabilities } = predictions;
  if (labelSets) return { confidences: Float64Array.from(probabilities), outcomes: labelSets };
  const predicted = predictedClasses(predictions);
  const rows = labelledRows(predictions);
  return {
    confidences: Float64Array.from(rows, (row) => probabilities[row * classNames.length + predicted[row]!]!),
    outcomes: Uint8Array.from(rows, (row) => Number(predicted[row] === labels[row])),
  };
}

function binsOf({ confidences, outcomes }: Confidences, binOf: readonly number[]): CalibrationBin[] {
  const sums = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, hits: 0 }));
  for (const [i, bin] of binOf.entries()) {
    const sum = sums[bin]!;
    sum.count++;
    sum.confidence += confidences[i]!;
    sum.hits += outcomes[i]!;
  }
  return sums.map(({ count, confidence, hits }, bin) => ({
    lower: bin / BINS,
    upper: (bin + 1) / BINS,
    count,
    confidence: confidence / count,
    accuracy: hits / count,
  }));
}

function binsOfEqualMass(confidences: Float64Array): number[] {
  const sorted = Float64Array.from(confidences).sort();
  const binOf = new Map<number, number>();
  for (let start = 0; start < sorted.length;) {
    let end = start + 1;
    while (sorted[end] === sorted[start]) end++;
    binOf.set(sorted[start]!, Math.floor((((start + end) / 2) * BINS) / sorted.length));
    start = end;
  }
  return Array.from(confidences, (confidence) => binOf.get(confidence)!);
}

function gapOf({ accuracy, confidence }: CalibrationBin): number {
  return Math.abs(accuracy - confidence);
}

function meanGap(bins: readonly CalibrationBin[], count: number): number {
  return bins.reduce((sum, bin) => (bin.count === 0 ? sum : sum + bin.count * gapOf(bin)), 0) / count;
}
