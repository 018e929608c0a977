/** The sentences of a report on pictures that have any number of labels, each of which is judged by itself. */
import type { EvaluationReport } from "@convkit/schema";
import { formatCount } from "./format-number.js";
import { counted, describeSplit, listNames, ofHundred, quoted } from "./plain-words.js";
import type { SummaryPart } from "./summarise.js";

/** Fewer pictures with a label, and its figures are accidents. */
const FEWEST_WITH_LABEL = 10;

export function summariseLabelSets(report: EvaluationReport, meanAveragePrecision: number): SummaryPart[] {
  const { testCount, classNames, split, perClass } = report;
  if (testCount === 0) {
    return [{ heading: "What was tested", sentences: ["There was no picture: nothing can be said."] }];
  }
  const present = perClass.filter(({ support }) => support > 0);
  const absent = perClass.filter(({ support }) => support === 0).map(({ className }) => className);
  const tested = [
    `${counted(testCount, "picture")}, each with any of ${counted(classNames.length, "label")}: ${describeSplit(split)}.`,
    ...(absent.length > 0 ? [`No picture had ${listNames(absent)}: of that nothing is known.`] : []),
  ];
  if (present.length === 0) return [{ heading: "What was tested", sentences: tested }];
  return [
    { heading: "What was tested", sentences: tested },
    { heading: "How good it is", sentences: qualitySentences(report, meanAveragePrecision) },
    { heading: "Where it fails", sentences: failureSentences(report, present) },
  ];
}

function qualitySentences(report: EvaluationReport, meanAveragePrecision: number): string[] {
  const { perClass, testCount } = report;
  const present = perClass.filter(({ support }) => support > 0);
  const byChance = present.reduce((sum, { support }) => sum + support, 0) / present.length / testCount;
  const { precision, recall } = report.microAverage ?? report.macroAverage;
  const over = report.microAverage ? "" : " on average over the labels";
  return [
    `Asked for the pictures with a label, the likeliest first, it scores ${ofHundred(meanAveragePrecision, testCount)} of 100 ` +
      `(mean average precision): 100 would be all of them before any other, and drawing lots scores about ${ofHundred(byChance, testCount)}.`,
    `Giving each label that it holds likelier than not,${over} ${ofHundred(precision, testCount)} of 100 labels that it gives are right, ` +
      `and it finds ${ofHundred(recall, testCount)} of 100 that there are.`,
  ];
}

function failureSentences({ testCount }: EvaluationReport, present: EvaluationReport["perClass"]): string[] {
  const scoreOf = ({ averagePrecision, f1 }: (typeof present)[number]) => averagePrecision ?? f1;
  const weakest = present.reduce((a, b) => (scoreOf(b) < scoreOf(a) ? b : a));
  const { className, support, recall, precision } = weakest;
  const missed = Math.round((1 - recall) * support);
  const rare = present.filter((row) => row.support < FEWEST_WITH_LABEL).map((row) => row.className);
  return [
    `The weakest label is ${quoted(className)}: it misses ${formatCount(missed)} of the ${counted(support, "picture")} that ${support === 1 ? "has" : "have"} it` +
      (recall > 0 ? `, and is right in ${ofHundred(precision, testCount)} of 100 where it gives it.` : "."),
    ...(rare.length > 0
      ? [`${listNames(rare)}: fewer than ${FEWEST_WITH_LABEL} pictures each, which are too few to tell.`]
      : []),
  ];
}
