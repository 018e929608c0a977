/**
 * Temperature scaling: one number by which a network's logits are divided, so that its probabilities can be taken at their word.
 * What it predicts stays as it is. Guo et al. 2017, § 4.2, https://arxiv.org/abs/1706.04599
 *
 * It works on probabilities as well as on logits, since logits are their logarithms up to a constant a picture:
 * softmax(logits / T) = pᵏ / Σ pᵏ with k = 1 / T, and of label sets sigmoid(logit / T) likewise, with p and 1 − p.
 */
import type { Predictions } from "@convkit/schema";
import { InvalidPredictionsError } from "../check-predictions.js";
import { labelledRows } from "../decisions.js";

/** Float32's smallest number above 0, and its last step below 1: what a probability of 0, or of not having a label, may be at most. */
const SMALLEST_PROBABILITY = 2 ** -149;
const SMALLEST_COMPLEMENT = 2 ** -25;

const BOUNDS = { lowest: 0.05, highest: 20 };
const TOLERANCE = 1e-12;

export interface FittedTemperature {
  /** From 0.05 to 20; above 1 for a network that is too sure of itself. */
  readonly value: number;
  /**
   * The best temperature lies beyond 0.05 or 20: the pictures do not tell it. Where all are predicted right, ever lower ones are
   * better; where wrong predictions are as sure as right ones, ever higher ones.
   */
  readonly isAtBound: boolean;
  /** Labelled pictures it was fitted on. */
  readonly count: number;
  /** Mean negative log-likelihood in nats, as `crossEntropy` but for probabilities of 0, at 1 and at the temperature. */
  readonly lossBefore: number;
  readonly loss: number;
}

/** One for each labelled picture, or for each label of each picture. */
interface Questions {
  /** Log-probabilities of the answers, [questions, answers]. */
  readonly logs: Float64Array;
  readonly answers: number;
  /** Which answer is right. */
  readonly truths: ArrayLike<number>;
}

/**
 * The temperature of the smallest mean negative log-likelihood. In k = 1 / T that is convex, with the derivative
 * E_k[ln p] − ln p(label), mean over pictures, and the variance of ln p as the second: Newton's method, and bisection where
 * that leaves the bracket. Fit it on pictures that were not trained on and that will not be judged by it. 1 where it makes no
 * difference: uniform probabilities, a single class.
 *
 * @throws {InvalidPredictionsError} if no picture has a label.
 */
export function fitTemperature(predictions: Predictions): FittedTemperature {
  const questions = questionsOf(predictions);
  const count = labelledRows(predictions).length;
  if (count === 0) {
    throw new InvalidPredictionsError(
      `Expected pictures with labels, to fit a temperature on. Received: ${predictions.ids.length} without. ` +
        "Fit it on the predictions of a validation split.",
    );
  }
  const inverse = minimise(questions);
  return {
    value: 1 / inverse,
    isAtBound: inverse === 1 / BOUNDS.lowest || inverse === 1 / BOUNDS.highest,
    count,
    lossBefore: lossAt(questions, 1).loss,
    loss: lossAt(questions, inverse).loss,
  };
}

/**
 * The predictions of the same network with its logits divided by `temperature`.
 * @throws {RangeError} if that is not above 0.
 */
export function withTemperature(predictions: Predictions, temperature: number): Predictions {
  if (!(temperature > 0 && temperature < Infinity)) {
    throw new RangeError(`Expected a temperature above 0. Received: ${temperature}.`);
  }
  const { classNames, labelSets, probabilities } = predictions;
  const classCount = classNames.length;
  const scaled = new Float32Array(probabilities.length);
  for (let start = 0; start < scaled.length; start += labelSets ? 1 : classCount) {
    if (labelSets) {
      scaled[start] = softmax(logsOfLabel(probabilities[start]!), 1 / temperature)[1]!;
    } else {
      scaled.set(softmax(logsOf(probabilities.subarray(start, start + classCount)), 1 / temperature), start);
    }
  }
  return { ...predictions, probabilities: scaled };
}

function questionsOf(predictions: Predictions): Questions {
  const { classNames, labels, labelSets, probabilities } = predictions;
  const answers = labelSets ? 2 : classNames.length;
  if (labelSets) {
    const logs = new Float64Array(labelSets.length * answers);
    for (const [i, p] of probabilities.entries()) logs.set(logsOfLabel(p), i * answers);
    return { logs, answers, truths: labelSets };
  }
  const rows = labelledRows(predictions);
  const logs = new Float64Array(rows.length * answers);
  for (const [i, row] of rows.entries()) {
    logs.set(logsOf(probabilities.subarray(row * answers, (row + 1) * answers)), i * answers);
  }
  return { logs, answers, truths: rows.map((row) => labels[row]!) };
}

function logsOf(probabilities: Float32Array): Float64Array {
  return Float64Array.from(probabilities, (p) => Math.log(Math.max(p, SMALLEST_PROBABILITY)));
}

/** That the picture does not have the label, and that it has. */
function logsOfLabel(p: number): Float64Array {
  return Float64Array.of(
    Math.log(Math.max(1 - p, SMALLEST_COMPLEMENT)),
    Math.log(Math.max(p, SMALLEST_PROBABILITY)),
  );
}

function softmax(logs: Float64Array, inverse: number): Float64Array {
  const top = logs.reduce((a, b) => Math.max(a, b));
  const scaled = logs.map((log) => Math.exp(inverse * (log - top)));
  const sum = scaled.reduce((a, b) => a + b);
  return scaled.map((value) => value / sum);
}

/** @returns k between its bounds where the slope is 0, or the bound that it falls towards. */
function minimise(questions: Questions): number {
  let low = 1 / BOUNDS.highest;
  let high = 1 / BOUNDS.lowest;
  const atOne = lossAt(questions, 1);
  if (atOne.curvature <= TOLERANCE && Math.abs(atOne.slope) <= TOLERANCE) return 1;
  if (lossAt(questions, low).slope >= 0) return low;
  if (lossAt(questions, high).slope <= 0) return high;
  let inverse = 1;
  while (high - low > TOLERANCE * inverse) {
    const { slope, curvature } = lossAt(questions, inverse);
    if (slope === 0) break;
    if (slope > 0) high = inverse;
    else low = inverse;
    const step = slope / curvature;
    if (Math.abs(step) <= TOLERANCE * inverse) break;
    const next = inverse - step;
    inverse = next > low && next < high ? next : (low + high) / 2;
  }
  return inverse;
}

/** Of the mean negative log-likelihood over k: its value, slope and curvature. */
function lossAt({ logs, answers, truths }: Questions, inverse: number) {
  let loss = 0;
  let slope = 0;
  let curvature = 0;
  for (let question = 0; question < truths.length; question++) {
    const start = question * answers;
    let top = Number.NEGATIVE_INFINITY;
    for (let i = start; i < start + answers; i++) top = Math.max(top, logs[i]!);
    let sum = 0;
    let first = 0;
    let second = 0;
    for (let i = start; i < start + answers; i++) {
      const below = logs[i]! - top;
      const weight = Math.exp(inverse * below);
      sum += weight;
      first += weight * below;
      second += weight * below * below;
    }
    const mean = first / sum;
    const own = logs[start + truths[question]!]! - top;
    loss += Math.log(sum) - inverse * own;
    slope += mean - own;
    curvature += second / sum - mean * mean;
  }
  const { length } = truths;
  return { loss: loss / length, slope: slope / length, curvature: curvature / length };
}
