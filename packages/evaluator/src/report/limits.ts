/** What a report's figures do not promise, in sentences: the same on the page and in the model card. */
import type { Calibration, EvaluationReport } from "@convkit/schema";
import { formatPercent } from "./format-number.js";
import { describeSplit, listNames } from "./plain-words.js";
import { isWorse } from "./slice-table.js";

const WEAK_F1 = 0.7;
const FEWEST_PICTURES = 30;
const LARGE_CALIBRATION_ERROR = 0.05;
const NAMES_LISTED = 5;

/** Plain text, not yet escaped for any format. */
export function listLimits(report: EvaluationReport): string[] {
  const { perClass, testCount, slices = [], split, meanAveragePrecision } = report;
  if (testCount === 0) return ["Nothing was tested: nothing is known of it."];
  const noun = meanAveragePrecision === undefined ? "class" : "label";
  const plural = meanAveragePrecision === undefined ? "classes" : "labels";
  const names = (rows: typeof perClass) =>
    listNames(
      rows.map(({ className }) => className),
      NAMES_LISTED,
    );
  const untested = perClass.filter(({ support }) => support === 0);
  const small = perClass.filter(({ support }) => support > 0 && support < FEWEST_PICTURES);
  const weak = perClass.filter(({ support, f1 }) => support > 0 && f1 < WEAK_F1).sort((a, b) => a.f1 - b.f1);
  const worse = slices.filter(isWorse);
  return [
    "One network was judged, once, by one split of the pictures: another seed or another split gives somewhat other figures.",
    "The figures hold for pictures like those tested. From another camera, place or time they may be worse: test it there first.",
    ...(meanAveragePrecision === undefined
      ? ["It always answers with one of its classes, also where a picture shows none of them."]
      : []),
    ...(split === "test" ? [] : [`It was judged by ${describeSplit(split)}.`]),
    ...(untested.length > 0 ? [`No test picture of ${names(untested)}: nothing is known of that.`] : []),
    ...(small.length > 0
      ? [`Fewer than ${FEWEST_PICTURES} test pictures of ${names(small)}: the figures of that are rough.`]
      : []),
    ...(weak.length > 0
      ? [
          `Weak ${weak.length === 1 ? noun : plural} (F1 below ${formatPercent(WEAK_F1, 0)}), the weakest first: ${names(weak)}.`,
        ]
      : []),
    ...calibrationLimits(report),
    ...worse
      .slice(0, NAMES_LISTED)
      .map(
        ({ by, value, accuracy, difference }) =>
          `Pictures whose ${by} is ${value} fare worse than the others: accuracy ${formatPercent(accuracy)}, beside ${formatPercent(accuracy - difference)}.`,
      ),
  ];
}

/** Probabilities are those with the temperature for whoever goes by the card, and those without it for whoever reads logits alone. */
function calibrationLimits({ calibration, temperature }: EvaluationReport): string[] {
  const limit = (start: string, judged: Calibration | undefined) =>
    judged && judged.ece > LARGE_CALIBRATION_ERROR
      ? [
          `${start} cannot be taken at their word: they are off by ${(judged.ece * 100).toFixed(1)} of 100 on average.`,
        ]
      : [];
  if (!temperature) return limit("Its probabilities", calibration);
  return [
    ...limit("Its probabilities, with the temperature too,", temperature.calibration),
    ...limit("Probabilities that are made of its logits without the temperature of its card", calibration),
  ];
}
