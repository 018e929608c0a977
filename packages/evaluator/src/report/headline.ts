/** The figures that come first, the same in HTML and in Markdown. */
import type { EvaluationReport } from "@convkit/schema";
import { wilsonInterval } from "../wilson-interval.js";
import { formatCount, formatLoss, formatPercent } from "./format-number.js";

export interface HeadlineFigure {
  readonly name: string;
  readonly value: string;
  readonly remark: string;
}

export function headlineFigures(report: EvaluationReport): HeadlineFigure[] {
  const { accuracy, topK, testCount, loss, macroAverage, meanAveragePrecision } = report;
  if (meanAveragePrecision !== undefined) return labelSetHeadline(report, meanAveragePrecision);
  const hits = Math.round(accuracy * testCount);
  const [low, high] = wilsonInterval(hits, testCount);
  return [
    {
      name: "Accuracy",
      value: formatPercent(accuracy, 2),
      remark:
        testCount === 0
          ? "no labelled picture"
          : `95\u202f% interval ${(low * 100).toFixed(1)} to ${formatPercent(high)}`,
    },
    ...Object.entries(topK)
      .filter(([k]) => k !== "1")
      .map(([k, value]) => ({
        name: `Top-${k} accuracy`,
        value: formatPercent(value, 2),
        remark: `label among the ${k} likeliest`,
      })),
    {
      name: "Macro F1",
      value: formatPercent(macroAverage.f1, 2),
      remark: "plain mean over the classes",
    },
    { name: "Loss", value: formatLoss(loss), remark: "mean cross-entropy in nats" },
    {
      name: "Mistakes",
      value: testCount === 0 ? "n/a" : formatCount(testCount - hits),
      remark: `of ${formatCount(testCount)} ${report.split} pictures`,
    },
  ];
}

/** The accuracy last: with rare labels it is high without any being found. */
function labelSetHeadline(
  { accuracy, testCount, loss, macroAverage, split }: EvaluationReport,
  meanAveragePrecision: number,
): HeadlineFigure[] {
  return [
    {
      name: "Mean average precision",
      value: formatPercent(meanAveragePrecision, 2),
      remark: "plain mean over the labels that pictures have",
    },
    { name: "Macro F1", value: formatPercent(macroAverage.f1, 2), remark: "at a probability of 0.5" },
    { name: "Loss", value: formatLoss(loss), remark: "mean binary cross-entropy in nats" },
    { name: "Labels right", value: formatPercent(accuracy, 2), remark: "of all, at a probability of 0.5" },
    { name: "Pictures", value: formatCount(testCount), remark: `of the ${split} split` },
  ];
}
