/** A report as Markdown (GitHub's): for a terminal, a pull request or a notebook. */
import type { ClassReport, EvaluationReport } from "@convkit/schema";
import { topConfusions } from "../confusion-matrix.js";
import { calibrationFigures } from "./calibration-section.js";
import { weakestFirst } from "./class-table.js";
import { figureRows, hasMoreFigures, intervalNote } from "./figure-table.js";
import { formatCount, formatInterval, formatLoss, formatPercent, formatPValue } from "./format-number.js";
import { headlineFigures } from "./headline.js";
import { listLimits } from "./limits.js";
import { escapeMarkdown, markdownTable } from "./markdown-table.js";
import type { EpochRecord, ReportContext, RunFacts } from "./report-context.js";
import { listRunFacts, REPRODUCE_NOTE, reproduceFacts, titleOf } from "./run-facts.js";
import { formatDifference, verdictOn } from "./slice-table.js";
import { summarise } from "./summarise.js";

/** Wider matrices do not fit a line; the most frequent confusions are listed for every width. */
const WIDEST_MATRIX = 20;
const CONFUSIONS_LISTED = 10;
const MISTAKES_LISTED = 10;
const SLICES_LISTED = 20;

export function renderMarkdown(report: EvaluationReport, context: ReportContext = {}): string {
  const { run = {}, history = [] } = context;
  const facts = listRunFacts(run);
  const figures = headlineFigures(report).map(({ name, value, remark }) => [name, value, remark]);
  return (
    [
      `# ${escapeMarkdown(titleOf(report, context))}`,
      "## In short",
      ...shortParagraphs(report),
      "## Figures",
      markdownTable(["", "", ""], figures),
      ...(facts.length === 0
        ? []
        : [
            "## The run",
            markdownTable(
              ["", ""],
              facts.map(({ name, value }) => [name, value]),
            ),
          ]),
      ...(history.length === 0 ? [] : ["## Learning curves", historyTable(history)]),
      ...(report.meanAveragePrecision === undefined
        ? [
            "## Per class",
            classTable(report),
            "## Confusions",
            ...confusions(report),
            "## Worst mistakes",
            ...mistakes(report),
          ]
        : ["## Per label", labelTable(report, report.meanAveragePrecision)]),
      ...slices(report),
      ...calibration(report),
      ...allFigures(report),
      "## Limits",
      listLimits(report)
        .map((sentence) => `- ${escapeMarkdown(sentence)}`)
        .join("\n"),
      ...reproduction(run),
      "",
    ]
      .join("\n\n")
      .trimEnd() + "\n"
  );
}

function shortParagraphs(report: EvaluationReport): string[] {
  return summarise(report).map(
    ({ heading, sentences }) => `**${heading}.** ${sentences.map(escapeMarkdown).join(" ")}`,
  );
}

function slices({ slices: all = [] }: EvaluationReport): string[] {
  if (all.length === 0) return [];
  const rows = all
    .slice(0, SLICES_LISTED)
    .map((slice) => [
      `${slice.by}: ${slice.value}`,
      formatCount(slice.count),
      formatPercent(slice.accuracy),
      formatInterval(slice.interval, formatPercent),
      formatDifference(slice.difference),
      formatPValue(slice.pValue),
      verdictOn(slice),
    ]);
  const head = ["Group", "Pictures", "Accuracy", "95\u202f% interval", "Beside the others", "p", "Mark"];
  return ["## Groups of pictures", markdownTable(head, rows, ["Mark"])];
}

function calibration(report: EvaluationReport): string[] {
  const figures = calibrationFigures(report);
  if (figures.length === 0 || report.testCount === 0) return [];
  const { temperature } = report;
  const after = temperature ? [`With a temperature of ${formatLoss(temperature.value)}`] : [];
  return [
    "## Calibration",
    markdownTable(
      ["Figure", "As it is", ...after],
      figures.map((row) => row.map((cell) => cell ?? "")),
    ),
  ];
}

function allFigures(report: EvaluationReport): string[] {
  if (!hasMoreFigures(report)) return [];
  const rows = figureRows(report).map(({ name, value, interval, meaning }) => [
    name,
    value,
    interval,
    meaning,
  ]);
  return [
    "## All figures",
    markdownTable(["Figure", "Value", "95\u202f% interval", "Meaning"], rows, ["Meaning"]),
    escapeMarkdown(intervalNote(report)),
  ];
}

function reproduction(run: RunFacts): string[] {
  if (run.command === undefined) return [];
  const facts = reproduceFacts(run).map(({ name, value }) => [name, value]);
  return [
    "## How to have it again",
    `\`\`\`text\n${run.command}\n\`\`\``,
    escapeMarkdown(REPRODUCE_NOTE),
    ...(facts.length === 0 ? [] : [markdownTable(["", ""], facts)]),
  ];
}

function historyTable(history: readonly EpochRecord[]): string {
  const columns = [
    { key: "loss", name: "Loss", format: formatLoss },
    { key: "val_loss", name: "Validation loss", format: formatLoss },
    { key: "val_mean_average_precision", name: "Validation mean average precision", format: formatPercent },
    { key: "val_macro_f1", name: "Validation macro F1", format: formatPercent },
    { key: "accuracy", name: "Accuracy", format: formatPercent },
    { key: "val_accuracy", name: "Validation accuracy", format: formatPercent },
  ].filter(({ key }) => history.some(({ logs }) => logs[key] !== undefined));
  return markdownTable(
    ["Epoch", ...columns.map(({ name }) => name)],
    history.map(({ epoch, logs }) => [
      String(epoch),
      ...columns.map(({ key, format }) => format(logs[key] ?? Number.NaN)),
    ]),
  );
}

function classTable({ perClass, macroAverage, weightedAverage, testCount }: EvaluationReport): string {
  const hasAreas = perClass.some(({ averagePrecision, rocAuc }) => averagePrecision ?? rocAuc);
  const rows: ClassReport[] = [
    ...weakestFirst(perClass),
    { className: "Macro average", support: testCount, ...macroAverage },
    { className: "Weighted average", support: testCount, ...weightedAverage },
  ];
  return markdownTable(
    [
      "Class",
      "Pictures",
      "Precision",
      "Recall",
      "F1",
      ...(hasAreas ? ["Average precision", "ROC area"] : []),
    ],
    rows.map(({ className, support, precision, recall, f1, averagePrecision, rocAuc }) => [
      className,
      formatCount(support),
      ...[precision, recall, f1].map((score) => formatPercent(score)),
      ...(hasAreas ? [averagePrecision, rocAuc].map(optionalPercent) : []),
    ]),
  );
}

function optionalPercent(value: number | undefined): string {
  return value === undefined ? "" : formatPercent(value);
}

function labelTable(
  { perClass, macroAverage, testCount }: EvaluationReport,
  meanAveragePrecision: number,
): string {
  const rows = [
    ...weakestFirst(perClass),
    {
      className: "Macro average",
      support: testCount,
      ...macroAverage,
      averagePrecision: meanAveragePrecision,
    },
  ];
  return markdownTable(
    ["Label", "Pictures", "Precision at 0.5", "Recall", "F1", "Average precision"],
    rows.map(({ className, support, precision, recall, f1, averagePrecision = Number.NaN }) => [
      className,
      formatCount(support),
      ...[precision, recall, f1, averagePrecision].map((score) => formatPercent(score)),
    ]),
  );
}

function confusions({ confusionMatrix, classNames }: EvaluationReport): string[] {
  const top = topConfusions(confusionMatrix, CONFUSIONS_LISTED);
  if (top.length === 0) return ["No picture was mistaken for another class."];
  const list = markdownTable(
    ["Class", "Taken for", "Pictures", "Share of the class"],
    top.map(({ label, prediction, count, share }) => [
      classNames[label]!,
      classNames[prediction]!,
      formatCount(count),
      formatPercent(share),
    ]),
    ["Taken for"],
  );
  if (classNames.length > WIDEST_MATRIX) return [list];
  const matrix = markdownTable(
    ["True class ↓ said →", ...classNames],
    confusionMatrix.map((counts, row) => [classNames[row]!, ...counts.map(String)]),
  );
  return [list, matrix];
}

function mistakes({ worstMistakes, classNames, temperature }: EvaluationReport): string[] {
  if (worstMistakes.length === 0) return ["None."];
  return [
    markdownTable(
      ["Picture", "Is", "Said", "Probability", "Of the label"],
      worstMistakes
        .slice(0, MISTAKES_LISTED)
        .map(({ id, label, prediction, probability, labelProbability }) => [
          id,
          classNames[label]!,
          classNames[prediction]!,
          formatPercent(probability),
          formatPercent(labelProbability),
        ]),
      ["Is", "Said"],
    ),
    ...(temperature ? ["These probabilities are those before the temperature."] : []),
  ];
}
