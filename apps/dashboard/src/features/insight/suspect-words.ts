/** What a review says against a picture's set of labels, in words. */
import { formatMetric } from "@convkit/ui";
import type { LabelSetReview } from "../../trpc/context";
import { className } from "./known-picture";

/** "add edema (93.1%), remove mass (2.0%)"; the probabilities are those of the labels. */
export function suspectWords(
  classNames: readonly string[],
  suspects: LabelSetReview["pictures"][number]["suspects"],
): string {
  return suspects
    .map(
      ({ label, isThere, probability }) =>
        `${isThere ? "remove" : "add"} ${className(classNames, label)} (${percent(probability)})`,
    )
    .join(", ");
}

const percent = (value: number) =>
  Number.isFinite(value) ? `${(value * 100).toFixed(1)}%` : formatMetric(value);
