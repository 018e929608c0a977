/**
 * A report in sentences for someone who does not know the field's terms: what was tested, how good the network is, where it fails
 * and whom to trust. Every sentence is made of the report's figures; one whose figures are not there is left out.
 */
import type { EvaluationReport } from "@convkit/schema";
import { topConfusions } from "../confusion-matrix.js";
import { wilsonInterval } from "../wilson-interval.js";
import { formatCount } from "./format-number.js";
import { counted, describeSplit, joinWords, listNames, ofHundred, quoted } from "./plain-words.js";
import { isWorse } from "./slice-table.js";
import { summariseLabelSets } from "./summarise-label-sets.js";
import { trustSentences } from "./trust-sentences.js";

export interface SummaryPart {
  readonly heading: "What was tested" | "How good it is" | "Where it fails" | "Whom to trust";
  /** Plain text, not yet escaped for any format. */
  readonly sentences: readonly string[];
}

/** Fewer pictures, or a wider interval of the accuracy, tell next to nothing. */
const FEWEST_PICTURES = 30;
const WIDEST_INTERVAL = 0.2;
/** Fewer pictures of a class, and its figures are accidents. */
const FEWEST_OF_A_CLASS = 10;
const UNEVEN = 0.05;

/** Parts in reading order, none of them empty. */
export function summarise(report: EvaluationReport): SummaryPart[] {
  const parts: SummaryPart[] =
    report.meanAveragePrecision !== undefined
      ? summariseLabelSets(report, report.meanAveragePrecision)
      : [
          { heading: "What was tested", sentences: testedSentences(report) },
          { heading: "How good it is", sentences: accuracySentences(report) },
          { heading: "Where it fails", sentences: failureSentences(report) },
          { heading: "Whom to trust", sentences: report.classNames.length > 1 ? trustSentences(report) : [] },
        ];
  return parts.filter(({ sentences }) => sentences.length > 0);
}

function testedSentences({ testCount, classNames, split, perClass }: EvaluationReport): string[] {
  if (testCount === 0) return ["No picture had a label to be held against: nothing can be said."];
  const untested = perClass.filter(({ support }) => support === 0).map(({ className }) => className);
  return [
    `${counted(testCount, "picture")} of ${counted(classNames.length, "class", "classes")}: ${describeSplit(split)}.`,
    ...(untested.length > 0
      ? [`No picture of ${listNames(untested)} was among them: of that nothing is known.`]
      : []),
  ];
}

function accuracySentences(report: EvaluationReport): string[] {
  const { accuracy, testCount, classNames, topK, balancedAccuracy } = report;
  if (testCount === 0) return [];
  if (classNames.length === 1)
    return ["There is one class alone: every answer is right, which says nothing."];
  const [low, high] = wilsonInterval(Math.round(accuracy * testCount), testCount);
  const isRough = testCount < FEWEST_PICTURES || high - low > WIDEST_INTERVAL;
  const share = (fraction: number) => ofHundred(fraction, testCount);
  const interval = `95\u202f% interval ${share(low)} to ${share(high)}`;
  return [
    accuracy === 1
      ? `It named every picture rightly (${interval} of 100 new ones).`
      : accuracy === 0
        ? `It named no picture rightly (${interval} of 100 new ones).`
        : `Of 100 pictures it names about ${share(accuracy)} rightly (${interval}).`,
    ...(isRough
      ? [
          `${counted(testCount, "picture")} ${testCount === 1 ? "is" : "are"} too few to tell how good it is: test it on more before you rely on it.`,
        ]
      : []),
    baselineSentence(report, low),
    ...Object.entries(topK)
      .filter(([k, value]) => k !== "1" && value < 1 && value > accuracy)
      .map(([k, value]) => `The right answer is among its ${k} likeliest in ${share(value)} of 100.`),
    ...(balancedAccuracy !== undefined && balancedAccuracy < accuracy - UNEVEN
      ? [
          `Rare classes fare worse: with every class counted alike it is right in ${share(balancedAccuracy)} of 100.`,
        ]
      : []),
  ];
}

/** What the accuracy is worth beside an answer that looks at no picture. */
function baselineSentence({ perClass, accuracy, testCount }: EvaluationReport, low: number): string {
  const commonest = perClass.reduce((most, row) => (row.support > most.support ? row : most));
  const baseline = commonest.support / testCount;
  const always = `always answering ${quoted(commonest.className)}`;
  const share = `${ofHundred(baseline, testCount)} of 100`;
  if (accuracy <= baseline) return `That is no better than ${always}, which is right in ${share}.`;
  if (low <= baseline) return `That is not surely better than ${always}, which is right in ${share}.`;
  return `By comparison, ${always} would be right in ${share}.`;
}

function failureSentences(report: EvaluationReport): string[] {
  const { confusionMatrix, classNames, perClass, testCount } = report;
  if (testCount === 0 || classNames.length === 1) return [];
  const [worst] = topConfusions(confusionMatrix, 1);
  if (!worst) return ["It made no mistake on these pictures."];
  const { label, prediction, count } = worst;
  const weakest = perClass
    .filter(({ support }) => support > 0)
    .reduce((a, b) => (b.recall < a.recall ? b : a));
  return [
    `Its most frequent mistake is to take ${quoted(classNames[label]!)} for ${quoted(classNames[prediction]!)}: ` +
      `${formatCount(count)} of ${counted(perClass[label]!.support, "picture")}.`,
    `It recognises ${quoted(weakest.className)} least: ${ofHundred(weakest.recall, weakest.support)} of 100` +
      (weakest.support < FEWEST_OF_A_CLASS
        ? `, though ${counted(weakest.support, "picture")} of it ${weakest.support === 1 ? "is" : "are"} too few to tell.`
        : `, and when it gives that name, it is right in ${ofHundred(weakest.precision, weakest.support)} of 100.`),
    ...sliceSentences(report),
  ];
}

function sliceSentences({ slices }: EvaluationReport): string[] {
  if (!slices || slices.length === 0) return [];
  const worst = slices.find(isWorse);
  if (!worst) {
    const properties = [...new Set(slices.map(({ by }) => by))];
    const shown = properties.length > 6 ? [...properties.slice(0, 5), "other properties"] : properties;
    return [
      `Grouped by ${joinWords(shown)}, no pictures fare worse than the others by more than chance explains.`,
    ];
  }
  const { by, value, count, accuracy, difference } = worst;
  return [
    `Pictures whose ${by} is ${value} fare worse: it names ${ofHundred(accuracy, count)} of 100 of these ` +
      `${counted(count, "picture")} rightly, and ${ofHundred(accuracy - difference, count)} of 100 of the others.`,
  ];
}
