/** Every figure of the whole test with its interval and its meaning, the same in HTML and in Markdown. */
import type { EvaluationReport } from "@convkit/schema";
import { wilsonInterval } from "../wilson-interval.js";
import { formatCount, formatInterval, formatLoss, formatPercent } from "./format-number.js";
import { html, type Markup } from "./markup.js";
import { scrollBox } from "./scroll-box.js";

export interface FigureRow {
  readonly name: string;
  readonly value: string;
  /** Of 95 %; `n/a` where none is known. */
  readonly interval: string;
  readonly meaning: string;
}

interface Figure {
  readonly name: string;
  /** In the report's `intervals`. */
  readonly key: string;
  readonly value: number | undefined;
  readonly meaning: string;
  readonly format?: (value: number) => string;
}

const percent = (value: number) => formatPercent(value, 2);

/** Those that the report has. */
export function figureRows(report: EvaluationReport): FigureRow[] {
  const intervals = report.intervals?.of ?? {};
  return figuresOf(report).flatMap(({ name, key, value, meaning, format = percent }) => {
    if (value === undefined || report.testCount === 0) return [];
    const interval = key === "accuracy" ? accuracyInterval(report) : intervals[key];
    return [
      {
        name,
        value: format(value),
        interval: interval ? formatInterval(interval, format) : "n/a",
        meaning,
      },
    ];
  });
}

/** Wilson's, which holds near 0 and 1; labels of one picture hang together, so that of label sets it would be too narrow. */
function accuracyInterval(report: EvaluationReport): readonly [number, number] | undefined {
  const { accuracy, testCount, meanAveragePrecision, intervals } = report;
  if (meanAveragePrecision !== undefined) return intervals?.of["accuracy"];
  return wilsonInterval(Math.round(accuracy * testCount), testCount);
}

function figuresOf(report: EvaluationReport): Figure[] {
  const { macroAverage, microAverage, weightedAverage, topK, roc, precisionRecall } = report;
  const hasSets = report.meanAveragePrecision !== undefined;
  const noun = hasSets ? "labels" : "classes";
  return [
    {
      name: "Mean average precision",
      key: "meanAveragePrecision",
      value: report.meanAveragePrecision,
      meaning: "how far a label’s pictures rank before the others, mean of the labels",
    },
    {
      name: hasSets ? "Labels right" : "Accuracy",
      key: "accuracy",
      value: report.accuracy,
      meaning: hasSets ? "of all, at a probability of 0.5" : "pictures named rightly",
    },
    ...Object.entries(topK)
      .filter(([k]) => k !== "1")
      .map(([k, value]) => ({
        name: `Top-${k} accuracy`,
        key: `topK.${k}`,
        value,
        meaning: `the label is among the ${k} likeliest`,
      })),
    {
      name: "Balanced accuracy",
      key: "balancedAccuracy",
      value: report.balancedAccuracy,
      meaning: "every class counted alike, however many pictures it has",
    },
    {
      name: "Macro F1",
      key: "macroAverage.f1",
      value: macroAverage.f1,
      meaning: `plain mean of the ${noun}`,
    },
    {
      name: "Weighted F1",
      key: "weightedAverage.f1",
      value: weightedAverage.f1,
      meaning: `mean of the ${noun} by their pictures`,
    },
    ...(hasSets
      ? [
          {
            name: "Micro F1",
            key: "microAverage.f1",
            value: microAverage?.f1,
            meaning: "all decisions together",
          },
        ]
      : []),
    {
      name: "Cohen’s kappa",
      key: "cohenKappa",
      value: report.cohenKappa,
      meaning: "agreement beyond chance: 0 is chance, 1 is perfect",
      format: formatLoss,
    },
    {
      name: "Matthews correlation",
      key: "matthewsCorrelation",
      value: report.matthewsCorrelation,
      meaning: "of answers and labels: 0 is chance, 1 is perfect",
      format: formatLoss,
    },
    {
      name: "Area under the ROC curves",
      key: "roc.macroArea",
      value: roc?.macroArea,
      meaning: `mean of the ${noun}: 50\u202f% is chance`,
    },
    {
      name: "The same of all decisions together",
      key: "roc.microArea",
      value: roc?.microArea,
      meaning: `every ${hasSets ? "label" : "class"} of every picture in one ranking`,
    },
    ...(hasSets
      ? []
      : [
          {
            name: "Average precision",
            key: "precisionRecall.macroArea",
            value: precisionRecall?.macroArea,
            meaning: `area under the precision–recall curves, mean of the ${noun}`,
          },
        ]),
    {
      name: "Average precision of all decisions together",
      key: "precisionRecall.microArea",
      value: precisionRecall?.microArea,
      meaning: "area under one precision–recall curve",
    },
    {
      name: "Brier score",
      key: "brierScore",
      value: report.brierScore,
      meaning: `squared error of the probabilities: 0 is perfect, ${hasSets ? 1 : 2} the worst`,
      format: formatLoss,
    },
    {
      name: "Loss",
      key: "loss",
      value: report.loss,
      meaning: hasSets ? "mean binary cross-entropy in nats" : "mean cross-entropy in nats",
      format: formatLoss,
    },
  ];
}

/** How the intervals were found, in a sentence. */
export function intervalNote({ intervals, meanAveragePrecision }: EvaluationReport): string {
  const bootstrap = intervals
    ? `stratified bootstrap, ${formatCount(intervals.resamples)} resamples, seed ${intervals.seed}`
    : undefined;
  const wilson = meanAveragePrecision === undefined ? "Wilson’s of the accuracy" : undefined;
  const ways = [wilson, bootstrap && (wilson ? `of the others ${bootstrap}` : bootstrap)].filter(Boolean);
  return `Intervals of 95\u202f% tell what chance in the choice of test pictures explains: ${ways.join("; ")}.`;
}

/** Whether there is more to tell than the headline does. */
export function hasMoreFigures({ testCount, intervals, balancedAccuracy }: EvaluationReport): boolean {
  return testCount > 0 && (intervals !== undefined || balancedAccuracy !== undefined);
}

/** Null where there is no more to tell than the headline does. */
export function figureTable(report: EvaluationReport): Markup | null {
  if (!hasMoreFigures(report)) return null;
  return html`<section aria-labelledby="figures">
    <h2 id="figures">All figures</h2>
    <p class="lead">${intervalNote(report)}</p>
    ${scrollBox(
      "All figures",
      html`<table class="figures">
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col">Value</th>
            <th scope="col">95${"\u202f"}% interval</th>
            <th scope="col" class="word">Meaning</th>
          </tr>
        </thead>
        <tbody>
          ${figureRows(report).map(
            ({ name, value, interval, meaning }) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${value}</td>
                <td>${interval}</td>
                <td class="word">${meaning}</td>
              </tr> `,
          )}
        </tbody>
      </table>`,
      "card",
    )}
  </section>`;
}
