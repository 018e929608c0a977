/** What a review says against a picture's set of labels, in words. */
import { formatMetric } from "@convkit/ui";
import type { LabelSetReview } from "../../trpc/context";
import { className } from "./known-picture";

/** "add edema (edema 93.1%), remove mass (mass 2.0%)": the probabilities are those of the labels, also where they are none. */
export function suspectWords(
  classNames: readonly string[],
  suspects: LabelSetReview["pictures"][number]["suspects"],
): string {
  return suspects
    .map(({ label, isThere, probability }) => {
      const name = className(classNames, label);
      return `${isThere ? "remove" : "add"} ${name} (${name} ${percent(probability)})`;
    })
    .join(", ");
}

const percent = (value: number) =>
  Number.isFinite(value) ? `${(value * 100).toFixed(1)}%` : formatMetric(value);
