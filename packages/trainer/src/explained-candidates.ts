/** Which of the judged pictures are worth an explanation, and of pictures with any number of labels, of which label. */
import { LABEL_THRESHOLD } from "@convkit/evaluator";
import type { ExplainedPicture, Predictions } from "@convkit/schema";

export type Candidate = Omit<ExplainedPicture, "explained" | "file" | "peak"> & {
  /** Of label sets: the label whose evidence is shown. */
  readonly target?: number;
};

export interface Candidates {
  /** The surest first. */
  readonly mistakes: readonly Candidate[];
  /** The least sure first, right or wrong. */
  readonly uncertain: readonly Candidate[];
  /** In the order of the predictions. */
  readonly right: readonly Candidate[];
}

/**
 * Of one class each, by the most probable class.
 *
 * @param known ids of pictures that are there still.
 */
export function classCandidates(predictions: Predictions, known: ReadonlySet<string>): Candidates {
  const { ids, labels, probabilities, classNames } = predictions;
  const judged = ids.flatMap((id, i): Candidate[] => {
    const label = labels[i]!;
    if (label < 0 || !known.has(id)) return [];
    const row = probabilities.subarray(i * classNames.length, (i + 1) * classNames.length);
    const probability = row.reduce((a, b) => Math.max(a, b));
    return [{ id, chosenAs: "mistake", label, prediction: row.indexOf(probability), probability }];
  });
  const isRight = ({ label, prediction }: Candidate) => label === prediction;
  return {
    mistakes: judged.filter((each) => !isRight(each)).sort((a, b) => b.probability - a.probability),
    uncertain: judged.toSorted((a, b) => a.probability - b.probability),
    right: judged.filter(isRight),
  };
}

/**
 * Of label sets, each label of which is a question by itself, by one label a picture: of the wrong ones (said though it is not there,
 * or missed) the surest, whose probability is furthest from 0.5; the one nearest to 0.5; and of a picture of which nothing is wrong the
 * most probable that is there.
 *
 * @param known ids of pictures that are there still.
 * @param asked the one label that counts; left out: all.
 */
export function labelSetCandidates(
  predictions: Predictions,
  known: ReadonlySet<string>,
  asked: number | undefined,
): Candidates {
  const { ids, labelSets, probabilities, classNames } = predictions;
  const [mistakes, uncertain, right]: [Candidate[], Candidate[], Candidate[]] = [[], [], []];
  ids.forEach((id, row) => {
    if (!known.has(id)) return;
    const answers = classNames.flatMap((_, k): Candidate[] => {
      if (asked !== undefined && k !== asked) return [];
      const at = row * classNames.length + k;
      const probability = probabilities[at]!;
      const [isThere, isSaid] = [labelSets![at] === 1, probability >= LABEL_THRESHOLD];
      const said = { label: isThere ? k : -1, prediction: isSaid ? k : -1 };
      return [{ id, chosenAs: "mistake", ...said, probability, target: k }];
    });
    answers.sort((a, b) => b.probability - a.probability);
    const wrong = answers.filter(({ label, prediction }) => label !== prediction);
    const there = answers.find(({ label }) => label >= 0);
    if (wrong.length > 0)
      mistakes.push(wrong.reduce((most, each) => (sureness(each) > sureness(most) ? each : most)));
    else if (there) right.push(there);
    uncertain.push(answers.reduce((least, each) => (sureness(each) < sureness(least) ? each : least)));
  });
  return {
    mistakes: mistakes.sort((a, b) => sureness(b) - sureness(a)),
    uncertain: uncertain.sort((a, b) => sureness(a) - sureness(b)),
    right,
  };
}

const sureness = ({ probability }: Candidate): number => Math.abs(probability - LABEL_THRESHOLD);
