/** A report as Markdown (GitHub's): for a terminal, a pull request or a notebook. */
import type { EvaluationReport } from "@convkit/schema";
import { topConfusions } from "../confusion-matrix.js";
import { weakestFirst } from "./class-table.js";
import { formatCount, formatLoss, formatPercent } from "./format-number.js";
import { headlineFigures } from "./headline.js";
import type { EpochRecord, ReportContext } from "./report-context.js";
import { listRunFacts, titleOf } from "./run-facts.js";
import { summarise } from "./summarise.js";

/** Wider matrices do not fit a line; the most frequent confusions are listed for every width. */
const WIDEST_MATRIX = 20;
const CONFUSIONS_LISTED = 10;
const MISTAKES_LISTED = 10;

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
      table(["", "", ""], figures),
      ...(facts.length === 0
        ? []
        : [
            "## The run",
            table(
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
            mistakes(report),
          ]
        : ["## Per label", labelTable(report, report.meanAveragePrecision)]),
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

function historyTable(history: readonly EpochRecord[]): string {
  const columns = [
    { key: "loss", name: "Loss", format: formatLoss },
    { key: "val_loss", name: "Validation loss", format: formatLoss },
    { key: "val_mean_average_precision", name: "Validation mean average precision", format: formatPercent },
    { key: "val_macro_f1", name: "Validation macro F1", format: formatPercent },
    { key: "accuracy", name: "Accuracy", format: formatPercent },
    { key: "val_accuracy", name: "Validation accuracy", format: formatPercent },
  ].filter(({ key }) => history.some(({ logs }) => logs[key] !== undefined));
  return table(
    ["Epoch", ...columns.map(({ name }) => name)],
    history.map(({ epoch, logs }) => [
      String(epoch),
      ...columns.map(({ key, format }) => format(logs[key] ?? Number.NaN)),
    ]),
  );
}

function classTable({ perClass, macroAverage, weightedAverage, testCount }: EvaluationReport): string {
  const rows = [
    ...weakestFirst(perClass),
    { className: "Macro average", support: testCount, ...macroAverage },
    { className: "Weighted average", support: testCount, ...weightedAverage },
  ];
  return table(
    ["Class", "Pictures", "Precision", "Recall", "F1"],
    rows.map(({ className, support, precision, recall, f1 }) => [
      className,
      formatCount(support),
      ...[precision, recall, f1].map((score) => formatPercent(score)),
    ]),
  );
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
  return table(
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
  const list = table(
    ["Class", "Taken for", "Pictures", "Share of the class"],
    top.map(({ label, prediction, count, share }) => [
      classNames[label]!,
      classNames[prediction]!,
      formatCount(count),
      formatPercent(share),
    ]),
  );
  if (classNames.length > WIDEST_MATRIX) return [list];
  const matrix = table(
    ["True class ↓ said →", ...classNames],
    confusionMatrix.map((counts, row) => [classNames[row]!, ...counts.map(String)]),
  );
  return [list, matrix];
}

function mistakes({ worstMistakes, classNames }: EvaluationReport): string {
  if (worstMistakes.length === 0) return "None.";
  return table(
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
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  const rule = `|${head.map((_, index) => (index === 0 ? " --- |" : " ---: |")).join("")}`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** One line of plain text: what Markdown or HTML would read as markup is escaped. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]#|~$!]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;");
}
