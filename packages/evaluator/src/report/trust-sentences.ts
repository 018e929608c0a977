/** When to believe a network that says how sure it is, out of its calibration, in words. */
import type { Calibration, EvaluationReport } from "@convkit/schema";
import { confidenceLevels, meanConfidence } from "./confidence-levels.js";
import { counted, ofHundred } from "./plain-words.js";

/** Fewer pictures leave bins almost empty: every network would look badly calibrated. */
const FEWEST_PICTURES = 100;
/** The degree of sureness that is spoken of: the bin's edge nearest to it. */
const VERY_SURE = 0.9;
const FARTHEST_EDGE = 0.1;
/** Shares of right answers worth having without a person's look; the first that the network does not reach anyway counts. */
const GOALS = [0.95, 0.99, 0.999] as const;
/** Fewer of a hundred pictures above a degree of sureness save nobody work. */
const SMALLEST_RELIEF = 0.01;
/** Means of sureness and of right answers that differ by no more are as good as equal. */
const CLOSE_MEANS = 0.02;
const SMALL_ERROR = 0.03;

/**
 * Of the network with its temperature, where it has one: so it answers whoever asks it through its card. Nothing where the report has
 * no calibration, or no picture.
 */
export function trustSentences({ calibration: asItIs, temperature, testCount }: EvaluationReport): string[] {
  const calibration = temperature?.calibration ?? asItIs;
  if (!calibration || testCount === 0) return [];
  if (testCount < FEWEST_PICTURES) {
    return [
      `${counted(testCount, "picture")} ${testCount === 1 ? "is" : "are"} too few to tell whether it is right as often as it is sure.`,
    ];
  }
  return [
    ...(temperature
      ? [
          `Its degrees of sureness are those with its temperature of ${temperature.value.toPrecision(3)}, as convkit predict gives them.`,
        ]
      : []),
    ...verySureSentences(calibration, testCount),
    ...lookSentences(calibration, testCount),
    overallSentence(calibration, testCount),
  ];
}

function verySureSentences(calibration: Calibration, testCount: number): string[] {
  const distance = ({ above }: { above: number }) => Math.abs(above - VERY_SURE);
  const level = confidenceLevels(calibration).reduce((a, b) => (distance(b) < distance(a) ? b : a));
  if (distance(level) > FARTHEST_EDGE) return [];
  const sure = `more than ${percentOf(level.above)} sure`;
  if (level.count === 0) return [`It is never ${sure}.`];
  return [
    `When it is ${sure}, which is so for ${ofHundred(level.count / testCount, testCount)} of 100 pictures, ` +
      `it is right in ${ofHundred(level.accuracy, level.count)} of 100.`,
  ];
}

/** Below which sureness a person should look. */
function lookSentences(calibration: Calibration, testCount: number): string[] {
  const levels = confidenceLevels(calibration);
  const all = levels[0]!.accuracy;
  const goal = GOALS.find((share) => share > all);
  if (goal === undefined) return [];
  const enough = levels.find(
    ({ accuracy, count }) => accuracy >= goal && count >= SMALLEST_RELIEF * testCount,
  );
  if (!enough) {
    // 95 of 100 is the least that is asked; where more is, that much is known to be reached without a look.
    return goal === GOALS[0]
      ? [
          `There is no degree of sureness above which it is right in ${ofHundred(goal, 1)} of 100: let a person look at every picture.`,
        ]
      : [];
  }
  const { above, count, accuracy } = enough;
  const unsureCount = testCount - count;
  const unsureAccuracy = (all * testCount - accuracy * count) / unsureCount;
  return [
    `Let a person look where it is at most ${percentOf(above)} sure: that is so for ${ofHundred(unsureCount / testCount, testCount)} ` +
      `of 100 pictures, and of these it names ${ofHundred(unsureAccuracy, unsureCount)} of 100 rightly; ` +
      `of the others, ${ofHundred(accuracy, count)} of 100.`,
  ];
}

function overallSentence(calibration: Calibration, testCount: number): string {
  const { confidence, accuracy } = meanConfidence(calibration);
  const { ece } = calibration;
  const gap = confidence - accuracy;
  const means =
    `on average it is ${ofHundred(confidence, testCount)}\u202f% sure of its answer, ` +
    `and right in ${ofHundred(accuracy, testCount)} of 100`;
  if (gap > CLOSE_MEANS) return `It is over-confident: ${means}.`;
  if (gap < -CLOSE_MEANS) return `It is under-confident: ${means}.`;
  if (ece <= SMALL_ERROR) return `Its degrees of sureness can be taken at their word: ${means}.`;
  return (
    `All in all it is as sure as it is right, but not at every degree of sureness: they are off by ` +
    `${(ece * 100).toFixed(1)} of 100 on average.`
  );
}

/** 0.9333… → "93 %": edges of bins, which are no measured figures. */
function percentOf(fraction: number): string {
  return `${Math.round(fraction * 100)}\u202f%`;
}
