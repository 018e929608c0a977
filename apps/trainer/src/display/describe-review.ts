/** The likeliest errors among a data set's labels, in a terminal. */
import type { LabelReview, LabelSetReview } from "@convkit/schema";
import { formatPercent, formatTable } from "./format.js";
import type { Colors } from "./text-display.js";

/** @param limit how many labels, or pictures with their sets of them, are shown. */
export function describeReview(
  review: LabelReview | LabelSetReview,
  limit: number,
  colors: Colors,
): string[] {
  const { counts, folds, copies, suspectCount } = review;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const perSplit = Object.entries(counts).map(
    ([split, count]) => `${count.toLocaleString("en-US")} ${split}`,
  );
  const rows = "labels" in review ? labelRows(review, limit) : setRows(review, limit);
  const [titles, ...shown] = formatTable(rows);
  const leaks = copies.filter(({ isLeak }) => isLeak).length;
  const conflicts = copies.filter(({ isConflict }) => isConflict).length;
  const suspected =
    "labels" in review
      ? `labels (${formatPercent(total === 0 ? 0 : suspectCount / total)})`
      : `labels that are missing or too many, in ${review.suspectPictureCount.toLocaleString("en-US")} pictures ` +
        `(${formatPercent(total === 0 ? 0 : review.suspectPictureCount / total)})`;
  return [
    `${colors.bold("judged")}    ${perSplit.join(", ")} pictures, ${folds === 0 ? "by the run's network" : `the learnt ones by ${folds} networks that have not seen them`}`,
    `${colors.bold("suspects")}  ${suspectCount.toLocaleString("en-US")} ${suspected}`,
    ...(copies.length === 0
      ? []
      : [
          `${colors.bold("copies")}    ${leaks} ${leaks === 1 ? "group" : "groups"} of the same pictures in several splits, ${conflicts} under several labels: ` +
            "`convkit data inspect` shows them",
        ]),
    "",
    ...(shown.length === 0 ? ["No picture that has a label was judged."] : [colors.bold(titles), ...shown]),
  ];
}

function labelRows({ labels, classNames }: LabelReview, limit: number): string[][] {
  return [
    ["picture", "split", "label", "rather", "p(label)", "p(rather)", ""],
    ...labels
      .slice(0, limit)
      .map((each) => [
        each.id,
        each.split,
        classNames[each.label]!,
        classNames[each.suggestion]!,
        each.labelProbability.toFixed(3),
        each.suggestionProbability.toFixed(3),
        each.isSuspect ? "suspect" : "",
      ]),
  ];
}

function setRows({ pictures, classNames }: LabelSetReview, limit: number): string[][] {
  return [
    ["picture", "split", "labels", "quality", "rather"],
    ...pictures
      .slice(0, limit)
      .map(({ id, split, labels, quality, suspects }) => [
        id,
        split,
        labels.map((label) => classNames[label]!).join("|") || "–",
        quality.toFixed(3),
        suspects
          .map(
            ({ label, isThere, probability }) =>
              `${isThere ? "remove" : "add"} ${classNames[label]} (${classNames[label]} ${probability.toFixed(2)})`,
          )
          .join(", "),
      ]),
  ];
}
