/**
 * Precision, recall and F1 per class and their averages, out of a confusion matrix. Definitions and conventions
 * are scikit-learn's `precision_recall_fscore_support` with `zero_division=0`:
 * https://scikit-learn.org/stable/modules/model_evaluation.html#precision-recall-f-measure-metrics
 */
import type { ClassReport, EvaluationReport } from "@convkit/schema";

type Matrix = readonly (readonly number[])[];
export type Average = EvaluationReport["macroAverage"];

/**
 * One report a class: precision = TP / (TP + FP), recall = TP / (TP + FN), F1 = 2 TP / (2 TP + FP + FN).
 * A fraction of nothing (a class never predicted, a class without pictures) counts as 0.
 *
 * @param matrix counts, [label][prediction].
 */
export function classReports(matrix: Matrix, classNames: readonly string[]): ClassReport[] {
  return classNames.map((className, k) => {
    const hits = matrix[k]![k]!;
    const support = sum(matrix[k]!);
    const predicted = sum(matrix.map((row) => row[k]!));
    return { className, ...scoresOf({ hits, predicted, support }) };
  });
}

/** Of one class: pictures of it that were predicted as it, that were predicted as it, and of it. */
export function scoresOf({
  hits,
  predicted,
  support,
}: Record<"hits" | "predicted" | "support", number>): Omit<ClassReport, "className"> {
  return {
    support,
    precision: fraction(hits, predicted),
    recall: fraction(hits, support),
    f1: fraction(2 * hits, support + predicted),
  };
}

/**
 * The plain mean over classes. A class that has no pictures and was never predicted is not part of the test and
 * left out; one that has no pictures but was predicted counts, with its zeros. NaN without any class.
 */
export function macroAverage(matrix: Matrix, reports: readonly ClassReport[]): Average {
  const present = reports.filter((report, k) => report.support > 0 || matrix.some((row) => row[k]! > 0));
  return averageOf(present, () => 1);
}

/** The mean over classes, each weighted by its pictures; its recall is the accuracy. NaN without any picture. */
export function weightedAverage(reports: readonly ClassReport[]): Average {
  return averageOf(reports, ({ support }) => support);
}

export function averageOf(
  reports: readonly ClassReport[],
  weightOf: (report: ClassReport) => number,
): Average {
  const weight = sum(reports.map(weightOf));
  const mean = (key: keyof Average) => sum(reports.map((report) => report[key] * weightOf(report))) / weight;
  return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") };
}

function fraction(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
