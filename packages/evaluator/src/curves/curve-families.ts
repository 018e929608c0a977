/** Both curves of every class against the others, of all decisions together, and the mean of the classes, with their areas. */
import type { CurveFamily, CurvePoints, Predictions } from "@convkit/schema";
import { averagePrecisionOf } from "../average-precision.js";
import { decisionsOf, decisionsOfClass } from "../decisions.js";
import { precisionRecallPoints } from "./precision-recall-curve.js";
import { rocArea, rocPoints } from "./roc-curve.js";
import { thinCurve } from "./thin-curve.js";
import { thresholdCounts, type ThresholdCounts } from "./threshold-counts.js";

/** Of one curve, for drawing. */
const MOST_POINTS = 200;

/** Of the classes' curves together: what keeps a report of 100 classes below a megabyte. With more classes there are none. */
const MOST_CLASS_POINTS = 4000;
const MOST_CLASSES = 100;

/** Beyond so many pictures times classes the sorting would take longer than a few seconds. */
const MOST_DECISIONS = 2e7;

/** Points of the mean curves lie at each hundredth. */
const STEPS = 100;

export interface CurveFamilies {
  readonly roc: CurveFamily;
  /** Its areas are average precisions. */
  readonly precisionRecall: CurveFamily;
  /** In the order of `classNames`. */
  readonly perClass: readonly { readonly rocAuc: number; readonly averagePrecision: number }[];
}

/**
 * Areas are of the whole curves. Points are thinned: at most 200 a curve, and of classes' curves 4,000 together; of more than
 * 100 classes there are areas only. A class with pictures on one side alone has no area (NaN) and no points, and is no part of
 * the mean; its average precision needs only pictures that are of it. The mean ROC curve is that of the true positive rates at each
 * false positive rate, the mean precision–recall curve that of the precisions where each recall is first reached; the areas under
 * them are the means of the areas.
 *
 * @returns undefined of more than 20 million decisions.
 */
export function curveFamilies(predictions: Predictions): CurveFamilies | undefined {
  const decisions = decisionsOf(predictions);
  const { classCount } = decisions;
  if (decisions.count * classCount > MOST_DECISIONS) return undefined;
  const perClass: { rocAuc: number; averagePrecision: number }[] = [];
  const curves = { roc: [] as CurvePoints[], precisionRecall: [] as CurvePoints[] };
  const means = { roc: new MeanCurve(rocOnGrid), precisionRecall: new MeanCurve(precisionOnGrid) };
  const points = Math.min(MOST_POINTS, Math.floor(MOST_CLASS_POINTS / classCount));
  for (let k = 0; k < classCount; k++) {
    const { has, scores } = decisionsOfClass(decisions, k);
    const counts = thresholdCounts(has, scores);
    perClass.push({ rocAuc: rocArea(counts), averagePrecision: averagePrecisionOf(counts) });
    if (counts.positives > 0 && counts.negatives > 0) means.roc.add(counts);
    if (counts.positives > 0) means.precisionRecall.add(counts);
    if (classCount > MOST_CLASSES) continue;
    curves.roc.push(drawn(rocPoints(counts), points));
    curves.precisionRecall.push(drawn(precisionRecallPoints(counts), points));
  }
  const together = thresholdCounts(decisions.has, decisions.scores);
  return {
    perClass,
    roc: {
      classes: curves.roc,
      micro: drawn(rocPoints(together), MOST_POINTS),
      ...means.roc.points([0, 0]),
      microArea: rocArea(together),
      macroArea: meanOfKnown(perClass.map(({ rocAuc }) => rocAuc)),
    },
    precisionRecall: {
      classes: curves.precisionRecall,
      micro: drawn(precisionRecallPoints(together), MOST_POINTS),
      ...means.precisionRecall.points([0, 1]),
      microArea: averagePrecisionOf(together),
      macroArea: meanOfKnown(perClass.map(({ averagePrecision }) => averagePrecision)),
    },
  };
}

/** The mean of what is not NaN; NaN of nothing. */
export function meanOfKnown(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

class MeanCurve {
  readonly #onGrid: (counts: ThresholdCounts) => number[];
  readonly #sums = new Float64Array(STEPS + 1);
  #count = 0;

  constructor(onGrid: (counts: ThresholdCounts) => number[]) {
    this.#onGrid = onGrid;
  }

  add(counts: ThresholdCounts): void {
    for (const [i, y] of this.#onGrid(counts).entries()) this.#sums[i]! += y;
    this.#count++;
  }

  points([x, y]: [number, number]): { macro?: CurvePoints } {
    if (this.#count === 0) return {};
    const grid = Array.from(this.#sums, (sum, i) => ({ x: i / STEPS, y: sum / this.#count }));
    return {
      macro: drawn({ x: [x, ...grid.map((p) => p.x)], y: [y, ...grid.map((p) => p.y)] }, MOST_POINTS),
    };
  }
}

/** True positive rates at false positive rates of 0, 0.01, …: the highest at that rate, on the line between two points. */
function rocOnGrid({ truePositives, falsePositives, positives, negatives }: ThresholdCounts): number[] {
  let next = 0;
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const wanted = (step * negatives) / STEPS;
    while (next < falsePositives.length && falsePositives[next]! <= wanted) next++;
    const [fp, tp] = next === 0 ? [0, 0] : [falsePositives[next - 1]!, truePositives[next - 1]!];
    if (next === falsePositives.length) return tp / positives;
    const share = (wanted - fp) / (falsePositives[next]! - fp);
    return (tp + share * (truePositives[next]! - tp)) / positives;
  });
}

/** Precisions where a recall of 0, 0.01, … is first reached; of 0, where the first picture of the label is found. */
function precisionOnGrid({ truePositives, falsePositives, positives }: ThresholdCounts): number[] {
  let at = 0;
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    while (truePositives[at]! === 0 || truePositives[at]! * STEPS < step * positives) at++;
    return truePositives[at]! / (truePositives[at]! + falsePositives[at]!);
  });
}

/** Five digits are more than any screen shows. */
function drawn(points: CurvePoints, maxPoints: number): CurvePoints {
  const { x, y } = thinCurve(points, maxPoints);
  const round = (value: number) => Math.round(value * 1e5) / 1e5;
  return { x: x.map(round), y: y.map(round) };
}
