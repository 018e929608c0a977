/** The likeliest errors among a data set's labels, in a terminal. */
import type { LabelReview } from "@convkit/schema";
import { formatPercent, formatTable } from "./format.js";
import type { Colors } from "./text-display.js";

/** @param limit how many labels are shown. */
export function describeReview(review: LabelReview, limit: number, colors: Colors): string[] {
  const { classNames, labels, counts, suspectCount, folds, copies } = review;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const perSplit = Object.entries(counts).map(
    ([split, count]) => `${count.toLocaleString("en-US")} ${split}`,
  );
  const shown = labels.slice(0, limit);
  const header = ["picture", "split", "label", "rather", "p(label)", "p(rather)", ""];
  const [titles, ...rows] = formatTable([
    header,
    ...shown.map((each) => [
      each.id,
      each.split,
      classNames[each.label]!,
      classNames[each.suggestion]!,
      each.labelProbability.toFixed(3),
      each.suggestionProbability.toFixed(3),
      each.isSuspect ? "suspect" : "",
    ]),
  ]);
  const leaks = copies.filter(({ isLeak }) => isLeak).length;
  const conflicts = copies.filter(({ isConflict }) => isConflict).length;
  return [
    `${colors.bold("judged")}    ${perSplit.join(", ")} pictures, ${folds === 0 ? "by the run's network" : `the learnt ones by ${folds} networks that have not seen them`}`,
    `${colors.bold("suspects")}  ${suspectCount.toLocaleString("en-US")} labels (${formatPercent(total === 0 ? 0 : suspectCount / total)})`,
    ...(copies.length === 0
      ? []
      : [
          `${colors.bold("copies")}    ${leaks} ${leaks === 1 ? "group" : "groups"} of the same pictures in several splits, ${conflicts} under several labels: ` +
            "`convkit data inspect` shows them",
        ]),
    "",
    ...(shown.length === 0 ? ["No picture that has a label was judged."] : [colors.bold(titles), ...rows]),
  ];
}
