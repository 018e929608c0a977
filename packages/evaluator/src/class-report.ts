/**
 * Precision, recall and F1 per class and their averages, out of a confusion matrix or what it counts. Definitions and conventions
 * are scikit-learn's `precision_recall_fscore_support` with `zero_division=0`:
 * https://scikit-learn.org/stable/modules/model_evaluation.html#precision-recall-f-measure-metrics
 */
import type { ClassReport, EvaluationReport } from "@convkit/schema";
import { classCounts, totalOf, type ClassCounts } from "./class-counts.js";

type Matrix = readonly (readonly number[])[];
export type Average = EvaluationReport["macroAverage"];

/**
 * One report a class: precision = TP / (TP + FP), recall = TP / (TP + FN), F1 = 2 TP / (2 TP + FP + FN).
 * A fraction of nothing (a class never predicted, a class without pictures) counts as 0.
 *
 * @param matrix counts, [label][prediction].
 */
export function classReports(matrix: Matrix, classNames: readonly string[]): ClassReport[] {
  return reportsOf(classCounts(matrix), classNames);
}

export function reportsOf(
  { hits, predicted, support }: ClassCounts,
  classNames: readonly string[],
): ClassReport[] {
  return classNames.map((className, k) => ({
    className,
    support: support[k]!,
    precision: fraction(hits[k]!, predicted[k]!),
    recall: fraction(hits[k]!, support[k]!),
    f1: fraction(2 * hits[k]!, support[k]! + predicted[k]!),
  }));
}

/**
 * The plain mean over classes. A class that has no pictures and was never predicted is not part of the test and
 * left out; one that has no pictures but was predicted counts, with its zeros. NaN without any class.
 */
export function macroAverage(matrix: Matrix, reports: readonly ClassReport[]): Average {
  return macroAverageOf(classCounts(matrix), reports);
}

export function macroAverageOf({ predicted }: ClassCounts, reports: readonly ClassReport[]): Average {
  return averageOf(reports, ({ support }, k) => Number(support > 0 || predicted[k]! > 0));
}

/** The mean over classes, each weighted by its pictures; its recall is the accuracy. NaN without any picture. */
export function weightedAverage(reports: readonly ClassReport[]): Average {
  return averageOf(reports, ({ support }) => support);
}

/**
 * Precision, recall and F1 of all decisions together, as if they were of one class. Of one class a picture each mistake is one
 * picture too many and one too few, so that all three are the accuracy. NaN without any picture.
 */
export function microAverage({ hits, predicted, support }: ClassCounts): Average {
  const [found, said, are] = [totalOf(hits), totalOf(predicted), totalOf(support)];
  if (said + are === 0) return { precision: Number.NaN, recall: Number.NaN, f1: Number.NaN };
  return { precision: fraction(found, said), recall: fraction(found, are), f1: (2 * found) / (said + are) };
}

function averageOf(
  reports: readonly ClassReport[],
  weightOf: (report: ClassReport, k: number) => number,
): Average {
  const average = { precision: 0, recall: 0, f1: 0 };
  let total = 0;
  for (const [k, report] of reports.entries()) {
    const weight = weightOf(report, k);
    total += weight;
    average.precision += report.precision * weight;
    average.recall += report.recall * weight;
    average.f1 += report.f1 * weight;
  }
  return { precision: average.precision / total, recall: average.recall / total, f1: average.f1 / total };
}

function fraction(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
